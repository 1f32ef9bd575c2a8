import Synchronization

/// Where expressions are interned: equal expressions of one space are one object.
///
/// The space does not keep its expressions alive; they keep it alive.
public final class ExpressionSpace: Sendable {
  private let table = Mutex(Table())

  private struct Table: ~Copyable {
    var nextID = 0
    var nodes: [Int: [Entry]] = [:]
  }

  private struct Entry {
    weak var node: TensorExpression?
  }

  public init() {}

  /// The one node of this kind and shape.
  func intern(_ kind: TensorExpression.Kind, shape: [Size]) -> TensorExpression {
    var hasher = Hasher()
    kind.hash(into: &hasher)
    hasher.combine(shape)
    let key = hasher.finalize()
    return table.withLock { table in
      var bucket = table.nodes[key] ?? []
      for entry in bucket {
        if let node = entry.node, node.shape == shape, node.kind == kind { return node }
      }
      bucket.removeAll { $0.node == nil }
      let node = TensorExpression(id: table.nextID, kind: kind, shape: shape, space: self)
      table.nextID += 1
      bucket.append(Entry(node: node))
      table.nodes[key] = bucket
      return node
    }
  }
}
