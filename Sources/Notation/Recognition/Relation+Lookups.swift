import Scalars
import TensorExpressions

/// Lookups in relations: a factor `one_hot(idx, V)` beside another one is a subscript of that one,
/// or a sum by segments.
extension Relation {
  /// Takes one-hot factors into others, where a subscript or a function says the same.
  mutating func applyLookups() {
    var f = 0
    while f < factors.count {
      let before = indexSet
      if let (other, result) = lookup(f) ?? segmentSum(f) {
        factors[other] = result
        factors.remove(at: f)
        // What the subscript reads over is no index of the relation any more.
        let after = indexSet
        for index in before where !after.contains(index) { extents[index] = .one }
        f = 0
      } else {
        f += 1
      }
    }
  }

  private var indexSet: NumberSet {
    var set = NumberSet()
    for (coordinate, _) in coordinates { coordinate.addIndices(to: &set) }
    return set
  }

  /// The index tensor of a factor `one_hot(idx, V)`, and the index that runs over all of its places.
  private func hot(_ f: Int) -> (indices: Formula, place: Int)? {
    let factor = factors[f]
    guard case .function("one_hot", let arguments) = factor.formula, arguments.count == 2,
      let place = factor.access.last?.asIndex, extents[place] == factor.shape.last,
      !guards.contains(where: { $0.coordinate.mentions(place) }),
      factor.access.dropLast().allSatisfy({ $0.asIndex.map { $0 != place } ?? false }),
      Set(factor.access).count == factor.access.count
    else { return nil }
    return (arguments[0], place)
  }

  /// The only other factor that reads at a place, and its axis.
  private func reader(of place: Int, beside f: Int) -> (factor: Int, axis: Int)? {
    var found: (factor: Int, axis: Int)?
    for (number, factor) in factors.enumerated() where number != f {
      for (axis, coordinate) in factor.access.enumerated() where coordinate.mentions(place) {
        guard found == nil, coordinate.asIndex == place, factor.shape[axis] == extents[place] else {
          return nil
        }
        found = (number, axis)
      }
    }
    return found
  }

  /// `x[…, idx, …]`, `x[arange(n), idx]` or `gather(x, axis, idx)`.
  private func lookup(_ f: Int) -> (factor: Int, result: Factor)? {
    guard let (indices, place) = hot(f), !output.contains(where: { $0.mentions(place) }),
      let (number, axis) = reader(of: place, beside: f)
    else { return nil }
    let x = factors[number]
    let own = Array(factors[f].access.dropLast())
    let extents = Array(factors[f].shape.dropLast())
    let shared = x.access.indices.filter { $0 != axis && own.contains(x.access[$0]) }
    let mixed = x.access.indices.contains { other in
      other != axis && !shared.contains(other)
        && own.contains { coordinate in
          coordinate.asIndex.map { x.access[other].mentions($0) } ?? false
        }
    }
    if mixed { return nil }
    var result = x
    if shared.isEmpty {
      result.access.replaceSubrange(axis...axis, with: own)
      result.shape.replaceSubrange(axis...axis, with: extents)
      result.formula = x.formula.viewed(.slice(Self.subscripts([axis: indices], x.shape.count)))
      result.isChain = false
      return (number, result)
    }
    if own.count == 1, shared.count == 1, abs(shared[0] - axis) == 1,
      x.shape[shared[0]] == extents[0]
    {
      let numbers = Formula.function("arange", [.number(Coefficient(extents[0]))])
      let first = min(axis, shared[0])
      result.access.replaceSubrange(first...first + 1, with: own)
      result.shape.replaceSubrange(first...first + 1, with: extents)
      result.formula = x.formula.viewed(
        .slice(Self.subscripts([axis: indices, shared[0]: numbers], x.shape.count)))
      result.isChain = false
      return (number, result)
    }
    guard own.count == x.access.count, x.access.count == extents.count,
      x.access.indices.allSatisfy({
        $0 == axis || x.access[$0] == own[$0] && x.shape[$0] == extents[$0]
      })
    else { return nil }
    result.access = own
    result.shape = extents
    result.formula = .function("gather", [x.formula, .number(Coefficient(Size(axis))), indices])
    result.isChain = false
    return (number, result)
  }

  private static func subscripts(_ arrays: [Int: Formula], _ rank: Int) -> [FormulaSlice] {
    (0..<rank).map { axis in arrays[axis].map { .array($0) } ?? .all }
  }

  /// `segment_sum(x, idx, n)`, the only other factor being read at the index tensor's own axes first.
  private func segmentSum(_ f: Int) -> (factor: Int, result: Factor)? {
    guard factors.count == 2, let (indices, place) = hot(f), guards.isEmpty else { return nil }
    let number = 1 - f
    let x = factors[number]
    let own = Array(factors[f].access.dropLast())
    guard !own.isEmpty, Array(x.access.prefix(own.count)) == own,
      Array(x.shape.prefix(own.count)) == Array(factors[f].shape.dropLast()),
      output.first?.asIndex == place, Set(x.access).count == x.access.count,
      Array(output.dropFirst()) == Array(x.access.dropFirst(own.count)),
      x.access.allSatisfy({ $0.asIndex != nil })
    else { return nil }
    var result = x
    result.access = output
    result.shape = [extents[place]] + x.shape.dropFirst(own.count)
    result.formula = .function(
      "segment_sum", [x.formula, indices, .number(Coefficient(extents[place]))])
    result.isChain = false
    return (number, result)
  }
}
