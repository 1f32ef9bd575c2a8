import Evaluation
import Scalars
import TensorExpressions

extension FieldTrials {
  /// Whether anything is chosen at a draw that the field's random elements do not vary: a mask or a one-hot class.
  package static func dependsOnCells(_ roots: [TensorExpression]) -> Bool {
    FunctionProfile(of: roots).hasMasks
      || TensorExpression.symbols(of: roots).contains(where: \.isOneHot)
  }

  /// How many masks there are, where the only equation holds on every cell at once: with formal masks and
  /// classes, in one trial for each of a few draws. Nil says nothing; see ``FormalMasks``.
  func maskCountWhereFormal() -> Int? {
    let plain = TensorExpression.withPlainSteps(sides)
    for hasLaws in [false, true] {
      var count = 0
      let chosen = draws.spanning(Array(draws.prefix(Self.formalTrials)), symbols)
      let holds = chosen.enumerated().allSatisfy { number, draw in
        guard let found = formalTrial(number, draw, plain, hasLaws: hasLaws) else { return false }
        count = max(count, found)
        return true
      }
      if holds { return count }
    }
    return nil
  }

  /// One vouches for cells that no draw shows, by a degree over 2⁶⁰; the second squares that.
  private static let formalTrials = 2

  /// The number of masks, where the sides agree; nil where they differ or have no value.
  private func formalTrial(
    _ number: Int, _ draw: Draw, _ sides: [TensorExpression], hasLaws: Bool
  ) -> Int? {
    let symbols = TensorExpression.symbols(of: sides)
    guard let constants = try? MaskRecord.constants(in: sides, at: draw.givenPoint(for: symbols))
    else { return nil }
    for attempt in 0..<Self.attempts {
      do throws(EvaluationError) {
        let levels = draw.levels(for: profile, attempt: attempt &+ 0xF0, roots: roots)
        let point = try draw.levelledPoint(
          for: symbols, in: levels, like: nil, attempt: attempt, hasFormalClasses: true)
        var evaluator = LevelledEvaluator(
          levels, at: point, masks: constants,
          formalMaskSeed: draw.seed &+ UInt64(truncatingIfNeeded: attempt))
        let census = FormalMaskCensus()
        evaluator.hasFormalMaskLaws = hasLaws
        evaluator.formalMaskCensus = census
        let values = try evaluator.evaluate(sides)
        let classes = symbols.filter { $0.isOneHot && draw.given[$0.name ?? ""] == nil }
        return values[0].elements == values[1].elements
          ? census.count + classes.reduce(0) { $0 + $1.fibreCount(draw.sizes) } : nil
      } catch {
        // A tie of equal values stays one.
        if !error.mayVanishElsewhere || error.isUnordered { break }
      }
    }
    return nil
  }
}

extension EvaluationError {
  fileprivate var isUnordered: Bool {
    if case .scalar(.unordered, _, _) = self { true } else { false }
  }
}

extension TensorExpression {
  /// Whether each of its fibres has a single 1.
  package var isOneHot: Bool { structure.contains(.oneHot) }

  /// How many fibres have a 1.
  fileprivate func fibreCount(_ sizes: [String: Int]) -> Int {
    guard let axis = structure.oneHotAxis,
      let extents = try? TensorShape.extents(shape, sizes), extents.indices.contains(axis)
    else { return 0 }
    return extents.reduce(1, *) / extents[axis]
  }
}
