import Diagnostics
import Layers
import TensorExpressions

/// Reads other texts in place of the lines of a file, in the scope in which each line stands.
///
/// A change of a line is tried without elaborating the file anew: names mean what they meant to its author, and parts
/// that were read before are not read again.
package struct LineTrials {
  /// The statements of the file, in place of each block the lines below its head.
  package let lines: [Statement]
  /// Where each of the lines stands.
  let places: [Place]
  /// The statements of the file as it has them.
  let statements: [Statement]
  var elaboration: Elaboration
  /// The blocks that could be read, by the number of their statement.
  var blocks: [Int: BlockScope] = [:]
  /// By their text, what parts of lines mean: a name has one meaning in a file.
  private var known: [String: Value] = [:]
  /// What parts mean at a line of a block, by the line.
  var knownAtSteps: [Int: [String: LineValue]] = [:]

  /// The statements that changes of some others reach, which are the same whatever the changes are.
  private var reached: [Reach: [Int]] = [:]

  private struct Reach: Hashable {
    let changed: Set<Int>
    let claim: String
    let order: Int
  }

  /// A line by the number of its statement and, in a block, its own there.
  struct Place {
    let order: Int
    let position: Int?
  }

  /// - Parameter space: that of the program, so that equal expressions are one object.
  package init(of source: SourceText, sizes: [String: Int], space: ExpressionSpace) {
    var diagnostics = DiagnosticList(source: source)
    statements = SyntaxFile.parse(source, into: &diagnostics).statements
    var lines: [Statement] = []
    var places: [Place] = []
    for (order, statement) in statements.enumerated() {
      let own = statement.linesOfBlock
      lines += own ?? [statement]
      places +=
        own?.indices.map { Place(order: order, position: $0) } ?? [
          Place(order: order, position: nil)
        ]
    }
    (self.lines, self.places) = (lines, places)
    elaboration = Elaboration(
      source: source, outline: FileOutline(of: statements), overrides: sizes, space: space)
    for (order, statement) in statements.enumerated() {
      if case .check(.file) = statement.kind { continue }
      let before = elaboration
      elaboration.process(statement, order: order)
      if case .block = statement.kind, let read = elaboration.readBlock {
        blocks[order] = BlockScope(before: before, after: elaboration, read: read)
        elaboration.readBlock = nil
      }
    }
  }

  /// What an expression means where a line stands.
  package mutating func value(of text: String, at line: Int) -> LineValue? {
    // Behind the last line everything is known.
    let place = places.indices.contains(line) ? places[line] : Place(order: line, position: nil)
    if let position = place.position {
      return stepValue(of: text, at: line, place.order, position)
    }
    let value = known[text] ?? evaluated(text, at: place.order)
    known[text] = value
    return value.flatMap { value in
      elaboration.quietTensor(value).map { LineValue(whole: $0, isNumber: value.isNumber) }
    }
  }

  private func evaluated(_ text: String, at order: Int) -> Value? {
    var trial = elaboration.trial(at: order, [:])
    let source = SourceText(name: "", text: text)
    var parser = Parser(source)
    guard let expression = try? parser.parseWholeExpression() else { return nil }
    trial.knownParts = known
    trial.partSource = source
    guard let value = trial.evaluate(expression), trial.problems.isEmpty else { return nil }
    return value
  }

  /// What a claim's right side means with other texts in place of some lines: its own, or lines that it uses.
  ///
  /// - Parameters:
  ///   - name: the claim's name.
  ///   - line: the number of its last line.
  ///   - texts: by number, the lines' whole text.
  ///   - standIns: values of names that the file does not have; those of lines in a block have the steps in front.
  /// - Returns: nil where a text cannot be read, or does not fit.
  package mutating func claimed(
    _ name: String, at line: Int, with texts: [Int: String],
    standIns: [String: TensorExpression] = [:]
  ) -> TensorExpression? {
    var changed: [Int: Statement] = [:]
    for (number, text) in texts {
      let isOfBlock = places[number].position != nil
      guard let statement = isOfBlock ? Self.lineOfBlock(text) : Self.statement(text) else {
        return nil
      }
      changed[number] = statement
    }
    if let order = blockHoldingAll(of: name, at: line, changed.keys) {
      return stepClaim(name, inBlock: order, changed, standIns)
    }
    // What stands for a part of one step has no meaning elsewhere.
    if !standIns.isEmpty, changed.keys.contains(where: { places[$0].position != nil }) {
      return nil
    }
    // Where one line is changed, what stands in it means what it meant there before.
    let only = texts.count == 1 ? texts.first : nil
    let read = only.flatMap { number, text in
      places[number].position == nil
        ? (order: places[number].order, source: SourceText(name: "", text: text)) : nil
    }
    return claimed(
      name, at: places[line].order, with: wholeStatements(changed), reading: read, standIns)
  }

  private mutating func claimed(
    _ name: String, at order: Int, with changed: [Int: Statement],
    reading read: (order: Int, source: SourceText)?, _ standIns: [String: TensorExpression]
  ) -> TensorExpression? {
    var trial = elaboration.trial(at: order, standIns)
    let affected = affectedStatements(by: Set(changed.keys), claim: name, at: order)
    trial.release(affected.compactMap { $0 == order ? nil : statements[$0] })
    trial.claimAccumulations[name] = nil
    trial.program.claims = []
    for number in affected {
      trial.order = number
      trial.claim = nil
      trial.claimedName = nil
      let statement = changed[number] ?? statements[number]
      if let block = blocks[number] {
        trial.perform(statement, as: block)
      } else {
        trial.scope.limit = number
        if let read, read.order == number {
          trial.knownParts = known
          trial.partSource = read.source
        }
        trial.perform(statement)
        trial.partSource = nil
      }
      guard trial.problems.isEmpty else { return nil }
    }
    return trial.claim?.claimed ?? trial.settledClaim(name)
  }

  /// A text as one statement; nil where it is none.
  package static func statement(_ text: String) -> Statement? {
    let source = SourceText(name: "", text: text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    return diagnostics.hasErrors || file.statements.count != 1 ? nil : file.statements[0]
  }

  /// The statements that mean something else with some of them changed, up to a claim, whose own are among them.
  private mutating func affectedStatements(
    by changed: Set<Int>, claim: String, at order: Int
  ) -> [Int] {
    let key = Reach(changed: changed, claim: claim, order: order)
    if let known = reached[key] { return known }
    var names: Set<String> = []
    for number in changed { names.formUnion(statements[number].valueNames) }
    var result: [Int] = []
    for (number, statement) in statements.enumerated() where number <= order {
      if statement.claimedNames.contains(claim) {
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
    reached[key] = result
    return result
  }
}

extension Value {
  /// Whether it is a size or a number, and no tensor.
  var isNumber: Bool {
    switch self {
    case .size, .number: true
    case .tensor, .list, .text, .flag, .none: false
    }
  }
}

extension Elaboration {
  /// A copy in which expressions are read where a line stands.
  func trial(at order: Int, _ standIns: [String: TensorExpression]) -> Elaboration {
    var trial = self
    trial.beginTrial()
    trial.order = order
    trial.scope.limit = order
    trial.scope.parameters = standIns.mapValues { .tensor($0) }
    return trial
  }

  /// Forgets what belongs to the statement that was read before.
  mutating func beginTrial() {
    problems = []
    isQuiet = true
    claim = nil
    claimedName = nil
    callResults = [:]
    evaluationSteps = 0
    forkAssumptions()
  }

  /// Takes away the meanings that some statements gave.
  fileprivate mutating func release(_ statements: [Statement]) {
    for name in statements.flatMap(\.valueNames) {
      scope.entries[name] = nil
      accumulations[name] = nil
    }
  }

  /// The value as a tensor, where it is one or a number.
  func quietTensor(_ value: Value) -> TensorExpression? {
    switch value {
    case .tensor(let tensor): tensor
    case .size, .number: value.asNumber.map { space.filled($0) }
    case .list, .text, .flag, .none: nil
    }
  }
}
