import Derivation
import Diagnostics
import ExpressionLanguage
import Notation
import TensorExpressions

/// The forward and the backward pass of a program as statements of the expression language.
///
/// Together they are complete: every name that a line uses is declared in the file or defined by a line
/// before it. Where the backward pass needs parts of the forward pass that their author left unnamed, the
/// forward pass is printed with names for them.
package struct PrintedPasses {
  package let forward: [PrintedLine]
  package let backward: [PrintedLine]
  /// The values that the program defines by derivatives, as the formulas that they are.
  package let derivatives: [PrintedLine]
  /// Whether the forward pass has lines that are not its author's.
  package let namesParts: Bool
  /// The names of lines that do not say what they stand for: an error of this program.
  package let unreadable: [String]
  /// The names of lines that were not held against what they stand for.
  package let notCompared: [String]

  /// - Parameter readsBack: whether each derived line is read back and held against the expression that it stands for.
  package init(program: Program, backward pass: BackwardPass?, readsBack: Bool = true) {
    let pass = pass?.writing(program)
    var text = FormulaText(program: program, backward: pass, readsBack: readsBack)
    let authored = program.values.filter { !$0.isBackward }
    let introduced = Set(pass?.implicitValues ?? [])
    namesParts = !introduced.isEmpty
    if let pass, namesParts {
      forward = Self.forward(pass, authored, introduced, program, &text)
    } else {
      var authoredLines = AuthoredLines(program)
      forward = authored.map { authoredLines.line($0) }
    }
    let values = pass?.forward ?? authored.map(\.value)
    self.backward = Self.backward(pass?.lines ?? [], values, program.facts, &text)
    let formulas = Self.derivatives(of: program, beside: pass)
    var blocks = BlockPrinting(formulas, values, program.facts)
    derivatives = formulas.flatMap {
      blocks.lines(of: $0, &text) ?? [PrintedLine($0, &text, declares: true)]
    }
    unreadable = text.unreadable
    notCompared = text.notCompared
  }
}

extension PrintedPasses {
  /// The lines of a forward pass with names for parts, in their author's words where those say the same.
  ///
  /// The lines of a block are their author's all or none: one that stands as a value of all steps has no place in it.
  private static func forward(
    _ pass: BackwardPass, _ authored: [Program.NamedValue], _ introduced: Set<TensorExpression>,
    _ program: Program, _ text: inout FormulaText
  ) -> [PrintedLine] {
    var authoredLines = AuthoredLines(program)
    let authors = Dictionary(authored.map { ($0.name, $0) }) { first, _ in first }
    var blocks = BlockPrinting(pass.forward, pass.forward, program.facts)
    func author(_ value: TensorExpression) -> Program.NamedValue? {
      introduced.contains(value) ? nil : authors[value.name ?? ""]
    }
    var rewritten: Set<SourceRange> = []
    for value in pass.forward {
      guard let block = author(value)?.block else { continue }
      let isWhole = !blocks.holds(partOf: value, anyOf: introduced)
      if !isWhole || value.refers(to: introduced) { rewritten.insert(block) }
    }
    let lines = pass.forward.blocksTogether(by: { author($0)?.block }, except: rewritten)
      .flatMap { value -> [PrintedLine] in
        let own = author(value)
        let keeps = own.map { $0.block.map { !rewritten.contains($0) } ?? true } ?? false
        if let own, keeps, !value.refers(to: introduced) { return [authoredLines.line(own)] }
        if let block = blocks.lines(of: value, &text) { return block }
        // The last step of a sequence that nothing needs has no name to be read by.
        if own?.block != nil, value.isPartOfUnnamedSequence { return [] }
        let words = own?.block == nil ? own.map { authoredLines.line($0).statements } : nil
        return [PrintedLine(value, &text, declares: true, authored: words)]
      }
    return numbers(readBy: lines, program) + lines
  }

  /// The numbers that have names which some lines are written with, and those that these are written with.
  private static func numbers(readBy lines: [PrintedLine], _ program: Program) -> [PrintedLine] {
    var words = Set(lines.flatMap { $0.statements.flatMap { $0.text.words } })
    var result: [PrintedLine] = []
    for number in program.numbers.reversed() where words.contains(number.name) {
      let line = PrintedLine(authored: number, in: program.source)
      words.formUnion(line.statements.flatMap { $0.formula.words })
      result.append(line)
    }
    return result.reversed()
  }

