import TensorExpressions

/// What some results need, in the order of the file; a part that was given a name stands before the first line that
/// uses it, and a recurrence where its first sequence does.
struct StatementOrder {
  private let nodes: [TensorExpression]
  private let step: String
  private let family: CodeTarget.Family
  /// An argument whose element type new arrays take.
  private let reference: String?
  /// The first name of each sequence, by recurrence and line, and whether something else reads it.
  private var sequences: [Recurrence: [Int: (name: String, isRead: Bool)]] = [:]
  private var written: Set<Recurrence> = []
  private var result: [CodePlan.Statement] = []

  /// - Parameter sequences: named sequences that results may not read.
  init(
    of results: [TensorExpression], sequences named: some Sequence<TensorExpression>,
    step: String, family: CodeTarget.Family, reference: String?
  ) {
    nodes = TensorExpression.postorder(of: results)
    self.step = step
    self.family = family
    self.reference = reference
    for (node, isRead) in nodes.map({ ($0, true) }) + named.map({ ($0, false) }) {
      guard let name = node.name, let (recurrence, line) = node.namedValue?.asRecurrence else {
        continue
      }
      sequences[recurrence, default: [:]][line] =
        sequences[recurrence]?[line] ?? (name: name, isRead: isRead)
    }
  }

  /// - Parameter authored: the names of the file's own values, in order.
  mutating func statements(
    authored order: [String], parts: inout NamedParts
  ) -> [CodePlan.Statement] {
    var byName: [String: TensorExpression] = [:]
    for node in nodes where node.namedValue != nil { byName[node.name ?? ""] = node }
    let authored = Set(order)
    var placed: Set<TensorExpression> = []
    for main in order.compactMap({ byName[$0] }) {
      var needed: [TensorExpression] = [main]
      var seen: Set<TensorExpression> = []
      var stack = main.operands
      while let node = stack.popLast() {
        guard seen.insert(node).inserted else { continue }
        if let name = node.name, node.namedValue != nil {
          guard !authored.contains(name), placed.insert(node).inserted else { continue }
          needed.append(node)
        }
        stack += node.operands
      }
      // Operands are made before what uses them.
      for part in needed.sorted(by: { $0.id < $1.id }) { write(part, &parts) }
    }
    return result
  }

  private mutating func write(_ part: TensorExpression, _ parts: inout NamedParts) {
    guard let name = part.name, let value = part.namedValue else { return }
    guard let (recurrence, line) = value.asRecurrence else {
      result.append(.line(CodePlan.Line(name: name, expression: value)))
      return
    }
    let names = sequences[recurrence] ?? [:]
    if written.insert(recurrence).inserted {
      let all = recurrence.lines.indices.map { names[$0]?.name ?? parts.freshName() }
      let read = Set(names.filter(\.value.isRead).keys)
      let block = CodeBlock(
        recurrence, names: all, read: read, step: step, in: family, reference: reference,
        parts: &parts)
      result.append(.block(block))
    }
    if let first = names[line]?.name, first != name {
      let same = part.space.named(first, value)
      result.append(.line(CodePlan.Line(name: name, expression: same)))
    }
  }
}
