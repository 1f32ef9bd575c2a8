import Foundation
import Scalars
import TensorExpressions

/// The value of an expression by its definition: every contraction is a loop over its whole box.
public struct NaiveEvaluator {
  public var sizes: [String: Int]
  public var symbols: [String: NaiveTensor]

  public struct Unsupported: Error { public let what: String }

  public init(sizes: [String: Int] = [:], symbols: [String: NaiveTensor]) {
    self.sizes = sizes
    self.symbols = symbols
  }

  /// The value at whole numbers drawn for every symbol, and these.
  public static func drawn(
    _ root: TensorExpression, sizes: [String: Int] = [:], seed: Int = 1
  ) throws -> (value: NaiveTensor, symbols: [String: NaiveTensor]) {
    var evaluator = NaiveEvaluator(sizes: sizes, symbols: [:])
    for (position, symbol) in TensorExpression.symbols(of: [root]).enumerated() {
      let shape = try evaluator.numbers(symbol.shape)
      evaluator.symbols[symbol.name ?? ""] = .generic(shape, seed: seed + 100 * position)
    }
    return (try evaluator.value(root), evaluator.symbols)
  }

  public func numbers(_ shape: [Size]) throws -> [Int] { try shape.map { try $0.evaluated(sizes) } }

  public func value(_ expression: TensorExpression) throws -> NaiveTensor {
    var unrolling = Unrolling(steps: sizes)
    let root = unrolling(expression)
    var memo: [TensorExpression: NaiveTensor] = [:]
    for node in TensorExpression.postorder(of: [root]) {
      memo[node] = try value(node) { operand in
        guard let value = memo[operand] else { throw Unsupported(what: "order") }
        return value
      }
    }
    guard let value = memo[root] else { throw Unsupported(what: "root") }
    return value
  }

  private func value(
    _ node: TensorExpression, _ operand: (TensorExpression) throws -> NaiveTensor
  ) throws -> NaiveTensor {
    let shape = try numbers(node.shape)
    switch node.kind {
    case .symbol(let symbol):
      guard let value = symbols[symbol.name], value.shape == shape else {
        throw Unsupported(what: symbol.name)
      }
      return value
    case .sum(let terms):
      var result = NaiveTensor(shape) { _ in 0 }
      for term in terms {
        let value = try operand(term)
        for i in result.values.indices { result.values[i] += value.values[i] }
      }
      return result
    case .contraction(let contraction):
      return try sum(contraction, shape, contraction.operands.map { try operand($0.value) })
    case .elementwise(let function, let operands):
      return try apply(function, node, try operands.map(operand))
    case .extremum(let extremum):
      return try windows(extremum, operand(extremum.operand)) { window, kind in
        let values = window.compactMap { $0 }
        return [(kind == .maximum ? values.max() : values.min()) ?? .nan]
      }
    case .recurrence: throw Unsupported(what: "recurrence")
    case .selector(let extremum):
      return try windows(extremum, operand(extremum.operand)) { window, kind in
        let values = window.compactMap { $0 }
        let best = kind == .maximum ? values.max() : values.min()
        let taken = window.indices.filter { window[$0] == best }
        return window.indices.map { i in
          switch extremum.ties {
          case .first: i == taken.first ? 1 : 0
          case .shared: taken.contains(i) ? 1 / Double(taken.count) : 0
          }
        }
      }
    case .named(_, let inner): return try operand(inner)
    case .inverse(let x): return try Self.eliminated(try operand(x)).inverse
    case .determinant(let x):
      return NaiveTensor([], [try Self.eliminated(try operand(x)).determinant])
    case .cholesky(let x): return Self.factored(try operand(x))
    }
  }

  private func coordinate(_ affine: Affine, _ point: [Int]) throws -> Int {
    try affine.terms.reduce(try affine.constant.evaluated(sizes)) {
      $0 + point[$1.index] * (try $1.coefficient.evaluated(sizes))
    }
  }

  private func sum(
    _ c: Contraction, _ shape: [Int], _ operands: [NaiveTensor]
  ) throws -> NaiveTensor {
    var result = NaiveTensor(shape) { _ in 0 }
    let factor = try c.coefficient.evaluated(sizes).doubleValue
    // Coefficients once, not at every point.
    func numeric(_ access: [Affine]) throws -> [(Int, [(Int, Int)])] {
      try access.map { affine in
        (
          try affine.constant.evaluated(sizes),
          try affine.terms.map { ($0.index, try $0.coefficient.evaluated(sizes)) }
        )
      }
    }
    func place(_ access: [(Int, [(Int, Int)])], _ point: [Int]) -> [Int] {
      access.map { constant, terms in terms.reduce(constant) { $0 + point[$1.0] * $1.1 } }
    }
    let output = try numeric(c.output)
    let accesses = try c.operands.map { try numeric($0.access) }
    let guards = try numeric(c.guards.map(\.coordinate))
    let extents = try numbers(c.guards.map(\.extent))
    NaiveTensor.forEachPlace(in: try numbers(c.indices)) { point in
      let inside = zip(place(guards, point), extents).allSatisfy { $0 >= 0 && $0 < $1 }
      if !inside { return }
      var product = factor
      for (access, operand) in zip(accesses, operands) { product *= operand[place(access, point)] }
      result.add(product, at: place(output, point))
    }
    return result
  }

