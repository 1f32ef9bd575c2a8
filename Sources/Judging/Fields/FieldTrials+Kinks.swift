import Evaluation
import Scalars
import TensorExpressions

/// What the cells around a point on kinks show of some equations.
struct KinkSides {
  /// One of those cells, or the point itself.
  struct Side {
    let masks: MaskRecord
    /// By equation and entry, whether both sides of the equation agree on the cell.
    let agrees: [[Bool]]
    /// The same with the claimed value taken at the point: whether that is the gradient's limit from this cell.
    let meets: [[Bool]]
  }

  let place: KinkPlace
  let equations: [Equation]
  let point: Side
  let cells: [Side]

  /// What the kink means for an equation; nil where it makes no difference.
  ///
  /// A claim that is right at the point by convention, and not on every side, depends on it; so does one that is wrong
  /// there and whose every entry is the limit from some side, a subgradient.
  func finding(equation i: Int) -> KinkFinding? {
    if point.agrees[i].allSatisfy({ $0 }) {
      return cells.allSatisfy { $0.agrees[i].allSatisfy { $0 } }
        ? nil : place.at(equations[i], following: point.masks, isConvention: true)
    }
    let isSubgradient = point.agrees[i].indices.allSatisfy { entry in
      point.agrees[i][entry] || cells.contains { $0.agrees[i][entry] || $0.meets[i][entry] }
    }
    guard isSubgradient else { return nil }
    // What the claim says at the point comes first; its own masks may turn with those of the gradient.
    let whole =
      cells.first { $0.meets[i].allSatisfy { $0 } }
      ?? cells.first { side in zip(side.agrees[i], side.meets[i]).allSatisfy { $0 || $1 } }
    return place.at(equations[i], following: whole?.masks, isConvention: false)
  }
}

extension FieldTrials {
  /// How many masks on a border are turned one by one, and in how many directions the point is left, there and back.
  private static let turnLimit = 6
  private static let directions = 3
  /// How far: further than where other masks turn only by ill luck.
  private static let distance = Rational(1, 1 << 50)

  /// The equations on the cells around a point; nil where it is on no kink.
  ///
  /// - Parameter here: the values of the sides at the point.
  func kinkSides(
    _ kinks: [MaskRecord.Kink], _ evaluator: LevelledEvaluator, _ draw: Draw,
    _ rational: EvaluationPoint<Rational>?, _ here: [Tensor<UInt64>]
  ) throws(EvaluationError) -> KinkSides? {
    guard let first = kinks.first else { return nil }
    let masks = evaluator.masks
    var cells: [KinkSides.Side] = []
    for around in turned(masks, kinks) + neighbours(masks, kinks, draw, rational) {
      var neighbour = evaluator
      neighbour.masks = around
      cells.append(side(around, try neighbour.evaluate(sides), here))
    }
    return KinkSides(
      place: KinkPlace(first, among: sides + (forward.map { [$0] } ?? [])), equations: equations,
      point: side(masks, here, here), cells: cells)
  }

  private func side(
    _ masks: MaskRecord, _ there: [Tensor<UInt64>], _ here: [Tensor<UInt64>]
  ) -> KinkSides.Side {
    func equal(_ a: Tensor<UInt64>, _ b: Tensor<UInt64>) -> [Bool] {
      zip(a.elements, b.elements).map(==)
    }
    return KinkSides.Side(
      masks: masks,
      agrees: equations.indices.map { equal(there[2 * $0], there[2 * $0 + 1]) },
      meets: equations.indices.map { equal(there[2 * $0], here[2 * $0 + 1]) })
  }

  /// Masks on a border turned: all of them, and each by itself. They need not be those of any point, which an argument
  /// that is 0 everywhere does not have.
  private func turned(_ masks: MaskRecord, _ kinks: [MaskRecord.Kink]) -> [MaskRecord] {
    // In the order in which they are met, so that every run looks at the same cells first.
    var seen: Set<MaskRecord.Kink.Place> = []
    let places = kinks.map(\.place).filter { seen.insert($0).inserted }
    if places.count == 1 { return [masks.turning(kinks)] }
    return [masks.turning(kinks)]
      + places.prefix(Self.turnLimit).map { place in
        masks.turning(kinks.filter { $0.place == place })
      }
  }

  /// The masks of points near by, at the kinks; none where that is much work.
  private func neighbours(
    _ masks: MaskRecord, _ kinks: [MaskRecord.Kink], _ draw: Draw,
    _ rational: EvaluationPoint<Rational>?
  ) -> [MaskRecord] {
    guard let rational, !isLarge(draw) else { return [] }
    return (0..<Self.directions).flatMap { number -> [MaskRecord] in
      guard let directions = try? draw.rationalDirections(for: symbols, attempt: number) else {
        return []
      }
      return [Self.distance, -Self.distance].compactMap { step in
        var near = rational
        for (symbol, direction) in directions where !symbol.isOneHot {
          guard let value = near.values[symbol] else { continue }
          near.values[symbol] = Tensor(
            extents: value.extents,
            elements: zip(value.elements, direction.elements).map { $0 + step * $1 })
        }
        let found = try? MaskRecord.recording(
          sides, at: near, largestPrecision: options.precisionLimit)
        return found.map { masks.adopting($0, at: kinks) }
      }
    }
  }
}
