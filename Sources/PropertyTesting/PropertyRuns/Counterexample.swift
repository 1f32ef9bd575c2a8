import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

/// A claim that fails, at the smallest sizes and the simplest numbers that were found.
public struct Counterexample: Hashable, Sendable {
  /// A file of its own, with its sizes fixed.
  public let text: String
  /// The values at which it fails, by name; empty for shapes that do not fit.
  public let point: JSONValue
  /// The numbers of the sizes at which it fails.
  public let sizes: [String: Int]
  /// The first differing entry there, the true value and the claimed one; nil for shapes that do not fit.
  public let entry: [Int]?
  /// The true value of that entry, as text.
  public let exact: String?
  /// The claimed value of that entry, as text.
  public let claimed: String?
}

/// Shrinks one claim of a file that was found wrong.
struct ClaimShrinking {
  let subject: PropertySubject
  let draws: SizeDraws
  /// The claim's place among the claims of the file.
  let claim: Int
  let options: CheckOptions

  /// The smallest case, from sizes at which the claim is wrong.
  func counterexample(from sizes: [String: Int]) -> Counterexample? {
    let smallest = SizeShrinking(draws: draws) { finding(at: $0) != nil }.smallest(from: sizes)
    guard let found = finding(at: smallest) else { return nil }
    let text = subject.text(at: smallest, keeping: claimRange(in: subject.file) ?? found.range)
    guard let equation = found.equation, let point = simplestPoint(equation, found),
      case .different(let difference)? = try? ValueComparison(
        point: point, precisionLimit: options.precisionLimit
      ).compare(equation)
    else {
      return Counterexample(
        text: text, point: .object(JSONObject()), sizes: smallest, entry: nil, exact: nil,
        claimed: nil)
    }
    return Counterexample(
      text: text, point: point.json, sizes: smallest, entry: difference.entry,
      exact: difference.exact, claimed: difference.claimed)
  }

  /// The claim's statement in the file as it was written; nil where numbers had to be put in before it meant anything.
  private func claimRange(in file: SyntaxFile) -> SourceRange? {
    guard subject.isSymbolic, let program = try? subject.program(at: [:]).program,
      program.claims.indices.contains(claim)
    else {
      let claims = file.statements.filter(\.isClaim)
      return claims.indices.contains(claim) ? claims[claim].range : nil
    }
    return program.claims[claim].range
  }

  private struct Finding {
    let equation: Equation?
    let draws: [Draw]
    let range: SourceRange
  }

  /// How the claim is wrong at some sizes; nil where it is not, or where they fit no shape.
  private func finding(at sizes: [String: Int]) -> Finding? {
    guard let (program, named) = try? subject.program(at: sizes),
      program.claims.indices.contains(claim)
    else { return nil }
    var options = options
    options.sizes = named
    guard let draws = try? DrawPlan(program: program, options: options).draws(),
      let backward = try? Checker.derive(program)
    else { return nil }
    let side = program.claimExpressions(backward.cotangents)[claim]
    guard let claimed = side.claimed else {
      return Finding(equation: nil, draws: [], range: side.claim.range)
    }
    let equation = Equation(side.exact, claimed)
    let judged = NumericJudge([equation], draws: draws, options: options).judged()[0]
    guard case .different = judged.equality else { return nil }
    return Finding(
      equation: equation, draws: draws + (judged.witness.map { [$0] } ?? []),
      range: side.claim.range)
  }

  private func simplestPoint(
    _ equation: Equation, _ finding: Finding
  ) -> EvaluationPoint<Rational>? {
    let sides = [equation.left, equation.right]
    let symbols = TensorExpression.symbols(of: sides)
    let hasMasks = FunctionProfile(of: sides).hasMasks
    func fails(_ point: EvaluationPoint<Rational>) -> Bool {
      let comparison = ValueComparison(point: point, precisionLimit: 1024)
      guard case .different? = try? comparison.compare(equation) else { return false }
      // A difference on a kink may be one of convention only.
      return !hasMasks || (try? MaskRecord.recording(sides, at: point).kinks.isEmpty) == true
    }
    for draw in finding.draws {
      for attempt in 0..<4 {
        guard let point = try? draw.rationalPoint(for: symbols, attempt: attempt), fails(point)
        else { continue }
        var shrinking = PointShrinking(fails: fails)
        return shrinking.simplest(from: point)
      }
    }
    return nil
  }
}

extension EvaluationPoint where Element == Rational {
  /// The values by name, as `--at` reads them.
  var json: JSONValue {
    var object = JSONObject()
    for symbol in values.keys.sorted(by: { $0.id < $1.id }) {
      if let name = symbol.name, let tensor = values[symbol] { object[name] = tensor.json }
    }
    return .object(object)
  }
}

extension Tensor where Element == Rational {
  /// Nested lists of integers and fractions.
  var json: JSONValue {
    func nested(_ axis: Int, _ start: Int) -> JSONValue {
      if axis == extents.count {
        let value = elements[start]
        return value.isInteger ? .number(value.description) : .string(value.description)
      }
      let stride = extents[(axis + 1)...].reduce(1, *)
      return .array((0..<extents[axis]).map { nested(axis + 1, start + $0 * stride) })
    }
    return nested(0, 0)
  }
}
