import Derivation
import ExpressionLanguage
import Notation
import TensorExpressions

/// Lines of a pass that are sequences of one recurrence, printed as the block that they are.
extension FormulaText {
  /// The statements of each line of a block: what stands before it and its head with the first.
  ///
  /// - Parameters:
  ///   - names: the names of the sequences, in line order.
  ///   - unread: the sequences that nothing else reads.
  mutating func block(
    _ recurrence: Recurrence, names: [String], unread: Set<Int>, forward: [TensorExpression],
    facts: SizeFacts
  ) -> [[Statement]] {
    let fused = recurrence.fusingFactors(into: unread, facts: facts)
    for candidate in [fused, recurrence].compactMap({ $0 }) {
      if let lines = block(candidate, names, forward, facts) { return lines }
    }
    // What would say something else is not written.
    for name in names { note(name, .notCompared) }
    return names.map { [Statement("# `\($0)` is a recurrence that has no text that reads back")] }
  }

  /// The statements of a block; nil where they say something else.
  private mutating func block(
    _ recurrence: Recurrence, _ names: [String], _ forward: [TensorExpression], _ facts: SizeFacts
  ) -> [[Statement]]? {
    let reads = StartReads(forward, facts: facts)
    let text = BlockNotation(usedNames: usedNames, known: reads.known)
      .block(recurrence, names: names)
    var lines = text.lines.map { $0.map(Statement.init) }
    // A shape that the lines do not tell stands before the block.
    let shapes = zip(names, recurrence.lines).map { "\($0): \(shapeText($1.shape))" }
      .filter { !text.before.contains($0) }
    var found: [ReadBack.Finding] = []
    for declarations in [[], shapes] {
      let head = (declarations + text.before + [text.header]).map(Statement.init)
      let whole = head + lines.flatMap { $0 }
      found = zip(names, recurrence.sequences).map { finding(whole, name: $0, $1) }
      if !found.contains(.different) {
        lines[0] = head.filter { !declaresGradient($0) } + lines[0]
        take(namesIn: lines.flatMap { $0 })
        for (name, finding) in zip(names, found) { note(name, finding) }
        return lines
      }
    }
    return nil
  }
}

/// Prints the sequences of a recurrence together, where the first of them stands.
struct BlockPrinting {
  private let facts: SizeFacts
  /// The values whose starts are known.
  private let forward: [TensorExpression]
  private var names: [Recurrence: [Int: TensorExpression]] = [:]
  private var printed: Set<Recurrence> = []

  init(_ lines: [TensorExpression], _ forward: [TensorExpression], _ facts: SizeFacts) {
    self.facts = facts
    self.forward = forward
    for line in lines {
      if let (recurrence, place) = line.definition.asRecurrence {
        names[recurrence, default: [:]][place] = names[recurrence]?[place] ?? line
      }
    }
  }

  /// Whether one of some values is a sequence of a recurrence that a value is a part of.
  func holds(partOf value: TensorExpression, anyOf others: Set<TensorExpression>) -> Bool {
    let parts = [value.definition] + (value.definition.asContraction?.operands.map(\.value) ?? [])
    return parts.contains { part in
      guard let recurrence = part.asRecurrence?.recurrence else { return false }
      return names[recurrence]?.values.contains(where: others.contains) ?? false
    }
  }

  /// The lines of the block that a sequence belongs to, once; nil where the value is no sequence.
  mutating func lines(
    of value: TensorExpression, _ text: inout FormulaText
  ) -> [PrintedLine]? {
    guard let (recurrence, isFirst) = recurrence(of: value) else { return nil }
    if !isFirst { return [] }
    let own = recurrence.lines.indices.map { names[recurrence]?[$0] }
    let statements = text.block(
      recurrence, names: lineNames(recurrence),
      unread: Set(own.indices.filter { own[$0] == nil }), forward: forward, facts: facts)
    return zip(own, zip(statements, recurrence.sequences)).map { line, rest in
      PrintedLine(line ?? rest.1, statements: rest.0)
    }
  }

  /// The same in markup; nil in any other notation, too.
  mutating func lines(
    of value: TensorExpression, usedNames: Set<String>, in notation: PassNotation
  ) -> [String]? {
    guard let (recurrence, isFirst) = recurrence(of: value) else { return nil }
    if !isFirst { return [] }
    let reads = StartReads(forward, facts: facts)
    let names = lineNames(recurrence)
    func block(_ write: @escaping BlockNotation.Write) -> BlockNotation {
      BlockNotation(usedNames: usedNames, known: reads.known, write: write)
    }
    switch notation {
    case .latex:
      return block { LaTeXNotation(usedNames: $2).lines(name: $0, expression: $1) }
        .equations(recurrence, names: names, steps: LaTeXNotation.steps)
    case .mathml:
      return block { MathMLNotation(usedNames: $2).lines(name: $0, expression: $1) }
        .equations(recurrence, names: names, steps: MathMLNotation.steps)
    case .text, .index, .numpy, .pytorch, .jax, .cpp, .swift: return nil
    }
  }

  /// The recurrence that a sequence belongs to, and whether it was not printed yet; nil where the value is no sequence.
  private mutating func recurrence(
    of value: TensorExpression
  ) -> (recurrence: Recurrence, isFirst: Bool)? {
    guard let (recurrence, place) = value.definition.asRecurrence,
      names[recurrence]?[place] === value
    else { return nil }
    return (recurrence, printed.insert(recurrence).inserted)
  }

  private func lineNames(_ recurrence: Recurrence) -> [String] {
    recurrence.lines.indices.map { names[recurrence]?[$0]?.name ?? "r\($0)" }
  }
}

/// Values that are a sequence's steps with the starts before them, which a block reads as the sequence.
struct StartReads {
  private var arrays: [TensorExpression: (name: String, axis: Int, offset: Int)] = [:]
  private let normalizer: Normalizer

  /// How far reads go that are looked for.
  private static let offsets = -3...3

  init(_ values: [TensorExpression], facts: SizeFacts) {
    normalizer = Normalizer(facts: facts, expandsNames: false, workLimit: 20_000)
    for value in values {
      guard let name = value.name, let (recurrence, line) = value.unnamed.asRecurrence else {
        continue
      }
      let own = recurrence.lines[line]
      let starts = own.starts.filter { !$0.isInside }
      if starts.isEmpty { continue }
      for offset in Self.offsets {
        let array = recurrence.steps.entries(
          of: value, axis: own.axis, at: .index(0) + Size(offset),
          starts: starts.map { ($0.step, recurrence.arguments[$0.argument]) })
        arrays[array] = (name, own.axis, offset)
      }
    }
  }

  func known(_ value: TensorExpression) -> (name: String, axis: Int, offset: Int)? {
    if let found = arrays[value] { return found }
    if value.name != nil { return nil }
    return arrays.first { $0.key.shape == value.shape && normalizer.provesEqual($0.key, value) }?
      .value
  }
}
