import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// Which values of the forward pass are computed from which.
struct ForwardGraph {
  struct Edge: Hashable {
    let from: String
    let to: String
  }

  /// The declared tensors that are used and the named values, in order.
  let nodes: [String]
  let edges: [Edge]
  /// The loss, or the outputs.
  let outputs: [String]

  init(_ program: Program) {
    let declared = program.declarations.map(\.symbol)
    let forward = program.values.filter { !$0.isBackward }
    let known = Set(declared + forward.map(\.value))
    nodes = (declared + forward.map(\.value)).compactMap(\.name)
    edges = forward.flatMap { value in
      Self.known(known, under: value.value).compactMap { source in
        source.name.map { Edge(from: $0, to: value.name) }
      }
    }
    outputs = program.output?.names ?? []
  }

  /// The known values that a line uses, without what is behind them, in the order in which they were made.
  private static func known(
    _ known: Set<TensorExpression>, under line: TensorExpression
  ) -> [TensorExpression] {
    var seen: Set<TensorExpression> = [line]
    var stack = line.operands
    var found: [TensorExpression] = []
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      if known.contains(node) { found.append(node) } else { stack += node.operands }
    }
    return found.sorted { $0.id < $1.id }
  }

  var json: JSONValue {
    var object: JSONObject = [
      "nodes": .array(nodes.map(JSONValue.string)),
      "edges": .array(
        edges.map { .object(["from": .string($0.from), "to": .string($0.to)]) }),
    ]
    if let first = outputs.first { object["output"] = .string(first) }
    if outputs.count > 1 { object["outputs"] = .array(outputs.map(JSONValue.string)) }
    return .object(object)
  }
}
