import Evaluation
import Scalars
import TensorExpressions

extension FieldTrials {
  /// Whether anything is chosen at a draw that the field's random elements do not vary: a mask or a one-hot class.
  package static func dependsOnCells(_ roots: [TensorExpression]) -> Bool {
    FunctionProfile(of: roots).hasMasks
      || TensorExpression.symbols(of: roots).contains(where: \.isOneHot)
  }

  /// Which equations hold on every cell at once: with formal masks and classes, in one trial for each of a few draws.
  ///
  /// False says nothing; see ``FormalMasks``.
  func agreementsOnAllCells() -> [Bool] {
    let plain = TensorExpression.withPlainSteps(sides)
    var result = equations.map { _ in true }
    for (number, draw) in draws.prefix(Self.formalTrials).enumerated() {
      // What the others cannot evaluate must not stand in one's way.
      let found =
        formalTrial(number, draw, plain)
        ?? equations.indices.map { i in
          equations.count > 1
            && formalTrial(number, draw, [plain[2 * i], plain[2 * i + 1]])?[0] == true
        }
      for i in equations.indices { result[i] = result[i] && found[i] }
    }
    return result
  }

  /// One vouches for cells that no draw shows, by a degree over 2⁶⁰; the second squares that.
  private static let formalTrials = 2

  /// Whether the sides, each left one before its right one, agree in pairs; nil where one has no value.
  private func formalTrial(
    _ number: Int, _ draw: Draw, _ sides: [TensorExpression]
  ) -> [Bool]? {
    let symbols = TensorExpression.symbols(of: sides)
    for attempt in 0..<Self.attempts {
      do throws(EvaluationError) {
        let levels = draw.levels(for: profile, attempt: attempt &+ 0xF0, roots: roots)
        let point = try draw.levelledPoint(
          for: symbols, in: levels, like: nil, attempt: attempt, hasFormalClasses: true)
        let values = try LevelledEvaluator(
          levels, at: point,
          formalMaskSeed: draw.seed &+ UInt64(truncatingIfNeeded: attempt)
        ).evaluate(sides)
        return stride(from: 0, to: sides.count, by: 2).map {
          values[$0].elements == values[$0 + 1].elements
        }
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
  package var isOneHot: Bool {
    if case .symbol(let symbol) = kind { symbol.structure.contains(.oneHot) } else { false }
  }
}
