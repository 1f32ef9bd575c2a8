import TensorExpressions

/// Forward mode: the tangent of an expression along given tangents of some of its parts.
///
/// A contraction is linear in each operand, so its tangent is the sum, over the operands, of the same
/// contraction with that operand replaced by its tangent.
public struct Pushforward {
  public init() {}

  /// The tangent of `output`, of its shape.
  public func callAsFunction(
    _ output: TensorExpression, along tangents: [TensorExpression: TensorExpression]
  ) throws(DerivationError) -> TensorExpression {
    let nodes = TensorExpression.postorder(of: [output])
    let needed = Pullback.dependent(on: Set(tangents.keys), among: nodes)
    var memo = tangents
    for node in nodes where memo[node] == nil {
      memo[node] = needed.contains(node) ? try tangent(of: node, memo) : node.zero
    }
    return memo[output] ?? output.zero
  }

  private func tangent(
    of node: TensorExpression, _ memo: [TensorExpression: TensorExpression]
  ) throws(DerivationError) -> TensorExpression {
    let space = node.space
    func tangent(_ x: TensorExpression) -> TensorExpression { memo[x] ?? x.zero }
    switch node.kind {
    case .symbol: return node.zero
    case .named(_, let value): return tangent(value)
    case .recurrence(let recurrence, let line):
      return try RecurrencePushforward(recurrence, tangents: recurrence.arguments.map(tangent))
        .pushed()[line]
    case .sum(let terms): return space.sum(terms.map(tangent), shape: node.shape)
    case .contraction(let contraction):
      return space.sum(
        contraction.operands.indices.map { position in
          space.contraction(
            contraction.replacingOperand(
              position, with: tangent(contraction.operands[position].value)),
            shape: node.shape)
        }, shape: node.shape)
    case .elementwise(let function, let operands):
      let derivatives = function.derivatives(operands, node)
      var terms: [TensorExpression] = []
      for (position, operand) in operands.enumerated() where !tangent(operand).isZero {
        guard let derivative = derivatives[position] else {
          throw .notDifferentiable(function: function.name, operand: position)
        }
        terms.append(derivative * tangent(operand))
      }
      return space.sum(terms, shape: node.shape)
    case .extremum(let extremum):
      let selector = space.selector(extremum)
      let output = extremum.outputExtents.indices.map(Affine.index)
      return space.contraction(
        Contraction(
          indices: selector.shape, output: output,
          operands: [
            .init(selector, selector.shape.indices.map(Affine.index)),
            .init(tangent(extremum.operand), extremum.access),
          ]),
        shape: node.shape)
    case .selector: return node.zero
    case .inverse(let x):
      // Ẏ = −Y·Ẋ·Y
      let n = x.shape[0]
      return space.contraction(
        Contraction(
          coefficient: .minusOne, indices: [n, n, n, n], output: [.index(0), .index(1)],
          operands: [
            .init(node, [.index(0), .index(2)]), .init(tangent(x), [.index(2), .index(3)]),
            .init(node, [.index(3), .index(1)]),
          ]),
        shape: node.shape)
    case .cholesky(let x): return CholeskyRule(factor: node).push(tangent(x))
    case .determinant(let x):
      // ẏ = y · tr(X⁻¹·Ẋ)
      let n = x.shape[0]
      return space.contraction(
        Contraction(
          indices: [n, n], output: [],
          operands: [
            .init(node, []), .init(space.inverse(x), [.index(0), .index(1)]),
            .init(tangent(x), [.index(1), .index(0)]),
          ]),
        shape: [])
    }
  }
}
