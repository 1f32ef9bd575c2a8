import Evaluation
import Scalars
import TensorExpressions

/// Values of expressions by their definitions: plain loops over whole boxes, over any arithmetic.
///
/// It shares nothing with the evaluator of the library but the arithmetic, so that it may judge the judge.
final class MutationLoops<A: ScalarArithmetic> {
  let arithmetic: A
  let sizes: [String: Int]
  private var memo: [TensorExpression: Tensor<A.Element>]

  /// - Parameter values: of symbols, and of any other nodes that are to be taken as given.
  init(_ arithmetic: A, sizes: [String: Int], values: [TensorExpression: Tensor<A.Element>]) {
    self.arithmetic = arithmetic
    self.sizes = sizes
    memo = values
  }

  struct Unbound: Error {}

  func value(_ root: TensorExpression) throws -> Tensor<A.Element> {
    // Only what is below unknown nodes.
    var order: [TensorExpression] = []
    var seen: Set<TensorExpression> = []
    var stack = [root]
    while let node = stack.popLast() {
      guard memo[node] == nil, seen.insert(node).inserted else { continue }
      order.append(node)
      stack += node.operands
    }
    for node in order.sorted(by: { $0.id < $1.id }) { memo[node] = try computed(node) }
    return try known(root)
  }

  private func known(_ node: TensorExpression) throws -> Tensor<A.Element> {
    guard let value = memo[node] else { throw Unbound() }
    return value
  }

  private func computed(_ node: TensorExpression) throws -> Tensor<A.Element> {
    let extents = try node.shape.map { try $0.evaluated(sizes) }
    switch node.kind {
    case .symbol, .recurrence: throw Unbound()
    case .named(_, let inner): return try known(inner)
    case .sum(let terms):
      var total = Array(repeating: arithmetic.zero, count: extents.reduce(1, *))
      for term in terms {
        let value = try known(term).elements
        for place in total.indices { total[place] = arithmetic.add(total[place], value[place]) }
      }
      return Tensor(extents: extents, elements: total)
    case .contraction(let c): return try sum(c, extents)
    case .elementwise(let function, let operands):
      return try apply(function, operands, extents)
    case .extremum(let e): return try windows(e, extents).largest
    case .selector(let e): return try windows(e, extents).taken
    case .inverse(let x): return try inverse(known(x)).inverse
    case .cholesky(let x): return try factor(known(x))
    case .determinant(let x):
      return Tensor(extents: [], elements: [try inverse(known(x)).determinant])
    }
  }

  // MARK: Contractions

  private typealias Access = [(constant: Int, terms: [(index: Int, factor: Int)])]

  private func numeric(_ access: [Affine]) throws -> Access {
    try access.map { a in
      (
        try a.constant.evaluated(sizes),
        try a.terms.map { ($0.index, try $0.coefficient.evaluated(sizes)) }
      )
    }
  }

  private func offset(_ access: Access, _ extents: [Int], _ point: [Int]) -> Int? {
    var offset = 0
    for (coordinate, extent) in zip(access, extents) {
      let place = coordinate.terms.reduce(coordinate.constant) { $0 + $1.factor * point[$1.index] }
      guard place >= 0, place < extent else { return nil }
      offset = offset * extent + place
    }
    return offset
  }

  private func sum(_ c: Contraction, _ extents: [Int]) throws -> Tensor<A.Element> {
    var total = Array(repeating: arithmetic.zero, count: extents.reduce(1, *))
    let coefficient = try arithmetic.constant(try c.coefficient.evaluated(sizes))
    let output = try numeric(c.output)
    let operands = try c.operands.map { (try known($0.value), try numeric($0.access)) }
    let guards = try numeric(c.guards.map(\.coordinate))
    let bounds = try c.guards.map { try $0.extent.evaluated(sizes) }
    let box = try c.indices.map { try $0.evaluated(sizes) }
    forEach(box) { point in
      guard offset(guards, bounds, point) != nil, let target = offset(output, extents, point)
      else { return }
      var product = coefficient
      for (value, access) in operands {
        guard let place = offset(access, value.extents, point) else { return }
        product = arithmetic.multiply(product, value.elements[place])
      }
      total[target] = arithmetic.add(total[target], product)
    }
    return Tensor(extents: extents, elements: total)
  }