  /// The lines of a backward pass, the sequences of one recurrence as a block.
  private static func backward(
    _ lines: [BackwardPass.Line], _ values: [TensorExpression], _ facts: SizeFacts,
    _ text: inout FormulaText
  ) -> [PrintedLine] {
    var blocks = BlockPrinting(lines.map(\.cotangent), values, facts)
    return lines.flatMap { line in
      blocks.lines(of: line.cotangent, &text)
        ?? [PrintedLine(line.cotangent, &text, declares: line.primal == nil)]
    }
  }

  /// The lines of the values that the program defines by derivatives.
  static func derivatives(
    of program: Program, beside pass: BackwardPass?
  ) -> [TensorExpression] {
    let values = program.derivativeValues
    if values.isEmpty { return [] }
    let taken = program.formulaNames
    return DerivativeLines(
      of: values, names: taken,
      avoiding: FormulaText.names(of: program, backward: pass), facts: program.facts
    ).lines
  }
}

/// Lines in their author's words, one after the other.
struct AuthoredLines {
  private let source: SourceText
  /// By the head of a block, the lines that state shapes of its values.
  private let shapeLines: [SourceRange: [SourceRange]]
  /// The head of the block that the line before belongs to.
  private var head: SourceRange?

  init(_ program: Program) {
    source = program.source
    let inBlocks = program.values.filter { $0.block != nil && $0.shapeLine != nil }
    shapeLines = Dictionary(grouping: inBlocks) { $0.block ?? $0.range }
      .mapValues { $0.compactMap(\.shapeLine) }
  }

  mutating func line(_ value: Program.NamedValue) -> PrintedLine {
    defer { head = value.block }
    guard let own = value.block else { return PrintedLine(authored: value, in: source) }
    let before = own == head ? [] : (shapeLines[own] ?? []) + [own]
    return PrintedLine(authored: value, in: source, before: before)
  }
}

/// A line of a pass: a value under its name, as one statement or as several.
package struct PrintedLine {
  package let value: TensorExpression
  package let name: String
  package let shape: [Size]
  package let statements: [FormulaText.Statement]
  /// The line in its author's words, where it has an author.
  package let authored: [FormulaText.Statement]?

  /// A derived line.
  package init(
    _ value: TensorExpression, _ text: inout FormulaText, declares: Bool,
    authored: [FormulaText.Statement]? = nil
  ) {
    self.authored = authored
    self.value = value
    name = value.name ?? ""
    shape = value.shape
    statements = text.statements(name: name, value.definition, declares: declares)
  }

  /// A line of a block.
  init(_ value: TensorExpression, statements: [FormulaText.Statement]) {
    self.value = value
    name = value.name ?? ""
    shape = value.shape
    self.statements = statements
    authored = nil
  }

  /// A line of a block as its author wrote it, with what stands before the first: shapes, and the block's head.
  init(authored value: Program.NamedValue, in source: SourceText, before: [SourceRange]) {
    self.value = value.value
    name = value.name
    shape = value.value.shape
    let line = FormulaText.Statement("    " + AuthoredDefinition.onOneLine(source[value.range]))
    statements = before.map { FormulaText.Statement(source[$0]) } + [line]
    authored = statements
  }

  /// A line as its author wrote it, on one line.
  package init(authored value: Program.NamedValue, in source: SourceText) {
    self.value = value.value
    name = value.name
    shape = value.value.shape
    let definition = AuthoredDefinition(statement: source[value.range], name: value.name)
    statements = [
      FormulaText.Statement(
        definition.isIndexStatement ? definition.text : "\(value.name) = \(definition.text)")
    ]
    authored = statements
  }
}

extension [TensorExpression] {
  /// The values with those of one block one after the other, where its first stands.
  fileprivate func blocksTogether(
    by block: (TensorExpression) -> SourceRange?, except others: Set<SourceRange>
  ) -> [TensorExpression] {
    var result: [TensorExpression] = []
    var last: [SourceRange: Int] = [:]
    for value in self {
      guard let own = block(value), !others.contains(own), let place = last[own] else {
        if let own = block(value) { last[own] = result.count }
        result.append(value)
        continue
      }
      result.insert(value, at: place + 1)
      for (other, end) in last where end > place { last[other] = end + 1 }
      last[own] = place + 1
    }
    return result
  }
}

extension TensorExpression {
  /// Whether the definition of a named value is a part of a sequence without a name.
  fileprivate var isPartOfUnnamedSequence: Bool {
    definition.asContraction?.operands.contains {
      $0.value.name == nil && $0.value.asRecurrence != nil
    } ?? false
  }

  /// Whether the definition of a named value holds one of some names.
  fileprivate func refers(to names: Set<TensorExpression>) -> Bool {
    var seen: Set<TensorExpression> = []
    var stack = [definition]
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      if names.contains(node) { return true }
      if node.name == nil { stack += node.operands }
    }
    return false
  }
}
