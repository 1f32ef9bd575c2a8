import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

/// A computed gradient that is wrong at one point.
struct GradientFailure<Comparison: GradientComparison> {
  let name: String
  let entry: [Int]
  let finding: GradientMismatch.Finding
  let differing: Int
  let total: Int
  let computed: [Comparison.Number]
}

/// A layer at one point, with its exact gradients there.
struct GradientCase<Comparison: GradientComparison> {
  let program: Program
  /// The sizes that the program still has as names, and all that were drawn.
  let sizes: [String: Int]
  let allSizes: [String: Int]
  let comparison: Comparison
  let point: EvaluationPoint<Rational>
  /// What is differentiated by, with the formulas.
  let gradients: [(name: String, formula: TensorExpression)]
  /// The formulas, and the output.
  private let roots: [TensorExpression]

  /// Draws a point, away from kinks.
  ///
  /// - Returns: nil where the sizes fit no shape.
  init?(
    program: Program, sizes: [String: Int], allSizes: [String: Int], comparison: Comparison,
    seed: UInt64
  ) throws {
    self.program = program
    self.sizes = sizes
    self.allSizes = allSizes
    self.comparison = comparison
    let backward: BackwardPass?
    do throws(CheckFailure) {
      backward = try Checker.derive(program)
    } catch {
      throw GradientCheckError.check(error)
    }
    guard let backward, let output = program.output else { throw GradientCheckError.noGradients }
    var seen: Set<String> = []
    gradients = backward.cotangents.compactMap { primal, cotangent in
      primal.name.map { (name: "d" + $0, formula: cotangent) }
    }.sorted { $0.name < $1.name }.filter { seen.insert($0.name).inserted }
    roots = gradients.map(\.formula) + [output.weighted]
    let symbols = program.declarations.map(\.symbol)
    let all = symbols + TensorExpression.symbols(of: roots).filter { !symbols.contains($0) }
    var reason = "no point was drawn"
    for attempt in 0..<32 {
      do throws(EvaluationError) {
        let drawn = try PointDrawing(seed: seed &+ UInt64(attempt) &* 0x5851_F42D, isDyadic: true)
          .point(for: all, sizes: sizes).rounded(to: comparison.format)
        if let obstacle = try Self.obstacle(roots, comparison, at: drawn) {
          reason = obstacle
          continue
        }
        point = drawn
        return
      } catch {
        if case .emptyExtent = error { return nil }
        if case .size = error { return nil }
        if error.isIrrational {
          throw GradientCheckError.irrational(gradients.map(\.name).joined(separator: ", "))
        }
        reason = error.message
      }
    }
    throw GradientCheckError.noPoint(reason)
  }

  /// Why gradients cannot be compared at a point at which everything has a value; nil where they can.
  private static func obstacle(
    _ roots: [TensorExpression], _ comparison: Comparison, at point: EvaluationPoint<Rational>
  ) throws(EvaluationError) -> String? {
    if FunctionProfile(of: roots).hasMasks,
      !(try MaskRecord.recording(roots, at: point)).kinks.isEmpty
    {
      return "every point is on a kink"
    }
    // The output, which comes last, need have no value that can be compared, as long as it has one.
    let truths = try comparison.truths(of: roots.dropLast(), at: point)
    let isJudged = truths.allSatisfy { $0.allSatisfy(comparison.isJudged) }
    return isJudged ? nil : "rounding errors have no bound"
  }

  private init(_ other: GradientCase, at point: EvaluationPoint<Rational>) {
    program = other.program
    sizes = other.sizes
    allSizes = other.allSizes
    comparison = other.comparison
    gradients = other.gradients
    roots = other.roots
    self.point = point
  }

  /// The same layer at another point; nil where gradients cannot be compared there, and nobody's code should be called.
  func moved(to point: EvaluationPoint<Rational>) -> GradientCase? {
    do throws(EvaluationError) {
      return try Self.obstacle(roots, comparison, at: point) == nil
        ? GradientCase(self, at: point) : nil
    } catch {
      return nil
    }
  }

  /// The first computed gradient that is wrong; nil when all are right.
  func failure(
    _ compute: (GradientPoint) throws -> [String: [Comparison.Number]]
  ) throws -> GradientFailure<Comparison>? {
    let computed = try compute(GradientPoint(point, sizes: allSizes))
    if computed.isEmpty { throw GradientCheckError.noGradients }
    for (name, values) in computed.sorted(by: { $0.key < $1.key }) {
      guard let formula = gradients.first(where: { $0.name == name })?.formula else {
        throw GradientCheckError.unknownGradient(name, known: gradients.map(\.name))
      }
      if let failure = try failure(name, formula, values) { return failure }
    }
    return nil
  }

  private func failure(
    _ name: String, _ formula: TensorExpression, _ values: [Comparison.Number]
  ) throws -> GradientFailure<Comparison>? {
    let extents = try TensorShape.extents(formula.shape, sizes)
    let truth = try comparison.truths(of: [formula], at: point)[0]
    guard values.count == truth.count else {
      return GradientFailure(
        name: name, entry: [],
        finding: .count(expected: truth.count, extents: extents, computed: values.count),
        differing: 0, total: truth.count, computed: [])
    }
    let wrong = truth.indices.filter {
      comparison.isJudged(truth[$0]) && comparison.differs(truth[$0], values[$0])
    }
    guard let first = wrong.first else { return nil }
    return GradientFailure(
      name: name, entry: TensorShape.entry(at: first, in: extents),
      finding: comparison.finding(truth[first], values[first]), differing: wrong.count,
      total: truth.count, computed: values)
  }

  /// The values by name, one line each.
  var valueLines: [String] {
    point.values.keys.sorted { $0.id < $1.id }.compactMap { symbol in
      guard let name = symbol.name, let tensor = point.values[symbol] else { return nil }
      return "\(name) = \(tensor.json.text())"
    }
  }
}

extension EvaluationPoint where Element == Rational {
  /// The point with every number rounded to a format: what draws cannot avoid, such as thirds in a simplex.
  func rounded(to format: NumberFormat) -> EvaluationPoint {
    var rounded = self
    for (symbol, tensor) in values {
      rounded.values[symbol] = tensor.map { value in
        let double = value.doubleValue
        return Rational(exactly: format.storage.rounded(double)) ?? value
      }
    }
    return rounded
  }
}