  private func forEach(_ box: [Int], _ body: ([Int]) throws -> Void) rethrows {
    if box.contains(where: { $0 <= 0 }) { return }
    var point = Array(repeating: 0, count: box.count)
    while true {
      try body(point)
      var axis = box.count - 1
      while axis >= 0 {
        point[axis] += 1
        if point[axis] < box[axis] { break }
        point[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  // MARK: Functions

  private func apply(
    _ function: Elementwise, _ operands: [TensorExpression], _ extents: [Int]
  ) throws -> Tensor<A.Element> {
    let values = try operands.map { try known($0) }
    func map(_ change: (A.Element) throws -> A.Element) rethrows -> Tensor<A.Element> {
      Tensor(extents: extents, elements: try values[0].elements.map(change))
    }
    switch function.primitive {
    case .elementary(let elementary): return try map { try arithmetic.apply(elementary, $0) }
    case .reciprocal: return try map { try arithmetic.divide(arithmetic.one, $0) }
    case .step:
      return try map { try arithmetic.sign($0) > 0 ? arithmetic.one : arithmetic.zero }
    case .stopped: return map { arithmetic.stopped($0) }
    case .floor, .round: throw Unbound()
    case .pi: return try map { _ in try arithmetic.pi() }
    case .power:
      guard let exponent = try operands[1].asConstant?.evaluated(sizes) else { throw Unbound() }
      return try map { try arithmetic.power($0, exponent) }
    case nil:
      guard let definition = function.definition else { throw Unbound() }
      return try value(definition(operands))
    }
  }

  // MARK: Windows

  private func windows(
    _ e: Extremum, _ extents: [Int]
  ) throws -> (largest: Tensor<A.Element>, taken: Tensor<A.Element>) {
    let x = try known(e.operand)
    let access = try numeric(e.access)
    let outer = try e.outputExtents.map { try $0.evaluated(sizes) }
    let inner = try e.windowExtents.map { try $0.evaluated(sizes) }
    var largest: [A.Element] = []
    var taken: [A.Element] = []
    try forEach(outer) { output in
      var places: [Int?] = []
      forEach(inner) { places.append(offset(access, x.extents, output + $0)) }
      var best: [Int] = []
      for (number, place) in places.enumerated() {
        guard let place else { continue }
        guard let leader = best.first, let at = places[leader] else {
          best = [number]
          continue
        }
        let order = try arithmetic.sign(
          arithmetic.subtract(x.elements[place], x.elements[at]))
        let isBetter = e.kind == .maximum ? order > 0 : order < 0
        if isBetter { best = [number] } else if order == 0 { best.append(number) }
      }
      guard let leader = best.first, let at = places[leader] else { throw Unbound() }
      largest.append(x.elements[at])
      let share = try arithmetic.constant(Rational(1, e.ties == .first ? 1 : best.count))
      for number in places.indices {
        let isTaken = e.ties == .first ? number == leader : best.contains(number)
        taken.append(isTaken ? share : arithmetic.zero)
      }
    }
    return (
      Tensor(extents: outer, elements: largest), Tensor(extents: outer + inner, elements: taken)
    )
  }

  // MARK: Matrices

  /// The lower triangular factor, column by column: each is taken out of what is left of the matrix.
  private func factor(_ x: Tensor<A.Element>) throws -> Tensor<A.Element> {
    let n = x.extents[0]
    var rest = x
    var factor = Tensor(extents: x.extents, repeating: arithmetic.zero)
    for k in 0..<n {
      let root = try arithmetic.rootOfSquare(rest[[k, k]])
      for i in k..<n { factor[[i, k]] = try arithmetic.divide(rest[[i, k]], root) }
      for i in k..<n {
        for j in k..<n {
          rest[[i, j]] = arithmetic.subtract(
            rest[[i, j]], arithmetic.multiply(factor[[i, k]], factor[[j, k]]))
        }
      }
    }
    return factor
  }

  private func inverse(
    _ x: Tensor<A.Element>
  ) throws -> (inverse: Tensor<A.Element>, determinant: A.Element) {
    let n = x.extents[0]
    var rows = (0..<n).map { i in
      (0..<n).map { x.elements[i * n + $0] }
        + (0..<n).map { $0 == i ? arithmetic.one : arithmetic.zero }
    }
    var determinant = arithmetic.one
    for column in 0..<n {
      guard let pivot = (column..<n).first(where: { isUsable(rows[$0][column]) }) else {
        throw Unbound()
      }
      if pivot != column {
        rows.swapAt(pivot, column)
        determinant = arithmetic.negate(determinant)
      }
      let lead = rows[column][column]
      determinant = arithmetic.multiply(determinant, lead)
      rows[column] = try rows[column].map { try arithmetic.divide($0, lead) }
      for row in 0..<n where row != column {
        let factor = rows[row][column]
        for k in 0..<2 * n {
          rows[row][k] = arithmetic.subtract(
            rows[row][k], arithmetic.multiply(factor, rows[column][k]))
        }
      }
    }
    return (Tensor(extents: [n, n], elements: rows.flatMap { $0.suffix(n) }), determinant)
  }

  private func isUsable(_ value: A.Element) -> Bool {
    (try? arithmetic.sign(value)).map { $0 != 0 } ?? false
  }
}
