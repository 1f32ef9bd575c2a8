import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

/// Tries changes of sites on which a claim depends affinely, by one dot product each.
///
/// With random weights r and g the cotangent of a site under r, putting s′ in place of a site's value s moves
/// r·claimed by g·(s′ − s): a change that repairs the claim moves it by r·(exact − claimed). In a field of
/// 2⁶⁰ elements hardly anything else does.
struct LinearFilter {
  let parts: LineParts
  private let field: PrimeFieldArithmetic
  /// What a repair moves r·claimed by.
  private let wanted: UInt64
  private let affine: [AffineSite]
  private let words: [WordValue]

  /// A site with what it weighs.
  private struct AffineSite {
    let site: Site
    let value: Tensor<UInt64>
    let weights: Tensor<UInt64>
    let variants: [(variant: Variant, value: Tensor<UInt64>)]
  }

  private struct WordValue {
    let word: Vocabulary.Word
    let value: Tensor<UInt64>
    let inverse: Tensor<UInt64>?
  }

  /// What is to be evaluated for a site.
  struct Plan {
    let site: Site
    let value: TensorExpression
    let weights: TensorExpression
    let variants: [(variant: Variant, value: TensorExpression)]
  }

  init?(
    _ parts: LineParts, _ plans: [Plan], exact: TensorExpression, claimed: TensorExpression,
    weights: TensorExpression, truth: [TensorExpression: TensorExpression], at draw: Draw,
    options: CheckOptions
  ) {
    self.parts = parts
    func full(_ value: TensorExpression) -> TensorExpression { value.replacing(truth) }
    var roots = plans.flatMap { [full($0.value), full($0.weights)] }
    roots += plans.flatMap { $0.variants.map { full($0.value) } }
    roots += parts.words.map { full($0.value) }
    let snapshots = FieldSnapshot.taken(
      of: [exact, claimed, weights], and: roots.removingRepetitions(), at: draw, options: options)
    guard let snapshot = snapshots.first, let e = snapshot.values[exact],
      let c = snapshot.values[claimed], let r = snapshot.values[weights]
    else { return nil }
    let field = snapshot.field
    self.field = field
    wanted = field.subtract(Self.dot(r, e, field), Self.dot(r, c, field))
    affine = plans.compactMap { plan in
      guard let value = snapshot.values[full(plan.value)],
        let weights = snapshot.values[full(plan.weights)], value.count == weights.count
      else { return nil }
      let variants = plan.variants.compactMap { one in
        snapshot.values[full(one.value)].map { (one.variant, $0) }
      }
      return AffineSite(site: plan.site, value: value, weights: weights, variants: variants)
    }
    words = parts.words.compactMap { word in
      guard let value = snapshot.values[full(word.value)] else { return nil }
      return WordValue(word: word, value: value, inverse: Self.inverse(of: value, field))
    }
  }

  private static func dot(
    _ a: Tensor<UInt64>, _ b: Tensor<UInt64>, _ field: PrimeFieldArithmetic
  ) -> UInt64 {
    zip(a.elements, b.elements).reduce(0) { field.add($0, field.multiply($1.0, $1.1)) }
  }

  private static func inverse(
    of value: Tensor<UInt64>, _ field: PrimeFieldArithmetic
  ) -> Tensor<UInt64>? {
    var elements: [UInt64] = []
    for element in value.elements {
      guard let inverse = try? field.divide(1, element) else { return nil }
      elements.append(inverse)
    }
    return Tensor(extents: value.extents, elements: elements)
  }

  /// A change with how far it moves r·claimed.
  struct Move {
    let distance: UInt64
    let cost: Int
    let edit: () -> LineEdit
  }

  /// The changes that repair the claim.
  func hits() -> [LineEdit] {
    var result: [LineEdit] = []
    forEachMove { move in if move.distance == wanted { result.append(move.edit()) } }
    return result
  }

  /// Two changes of which each moves the claim by a part of what is wanted.
  func pairs(costing most: Int) -> [(LineEdit, LineEdit)] {
    var known: [UInt64: Move] = [:]
    forEachMove { move in
      guard move.distance != 0, move.cost <= most else { return }
      if known[move.distance].map({ $0.cost > move.cost }) ?? true { known[move.distance] = move }
    }
    var result: [(cost: Int, pair: (LineEdit, LineEdit))] = []
    for (distance, move) in known {
      let rest = field.subtract(wanted, distance)
      guard distance <= rest, let other = known[rest] else { continue }
      let pair = (move.edit(), other.edit())
      if pair.0.isApart(from: pair.1) { result.append((move.cost + other.cost, pair)) }
    }
    return result.sorted { $0.cost < $1.cost }.map(\.pair)
  }

  private func forEachMove(_ body: (Move) -> Void) {
    for one in affine {
      let total = Self.dot(one.weights, one.value, field)
      for (variant, value) in one.variants {
        let moved = field.subtract(Self.dot(one.weights, value, field), total)
        body(Move(distance: moved, cost: variant.cost) { LineEdit(variant, of: parts.line) })
      }
      for word in words { compare(one, total, word, body) }
    }
  }

  private func compare(
    _ one: AffineSite, _ total: UInt64, _ word: WordValue, _ body: (Move) -> Void
  ) {
    guard let fit = WordFit(word.word, at: one.site),
      let places = fit.places(word.value.extents, in: one.value.extents)
    else { return }
    var sum: UInt64 = 0
    var product: UInt64 = 0
    var quotient: UInt64 = 0
    var inverseSum: UInt64 = 0
    for i in one.value.elements.indices {
      let a = word.value.elements[places[i]]
      let g = one.weights.elements[i]
      let gs = field.multiply(g, one.value.elements[i])
      sum = field.add(sum, field.multiply(g, a))
      product = field.add(product, field.multiply(gs, a))
      if let inverse = word.inverse {
        quotient = field.add(quotient, field.multiply(gs, inverse.elements[places[i]]))
        inverseSum = field.add(inverseSum, field.multiply(g, inverse.elements[places[i]]))
      }
    }
    let uses = WordUses(site: one.site, fit: fit, word: word.word, line: parts.line, parts.context)
    func offer(_ use: WordUses.Use, _ distance: UInt64) {
      body(Move(distance: distance, cost: uses.cost(use)) { uses.edit(use) })
    }
    if one.site.isDivisor {
      offer(.over, field.subtract(product, total))
      guard word.inverse != nil else { return }
      offer(.times, field.subtract(quotient, total))
      offer(.instead, field.subtract(inverseSum, total))
      return
    }
    offer(.times, field.subtract(product, total))
    if word.inverse != nil { offer(.over, field.subtract(quotient, total)) }
    offer(.plus, sum)
    offer(.minus, field.negate(sum))
    offer(.timesNegated, field.subtract(field.negate(product), total))
    if !word.word.isNumber {
      offer(.timesComplement, field.negate(product))
      offer(.timesSuccessor, product)
    }
    offer(.instead, field.subtract(sum, total))
    offer(.insteadNegated, field.subtract(field.negate(sum), total))
    offer(.from, field.subtract(sum, field.add(total, total)))
  }
}
