import Diagnostics
import TensorExpressions

/// A block with what is known where it begins, and behind it.
struct BlockScope {
  let before: Elaboration
  let after: Elaboration
  let read: ReadBlock
}

/// Lines of blocks.
///
/// A claim in a block is no part of what the block's sequences are, so that it is read anew by itself, among the
/// lines as they are. With another line changed, the block is read anew.
extension LineTrials {
  /// What an expression means at a line of a block.
  mutating func stepValue(
    of text: String, at line: Int, _ order: Int, _ position: Int
  ) -> LineValue? {
    if let known = knownAtSteps[line]?[text] { return known }
    guard let block = blocks[order] else { return nil }
    var parser = Parser(SourceText(name: "", text: text))
    guard let expression = try? parser.parseWholeExpression() else { return nil }
    var trial = block.trial(at: position)
    guard let value = trial.evaluate(expression), trial.problems.isEmpty,
      let part = trial.quietTensor(value), let context = trial.stepContext,
      let whole = trial.lifted(part, context, block.read.values)
    else { return nil }
    let result = LineValue(whole: whole, isNumber: value.isNumber, isAtSteps: true)
    knownAtSteps[line, default: [:]][text] = result
    return result
  }

  /// The steps that a line of a block is read at; nil for any other line.
  package func steps(at line: Int) -> (index: String, claims: Set<String>)? {
    guard places.indices.contains(line), places[line].position != nil else { return nil }
    let statement = statements[places[line].order]
    guard case .block(let block) = statement.kind else { return nil }
    return (block.index.name, Set(statement.claimedNames))
  }

  /// The lines of the block in which a line stands, which carries may read from below; none outside of blocks.
  package func linesOfBlock(around line: Int) -> Range<Int> {
    guard places[line].position != nil else { return line..<line }
    let own = lines.indices.filter { places[$0].order == places[line].order }
    return own[0]..<own[own.count - 1] + 1
  }

  /// The axis of a value, or of the gradient by one, along which a block's steps run; nil where there is none.
  package func stepAxis(of name: String, at line: Int) -> Int? {
    guard let block = blocks[places[line].order] else { return nil }
    let context = block.read.context
    let primal = block.after.gradientSubject(name) ?? name
    guard case .tensor(let value)? = block.after.scope.entries[primal]?.meaning else { return nil }
    return value.shape.firstIndex { $0 == context.first + context.count }
  }

  /// A text as one line of a block; nil where it is none.
  static func lineOfBlock(_ text: String) -> Statement? {
    guard let statement = statement("for t in range(1): " + text),
      let lines = statement.linesOfBlock, lines.count == 1
    else { return nil }
    return lines[0]
  }

  /// The block in which every line of a claim stands, and every line that is changed is one of them.
  func blockHoldingAll(
    of claim: String, at line: Int, _ changed: Dictionary<Int, Statement>.Keys
  ) -> Int? {
    let place = places[line]
    guard place.position != nil else { return nil }
    let own = lines.indices.filter { lines[$0].claimedName == claim }
    guard own.allSatisfy({ places[$0].order == place.order }), changed.allSatisfy(own.contains)
    else { return nil }
    return place.order
  }

  /// What a claim in a block says with some of its lines changed.
  func stepClaim(
    _ name: String, inBlock order: Int, _ changed: [Int: Statement],
    _ standIns: [String: TensorExpression]
  ) -> TensorExpression? {
    guard let block = blocks[order] else { return nil }
    var trial = block.trial(at: 0)
    trial.program.claims = []
    trial.claimAccumulations[name] = nil
    trial.standIn(standIns)
    for number in lines.indices where lines[number].claimedName == name {
      trial.stepContext?.position = places[number].position ?? 0
      let statement = changed[number] ?? lines[number]
      guard case .check(let check) = statement.kind else { return nil }
      // An access has no form for what stands for a part of a step.
      if case .index = check, !standIns.isEmpty { return nil }
      trial.readClaim(check, statement)
    }
    guard let context = trial.stepContext else { return nil }
    let claims = trial.pendingClaims
    trial.pendingClaims = []
    trial.stepContext = nil
    trial.settle(claims, context, block.read.values)
    return trial.settledClaim(name)
  }

  /// Lines as the statements of the file that they stand in.
  func wholeStatements(_ changed: [Int: Statement]) -> [Int: Statement] {
    var result: [Int: Statement] = [:]
    for (number, line) in changed {
      let place = places[number]
      guard let position = place.position else {
        result[place.order] = line
        continue
      }
      let statement = result[place.order] ?? statements[place.order]
      guard case .block(let block) = statement.kind else { continue }
      result[place.order] = Statement(
        .block(block.replacing(lineAt: position, by: line)), range: statement.range)
    }
    return result
  }
}

extension BlockScope {
  /// A state in which expressions are read at a line of the block.
  func trial(at position: Int) -> Elaboration {
    var trial = after
    trial.beginTrial()
    trial.stepContext = read.context
    trial.stepContext?.position = position
    return trial
  }
}

extension BlockStatement {
  fileprivate func replacing(lineAt position: Int, by line: Statement) -> BlockStatement {
    var lines = lines
    lines[position] = line
    return BlockStatement(
      index, lower: lower, upper: upper, isReversed: isReversed, startLines: startLines,
      starts: starts, lines: lines, header: header)
  }
}

extension Elaboration {
  /// Names that stand for parts of a step: what some values have there.
  fileprivate mutating func standIn(_ values: [String: TensorExpression]) {
    guard let first = stepContext?.first else { return }
    scope.parameters = values.compactMapValues { value in
      let part = stepContext?.open.entry(of: value, axis: 0, at: .index(0) + -first)
      return part.map { .tensor($0) }
    }
  }

  /// Reads a block once more, where its names mean nothing but what they meant before it.
  mutating func perform(_ statement: Statement, as block: BlockScope) {
    let (all, values) = (scope.entries, program.values)
    let names = statement.valueNames
    scope.limit = nil
    scope.entries = all.filter { $0.value.order < order }
    for name in names {
      scope.entries[name] = block.before.scope.entries[name]
      accumulations[name] = block.before.accumulations[name]
    }
    program.values = block.before.program.values
    perform(statement)
    program.values = values
    let own = scope.entries
    scope.entries = all
    for name in names { scope.entries[name] = own[name] }
  }

  /// What a claim of the program that was settled says; nil where it does not fit.
  func settledClaim(_ name: String) -> TensorExpression? {
    guard let claim = program.claims.last(where: { $0.name == name }) else { return nil }
    return try? claim.claimed.get()
  }
}
