import TensorExpressions

/// A forward pass as it is differentiated: √u·√u is u, exponentials that are divided by their sum are a softmax, what
/// is divided by its own root mean square is normalised, and 1/(1 + exp(−u)) is a sigmoid.
///
/// The square of a norm is a sum of squares, whose derivative needs no norm at all. Differentiated as it stands it
/// would be 2·√u · u′/(2·√u), which is not defined where the norm is 0 although the derivative exists there.
///
/// Names stay: where the author gave the root a name, its cotangent is asked for, and the product is left as it is.
public struct ForwardFolding: Sendable {
  private let folded: [TensorExpression: TensorExpression]

  /// Folds every part of some expressions, operands first.
  ///
  /// - Parameter foldsNormalizations: false to keep the steps of a normalisation, along which rounding is followed.
  public init(in roots: [TensorExpression], foldsNormalizations: Bool = true) {
    var map: [TensorExpression: TensorExpression] = [:]
    for node in TensorExpression.postorder(of: roots) {
      let rebuilt = node.replacingOperands(node.operands.map { map[$0] ?? $0 })
      let known =
        LogisticFolding.folded(rebuilt) ?? ExponentialNormalization.folded(rebuilt)
        ?? (foldsNormalizations ? RootNormalization.folded(rebuilt) : nil)
      let new = Self.folded(known ?? rebuilt)
      if new !== node { map[node] = new }
    }
    folded = map
  }

  /// What a node became.
  public subscript(_ node: TensorExpression) -> TensorExpression { folded[node] ?? node }

  private static func folded(_ node: TensorExpression) -> TensorExpression {
    guard case .contraction(let contraction) = node.kind else { return node }
    var rest: [Contraction.Operand] = []
    var hasChanged = false
    for operand in contraction.operands {
      if case .elementwise(let function, let arguments) = operand.value.kind,
        function.name == "sqrt", let twin = rest.firstIndex(of: operand)
      {
        rest[twin] = Contraction.Operand(arguments[0], operand.access)
        hasChanged = true
      } else {
        rest.append(operand)
      }
    }
    guard hasChanged else { return node }
    return node.space.contraction(
      Contraction(
        coefficient: contraction.coefficient, indices: contraction.indices,
        output: contraction.output, operands: rest, guards: contraction.guards), shape: node.shape)
  }
}
