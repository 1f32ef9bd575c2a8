import Scalars
import TensorExpressions

/// Builds well-shaped expressions with symbolic sizes from the decisions on a tape: contractions with shifted,
/// reversed, strided and merged accesses that may leave their tensors, guards, repeated operands, functions with
/// laws of their own, windows, inverses.
struct RandomExpression {
  /// Which nodes may occur.
  enum Family: Hashable {
    /// Contractions and sums only.
    case polynomial
    /// Also functions, masks, extrema, inverses and determinants.
    case everything
  }

  static let names = ["A", "B", "C"]

  private var tape: DecisionTape
  private let space: ExpressionSpace
  private let family: Family
  private var pool: [TensorExpression]

  private init(_ tape: DecisionTape, _ space: ExpressionSpace, _ family: Family) {
    self.tape = tape.rewound
    self.space = space
    self.family = family
    let (a, b, c): (Size, Size, Size) = ("A", "B", "C")
    pool = [
      space.input("x", [a, b]), space.parameter("w", [b]),
      space.parameter("s", [a, a], .symmetric),
      space.input("p", [b], .positive), space.parameter("c", []), space.input("t", [a, b, c]),
      space.constant("h", [a, b], .oneHot(axis: 1)), space.parameter("k", [3]),
    ]
  }

  /// The expression of a tape, and the tape as it was used.
  static func build(
    _ tape: DecisionTape, in space: ExpressionSpace, _ family: Family
  ) -> (expression: TensorExpression, tape: DecisionTape) {
    var builder = RandomExpression(tape, space, family)
    let count = 1 + builder.tape.choose(4)
    for _ in 0..<count { builder.addStatement() }
    let last = builder.pool[builder.pool.count - 1]
    return (last, builder.tape)
  }

  private mutating func addStatement() {
    switch tape.choose(family == .polynomial ? 7 : 13) {
    case 0...3: addContraction()
    case 4: addSum()
    case 5: pool.append(tape.choose(pool).scaled(by: coefficient()))
    case 6:
      let x = operand()
      pool.append(x * tape.choose(pool.filter { $0.shape == x.shape }))
    case 7...10: addFunction()
    case 11: addExtremum()
    default: addMatrixFunction()
    }
    if tape.happens(1, in: 6), let last = pool.last, last.name == nil {
      pool.append(space.named("v\(pool.count)", last))
    }
  }

  /// A recent value more often than an old one.
  private mutating func operand() -> TensorExpression {
    if tape.happens(2, in: 3) { return pool[pool.count - 1] }
    return tape.choose(pool)
  }

  private mutating func coefficient() -> Coefficient {
    let n = Coefficient(Size(tape.choose(Self.names)))
    return tape.choose([
      Coefficient(Rational(2)), .minusOne, Coefficient(Rational(1, 3)), n, n.reciprocal ?? .one,
      Coefficient(Size(tape.choose(Self.names)) + 1),
    ])
  }

  private mutating func addSum() {
    let x = operand()
    let others = pool.filter { $0.shape == x.shape }
    let y = tape.choose(others)
    switch tape.choose(3) {
    case 0: pool.append(x + y)
    case 1: pool.append(x - y)
    default: pool.append(x + space.filled(coefficient(), x.shape))
    }
  }

  // MARK: Contractions

  private mutating func extent() -> Size {
    let name = Size(tape.choose(Self.names))
    return tape.choose([name, name, name, 2, 3, name + 1, name * 2, name - 1])
  }

  private mutating func addContraction() {
    let operands = (0..<(1 + tape.choose(3))).map { _ in operand() }
    var indices: [Size] = []
    // Most indices run along an operand's axis.
    for extent in operands.flatMap(\.shape) where indices.count < 4 {
      if !indices.contains(extent) || tape.happens(1, in: 2) { indices.append(extent) }
    }
    while indices.isEmpty || (indices.count < 4 && tape.happens(1, in: 4)) {
      indices.append(extent())
    }
    let parts = operands.map { value in
      Contraction.Operand(value, value.shape.map { coordinate(along: $0, indices) })
    }
    let (output, shape) = outputSlot(indices)
    var guards: [Contraction.Guard] = []
    if tape.happens(1, in: 4) {
      let bound = extent()
      guards.append(.init(coordinate(along: bound, indices), below: bound))
    }
    let scale: Coefficient = tape.happens(1, in: 4) ? coefficient() : .one
    pool.append(
      space.contraction(
        Contraction(
          coefficient: scale, indices: indices, output: output, operands: parts, guards: guards),
        shape: shape))
  }

  private mutating func outputSlot(_ indices: [Size]) -> ([Affine], [Size]) {
    var output: [Affine] = []
    var shape: [Size] = []
    let rank = tape.choose([1, 2, 2, 0, 3, 1])
    while output.count < rank {
      let index = tape.choose(indices.count)
      switch tape.choose(8) {
      case 0 where indices.count > 1:
        // Two axes merged into one.
        let second = tape.choose(indices.count)
        output.append(.index(index) * indices[second] + .index(second))
        shape.append(indices[index] * indices[second])
      case 1:
        let bound = extent()
        output.append(coordinate(along: bound, indices))
        shape.append(bound)
      case 2:
        output.append(.constant(Size(tape.choose(2))))
        shape.append(tape.choose([1, 2, indices[index]]))
      default:
        output.append(.index(index))
        shape.append(indices[index])
      }
    }
    return (output, shape)
  }

