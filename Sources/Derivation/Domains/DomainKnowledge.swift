import Scalars
import TensorExpressions

/// What is known of signs, zeros and inverses: by declarations, by how values are made, and by what is granted.
///
/// What is not known is false. A condition is taken apart first: a product is nowhere 0 where no factor is, and √v
/// where v is above 0. Parts that only differ by a factor, or by how they are written, are one by their normal form.
package final class DomainKnowledge {
  let simplifier: Simplifier
  private let normalizer: Normalizer
  private let facts: SizeFacts
  /// What is asked under conditions, and granted under the same ones.
  private let guarded: [DomainNeeds.Need]
  /// What is granted wherever it is asked.
  private let given: [DomainCondition]
  private var granted: [Key: Set<Sign>] = [:]
  /// Conditions that are granted, and whose forms are not looked at before one is needed.
  private var pending: [DomainCondition] = []
  private var keys: [TensorExpression: (key: Key, sign: Int)] = [:]

  /// What a condition says of a value up to a positive factor.
  private enum Sign: Hashable { case nonzero, above, below, atLeast, atMost, invertible, definite }

  /// A value up to a factor.
  private enum Key: Hashable {
    case form(NormalForm)
    case node(TensorExpression)
  }

  /// What the forms of one condition may take.
  private static let workLimit = 200_000
  /// How deep sums are looked into.
  private static let depth = 4
  /// How many parts a condition is taken into.
  private static let partLimit = 64

  /// - Parameter needs: what is taken as given.
  package init(facts: SizeFacts, granting needs: [DomainNeeds] = []) {
    self.facts = facts
    simplifier = Simplifier(facts: facts)
    normalizer = Normalizer(facts: facts, workLimit: Self.workLimit)
    guarded = needs.flatMap(\.needs).filter { !$0.guards.isEmpty }
    given = needs.flatMap(\.needs).filter(\.guards.isEmpty).map(\.condition)
    pending = given.flatMap(parts)
  }

  /// The values of which is granted what a condition asks, as far as they have its value's shape.
  package func candidates(for condition: DomainCondition) -> [TensorExpression] {
    let parts = given.flatMap(parts).filter {
      ($0.relation == condition.relation || $0.relation == .positive)
        && $0.value.shape == condition.value.shape
    }
    return parts.map(\.value).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The parts of some values' needs that are not known to be met.
  package func open(_ values: DomainNeeds) -> [DomainCondition] {
    var result: [DomainCondition] = []
    for need in values.needs {
      let parts = open(need.condition)
      if parts.isEmpty || holds(need.condition, where: need.guards) { continue }
      for part in parts where !result.contains(part) { result.append(part) }
    }
    return result.filter { part in
      part.relation == .positive
        || !result.contains(DomainCondition(.positive, part.value))
    }
  }

  /// The parts of a condition that are not known to hold.
  private func open(_ condition: DomainCondition) -> [DomainCondition] {
    parts(of: condition).filter { !holds($0, depth: Self.depth) }
  }

  /// Whether a condition holds where some others do.
  private func holds(_ condition: DomainCondition, where guards: [DomainCondition]) -> Bool {
    if guards.isEmpty { return false }
    let (before, waiting) = (granted, pending)
    defer { (granted, pending) = (before, waiting) }
    let here = Set(guards)
    pending += guards.flatMap(parts)
    pending += guarded.filter { here.isSuperset(of: $0.guards) }.flatMap { parts(of: $0.condition) }
    return parts(of: condition).allSatisfy { part in
      holds(part, depth: Self.depth) || guards.contains { isImplied(part, by: $0) }
    }
  }

  /// Whether u is above a guard g, which is above 0: u − g is not below 0.
  private func isImplied(_ part: DomainCondition, by condition: DomainCondition) -> Bool {
    guard part.value.shape == condition.value.shape else { return false }
    let isEnough =
      switch (part.relation, condition.relation) {
      case (.nonnegative, .positive), (.nonnegative, .nonnegative), (.positive, .positive),
        (.nonzero, .positive):
        true
      default: false
      }
    return isEnough
      && open(DomainCondition(.nonnegative, part.value - condition.value)).isEmpty
  }
}

// MARK: - Parts

extension DomainKnowledge {
  /// What a condition asks, of the simplest values; without what is known by how they are made.
  func parts(of condition: DomainCondition) -> [DomainCondition] {
    var found: [DomainCondition] = []
    var pending = [condition]
    var left = Self.partLimit
    while let next = pending.popLast() {
      if isKnown(next) { continue }
      left -= 1
      if left > 0, let inner = inner(next) {
        pending += inner.reversed()
      } else if !found.contains(next) {
        found.append(next)
      }
    }
    return found
  }

  private func isKnown(_ condition: DomainCondition) -> Bool {
    let value = condition.value
    switch condition.relation {
    case .positive: return simplifier.isPositive(value)
    case .nonnegative: return simplifier.isNonnegative(value) || simplifier.isPositive(value)
    case .nonzero:
      if let number = value.unnamed.asConstant?.asRational { return !number.isZero }
      return simplifier.isPositive(value)
    case .invertible:
      return !value.structure.isDisjoint(with: [.nonsingular, .orthogonal, .positiveDefinite])
    case .positiveDefinite: return value.structure.contains(.positiveDefinite)
    }
  }

  /// The conditions on what a value is made of that are the same as one on the value; nil where there are none.
  private func inner(_ condition: DomainCondition) -> [DomainCondition]? {
    let value = condition.value.unnamed
    if condition.relation == .positive, simplifier.isNonnegative(value) {
      return [DomainCondition(.nonzero, condition.value)]
    }
    if let product = value.asContraction, product.isPointwise(over: value.shape),
      !product.operands.isEmpty
    {
      return inner(condition.relation, product, value)
    }
    if let (function, matrix) = value.asMatrixFunction {
      if function == .inverting, condition.relation == .invertible { return [] }
      return function == .measuring && condition.relation == .nonzero
        ? [DomainCondition(.invertible, matrix)] : nil
    }
    guard let (function, operands) = value.application else { return nil }
    if condition.relation == .nonzero, value === Elementwise.magnitude(operands[0]) {
      return [DomainCondition(.nonzero, operands[0])]
    }
    return function.primitive.flatMap {
      Self.inner(condition.relation, $0, operands, own: value.domainConditions)
    }
  }

  /// What functions that keep signs ask of their argument, which meets their own conditions.
  private static func inner(
    _ relation: DomainCondition.Relation, _ function: Elementwise.Primitive,
    _ operands: [TensorExpression], own: [DomainCondition]
  ) -> [DomainCondition]? {
    switch function {
    case .reciprocal:
      return relation == .nonzero ? [] : [DomainCondition(relation, operands[0])]
    case .elementary(.rsqrt): return []
    case .elementary(.sqrt):
      return relation == .nonnegative ? [] : [DomainCondition(.positive, operands[0])]
    case .power:
      // A power that asks for a sign is a root.
      guard let condition = own.first else {
        return relation == .nonzero ? [DomainCondition(.nonzero, operands[0])] : nil
      }
      if condition.relation == .nonzero { return relation == .nonzero ? [] : nil }
      if relation == .nonnegative || condition.relation == .positive { return [] }
      return [DomainCondition(.positive, operands[0])]
    case .elementary, .step, .pi, .stopped, .floor, .round: return nil
    }
  }

  /// What a product entry by entry asks of its factors.
  private func inner(
    _ relation: DomainCondition.Relation, _ product: Contraction, _ value: TensorExpression
  ) -> [DomainCondition]? {
    let factors = product.operands.map { value.read($0) }
    switch relation {
    case .nonzero:
      if factors.count == 1, factors[0] === value { return nil }
      return product.coefficient.isZero ? nil : factors.map { DomainCondition(.nonzero, $0) }
    case .positive, .nonnegative:
      return signs(relation, product, factors, value)
    case .invertible, .positiveDefinite:
      guard factors.count == 1, product.operands[0].access.count == 2,
        product.operands[0].access.allSatisfy({ $0.asIndex != nil }),
        relation == .invertible || product.coefficient.hasPositiveTerms
      else { return nil }
      return [DomainCondition(relation, product.operands[0].value)]
    }
  }

  /// The sign of a product is that of its factors without those that are above 0 and without pairs of equal ones.
  private func signs(
    _ relation: DomainCondition.Relation, _ product: Contraction, _ factors: [TensorExpression],
    _ value: TensorExpression
  ) -> [DomainCondition]? {
    var single: [TensorExpression] = []
    var paired: [DomainCondition] = []
    for factor in factors where !simplifier.isPositive(factor) {
      if let twin = single.firstIndex(where: { $0 === factor }) {
        single.remove(at: twin)
        paired.append(DomainCondition(.nonzero, factor))
      } else {
        single.append(factor)
      }
    }
    if relation == .nonnegative { paired = [] }
    guard product.coefficient.hasPositiveTerms else { return nil }
    if single.isEmpty { return paired }
    if single.count == 1 {
      return single[0] === value ? nil : paired + [DomainCondition(relation, single[0])]
    }
    if relation == .positive, single.allSatisfy(simplifier.isNonnegative) {
      return paired + single.map { DomainCondition(.nonzero, $0) }
    }
    if single.count == factors.count, product.coefficient.isOne { return nil }
    return paired + [DomainCondition(relation, single.dropFirst().reduce(single[0], *))]
  }
}

extension TensorExpression {
  /// An operand of a product entry by entry, without the axes along which it is repeated; where only some of its
  /// entries are read, those.
  fileprivate func read(_ operand: Contraction.Operand) -> TensorExpression {
    guard let product = asContraction else { return operand.value }
    if operand.value.isReadWhole(operand.access, along: product.indices) { return operand.value }
    return space.contraction(
      Contraction(indices: product.indices, output: product.output, operands: [operand]),
      shape: shape)
  }

  /// Whether an access reads every entry, each axis by an index of its own; an axis of extent 1 by 0 as well.
  fileprivate func isReadWhole(_ access: [Affine], along indices: [Size]) -> Bool {
    var seen: Set<Int> = []
    return zip(access, shape).allSatisfy { coordinate, extent in
      if extent.isOne, coordinate.isConstant { return coordinate.constant.isZero }
      guard let index = coordinate.asIndex, indices[index] == extent else { return false }
      return seen.insert(index).inserted
    }
  }
}

// MARK: - What holds

extension DomainKnowledge {
  private func holds(_ part: DomainCondition, depth: Int) -> Bool {
    if depth == 0 { return false }
    let value = part.value.unnamed
    // An entry of something is what all of its entries are.
    if let reading = value.asContraction, reading.operands.count == 1,
      reading.coefficient.isOne, reading.indices.count <= value.rank,
      reading.operands[0].value !== value,
      simplifier.product(reading, shape: value.shape).reachesEveryEntry(facts: facts),
      holdsWhole(DomainCondition(part.relation, reading.operands[0].value), depth: depth - 1)
    {
      return true
    }
    if isSummed(part, depth: depth) || isOfBothBranches(part) { return true }
    if pending.contains(part) { return true }
    return isGranted(part)
  }

  private func holdsWhole(_ condition: DomainCondition, depth: Int) -> Bool {
    parts(of: condition).allSatisfy { holds($0, depth: depth) }
  }

  /// Whether a value chooses between two that meet a condition, each where it is chosen.
  private func isOfBothBranches(_ part: DomainCondition) -> Bool {
    let value = part.value.unnamed
    guard value.appliedFunction == .selectionRow else { return false }
    let mask = value.operands[0]
    return zip(value.operands.dropFirst(), [true, false]).allSatisfy { branch, isChosen in
      let condition = DomainCondition(part.relation, branch)
      return open(condition).isEmpty || holds(condition, where: mask.holding(isChosen))
    }
  }

  /// Whether a value is a sum of what is not below 0, with something above 0 where that is asked.
  private func isSummed(_ part: DomainCondition, depth: Int) -> Bool {
    let value = part.value.unnamed
    guard part.excludesZero || part.relation == .nonnegative else { return false }
    let isStrict = part.excludesZero
    if let terms = value.asTerms {
      return terms.allSatisfy { holdsWhole(DomainCondition(.nonnegative, $0), depth: depth - 1) }
        && (!isStrict
          || terms.contains { holdsWhole(DomainCondition(.positive, $0), depth: depth - 1) })
    }
    guard let product = value.asContraction, product.coefficient.hasPositiveTerms,
      product.indices.count > value.rank, !product.operands.isEmpty
    else { return false }
    let sign: DomainCondition.Relation = isStrict ? .positive : .nonnegative
    return
      (!isStrict
      || simplifier.product(product, shape: value.shape).reachesEveryEntry(facts: facts))
      && product.operands.allSatisfy {
        holdsWhole(DomainCondition(sign, $0.value), depth: depth - 1)
      }
  }

  /// Whether a part is granted, or its normal form has its sign, by the value's form up to a factor.
  private func isGranted(_ part: DomainCondition) -> Bool {
    let (key, sign) = key(of: part.value)
    if case .form(let form) = key, part.excludesZero || part.relation == .nonnegative {
      if form.isZero { return part.relation == .nonnegative }
      if sign > 0 || part.relation == .nonzero, normalizer.isPositive(form) { return true }
    }
    for condition in pending {
      let (key, sign) = self.key(of: condition.value)
      granted[key, default: []].formUnion(Self.signs(condition.relation, sign))
    }
    pending = []
    guard let known = granted[key] else { return false }
    if part.relation == .nonzero {
      return !known.isDisjoint(with: [.nonzero, .above, .below])
    }
    let wanted = Self.signs(part.relation, sign)
    if !known.isDisjoint(with: wanted) { return !wanted.isEmpty }
    switch part.relation {
    case .positive:
      return known.contains(.nonzero) && known.contains(sign > 0 ? .atLeast : .atMost)
    case .nonnegative: return known.contains(sign > 0 ? .above : .below)
    case .nonzero, .invertible, .positiveDefinite: return false
    }
  }

  private static func signs(_ relation: DomainCondition.Relation, _ sign: Int) -> Set<Sign> {
    switch relation {
    case .nonzero: [.nonzero]
    case .positive: sign == 0 ? [] : [sign > 0 ? .above : .below]
    case .nonnegative: sign == 0 ? [] : [sign > 0 ? .atLeast : .atMost]
    case .invertible: [.invertible]
    case .positiveDefinite: sign > 0 ? [.definite] : []
    }
  }

  /// A value up to a factor, with that factor's sign; 0 where it is not known.
  private func key(of value: TensorExpression) -> (key: Key, sign: Int) {
    if let known = keys[value] { return known }
    let found = computedKey(of: value.withoutOnes)
    keys[value] = found
    return found
  }

  private func computedKey(of value: TensorExpression) -> (key: Key, sign: Int) {
    guard let form = normalizer.formByItself(of: value) else { return (.node(value.unnamed), 1) }
    guard let lead = form.sorted.first?.coefficient else { return (.form(form), 0) }
    guard let inverse = lead.reciprocal else { return (.node(value.unnamed), 1) }
    var monic = NormalForm()
    monic.add(form, scaledBy: inverse)
    return (.form(monic), lead.hasPositiveTerms ? 1 : (-lead).hasPositiveTerms ? -1 : 0)
  }
}

extension TensorExpression {
  /// The value without axes of extent 1.
  fileprivate var withoutOnes: TensorExpression {
    let kept = shape.filter { !$0.isOne }
    if kept.count == shape.count { return self }
    var next = 0
    let access = shape.map { extent -> Affine in
      if extent.isOne { return .constant(.zero) }
      defer { next += 1 }
      return .index(next)
    }
    return space.contraction(
      Contraction(
        indices: kept, output: kept.indices.map(Affine.index),
        operands: [Contraction.Operand(self, access)]), shape: kept)
  }
}
