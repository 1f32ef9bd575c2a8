import Evaluation
import TensorExpressions

/// Decides equations by exact evaluation at random points: in prime fields first, which is fast and refuses
/// nearly every difference; then over the rationals or in intervals, which give the values to show.
///
/// Each equation is judged as if there were no other: on its own domain, its own masks and within a budget of its own.
/// Work is shared only where that shows the same: where one evaluation of all of them has a value for each.
package struct NumericJudge {
  package let options: CheckOptions
  package let draws: [Draw]
  private let equations: [Equation]
  /// The forward pass, by whose functions kinks are named.
  private let forward: TensorExpression?
  /// A draw at sizes at which evaluating takes little, where the shapes allow them.
  private let smallDraw: () -> Draw?

  package init(
    _ equations: [Equation], draws: [Draw], options: CheckOptions,
    forward: TensorExpression? = nil, smallDraw: @escaping () -> Draw? = { nil }
  ) {
    self.smallDraw = smallDraw
    self.forward = forward
    self.equations = equations
    self.draws = draws
    self.options = options
  }

  /// What was found of each equation, in order.
  ///
  /// - Parameter proved: which equations are proved as formulas, in order; those after its end are not.
  package func judged(knowing proved: [Bool] = []) -> [EquationJudge.Finding] {
    let known = equations.indices.map { proved.indices.contains($0) && proved[$0] }
    let watched = watchedDraws
    let sightings = sightings(known, watched)
    return equations.enumerated().map { i, equation in
      let numbers = known[i] ? watched : Array(draws.indices)
      let judge = EquationJudge(
        equation, isProved: known[i], draws: numbers.map { draws[$0] }, options: options,
        forward: forward, smallDraw: smallDraw)
      return EvaluationLimits.current.own.value {
        judge.judged(knowing: numbers.map { sightings[$0]?[i] })
      }
    }
  }

  /// The draws at which what is proved is looked at.
  ///
  /// Trials of what is proved only watch over the prover, for which one is enough at sizes at which each takes a while:
  /// it misses an error with a probability of its degree over 2⁶⁰.
  private var watchedDraws: [Int] {
    let sides = equations.flatMap { [$0.left, $0.right] }
    var seen: Set<[String: Int]> = []
    return draws.indices.filter {
      seen.insert(draws[$0].sizes).inserted || !draws[$0].isLarge(for: sides)
    }
  }

  /// By draw and equation, what one evaluation of all equations shows of each.
  private func sightings(
    _ proved: [Bool], _ watched: [Int]
  ) -> [Int: [Int: FieldTrials.Sighting]] {
    guard equations.count > 1 else { return [:] }
    var result: [Int: [Int: FieldTrials.Sighting]] = [:]
    for number in draws.indices {
      let members = equations.indices.filter { !proved[$0] || watched.contains(number) }
      guard members.count > 1 else { continue }
      let trials = FieldTrials(
        members.map { equations[$0] }, draws: draws, options: options, roots: .formal,
        forward: forward)
      // Where one of them has no value, so it is at the other draws; each is then evaluated by itself.
      guard let seen = EvaluationLimits.current.own.value({ trials.sightings(number) }) else {
        return result
      }
      result[number] = Dictionary(uniqueKeysWithValues: zip(members, seen))
    }
    return result
  }
}
