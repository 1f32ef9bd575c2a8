import Diagnostics
import Layers
import TensorExpressions

/// What index statements have added to a value so far.
struct Accumulation {
  let shape: [Size]
  /// The statements, from the first to the last.
  var range: SourceRange
  /// How many statements still add to it.
  var remaining: Int
  var terms: [TensorExpression] = []
  /// Whether no statement adds to it.
  var isUntouched = true
  /// Whether a statement failed, or depends on one that did.
  var hasFailed = false
  var problems: [ElaborationError] = []
  var claimedRange: SourceRange?
  /// What its author may have meant otherwise, of a claim.
  var note: String?
}

extension Elaboration {
  /// `y[…] += …`, which adds to a declared value.
  mutating func add(_ statement: IndexStatement, _ range: SourceRange) {
    let name = statement.target.name
    if let value = updated(by: statement) {
      update(name, value, with: statement.value, range)
      return
    }
    guard var open = accumulations[name.name] else {
      failTarget(name)
      _ = indexTerms(of: statement, shape: nil)
      return
    }
    let terms = indexTerms(of: statement, shape: open.shape)
    open.isUntouched = false
    open.remaining -= 1
    open.terms += terms ?? []
    open.hasFailed = open.hasFailed || terms == nil
    accumulations[name.name] = open
    guard open.remaining == 0, !isTrial else { return }
    let declaration = scope.entries[name.name]
    scope.entries[name.name] = nil
    if open.hasFailed {
      bind(name, .failed)
      return
    }
    define(
      Identifier(name.name, range: declaration?.range ?? name.range),
      space.sum(open.terms, shape: open.shape), declared: nil, name.range, range)
  }

  private mutating func failTarget(_ name: Identifier) {
    guard let entry = scope.entries[name.name] else {
      fail(.definition(.missingShape(name.name)), name.range)
      bind(name, .failed)
      return
    }
    if case .failed = entry.meaning { return }
    fail(
      .nameTaken(name.name), name.range,
      labels: [Diagnostic.Label(entry.range, "first defined here")])
  }

  /// `check dx[…] += …`; several such statements about one gradient are one claim.
  mutating func makeClaim(_ statement: IndexStatement, _ range: SourceRange) {
    isolateAssumptions { elaboration in
      let name = statement.target.name
      guard let (_, primal) = elaboration.subject(of: name) else {
        _ = elaboration.indexTerms(of: statement, shape: nil)
        return
      }
      var open =
        elaboration.claimAccumulations[name.name]
        ?? Accumulation(
          shape: primal.shape, range: range,
          remaining: elaboration.outline.claimAdditions[name.name] ?? 1)
      elaboration.claimedName = name.name
      elaboration.claimNote = open.note
      let terms = elaboration.indexTerms(of: statement, shape: primal.shape)
      open.remaining -= 1
      open.range = open.range.union(range)
      open.claimedRange = open.claimedRange?.union(statement.value.range) ?? statement.value.range
      open.terms += terms ?? []
      open.hasFailed = open.hasFailed || terms == nil
      open.note = elaboration.claimNote
      if !elaboration.isTrial { elaboration.claimAccumulations[name.name] = open }
      guard open.remaining == 0 || !elaboration.problems.isEmpty else { return }
      elaboration.claim = OpenClaim(
        name: name.name, subject: .gradient(primal: primal),
        claimed: open.hasFailed ? nil : elaboration.space.sum(open.terms, shape: primal.shape),
        claimedRange: open.claimedRange ?? statement.value.range, note: open.note)
    }
  }

  /// The contractions that an index statement adds, or nil when it fails.
  ///
  /// - Parameter shape: that of the target; nil when it is not known, and only problems are looked for.
  mutating func indexTerms(
    of statement: IndexStatement, shape: [Size]?
  ) -> [TensorExpression]? {
    statedIndices = freeNames(of: statement)
    lookupReading = LookupReading()
    defer {
      statedIndices = []
      accessReading = nil
      lookupReading = LookupReading()
    }
    let target = statement.target.indices.enumerated().map { axis, place in
      coordinate(place).flatMap { found in
        shape.map { axis < $0.count ? settled(found, below: $0[axis], place.range) : found }
          ?? found
      }
    }
    let given = givenRanges(statement)
    guard let reading = collectAccesses(statement.value), let shape, let given else { return nil }
    let output = target.compactMap { $0 }
    guard output.count == target.count else { return nil }
    guard output.count == shape.count else {
      fail(
        .index(
          .rank(
            access: text(statement.target.range), expected: shape.count, found: output.count)),
        statement.target.range)
      return nil
    }
    guard let box = box(statement, output, shape, reading, given) else { return nil }
    accessReading = reading
    guard var terms = terms(statement.value, box), areEven(terms, output) else { return nil }
    for factor in terms.flatMap(\.factors)
    where failMinusInfinity(factor.value, statement.value.range) {
      return nil
    }
    terms = terms.map { lookingUp($0, in: box) }
    guard terms.flatMap(\.factors).allSatisfy({ $0.value.rank == $0.coordinates.count }) else {
      fail(.index(.outsideAccess(text(statement.value.range))), statement.value.range)
      return nil
    }
    if terms.contains(where: { isEmpty(box) && !$0.factors.isEmpty }) || isEmpty(box) {
      return []
    }
    takeConditions(statement.value.range)
    let bounds = reading.bounds + lookupReading.bounds
    let own = zip(output, shape).map { IndexRangeInference.Bound(coordinate: $0, extent: $1) }
    return terms.map { term in
      let term = term.guarded(by: bounds) { bound in
        own.contains(bound) || box.isInside(bound, facts: assumptions.facts)
      }
      return space.contraction(term.contraction(in: box, output: output), shape: shape)
    }
  }

