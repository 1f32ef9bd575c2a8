import Evaluation
import Scalars
import TensorExpressions

/// Looks for a point at which two sides differ that look equal at generic points: where values are large or
/// small, and where a function passes from one of its limits to the other.
///
/// `sigmoid(1000*(x - 4))` is 0 to hundreds of digits below 4 and 1 above. The arguments of functions are
/// followed along a line between two drawn points to where they are 0.
struct TransitionSearch {
  private let equation: Equation
  private let draws: [Draw]
  private let options: CheckOptions
  private let symbols: [TensorExpression]

  init(_ equation: Equation, draws: [Draw], options: CheckOptions) {
    self.equation = equation
    self.draws = draws
    self.options = options
    symbols = TensorExpression.symbols(of: [equation.left, equation.right])
  }

  private static let scales: [Rational] = [
    8, 64, 1024, 1_000_000, Rational(1, 16), Rational(1, 1000), Rational(1, 1_000_000),
  ]
  /// The most functions whose transitions are looked at, and the most entries of each.
  private static let functionLimit = 8
  private static let entryLimit = 3
  /// The most multiply-adds of one evaluation in a field at which points are searched for.
  private static let largestWork = 200_000

  func difference() -> EquationJudge.Finding? {
    guard let draw = draws.min(by: { $0.work(of: sides) < $1.work(of: sides) }),
      draw.work(of: sides) <= Self.largestWork
    else { return nil }
    for scale in Self.scales {
      if let found = finding(at: draw.scaled(by: scale)) { return found }
    }
    for point in transitions(draw) {
      if let found = finding(at: draw.placed(at: point.values)) { return found }
    }
    return nil
  }

  private var sides: [TensorExpression] { [equation.left, equation.right] }

  private func finding(at draw: Draw) -> EquationJudge.Finding? {
    guard let point = try? draw.rationalPoint(for: symbols, attempt: 0),
      case .different(let difference)? = try? ValueComparison(
        point: point, precisionLimit: options.precisionLimit
      ).compare(equation), !isOnKink(point)
    else { return nil }
    return EquationJudge.Finding(
      equality: .different(difference), witness: draw.fixed(to: symbols, attempt: 0))
  }

  private func isOnKink(_ point: EvaluationPoint<Rational>) -> Bool {
    guard FunctionProfile(of: sides).hasMasks else { return false }
    let record = try? MaskRecord.recording(
      sides, at: point, largestPrecision: options.precisionLimit)
    return record?.kinks.isEmpty != true
  }

  // MARK: Transitions

  /// The points on a line at which an argument of a function is 0.
  private func transitions(_ draw: Draw) -> [EvaluationPoint<Rational>] {
    guard let start = try? draw.rationalPoint(for: symbols, attempt: 0),
      let end = try? draw.sibling(1).rationalPoint(for: symbols, attempt: 0)
    else { return [] }
    return arguments.flatMap { argument -> [EvaluationPoint<Rational>] in
      (0..<Self.entryLimit).compactMap { entry in
        zero(of: argument, entry) { moved(start, end, by: $0) }.map { moved(start, end, by: $0) }
      }
    }
  }

  /// The arguments of functions that have limits or a peak.
  private var arguments: [TensorExpression] {
    let nodes = TensorExpression.postorder(of: sides).compactMap { node -> TensorExpression? in
      guard case .elementwise(let function, let operands) = node.kind, operands.count == 1,
        case .elementary? = function.primitive
      else { return nil }
      return operands[0]
    }
    return Array(nodes.prefix(Self.functionLimit))
  }

  /// Where on a line an entry of an expression is 0, by secants in double precision; nil where none is found.
  private func zero(
    of argument: TensorExpression, _ entry: Int,
    at point: (Rational) -> EvaluationPoint<Rational>
  ) -> Rational? {
    func value(_ place: Double) -> Double? {
      let arithmetic = DoubleArithmetic()
      guard let place = rational(place),
        let point = try? point(place).converted(to: arithmetic),
        let values = try? Evaluator(arithmetic, at: point).evaluate(argument).elements,
        values.indices.contains(entry), values[entry].isFinite
      else { return nil }
      return values[entry]
    }
    var (a, b) = (0.0, 1.0)
    guard var left = value(a), var right = value(b) else { return nil }
    for _ in 0..<Self.steps {
      if right == 0 || left == right { break }
      let next = b - right * (b - a) / (right - left)
      guard next.isFinite, let there = value(next) else { return nil }
      (a, left, b, right) = (b, right, next, there)
    }
    return abs(right) < 1 ? rational(b) : nil
  }

  private static let steps = 60

  private func rational(_ place: Double) -> Rational? {
    guard place.isFinite, abs(place) < 0x1p40 else { return nil }
    return Rational(Int((place * 0x1p20).rounded()), 1 << 20)
  }

  /// A point on the line through two; symbols that not every number may stand for stay where they are.
  private func moved(
    _ start: EvaluationPoint<Rational>, _ end: EvaluationPoint<Rational>, by place: Rational
  ) -> EvaluationPoint<Rational> {
    var result = start
    for (node, value) in start.values {
      guard case .symbol(let symbol) = node.kind, let other = end.values[node],
        symbol.structure.subtracting([.symmetric, .symmetricEntries, .diagonal, .lower]).isEmpty
      else { continue }
      result.values[node] = Tensor(
        extents: value.extents,
        elements: zip(value.elements, other.elements).map { $0 + place * ($1 - $0) })
    }
    return result
  }
}
