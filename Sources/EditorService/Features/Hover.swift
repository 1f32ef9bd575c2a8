import Diagnostics
import Explaining
import ExpressionLanguage
import Judging
import Layers
import Reporting
import TensorExpressions

/// What is said of the name under the pointer: a value's shape and the gradient by it, a size's number, a
/// function's meaning; on a claim's first word, what was found of it.
struct Hover {
  private let program: Program?
  private let derived: [PrintedLine]
  private let source: SourceText
  private let report: FileReport?

  init(_ document: inout OpenDocument) {
    program = document.understood?.program
    derived = document.derivedLines()
    source = document.source
    report = document.report
  }

  /// The answer to a request; null where there is nothing to say.
  func json(at offset: Int) -> JSONValue {
    guard let word = source.word(at: offset), let text = text(on: word.text, word.range) else {
      return .null
    }
    return .object([
      "contents": .object(["kind": .string("markdown"), "value": .string(text)]),
      "range": source.editorRange(word.range),
    ])
  }

  private func text(on word: String, _ range: SourceRange) -> String? {
    if StatementKeyword(rawValue: word) == .check || StatementKeyword(rawValue: word) == .assertion
    {
      return verdict(on: range)
    }
    if isCalled(range), let meaning = Self.function(word) { return meaning }
    if let value = value(word) {
      return [Self.code([value]), gradient(of: word)].compactMap { $0 }.joined(separator: "\n\n")
    }
    if word.hasPrefix("d"), let primal = shape(of: String(word.dropFirst())) {
      let head = Self.code(["\(word): \(primal)"])
      return [head, gradient(of: String(word.dropFirst()))].compactMap { $0 }.joined(
        separator: "\n\n")
    }
    if let size = program?.sizes.first(where: { $0.name == word }) {
      return Self.code(["dims " + size.text])
    }
    return Self.function(word)
  }

  private func verdict(on range: SourceRange) -> String? {
    guard let claim = report?.check?.claims.first(where: { $0.range.start == range.start }) else {
      return nil
    }
    return "\(claim.name) **\(claim.verdict.word)**"
  }

  /// `z: [B, H]`, with the word that declares it.
  private func value(_ name: String) -> String? {
    guard let shape = shape(of: name) else { return nil }
    let declared = program.flatMap { program in
      ModelSummary(program).rows.first { $0.isDeclared && $0.name == name }
    }
    return (declared.map { $0.definition + " " } ?? "") + "\(name): \(shape)"
  }

  private func shape(of name: String) -> String? {
    let declared = program?.declarations.first { $0.symbol.name == name }?.symbol
    let value = declared ?? program?.values.first { $0.name == name }?.value
    return value.map { shapeText($0.shape) }
  }

  private func gradient(of name: String) -> String? {
    guard let line = derived.first(where: { $0.name == "d" + name }) else { return nil }
    return "derived:\n\n" + Self.code(line.statements.map(\.text))
  }

  /// Whether a parenthesis follows.
  private func isCalled(_ range: SourceRange) -> Bool {
    range.end < source.utf8.count && source.utf8[range.end] == UInt8(ascii: "(")
  }

  private static func function(_ name: String) -> String? {
    if let function = FunctionCatalogue.standard.function(name) {
      return code([function.signature] + FunctionMeaning(of: function).lines)
    }
    guard let function = Prelude.functions[name] else { return nil }
    return code([function.signature, function.source])
  }

  private static func code(_ lines: [String]) -> String {
    "```expr\n" + lines.joined(separator: "\n") + "\n```"
  }
}

extension Program.NamedSize {
  /// As a `dims` statement has it.
  var text: String {
    switch extent {
    case .free: name
    case .fixed(let value): "\(name)=\(value)"
    case .range(let range): "\(name) in \(range.lowerBound)..\(range.upperBound)"
    }
  }
}
