import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

/// Tries changes of sites on which a claim depends affinely, by one dot product each.
///
/// With random weights r and g the cotangent of a site under r, putting s′ in place of a site's value s moves
/// r·claimed by g·(s′ − s): a change that repairs the claim moves it by r·(exact − claimed). In a field of 2⁶⁰ elements
/// hardly anything else does. Where a field does not know some function's laws, numbers in double precision
/// sort out what is far off.
struct LinearFilter<Arithmetic: ScalarArithmetic> {
  typealias Value = Tensor<Arithmetic.Element>

  let parts: LineParts
  private let arithmetic: Arithmetic
  /// What a repair moves r·claimed by.
  private let wanted: Arithmetic.Element
  private let isWanted: (Arithmetic.Element) -> Bool
  private let affine: [AffineSite]
  private let words: [WordValue]

  /// A site with what it weighs.
  private struct AffineSite {
    let site: Site
    let value: Value
    let weights: Value
    let variants: [(variant: Variant, value: Value)]
  }

  private struct WordValue {
    let word: Vocabulary.Word
    let value: Value
    let inverse: Value?
  }

  private init?(
    _ plans: LinePlans, _ question: Question, _ arithmetic: Arithmetic,
    _ values: [TensorExpression: Value],
    isNear: (Arithmetic.Element, Value, Value) -> (Arithmetic.Element) -> Bool
  ) {
    guard let e = values[question.exact], let c = values[question.claimed],
      let r = values[question.weights]
    else { return nil }
    func value(_ expression: TensorExpression) -> Value? { values[question.full(expression)] }
    parts = plans.parts
    self.arithmetic = arithmetic
    wanted = arithmetic.subtract(Self.dot(r, e, arithmetic), Self.dot(r, c, arithmetic))
    isWanted = isNear(wanted, r, e)
    affine = plans.plans.compactMap { plan in
      guard let own = value(plan.value), let weights = value(plan.weights),
        own.count == weights.count
      else { return nil }
      let variants = plan.variants.compactMap { one in value(one.value).map { (one.variant, $0) } }
      return AffineSite(site: plan.site, value: own, weights: weights, variants: variants)
    }
    words = parts.words.compactMap { word in
      guard let own = value(word.value.whole) else { return nil }
      return WordValue(word: word, value: own, inverse: Self.inverse(of: own, arithmetic))
    }
  }

  private static func dot(_ a: Value, _ b: Value, _ arithmetic: Arithmetic) -> Arithmetic.Element {
    zip(a.elements, b.elements).reduce(arithmetic.zero) {
      arithmetic.add($0, arithmetic.multiply($1.0, $1.1))
    }
  }

  private static func inverse(of value: Value, _ arithmetic: Arithmetic) -> Value? {
    var elements: [Arithmetic.Element] = []
    for element in value.elements {
      guard let inverse = try? arithmetic.divide(arithmetic.one, element) else { return nil }
      elements.append(inverse)
    }
    return Tensor(extents: value.extents, elements: elements)
  }

  /// A change with how far it moves r·claimed.
  struct Move {
    let distance: Arithmetic.Element
    let cost: Int
    let edit: () -> LineEdit
  }

  /// The changes that repair the claim, as far as is seen here.
  func hits() -> [LineEdit] {
    var result: [LineEdit] = []
    forEachMove { move in if isWanted(move.distance) { result.append(move.edit()) } }
    return result
  }

  private func forEachMove(_ body: (Move) -> Void) {
    for one in affine {
      let total = Self.dot(one.weights, one.value, arithmetic)
      for (variant, value) in one.variants {
        let moved = arithmetic.subtract(Self.dot(one.weights, value, arithmetic), total)
        body(Move(distance: moved, cost: variant.cost) { LineEdit(variant, of: parts.line) })
      }
      for word in words { compare(one, total, word, body) }
    }
  }

