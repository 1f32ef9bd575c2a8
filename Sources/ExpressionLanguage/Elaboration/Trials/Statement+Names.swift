import Diagnostics

extension Statement {
  /// The names that the statement gives values to.
  package var valueNames: [String] {
    switch kind {
    case .shape(let shape): [shape.name.name]
    case .assignment(let assignment): [assignment.name.name]
    case .unpacking(let unpacking): unpacking.names.map(\.name)
    case .index(let index): [index.target.name.name]
    case .block(let block): block.lines.flatMap { $0.kind.definedInBlock.map(\.name) }
    case .step(let step): [step.name.name]
    case .dims, .budget, .declaration, .function, .loss, .output, .check, .assertion: []
    }
  }

  /// The gradient that the statement claims.
  package var claimedName: String? {
    switch kind {
    case .check(.value(let check)): check.name.name
    case .check(.index(let check)): check.target.name.name
    case .check(.step(let check)): check.name.name
    case .check(.file), .dims, .budget, .declaration, .shape, .assignment, .unpacking, .index,
      .function, .loss, .output, .assertion, .block, .step:
      nil
    }
  }

  /// The gradients that the statement claims: of a block all that its lines do.
  var claimedNames: [String] { (linesOfBlock ?? [self]).compactMap(\.claimedName) }

  /// The lines below the head of a block; nil for any other statement.
  var linesOfBlock: [Statement]? {
    if case .block(let block) = kind { block.lines } else { nil }
  }

  /// The expressions that the statement computes with.
  package var expressions: [SyntaxExpression] {
    switch kind {
    case .assignment(let assignment): [assignment.value]
    case .unpacking(let unpacking): [unpacking.value]
    case .index(let index), .check(.index(let index)): index.target.indices + [index.value]
    case .check(.value(let check)): [check.value]
    case .assertion(let assertion): [assertion.left, assertion.right]
    case .loss(let loss): loss.value.map { [$0] } ?? []
    case .output(let output): output.parts.compactMap(\.value)
    case .function(let function): [function.body]
    case .block(let block):
      (block.startLines + block.starts).map(\.value) + block.lines.flatMap(\.expressions)
    case .step(let step), .check(.step(let step)): [step.value]
    case .dims, .budget, .declaration, .shape, .check(.file): []
    }
  }

  /// Whether one of some names stands in the statement.
  package func readsOne(of names: Set<String>) -> Bool {
    expressions.contains { $0.namesUsed.contains(where: names.contains) }
  }
}

extension SyntaxExpression {
  /// The names in an expression.
  package var namesUsed: Set<String> {
    if case .name(let name) = kind { return [name] }
    return kind.children.reduce(into: []) { $0.formUnion($1.namesUsed) }
  }
}
