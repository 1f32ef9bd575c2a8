import Diagnostics
import Layers
import TensorExpressions

/// Reads other texts in place of the lines of a file, in the scope in which each line stands.
///
/// A change of a line is tried without elaborating the file anew: names mean what they meant to its author, and parts
/// that were read before are not read again.
package struct LineTrials {
  package let statements: [Statement]
  private var elaboration: Elaboration
  /// By their text, what parts of lines mean: a name has one meaning in a file.
  private var known: [String: Value] = [:]

  /// - Parameter space: that of the program, so that equal expressions are one object.
  package init(of source: SourceText, sizes: [String: Int], space: ExpressionSpace) {
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    statements = file.statements
    elaboration = Elaboration(
      source: source, outline: FileOutline(of: file.statements), overrides: sizes, space: space)
    for (order, statement) in file.statements.enumerated() {
      if case .check(.file) = statement.kind { continue }
      elaboration.process(statement, order: order)
    }
  }

  /// What an expression means where the line of that number stands.
  ///
  /// - Parameter stand-ins: values of names that the file does not have.
  package mutating func value(
    of text: String, at order: Int, standIns: [String: TensorExpression] = [:]
  ) -> TensorExpression? {
    if standIns.isEmpty, let value = known[text] { return elaboration.quietTensor(value) }
    var trial = elaboration.trial(at: order, standIns)
    let source = SourceText(name: "", text: text)
    var parser = Parser(source)
    guard let expression = try? parser.parseWholeExpression() else { return nil }
    trial.knownParts = known
    trial.partSource = source
    guard let value = trial.evaluate(expression), trial.problems.isEmpty else { return nil }
    if standIns.isEmpty { known[text] = value }
    return trial.quietTensor(value)
  }

  /// Whether an expression is a size or a number there, and no tensor.
  package mutating func isNumber(_ text: String) -> Bool {
    switch known[text] {
    case .size, .number: true
    case .tensor, .list, .text, .flag, .none?, nil: false
    }
  }

  /// What a claim's right side means with other texts in place of some lines: its own, or lines that it uses.
  ///
  /// - Parameters:
  ///   - name: the claim's name.
  ///   - order: the number of its last line.
  ///   - texts: by number, the lines' whole text.
  /// - Returns: nil where a text cannot be read, or does not fit.
  package mutating func claimed(
    _ name: String, at order: Int, with texts: [Int: String],
    standIns: [String: TensorExpression] = [:]
  ) -> TensorExpression? {
    var changed: [Int: Statement] = [:]
    for (number, text) in texts {
      guard let statement = Self.statement(text) else { return nil }
      changed[number] = statement
    }
    var trial = elaboration.trial(at: order, standIns)
    let lines = affectedLines(by: Set(changed.keys), claim: name, at: order)
    trial.release(lines.compactMap { $0 == order ? nil : statements[$0] })
    trial.claimAccumulations[name] = nil
    for number in lines {
      trial.scope.limit = number
      trial.order = number
      trial.claim = nil
      trial.claimedName = nil
      trial.perform(changed[number] ?? statements[number])
      guard trial.problems.isEmpty else { return nil }
    }
    return trial.claim?.claimed
  }

  /// A text as one statement; nil where it is none.
  package static func statement(_ text: String) -> Statement? {
    let source = SourceText(name: "", text: text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    return diagnostics.hasErrors || file.statements.count != 1 ? nil : file.statements[0]
  }

  /// The lines that mean something else with some of them changed, up to a claim, whose own lines are among them.
  private func affectedLines(by changed: Set<Int>, claim: String, at order: Int) -> [Int] {
    var names: Set<String> = []
    for number in changed { names.formUnion(statements[number].valueNames) }
    var result: [Int] = []
    for (number, statement) in statements.enumerated() where number <= order {
      if statement.claimedName == claim {
        result.append(number)
      } else if number == order {
        result.append(number)
      } else if changed.contains(number) || !names.isDisjoint(with: statement.valueNames)
        || statement.readsOne(of: names)
      {
        guard statement.claimedName == nil else { continue }
        names.formUnion(statement.valueNames)
        result.append(number)
      }
    }
    return result
  }
}

extension Elaboration {
  /// A copy in which expressions are read where a line stands.
  fileprivate func trial(
    at order: Int, _ standIns: [String: TensorExpression]
  ) -> Elaboration {
    var trial = self
    trial.problems = []
    trial.claim = nil
    trial.claimedName = nil
    trial.callResults = [:]
    trial.evaluationSteps = 0
    trial.order = order
    trial.scope.limit = order
    trial.scope.parameters = standIns.mapValues { .tensor($0) }
    trial.forkAssumptions()
    return trial
  }

  /// Takes away the meanings that some statements gave.
  fileprivate mutating func release(_ statements: [Statement]) {
    for name in statements.flatMap(\.valueNames) {
      scope.entries[name] = nil
      accumulations[name] = nil
    }
  }

  /// The value as a tensor, where it is one or a number.
  fileprivate func quietTensor(_ value: Value) -> TensorExpression? {
    switch value {
    case .tensor(let tensor): tensor
    case .size, .number: value.asNumber.map { space.filled($0) }
    case .list, .text, .flag, .none: nil
    }
  }
}

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
