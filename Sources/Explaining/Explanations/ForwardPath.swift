import Derivation
import TensorExpressions

/// How a value enters a line of the forward pass: the nodes from the line's definition down to the value.
struct ForwardPath {
  /// A node, and which of its operands the path goes on with.
  struct Step {
    let node: TensorExpression
    let position: Int
  }

  /// The named value whose definition it is.
  let consumer: TensorExpression
  /// From the outermost node inwards, which is the order in which a gradient flows.
  let steps: [Step]
}

/// Which lines of a forward pass use a value, and how.
struct ForwardUses {
  /// For each named or declared value the lines whose definitions hold it, in their order.
  private let consumers: [TensorExpression: [TensorExpression]]
  /// Paths beyond this many are counted, not told.
  static let pathLimit = 3

  /// - Parameter outputs: what is differentiated; lines that it does not need have no gradient.
  init(forward: [TensorExpression], outputs: [TensorExpression]) {
    let needed = Set(TensorExpression.postorder(of: outputs))
    var consumers: [TensorExpression: [TensorExpression]] = [:]
    for value in forward where needed.contains(value) {
      for leaf in Self.region(of: value) where leaf.name != nil {
        consumers[leaf, default: []].append(value)
      }
    }
    self.consumers = consumers
  }

  /// The lines that use `value`.
  func consumers(of value: TensorExpression) -> [TensorExpression] { consumers[value] ?? [] }

  /// The ways in which `value` enters the definition of `consumer`, the first few, and whether there are more.
  func paths(
    of value: TensorExpression, in consumer: TensorExpression
  ) -> (paths: [ForwardPath], isCut: Bool) {
    var holds: [TensorExpression: Bool] = [:]
    for node in Self.region(of: consumer) {
      holds[node] =
        node === value || (node.name == nil && node.operands.contains { holds[$0] == true })
    }
    var found: [ForwardPath] = []
    var isCut = false
    func walk(_ node: TensorExpression, _ steps: [ForwardPath.Step]) {
      if node === value {
        if found.count < Self.pathLimit {
          found.append(ForwardPath(consumer: consumer, steps: steps))
        } else {
          isCut = true
        }
        return
      }
      guard node.name == nil, holds[node] == true, !isCut else { return }
      var seen: Set<TensorExpression> = []
      for (position, operand) in node.operands.enumerated() where seen.insert(operand).inserted {
        walk(operand, steps + [ForwardPath.Step(node: node, position: position)])
      }
    }
    walk(consumer.unnamed, [])
    return (found, isCut)
  }

  /// The nodes of a definition down to names, operands first.
  private static func region(of value: TensorExpression) -> [TensorExpression] {
    var seen: Set<TensorExpression> = []
    var stack = [value.unnamed]
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      if node.name == nil { stack += node.operands }
    }
    return seen.sorted { $0.id < $1.id }
  }
}
