import TensorExpressions

/// The logistic function and its integral, where an author wrote their exponentials out.
///
/// ```
/// log(1 + exp(v))         softplus(v)
/// 1 / (1 + exp(v))        sigmoid(−v)
/// exp(v) / (1 + exp(v))   sigmoid(v)
/// ```
///
/// Their derivatives are known words, and a logistic loss has the gradient that people look for.
enum LogisticFolding {
  /// The node in a known word; nil where it is none of them. Its operands are folded already.
  static func folded(_ node: TensorExpression) -> TensorExpression? {
    switch node.kind {
    case .elementwise(let function, let operands) where function == .logarithm:
      exponent(ofOnePlus: operands[0]).map { node.space.elementwise(.row("softplus"), [$0]) }
    case .elementwise(let function, let operands) where function == .reciprocal:
      exponent(ofOnePlus: operands[0]).map { node.space.elementwise(.row("sigmoid"), [-$0]) }
    case .contraction(let contraction): folded(contraction, node)
    default: nil
    }
  }

  /// exp(v) · sigmoid(−v) = sigmoid(v), for factors that are read alike.
  private static func folded(
    _ contraction: Contraction, _ node: TensorExpression
  ) -> TensorExpression? {
    for (position, operand) in contraction.operands.enumerated() {
      guard let v = argument(of: "exp", operand.value),
        let partner = contraction.operands.firstIndex(where: {
          $0.access == operand.access
            && argument(of: "sigmoid", $0.value).map { $0 === -v || -$0 === v } ?? false
        })
      else { continue }
      var operands = contraction.operands
      operands[position] = .init(node.space.elementwise(.row("sigmoid"), [v]), operand.access)
      operands.remove(at: partner)
      let folded = node.space.contraction(
        Contraction(
          coefficient: contraction.coefficient, indices: contraction.indices,
          output: contraction.output, operands: operands, guards: contraction.guards),
        shape: node.shape)
      return self.folded(folded) ?? folded
    }
    return nil
  }

  /// v, where the value is 1 + exp(v).
  private static func exponent(ofOnePlus value: TensorExpression) -> TensorExpression? {
    guard let terms = value.asTerms, terms.count == 2 else { return nil }
    for (one, other) in [(terms[0], terms[1]), (terms[1], terms[0])]
    where one.asConstant?.isOne ?? false {
      return argument(of: "exp", other)
    }
    return nil
  }

  private static func argument(of name: String, _ value: TensorExpression) -> TensorExpression? {
    guard case .elementwise(let function, let operands) = value.kind, function.name == name else {
      return nil
    }
    return operands[0]
  }
}