  /// Every window's entries in order, nil for those outside, made into as many values as the closure gives.
  private func windows(
    _ e: Extremum, _ x: NaiveTensor, _ body: ([Double?], Extremum.Kind) -> [Double]
  ) throws -> NaiveTensor {
    let outputs = try numbers(e.outputExtents)
    let taps = try numbers(e.windowExtents)
    var values: [Double] = []
    var failure: (any Error)?
    NaiveTensor.forEachPlace(in: outputs) { output in
      var window: [Double?] = []
      NaiveTensor.forEachPlace(in: taps) { tap in
        do {
          let place = try e.access.map { try coordinate($0, output + tap) }
          let inside = zip(place, x.shape).allSatisfy { $0 >= 0 && $0 < $1 }
          window.append(inside ? x[place] : nil)
        } catch { failure = error }
      }
      values += body(window, e.kind)
    }
    if let failure { throw failure }
    return NaiveTensor(values.count == outputs.reduce(1, *) ? outputs : outputs + taps, values)
  }

  private func apply(
    _ function: Elementwise, _ node: TensorExpression, _ operands: [NaiveTensor]
  ) throws -> NaiveTensor {
    if let direct = Self.direct[function.name] { return operands[0].map(direct) }
    if function.name == "pow" {
      return NaiveTensor(
        operands[0].shape,
        zip(operands[0].values, operands[1].values).map { Foundation.pow($0, $1) })
    }
    guard let definition = function.definition, case .elementwise(_, let inputs) = node.kind else {
      throw Unsupported(what: function.name)
    }
    // The definition over fresh symbols, so that operands are not evaluated again.
    let fresh = inputs.enumerated().map { node.space.input("operand \($0)", $1.shape) }
    var inner = self
    for (position, value) in operands.enumerated() { inner.symbols["operand \(position)"] = value }
    return try inner.value(definition(fresh))
  }

  private static let direct: [String: @Sendable (Double) -> Double] = [
    "reciprocal": { 1 / $0 }, "step": { $0 > 0 ? 1 : 0 }, "pi": { _ in .pi },
    "exp": { Foundation.exp($0) }, "log": { Foundation.log($0) },
    "sqrt": { $0.squareRoot() }, "tanh": { Foundation.tanh($0) },
    "sin": { Foundation.sin($0) }, "cos": { Foundation.cos($0) }, "erf": { Foundation.erf($0) },
    "asin": { Foundation.asin($0) }, "acos": { Foundation.acos($0) },
    "atan": { Foundation.atan($0) },
  ]

  /// The lower triangular factor, column by column: each is taken out of what is left of the matrix.
  private static func factored(_ x: NaiveTensor) -> NaiveTensor {
    let n = x.shape[0]
    var rest = x
    var factor = NaiveTensor(x.shape) { _ in 0 }
    for k in 0..<n {
      let root = rest[[k, k]].squareRoot()
      for i in k..<n { factor.add(rest[[i, k]] / root, at: [i, k]) }
      for i in k..<n {
        for j in k..<n { rest.add(-factor[[i, k]] * factor[[j, k]], at: [i, j]) }
      }
    }
    return factor
  }

  private static func eliminated(
    _ x: NaiveTensor
  ) throws -> (inverse: NaiveTensor, determinant: Double) {
    let n = x.shape[0]
    var rows = (0..<n).map { i in
      (0..<n).map { x[[i, $0]] } + (0..<n).map { $0 == i ? 1.0 : 0.0 }
    }
    var determinant = 1.0
    for column in 0..<n {
      guard
        let pivot = (column..<n).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        rows[pivot][column] != 0
      else { throw Unsupported(what: "singular matrix") }
      if pivot != column {
        rows.swapAt(pivot, column)
        determinant = -determinant
      }
      let lead = rows[column][column]
      determinant *= lead
      rows[column] = rows[column].map { $0 / lead }
      for row in 0..<n where row != column {
        let factor = rows[row][column]
        rows[row] = zip(rows[row], rows[column]).map { $0 - factor * $1 }
      }
    }
    return (NaiveTensor([n, n]) { rows[$0[0]][n + $0[1]] }, determinant)
  }
}
