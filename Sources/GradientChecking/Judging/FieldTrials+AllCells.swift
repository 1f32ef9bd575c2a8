import Evaluation
import Scalars
import TensorExpressions

extension FieldTrials {
  /// Whether anything is chosen at a draw that the field's random elements do not vary: a mask or a one-hot class.
  static func dependsOnCells(_ roots: [TensorExpression]) -> Bool {
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
      let seed = draw.seed &+ UInt64(truncatingIfNeeded: attempt) &+ 0xF0
      do {
        if profile.exponentialDepth == 0 {
          return try formalAgreements(
            PrimeFieldArithmetic(chain: .forTrial(number), seed: seed, roots: roots), sides,
            symbols, draw, attempt)
        }
        let tower = PrimeTowerArithmetic(
          chain: .forTrial(number), levels: min(1 + profile.exponentialDepth, 6), seed: seed,
          roots: roots)
        return try formalAgreements(tower, sides, symbols, draw, attempt)
      } catch {
        // A tie of equal values stays one.
        if !error.mayVanishElsewhere || error.isUnordered { break }
      }
    }
    return nil
  }

  private func formalAgreements<A: RandomlyDrawnArithmetic>(
    _ arithmetic: A, _ sides: [TensorExpression], _ symbols: [TensorExpression], _ draw: Draw,
    _ attempt: Int
  ) throws(EvaluationError) -> [Bool] {
    let point = try draw.fieldPoint(
      for: symbols, in: arithmetic, like: nil, attempt: attempt, hasFormalClasses: true)
    let masks = FormalMasks(arithmetic, seed: draw.seed &+ UInt64(truncatingIfNeeded: attempt))
    let values = try Evaluator(arithmetic, at: point, formalMasks: masks).evaluate(sides)
    return stride(from: 0, to: sides.count, by: 2).map { i in
      zip(values[i].elements, values[i + 1].elements).allSatisfy {
        arithmetic.isZero(arithmetic.subtract($0, $1))
      }
    }
  }
}

extension EvaluationError {
  fileprivate var isUnordered: Bool {
    if case .scalar(.unordered, _, _) = self { true } else { false }
  }
}

extension TensorExpression {
  /// Whether each of its fibres has a single 1.
  var isOneHot: Bool {
    if case .symbol(let symbol) = kind { symbol.structure.contains(.oneHot) } else { false }
  }
}
