import TensorExpressions

/// Names for parts of a forward pass that its author left unnamed and that a backward pass would have to repeat.
///
/// A layer such as an LSTM is one word in a file and hundreds of nodes behind it. Written as one formula its gradient
/// would repeat shared parts exponentially often; with names for them it is a list of short lines.
public struct ImplicitNames: Sendable {
  /// The named nodes that were introduced, operands before what uses them.
  public let values: [TensorExpression]
  /// What every node of the forward pass became.
  private let renamed: [TensorExpression: TensorExpression]

  /// How long a shared formula may be, in nodes, without a name of its own.
  private static let sharedLimit = 14
  /// How long any formula may be.
  private static let limit = 48

  /// - Parameters:
  ///   - roots: the outputs of the forward pass.
  ///   - taken: names that are in use.
  public init(in roots: [TensorExpression], avoiding taken: Set<String>) {
    let nodes = TensorExpression.postorder(of: roots)
    var uses: [TensorExpression: Int] = [:]
    for node in nodes { for operand in Set(node.operands) { uses[operand, default: 0] += 1 } }
    var cost: [TensorExpression: Int] = [:]
    var map: [TensorExpression: TensorExpression] = [:]
    var values: [TensorExpression] = []
    var number = 0
    for node in nodes {
      var new = node.replacingOperands(node.operands.map { map[$0] ?? $0 })
      if node.name != nil {
        cost[node] = 1
      } else {
        let own = 1 + node.operands.reduce(0) { $0 + (cost[$1] ?? 1) }
        cost[node] = own
        let isShared = (uses[node] ?? 0) > 1 && own > Self.sharedLimit
        if node.operands.count > 0, isShared || own > Self.limit, !roots.contains(node) {
          repeat { number += 1 } while taken.contains("v\(number)") || taken.contains("dv\(number)")
          new = node.space.named("v\(number)", new)
          values.append(new)
          cost[node] = 1
        }
      }
      if new !== node { map[node] = new }
    }
    self.values = values
    renamed = map
  }

  /// What a node of the forward pass became.
  public subscript(_ node: TensorExpression) -> TensorExpression { renamed[node] ?? node }
}
