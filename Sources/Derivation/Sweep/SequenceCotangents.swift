import TensorExpressions

/// What reaches the sequences of recurrences from outside of them, gathered until all sequences of one have been met.
struct SequenceCotangents {
  /// For each recurrence how many of its sequences are still to be met.
  private var waiting: [Recurrence: Int] = [:]
  /// What was met, by recurrence and line.
  private(set) var terms: [Recurrence: [Int: [TensorExpression]]] = [:]
  /// The names of sequences.
  private(set) var names: [TensorExpression: [TensorExpression]] = [:]

  init(_ nodes: [TensorExpression], names: [TensorExpression]) {
    for node in nodes {
      if let own = node.asRecurrence { waiting[own.recurrence, default: 0] += 1 }
    }
    var seen: Set<TensorExpression> = []
    for name in names + nodes where seen.insert(name).inserted {
      guard let value = Self.value(of: name), value !== name else { continue }
      self.names[value, default: []].append(name)
    }
  }

  /// The sequence that a node is, or is the name of.
  static func value(of node: TensorExpression) -> TensorExpression? {
    if node.asRecurrence != nil { return node }
    if let value = node.namedValue, value.asRecurrence != nil { return value }
    return nil
  }

  /// Takes what reaches a sequence.
  ///
  /// - Returns: whether it was the last of its recurrence, and something reaches it.
  mutating func isComplete(_ sequence: TensorExpression, _ found: [TensorExpression]) -> Bool {
    guard let (recurrence, line) = sequence.asRecurrence else { return false }
    terms[recurrence, default: [:]][line, default: []] += found
    waiting[recurrence, default: 1] -= 1
    return waiting[recurrence] == 0
      && (terms[recurrence]?.values.contains { !$0.isEmpty } ?? false)
  }
}
