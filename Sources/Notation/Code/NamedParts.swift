import TensorExpressions

/// Names for the parts that a target computes by themselves.
///
/// An array library has whole-array calls for almost everything; maxima over windows and the entries that they take
/// need lines of their own. A loop computes one entry of a value from entries of named values, so that what is summed,
/// inverted, or expensive and read repeatedly has to stand in an array first.
struct NamedParts {
  private let target: CodeTarget
  private var taken: Set<String>
  private var number = 0
  private var namedNodes: [TensorExpression: TensorExpression] = [:]
  private var parents: [TensorExpression: Int] = [:]
  /// The names that were given.
  private(set) var names: Set<String> = []

  init(for target: CodeTarget, avoiding taken: Set<String>) {
    self.target = target
    self.taken = taken
  }

  mutating func applied(to roots: [TensorExpression]) -> [TensorExpression] {
    let nodes = TensorExpression.postorder(of: roots)
    for node in nodes {
      for operand in Set(node.operands) { parents[operand, default: 0] += 1 }
    }
    var memo: [TensorExpression: TensorExpression] = [:]
    for node in nodes {
      let operands = node.operands.map { operand -> TensorExpression in
        let part = memo[operand] ?? operand
        return needsName(operand, part, in: node) ? named(part) : part
      }
      memo[node] = node.replacingOperands(operands)
    }
    return roots.map { memo[$0] ?? $0 }
  }

  private mutating func named(_ node: TensorExpression) -> TensorExpression {
    if let known = namedNodes[node] { return known }
    let result = node.space.named(freshName(), node)
    namedNodes[node] = result
    return result
  }

  /// A name for a part.
  mutating func freshName() -> String {
    repeat { number += 1 } while !taken.insert("s\(number)").inserted
    names.insert("s\(number)")
    return "s\(number)"
  }

  /// The first of some names that is free, which it then no longer is.
  mutating func freeName(of candidates: [String]) -> String {
    var name = candidates.first { !taken.contains($0) } ?? candidates[0]
    while !taken.insert(name).inserted { name += "_" }
    names.insert(name)
    return name
  }

  /// The same for expressions that are computed somewhere else than all others: no part is shared with those.
  mutating func appliedApart(to roots: [TensorExpression]) -> [TensorExpression] {
    let outside = (namedNodes, parents)
    (namedNodes, parents) = ([:], [:])
    defer { (namedNodes, parents) = outside }
    return applied(to: roots)
  }

  /// - Parameters:
  ///   - original: the part before its own parts were given names.
  private func needsName(
    _ original: TensorExpression, _ part: TensorExpression, in parent: TensorExpression
  ) -> Bool {
    if case .named = parent.kind { return false }
    if part.isIndexSymbol { return !isLookedUp(part, in: parent) }
    if part.name != nil || part.isZero || part.asConstant != nil { return false }
    switch target.family {
    case .arrays: return Self.needsLine(part, in: parent)
    case .loops: return needsArray(original, part, in: parent)
    }
  }

  /// Whether an index tensor is nothing but places of other tensors' entries.
  private func isLookedUp(_ symbol: TensorExpression, in parent: TensorExpression) -> Bool {
    if parent.asRecurrence != nil { return true }
    guard let contraction = parent.asContraction else { return false }
    let lookups = contraction.lookups
    let facts = ExtentFacts(positives: contraction.indices)
    return contraction.operands.indices.allSatisfy { position in
      guard contraction.operands[position].value === symbol else { return true }
      guard let place = lookups[position] else { return false }
      // Loops leave out what lies outside of an index tensor.
      guard case .arrays = target.family else { return true }
      return zip(place.access, place.shape).allSatisfy {
        $0.staysInside($1, extents: contraction.indices, facts)
      }
    }
  }

  private static func needsLine(
    _ part: TensorExpression, in parent: TensorExpression
  ) -> Bool {
    switch parent.kind {
    case .selector: return true
    case .extremum(let e) where !e.isReduction: return true
    case .recurrence: return true
    case .extremum, .symbol, .sum, .contraction, .elementwise, .inverse, .determinant, .cholesky,
      .named:
      break
    }
    switch part.kind {
    case .selector: return true
    case .extremum(let e): return !e.isReduction
    case .recurrence: return true
    case .contraction(let c): return c.addsUpPlaces
    case .symbol, .sum, .elementwise, .inverse, .determinant, .cholesky, .named: return false
    }
  }

  private func needsArray(
    _ original: TensorExpression, _ part: TensorExpression, in parent: TensorExpression
  ) -> Bool {
    switch parent.kind {
    case .extremum, .selector, .inverse, .determinant, .cholesky, .recurrence: return true
    case .symbol, .sum, .contraction, .elementwise, .named: break
    }
    switch part.kind {
    case .extremum, .selector, .inverse, .determinant, .cholesky, .recurrence: return true
    case .contraction(let c):
      if case .sum = parent.kind { return false }
      return !c.isPointwise
    case .elementwise, .sum:
      if parents[original, default: 0] > 1, part.isCostly { return true }
      guard case .contraction(let c) = parent.kind else { return false }
      return c.indices.count { !$0.isOne } > part.shape.count { !$0.isOne }
    case .symbol, .named: return false
    }
  }
}

extension TensorExpression {
  /// Whether computing an entry takes more than a few additions and products.
  fileprivate var isCostly: Bool {
    switch kind {
    case .elementwise(let function, _): function.name != "reciprocal" && function.name != "step"
    case .symbol, .sum, .contraction, .extremum, .selector, .inverse, .determinant, .cholesky,
      .named,
      .recurrence:
      false
    }
  }
}

extension Extremum {
  /// Whether each window is the whole of some axes.
  var isReduction: Bool {
    if isRanked { return false }
    let extents = outputExtents + windowExtents
    var seen: Set<Int> = []
    for (coordinate, extent) in zip(access, operand.shape) {
      if coordinate.isConstant, coordinate.constant.isZero, extent.isOne { continue }
      guard let index = coordinate.asIndex, extents[index] == extent, seen.insert(index).inserted
      else { return false }
    }
    return true
  }
}
