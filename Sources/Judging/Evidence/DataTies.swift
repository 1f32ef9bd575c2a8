import Evaluation
import Scalars
import TensorExpressions

/// Looks for values of data at which two sides differ that look equal at generic ones: equal entries, zeros and whole
/// numbers, where masks of data fall as they do nowhere else.
///
/// What it finds is wrong; where it finds nothing, nothing is said.
struct DataTies {
  private let equation: Equation
  private let draws: [Draw]
  private let options: CheckOptions
  private let forward: TensorExpression?

  init(_ equation: Equation, draws: [Draw], options: CheckOptions, forward: TensorExpression?) {
    self.equation = equation
    self.draws = draws
    self.options = options
    self.forward = forward
  }

  /// The most products of residues that one evaluation may be worth, and those of few points.
  private static let largestWork = 200_000
  private static let smallWork = 20_000

  private var sides: [TensorExpression] { [equation.left, equation.right] }

  func difference() -> EquationJudge.Finding? {
    let places = MaskRecord.places(in: sides)
    guard !places.subtracting(MaskRecord.kinkPlaces(in: sides)).isEmpty,
      let draw = draws.min(by: { $0.work(of: sides) < $1.work(of: sides) })
    else { return nil }
    let work = draw.work(of: sides)
    guard work <= Self.largestWork else { return nil }
    let symbols = TensorExpression.symbols(of: sides + (forward.map { [$0] } ?? []))
    for attempt in 0..<(work <= Self.smallWork ? 12 : 4) {
      guard let point = point(attempt, at: draw, symbols),
        case .different(let difference)? = try? ValueComparison(
          point: point, precisionLimit: options.precisionLimit
        ).compare(equation)
      else { continue }
      let ties = TieSides(equation: equation, options: options, forward: forward)
      guard ties.kink(at: point) == nil else { continue }
      return EquationJudge.Finding(
        equality: .different(difference), witness: draw.placed(at: point.values))
    }
    return nil
  }

  /// A drawn point whose data have few values: one, two or three.
  private func point(
    _ attempt: Int, at draw: Draw, _ symbols: [TensorExpression]
  ) -> EvaluationPoint<Rational>? {
    guard var point = try? draw.rationalPoint(for: symbols, attempt: attempt) else { return nil }
    var generator = SeededGenerator(seed: draw.seed, stream: UInt64(attempt) &+ 0x7135)
    for node in symbols {
      guard let symbol = node.declaredSymbol, symbol.role == .constant,
        draw.given[symbol.name] == nil, let values = Self.values(symbol.structure),
        let drawn = point.values[node]
      else { continue }
      let count = min(1 + attempt % 3, values.count)
      let few = values.shuffled(using: &generator).prefix(count)
      point.values[node] = Tensor(
        extents: drawn.extents,
        elements: drawn.elements.map { few.randomElement(using: &generator) ?? $0 })
    }
    return point
  }

  /// Values that entries with a structure may have, whatever others have; nil where a structure ties entries together.
  private static func values(_ structure: TensorStructure) -> [Rational]? {
    let free: TensorStructure = [.positive, .nonnegative, .unitInterval, .integer, .mask]
    guard structure.subtracting(free).isEmpty else { return nil }
    if structure.contains(.mask) { return [0, 1] }
    if structure.contains(.unitInterval) {
      return [Rational(1, 3), Rational(1, 2), Rational(3, 4)]
    }
    let whole: [Rational] =
      structure.contains(.positive)
      ? [1, 2, 3] : structure.contains(.nonnegative) ? [0, 1, 2] : [0, 1, -1, 2]
    return structure.contains(.integer) ? whole : whole + [Rational(1, 2)]
  }
}