  /// The names in a statement's accesses that stand for indices.
  private func freeNames(of statement: IndexStatement) -> Set<String> {
    var names = Set(statement.ranges.map(\.index.name))
    var stack: [(expression: SyntaxExpression, isPlace: Bool)] =
      statement.target.indices.map { ($0, true) } + [(statement.value, false)]
    while let (expression, isPlace) = stack.popLast() {
      switch expression.kind {
      case .name(let name):
        if isPlace, mayBeIndex(name) { names.insert(name) }
      case .subscripted(let receiver, let items):
        stack.append((receiver, false))
        for item in items { stack += item.children.map { ($0, true) } }
      default: stack += expression.kind.children.map { ($0, isPlace) }
      }
    }
    return names
  }

  /// The ranges after `for`.
  private mutating func givenRanges(_ statement: IndexStatement) -> [String: IndexInterval]? {
    var ranges: [String: IndexInterval] = [:]
    var isWhole = true
    for range in statement.ranges {
      if let entry = scope.entries[range.index.name], !mayBeIndex(range.index.name) {
        fail(
          .index(.isValue(range.index.name)), range.index.range,
          labels: [Diagnostic.Label(entry.range, "defined here")])
        isWhole = false
        continue
      }
      let lower = range.lower.map { evaluateSize($0) } ?? .some(.zero)
      let upper = evaluateSize(range.upper)
      guard let lower, let upper else {
        isWhole = false
        continue
      }
      ranges[range.index.name] = IndexInterval(lower: lower, count: upper - lower)
    }
    return isWhole ? ranges : nil
  }

  /// Every index with its range, those of the target first.
  private mutating func box(
    _ statement: IndexStatement, _ output: [IndexCoordinate], _ shape: [Size],
    _ reading: AccessReading, _ given: [String: IndexInterval]
  ) -> IndexBox? {
    var bounds = zip(output, shape).map {
      IndexRangeInference.Bound(coordinate: $0, extent: $1)
    }
    bounds += reading.bounds + lookupReading.bounds
    var known = given
    var names = indexNames(of: statement)
    for lookup in lookupReading.lookups {
      for (name, extent) in zip(lookup.names, lookup.extents) {
        known[name] = IndexInterval(lower: .zero, count: extent)
        names.append((name, statement.target.range))
      }
    }
    let inference = IndexRangeInference(bounds, given: known, facts: assumptions.facts)
    var indices: [(name: String, range: IndexInterval)] = []
    var isWhole = true
    for (name, place) in names {
      guard let range = inference.ranges[name] else {
        fail(.index(.unbounded(name)), place)
        isWhole = false
        continue
      }
      guard !range.count.isOverflowed, !range.lower.isOverflowed else {
        fail(.size(.tooLarge), place)
        isWhole = false
        continue
      }
      let isNeverNegative = assumptions.isAtLeast(range.count, 0)
      indices.append(
        (name, isNeverNegative ? range : IndexInterval(lower: range.lower, count: .zero)))
    }
    return isWhole ? IndexBox(indices) : nil
  }

  /// The indices in order of appearance, each with its first place.
  private func indexNames(of statement: IndexStatement) -> [(name: String, place: SourceRange)] {
    var seen: Set<String> = []
    var result: [(name: String, place: SourceRange)] = []
    var stack: [SyntaxExpression] =
      [statement.value] + statement.target.indices.reversed()
    while let expression = stack.popLast() {
      if case .name(let name) = expression.kind, isIndexName(name), seen.insert(name).inserted {
        result.append((name, expression.range))
      }
      stack += expression.kind.children.reversed()
    }
    for range in statement.ranges where seen.insert(range.index.name).inserted {
      result.append((range.index.name, range.index.range))
    }
    return result
  }

  private func isEmpty(_ box: IndexBox) -> Bool { box.extents.contains { $0.isZero } }

  /// Whether every term holds every index that is summed over. In `a[i] + b[i,j]` it is open whether `a[i]` is added
  /// once or for every `j`: a definition must say it, a claim is judged as it stands, and the other reading is named.
  private mutating func areEven(_ terms: [IndexTerm], _ output: [IndexCoordinate]) -> Bool {
    guard terms.count > 1 else { return true }
    let kept = Set(output.flatMap(\.terms.keys)).union(lookupReading.names)
    let names = terms.map { $0.indexNames.subtracting(kept) }
    let all = names.reduce(into: Set<String>()) { $0.formUnion($1) }
    for (term, present) in zip(terms, names) {
      if let missing = all.subtracting(present).min(), !term.isGathered {
        if claimedName == nil {
          fail(.index(.unevenTerms(missing)), term.range)
          return false
        }
        claimNote =
          "`\(text(term.range))` is added once for each `\(missing)`, which is summed over in the whole statement; "
          + "two statements `+=` add to the same value"
        return true
      }
    }
    return true
  }
}

extension IndexTerm {
  /// The names of the indices that its factors hold.
  fileprivate var indexNames: Set<String> {
    var names = Set(guards.flatMap(\.coordinate.terms.keys))
    for factor in factors {
      for case .named(let coordinate) in factor.coordinates {
        names.formUnion(coordinate.terms.keys)
      }
    }
    return names
  }

  /// Whether it was computed on the whole box.
  fileprivate var isGathered: Bool { !guards.isEmpty }
}
