import Diagnostics
import Notation
import TensorExpressions

/// Reads single statements in the scope of a program that is understood already: sizes, declared tensors and
/// named values mean what they mean there.
public struct StatementReader: Sendable {
  private let program: Program
  private let values: [String: TensorExpression]
  private let sizes: Set<String>

  /// A reader in the scope of a program: its sizes, its declared tensors, and the values of all its
  /// lines.
  public init(of program: Program) {
    self.program = program
    let named = (program.declarations.map(\.symbol) + program.values.map(\.value)).compactMap {
      value in value.name.map { ($0, value) }
    }
    values = Dictionary(named) { first, _ in first }
    sizes = Set(program.sizes.map(\.name))
  }

  /// What statements make of a name.
  ///
  /// - Parameters:
  ///   - text: statements that define `name`, and before it the parts that it needs.
  ///   - meanings: values that some names have in place of the program's: gradients, and parts of formulas.
  /// - Returns: the value under its name; nil where the statements do not say one.
  public func value(
    of name: String, definedBy text: String, where meanings: [String: TensorExpression]
  ) -> TensorExpression? {
    let source = SourceText(name: name, text: text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    if diagnostics.hasErrors { return nil }
    let outline = FileOutline(of: file.statements)
    var elaboration = Elaboration(
      source: source, outline: outline, overrides: [:], space: program.space)
    // What the program's shapes rest on may be assumed again.
    elaboration.assumptions = ShapeAssumptions(facts: program.facts)
    // What the text defines is not the program's, where other sequences of a block are read back beside the one.
    for word in Set(text.words) where word != name && !outline.valueNames.contains(word) {
      if let meaning = meaning(of: word, meanings) {
        elaboration.scope.entries[word] = Scope.Entry(
          meaning: meaning, range: SourceRange(start: 0, end: 0), order: 0)
      }
    }
    for (order, statement) in file.statements.enumerated() {
      elaboration.process(statement, order: order + 1)
    }
    guard !elaboration.diagnostics.contains(where: { $0.severity == .error }),
      case .tensor(let value)? = elaboration.scope.entries[name]?.meaning
    else { return nil }
    return value
  }

  private func meaning(
    of word: String, _ meanings: [String: TensorExpression]
  ) -> Scope.Meaning? {
    if let value = meanings[word] ?? values[word] { return .tensor(value.indexNumbers ?? value) }
    return sizes.contains(word) ? .size(Size(word)) : nil
  }
}
