import Diagnostics
import ExpressionLanguage
import Judging
import TensorExpressions

/// A line that a wrong claim is made of: its own, or one above that it uses.
struct ClaimLine {
  /// The line's number among those that can be changed.
  let order: Int
  let statement: Statement
  /// What can be another one: the right side.
  let root: SyntaxExpression
  /// The left side's access and the statement, where it adds by indices.
  let index: IndexStatement?

  init?(_ statement: Statement, order: Int) {
    self.order = order
    self.statement = statement
    switch statement.kind {
    case .assignment(let assignment), .check(.value(let assignment)):
      (root, index) = (assignment.value, nil)
    case .index(let index), .check(.index(let index)): (root, self.index) = (index.value, index)
    case .step(let step), .check(.step(let step)): (root, index) = (step.value, nil)
    case .assertion(let assertion): (root, index) = (assertion.right, nil)
    case .dims, .budget, .declaration, .shape, .unpacking, .function, .loss, .output,
      .check(.file), .block:
      return nil
    }
  }

  /// The line's text with some edits made.
  func text(with edits: [Cause.Repair.Edit], in source: SourceText) -> String {
    var text = Array(source[statement.range].utf8)
    for edit in edits.sorted(by: { $0.range.start > $1.range.start }) {
      let start = edit.range.start - statement.range.start
      let end = edit.range.end - statement.range.start
      guard 0 <= start, start <= end, end <= text.count else { continue }
      text.replaceSubrange(start..<end, with: Array(edit.text.utf8))
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension ClaimLine {
  /// Whether a text of the line asserts that something equals itself, which says nothing.
  func isTrivial(_ text: String, in source: SourceText) -> Bool {
    guard case .assertion(let assertion) = statement.kind else { return false }
    let start = root.range.start - statement.range.start
    return String(decoding: text.utf8.dropFirst(start), as: UTF8.self)
      == source[assertion.left.range]
  }

  /// The lines that a claim is made of, its own first, then those that it uses and that nothing else than the backward
  /// pass needs: those above it, and in a block those below as well, which a later step reads.
  static func lines(
    of claim: Program.Claim, in program: Program, _ trials: LineTrials
  ) -> [ClaimLine] {
    let statements = trials.lines
    guard
      let order = statements.lastIndex(where: {
        claim.range.start <= $0.range.start && $0.range.end <= claim.range.end
      })
    else { return [] }
    let own = statements[order]
    let mine = statements.indices.filter {
      $0 <= order && own.claimedName != nil && statements[$0].claimedName == own.claimedName
    }
    let used = used(
      by: order, upTo: max(order, trials.linesOfBlock(around: order).upperBound), trials)
    let needed = program.namesOfForwardPass
    return (own.claimedName == nil ? [order] : mine.reversed()).compactMap {
      ClaimLine(statements[$0], order: $0)
    }
      + used.filter { statements[$0].valueNames.first.map { !needed.contains($0) } ?? false }
      .compactMap { ClaimLine(statements[$0], order: $0) }
  }

  /// The lines that give values to what a line reads, and to what those read, the nearest above it first.
  private static func used(by order: Int, upTo end: Int, _ trials: LineTrials) -> [Int] {
    let statements = trials.lines
    var wanted = statements[order].namesRead
    var result: [Int] = []
    var rest = statements.indices.filter { $0 < end && $0 != order }
    while let number = rest.last(where: { number in
      number < order && statements[number].valueNames.contains(where: wanted.contains)
    }) ?? rest.first(where: { statements[$0].valueNames.contains(where: wanted.contains) }) {
      wanted.formUnion(statements[number].namesRead)
      result.append(number)
      rest.removeAll { $0 == number }
    }
    return result
  }
}

extension Statement {
  fileprivate var namesRead: Set<String> {
    expressions.reduce(into: []) { $0.formUnion($1.namesUsed) }
  }
}

extension Program {
  /// The names of what the output is computed from.
  fileprivate var namesOfForwardPass: Set<String> {
    let nodes = TensorExpression.postorder(of: output?.values ?? [])
    return Set(nodes.compactMap(\.name)).union(declarations.compactMap(\.symbol.name))
  }
}
