import Diagnostics
import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Judges claims that are numbers computed at one point. Nothing is drawn, and nothing is said of other points.
struct NumberJudge {
  let program: Program
  let options: CheckOptions

  /// - Throws: ``CheckFailure/given(_:)`` for a point that breaks a declaration, or lacks what the claim depends on.
  func verdict(
    of side: ClaimExpressions, in file: Program.ClaimFile
  ) throws(CheckFailure) -> Verdict {
    guard let claimed = side.claimed, let numbers = file.values[claimed.name ?? ""] else {
      return .undecided("the claim was not understood")
    }
    let own: CheckOptions
    do throws(PointError) {
      own = try options.taking(file, for: claimed, in: program)
      try confirmComplete(file, for: side)
    } catch {
      var diagnostic = error.diagnostic
      diagnostic.primary = Diagnostic.Label(file.range)
      throw .given(diagnostic)
    }
    let equation = Equation(side.exact, claimed)
    let draw = Draw(sizes: own.sizes, seed: own.seed, given: own.givenValues)
    if let kink = kink(of: equation, draw, own) { return .kink(kink) }
    do throws(EvaluationError) {
      let point = try draw.rationalPoint(
        for: TensorExpression.symbols(of: [side.exact]), attempt: 0)
      let comparison = NumberComparison(point: point, precisionLimit: own.precisionLimit)
      switch try comparison.compare(side.exact, numbers) {
      case .fits:
        let evidence = PointEvidence(entries: numbers.values.count, sizes: own.sizes)
        return numbers.isRounded.contains(true) ? .exact(evidence) : .equalAtPoint(evidence)
      case .different(let difference):
        return .wrong(Refutation(difference: difference, cause: nil))
      case .undecided(let why): return .undecided(why)
      }
    } catch {
      return .undecided(error.message)
    }
  }

  private func confirmComplete(
    _ file: Program.ClaimFile, for side: ClaimExpressions
  ) throws(PointError) {
    let needed = TensorExpression.symbols(of: [side.exact]).compactMap(\.name)
    if let missing = needed.sorted().first(where: { file.point[$0] == nil }) {
      throw .missing(missing, claim: side.claim.name)
    }
  }

  /// The kink on which the point lies, where that matters to the claim.
  private func kink(
    of equation: Equation, _ draw: Draw, _ options: CheckOptions
  ) -> KinkFinding? {
    guard FunctionProfile(of: [equation.left]).hasMasks else { return nil }
    let found = NumericJudge(
      [equation], draws: [draw], options: options, forward: program.output?.whole.value
    ).judged()
    if case .kink(let kink)? = found.first?.equality { return kink }
    return nil
  }
}

extension Equation {
  /// What a comparison at one point shows, where everything that the sides depend on was given; nil where something is
  /// drawn.
  func compared(at draw: Draw, precisionLimit: Int) -> Verdict? {
    let symbols = TensorExpression.symbols(of: [left, right])
    guard symbols.allSatisfy({ draw.given[$0.name ?? ""] != nil }) else { return nil }
    do throws(EvaluationError) {
      let point = try draw.rationalPoint(for: symbols, attempt: 0)
      switch try ValueComparison(point: point, precisionLimit: precisionLimit).compare(self) {
      case .equal:
        let entries = (try? TensorShape.extents(left.shape, draw.sizes).reduce(1, *)) ?? 1
        return .equalAtPoint(PointEvidence(entries: entries, sizes: draw.sizes))
      case .different(let difference):
        return .wrong(Refutation(difference: difference, cause: nil))
      case .enclosed(let precision, let bits):
        return .enclosed(IntervalEvidence(points: 1, precision: precision, widthBits: bits))
      case .undecided(let why): return .undecided(why)
      }
    } catch {
      return .undecided(error.message)
    }
  }
}
