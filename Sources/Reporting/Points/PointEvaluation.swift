import Derivation
import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

/// A program's output and gradients at a point.
public struct PointReport: Sendable {
  /// The program that was evaluated.
  public let program: Program
  /// The numbers of the sizes.
  public let sizes: [String: Int]
  /// What the tensors that the point does not have were drawn from.
  public let seed: UInt64
  /// The output and every gradient, in order.
  public let values: [(name: String, value: PrintedValue)]
  /// The declared tensors that were drawn because the point does not have them.
  public let drawn: [(name: String, value: PrintedValue)]
  /// The functions at whose kinks the point lies, with an entry each.
  public let kinks: [String]

  /// For printed zeros that are known only to be small, how small.
  public var zeroBits: Int? { values.compactMap { $0.value.zeroBits }.min() }
}

/// Evaluates a program at a point: exactly where values are rational, to right digits where they are not.
public struct PointEvaluation: Sendable {
  /// The values that are given.
  public let point: PointFile
  /// The numbers for sizes, the seed, the names to differentiate by, and the precision that may be
  /// used.
  public let options: CheckOptions
  /// The significant digits of values that are not rational.
  public let digits: Int

  public init(at point: PointFile, options: CheckOptions = CheckOptions(), digits: Int = 30) {
    self.point = point
    self.options = options
    self.digits = digits
  }

  /// Why there are no values.
  public enum Failure: Error, Sendable {
    /// The point does not fit the program.
    case point(PointError)
    /// The gradients cannot be derived.
    case check(CheckFailure)
    /// Values leave the limits, or do not exist at the point.
    case evaluation(EvaluationError)
  }

  /// The output and the gradients at the point; what the point leaves out is drawn.
  ///
  /// - Throws: ``Failure`` for a point that does not fit the program, gradients that cannot be
  ///   derived, and values that do not exist or leave the limits.
  public func evaluate(_ program: Program) throws(Failure) -> PointReport {
    let roots = try roots(of: program)
    let symbols = symbols(of: program, roots: roots.map(\.expression))
    var given: [(symbol: TensorExpression, tensor: Tensor<Rational>)]
    let sizes: [String: Int]
    do throws(PointError) {
      given = try GivenPoint(point.values, of: symbols).confirmed(in: program)
      sizes = try PointSizes(program: program, overrides: options.sizes).sizes(for: given)
      given = try GivenPoint.oneHot(given, at: sizes)
    } catch {
      throw .point(error)
    }
    do throws(EvaluationError) {
      let values = Dictionary(given.map { ($0.symbol, $0.tensor) }) { first, _ in first }
      let point = try PointDrawing(seed: options.seed).point(
        for: symbols, sizes: sizes, given: values)
      let evaluation = ExactEvaluation(
        point: point, digits: digits, precisionLimit: options.precisionLimit)
      let results = try evaluation.values(of: roots.map(\.expression))
      let drawn = symbols.filter { values[$0] == nil }.compactMap { symbol in
        point.values[symbol].map { (symbol.name ?? "", PrintedValue(symbol.declaredValue($0))) }
      }
      return PointReport(
        program: program, sizes: sizes, seed: options.seed,
        values: Array(zip(roots.map(\.name), results.values)), drawn: drawn,
        kinks: results.kinks)
    } catch {
      throw .evaluation(error)
    }
  }

  private func roots(
    of program: Program
  ) throws(Failure) -> [(name: String, expression: TensorExpression)] {
    var roots: [(name: String, expression: TensorExpression)] = []
    do throws(CheckFailure) {
      let backward = try Checker.derive(program, targets: options.targets)
      let evaluated = try ValueForms(of: program, backward, options)
      for output in program.output?.values ?? [] {
        roots.append((output.name ?? "y", evaluated(output)))
      }
      guard let backward else { return roots }
      let lines = backward.lines.map { (name: $0.name, expression: evaluated($0.cotangent)) }
      let named = Set(lines.map(\.name))
      let others = backward.cotangents.map {
        (name: "d" + ($0.key.name ?? ""), expression: $0.value)
      }
      .filter { !named.contains($0.name) && $0.expression.isZero }
      return roots + lines + others.sorted { $0.name < $1.name }
    } catch {
      throw .check(error)
    }
  }

  /// Every declared tensor, and the upstream gradient.
  private func symbols(
    of program: Program, roots: [TensorExpression]
  ) -> [TensorExpression] {
    let declared = program.declarations.map(\.symbol)
    let others = TensorExpression.symbols(of: roots).filter { !declared.contains($0) }
    return declared + others
  }
}