  private func compare(
    _ one: AffineSite, _ total: Arithmetic.Element, _ word: WordValue, _ body: (Move) -> Void
  ) {
    guard !word.word.isPath || one.site.range == parts.line.root.range,
      let fit = WordFit(word.word, at: one.site),
      let places = fit.places(word.value.extents, in: one.value.extents)
    else { return }
    var sum = arithmetic.zero
    var product = arithmetic.zero
    var quotient = arithmetic.zero
    var inverseSum = arithmetic.zero
    for i in one.value.elements.indices {
      let a = word.value.elements[places[i]]
      let g = one.weights.elements[i]
      let gs = arithmetic.multiply(g, one.value.elements[i])
      sum = arithmetic.add(sum, arithmetic.multiply(g, a))
      product = arithmetic.add(product, arithmetic.multiply(gs, a))
      if let inverse = word.inverse {
        quotient = arithmetic.add(quotient, arithmetic.multiply(gs, inverse.elements[places[i]]))
        inverseSum = arithmetic.add(inverseSum, arithmetic.multiply(g, inverse.elements[places[i]]))
      }
    }
    let uses = WordUses(site: one.site, fit: fit, word: word.word, line: parts.line, parts.context)
    func offer(_ use: WordUses.Use, _ distance: Arithmetic.Element) {
      guard uses.says(use) else { return }
      body(Move(distance: distance, cost: uses.cost(use)) { uses.edit(use) })
    }
    if word.word.isPath {
      offer(.plus, sum)
      offer(.minus, arithmetic.negate(sum))
      return
    }
    if one.site.isDivisor {
      offer(.over, arithmetic.subtract(product, total))
      guard word.inverse != nil else { return }
      offer(.times, arithmetic.subtract(quotient, total))
      offer(.instead, arithmetic.subtract(inverseSum, total))
      return
    }
    offer(.times, arithmetic.subtract(product, total))
    if word.inverse != nil { offer(.over, arithmetic.subtract(quotient, total)) }
    offer(.plus, sum)
    offer(.minus, arithmetic.negate(sum))
    offer(.timesNegated, arithmetic.subtract(arithmetic.negate(product), total))
    if !word.word.isNumber {
      offer(.timesComplement, arithmetic.negate(product))
      offer(.timesSuccessor, product)
    }
    offer(.instead, arithmetic.subtract(sum, total))
    offer(.insteadNegated, arithmetic.subtract(arithmetic.negate(sum), total))
    offer(.from, arithmetic.subtract(sum, arithmetic.add(total, total)))
  }
}

// MARK: - In a field

extension LinearFilter where Arithmetic == PrimeFieldArithmetic {
  /// Tries changes at one point of a field; nil where the sides have no value there.
  init?(_ plans: LinePlans, _ question: Question, at draw: Draw, options: CheckOptions) {
    let snapshots = FieldSnapshot.taken(
      of: question.roots, and: question.expressions(of: plans), at: draw, options: options,
      points: 1)
    guard let snapshot = snapshots.first else { return nil }
    self.init(plans, question, snapshot.field, snapshot.values) { wanted, _, _ in { $0 == wanted } }
  }

  /// Two changes of which each moves the claim by a part of what is wanted.
  ///
  /// - Returns: them in an order that the draw has no part in.
  func pairs(costing most: Int) -> [(LineEdit, LineEdit)] {
    var known: [UInt64: (number: Int, move: Move)] = [:]
    var number = 0
    forEachMove { move in
      number += 1
      guard move.distance != 0, move.cost <= most else { return }
      if known[move.distance].map({ $0.move.cost > move.cost }) ?? true {
        known[move.distance] = (number, move)
      }
    }
    var result: [(cost: Int, number: Int, pair: (LineEdit, LineEdit))] = []
    for (distance, first) in known {
      let rest = arithmetic.subtract(wanted, distance)
      guard let second = known[rest], first.number < second.number else { continue }
      let pair = (first.move.edit(), second.move.edit())
      if pair.0.isApart(from: pair.1) {
        result.append((first.move.cost + second.move.cost, first.number, pair))
      }
    }
    return result.sorted { ($0.cost, $0.number) < ($1.cost, $1.number) }.map(\.pair)
  }
}

// MARK: - In double precision

extension LinearFilter where Arithmetic == DoubleArithmetic {
  /// Tries changes in double precision; nil where the sides have no value at the draw's point.
  init?(_ plans: LinePlans, _ question: Question, at draw: Draw) {
    let expressions = (question.roots + question.expressions(of: plans)).removingRepetitions()
    guard let snapshot = FloatingSnapshot(expressions, at: draw) else { return nil }
    self.init(plans, question, DoubleArithmetic(), snapshot.values) { wanted, weights, exact in
      let scale = zip(weights.elements, exact.elements).reduce(abs(wanted)) {
        $0 + abs($1.0 * $1.1)
      }
      return { abs($0 - wanted) <= FloatingSnapshot.nearness * scale }
    }
  }
}