  private mutating func coordinate(along extent: Size, _ indices: [Size]) -> Affine {
    let fitting = indices.indices.filter { indices[$0] == extent }
    let index = fitting.isEmpty ? tape.choose(indices.count) : tape.choose(fitting)
    let other = tape.choose(indices.count)
    let v = Affine.index(index)
    switch tape.choose(16) {
    case 0: return v * Size(-1) + (extent - 1)
    case 1: return v + Size(tape.choose(5) - 2)
    case 2: return v + .index(other)
    case 3: return v + .index(other) + Size(-1)
    case 4: return v - .index(other)
    case 5: return v * Size(2) + .index(other) * Size(tape.choose([1, -1, 3]))
    case 6: return v * indices[other] + .index(other)
    case 7: return .constant(tape.choose([0, 1, extent - 1]))
    case 8: return v * Size(2) + Size(tape.choose(3) - 1)
    case 9: return v * Size(tape.choose(Self.names)) + .index(other)
    default: return v
    }
  }

  // MARK: Functions

  private mutating func addFunction() {
    let x = operand()
    let y = tape.choose(pool.filter { $0.shape == x.shape })
    let result: TensorExpression
    switch tape.choose(22) {
    case 0...2: result = exp(x)
    case 3: result = exp(-x)
    case 4: result = log(x)
    case 5: result = log(exp(x) * y)
    case 6: result = x.reciprocal
    case 7: result = (Rational(1) + exp(x)).reciprocal
    case 8: result = exp(x) / (Rational(1) + exp(x))
    case 9: result = step(x)
    case 10: result = relu(x)
    case 11: result = step(relu(x))
    case 12: result = sqrt(x * x + Rational(1))
    case 13: result = sqrt(x)
    case 14: result = sigmoid(x)
    case 15: result = tanh(x)
    case 16: result = abs(x)
    case 17: result = TensorExpression.function("maximum", x, y)
    case 18: result = TensorExpression.function("where", step(y), x, y)
    case 19: result = y / (x + y)
    case 20: result = x / x
    default: result = softplus(x)
    }
    pool.append(result)
  }

  private mutating func addExtremum() {
    let x = operand()
    guard x.rank >= 1 else { return addSum() }
    let outputs: [Size] = x.shape
    let windows: [Size] = [2]
    var access = x.shape.indices.map(Affine.index)
    let axis = tape.choose(x.rank)
    access[axis] = access[axis] + .index(x.rank) * Size(tape.choose(2) + 1)
    pool.append(
      space.extremum(
        Extremum(
          kind: tape.choose([.maximum, .minimum]), ties: tape.choose([.first, .shared]),
          operand: x, outputExtents: outputs, windowExtents: windows, access: access)))
  }

  private mutating func addMatrixFunction() {
    let squares = pool.filter { $0.rank == 2 && $0.shape[0] == $0.shape[1] }
    let size = Size(tape.choose(Self.names))
    let identity = space.contraction(
      Contraction(indices: [size], output: [.index(0), .index(0)], operands: []),
      shape: [size, size])
    let x = tape.choose(squares + [identity.scaled(by: coefficient())])
    pool.append(tape.happens(1, in: 2) ? space.determinant(x) : space.inverse(x))
  }
}

extension TensorExpression {
  static func function(_ name: String, _ operands: TensorExpression...) -> TensorExpression {
    guard let row = Elementwise.named(name) else { preconditionFailure("no row \(name)") }
    return operands[0].space.elementwise(row, operands)
  }

  /// The node and all below it, one line each, for the message of a failure.
  var listing: String {
    TensorExpression.postorder(of: [self]).map { node in
      "#\(node.id): \(node.shape) = \(node.summary)"
    }.joined(separator: "\n")
  }

  private var summary: String {
    switch kind {
    case .symbol(let symbol): return symbol.name
    case .named(let name, let value): return "\(name) is #\(value.id)"
    case .sum(let terms): return terms.map { "#\($0.id)" }.joined(separator: " + ")
    case .contraction(let c):
      func text(_ access: [Affine]) -> String {
        "[" + access.map(\.text).joined(separator: ", ") + "]"
      }
      return "\(text(c.output)) += \(c.coefficient.text) "
        + c.operands.map { "#\($0.value.id)\(text($0.access))" }.joined(separator: " ")
        + " over \(c.indices)"
        + c.guards.map { " if 0 <= \($0.coordinate.text) < \($0.extent)" }.joined()
    case .elementwise(let function, let operands):
      return function.name + "(" + operands.map { "#\($0.id)" }.joined(separator: ", ") + ")"
    case .extremum(let e):
      return "\(e.kind) of #\(e.operand.id)[\(e.access.map(\.text))] windows \(e.windowExtents)"
    case .selector(let e): return "selector of #\(e.operand.id)"
    case .inverse(let x): return "inverse of #\(x.id)"
    case .recurrence(let recurrence, let line): return "line \(line) of \(recurrence.lines.count)"
    case .determinant(let x): return "determinant of #\(x.id)"
    case .cholesky(let x): return "factor of #\(x.id)"
    }
  }
}

extension Affine {
  var text: String {
    let parts = terms.map { ($0.coefficient.isOne ? "" : "(\($0.coefficient))*") + "i\($0.index)" }
    return (parts + (constant.isZero && !parts.isEmpty ? [] : ["\(constant)"]))
      .joined(separator: " + ")
  }
}

extension Coefficient {
  var text: String { asRational.map(String.init(describing:)) ?? "(\(numerator))/\(denominator)" }
}
