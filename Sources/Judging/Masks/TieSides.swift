import Evaluation
import Scalars
import TensorExpressions

/// What a difference between the two sides of an equation means at a point at which values are tied, or
/// arguments zero, on a whole cell: `wrong`, unless the claimed value is a subgradient that another choice at
/// the ties gives.
struct TieSides {
  let equation: Equation
  let options: CheckOptions
  /// The forward pass, by whose functions kinks are named.
  let forward: TensorExpression?
  /// What alone has kinks; nil where all does that is no constant.
  var primal: TensorExpression?

  /// How many ties are turned one by one.
  private static let turnLimit = 6
  private static let precision = 256

  /// The kink on which the claim depends; nil where it is wrong whatever is chosen.
  func kink(at point: EvaluationPoint<Rational>) -> KinkFinding? {
    let sides = [equation.left, equation.right]
    let own = MaskRecord.kinkPlaces(in: [equation.left], by: primal)
    guard !own.isEmpty,
      let record = try? MaskRecord.recording(
        sides, at: point, largestPrecision: options.precisionLimit)
    else { return nil }
    let roots = sides + (forward.map { [$0] } ?? [])
    let choices = KinkPlace.choices(among: roots)
    let kinks = record.kinks.filter { own.contains($0.place) && choices.contains($0.place) }
    guard let first = kinks.first else { return nil }
    var seen: Set<MaskRecord.Kink.Place> = []
    let places = kinks.map(\.place).filter { seen.insert($0).inserted }
    let turned =
      [record, record.turning(kinks)]
      + places.prefix(Self.turnLimit).map { place in
        record.turning(kinks.filter { $0.place == place })
      }
      + (0..<Self.turnLimit).map { record.taking($0, ofTies: kinks) }
    guard let chosen = choice(among: turned, record, at: point) else { return nil }
    let place = KinkPlace(first, among: roots)
    return place.at(equation, following: chosen.whole, isConvention: false)
  }

  /// What makes a claim a subgradient.
  private struct Choice {
    /// The choice that gives the whole claimed value; nil where that is another one for other entries.
    let whole: MaskRecord?
  }

  /// The choice that gives the claimed value; nil where some entry lies beyond what the left side is for all choices.
  private func choice(
    among choices: [MaskRecord], _ record: MaskRecord, at point: EvaluationPoint<Rational>
  ) -> Choice? {
    let arithmetic = IntervalArithmetic(precision: Self.precision)
    guard let enclosed = try? point.converted(to: arithmetic),
      let claimed = try? Evaluator(arithmetic, at: enclosed, masks: record)
        .evaluate(equation.right)
    else { return nil }
    let differences = choices.compactMap { masks -> (masks: MaskRecord, entries: [Interval])? in
      let value = try? Evaluator(arithmetic, at: enclosed, masks: masks).evaluate(equation.left)
      return value.map { value in
        (masks, zip(value.elements, claimed.elements).map { arithmetic.subtract($0, $1) })
      }
    }
    let isBetween = claimed.elements.indices.allSatisfy { entry in
      let own = differences.map { $0.entries[entry] }
      if own.contains(where: \.containsZero) { return true }
      return Set(own.compactMap { try? arithmetic.sign($0) }).count > 1
    }
    guard isBetween else { return nil }
    return Choice(
      whole: differences.first { $0.entries.allSatisfy(\.containsZero) }?.masks)
  }
}
