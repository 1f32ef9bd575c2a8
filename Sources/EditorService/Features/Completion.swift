import Diagnostics
import Explaining
import ExpressionLanguage
import Layers
import TensorExpressions

/// What can stand at a place: names of the file, functions, words that begin a statement, and behind `check` the
/// gradients with their derived formulas.
struct Completion {
  private enum Kind: Int {
    case function = 3, variable = 6, keyword = 14, constant = 21, snippet = 15
  }

  private struct Item {
    let label: String
    let kind: Kind
    let detail: String
    var inserted: String?

    var json: JSONValue {
      var object: JSONObject = [
        "label": .string(label), "kind": .integer(kind.rawValue), "detail": .string(detail),
      ]
      if let inserted { object["insertText"] = .string(inserted) }
      return .object(object)
    }
  }

  private let program: Program?
  private let derived: [PrintedLine]
  private let source: SourceText

  init(_ document: inout OpenDocument) {
    program = document.understood?.program
    derived = document.derivedLines()
    source = document.source
  }

  /// The answer to a request.
  func json(at offset: Int) -> JSONValue {
    let line = source.range(ofLine: source.line(at: offset)).start
    let before = source[SourceRange(start: line, end: max(line, offset))]
    let prefix = String(
      before.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.reversed())
    let head = before.dropLast(prefix.count).split(separator: " ").joined(separator: " ")
    let items: [Item] =
      head.contains("#")
      ? [] : head.isEmpty ? keywords + names : head == "check" ? claims : names + functions
    let fitting = items.filter { $0.label.hasPrefix(prefix) }
    return .object(["isIncomplete": .bool(false), "items": .array(fitting.map(\.json))])
  }

  private var keywords: [Item] {
    StatementKeyword.allCases.map { Item(label: $0.rawValue, kind: .keyword, detail: "statement") }
  }

  /// The gradients that can be claimed, each with and without its derived formula.
  private var claims: [Item] {
    derived.flatMap { line -> [Item] in
      let open = Item(
        label: line.name, kind: .variable, detail: shapeText(line.shape),
        inserted: "\(line.name) = ")
      guard line.statements.count == 1, let text = line.statements.first?.text else {
        return [open]
      }
      return [open, Item(label: text, kind: .snippet, detail: "derived")]
    }
  }

  private var names: [Item] {
    guard let program else { return [] }
    let values =
      program.declarations.compactMap { declaration in
        declaration.symbol.name.map { ($0, declaration.symbol.shape) }
      } + program.values.map { ($0.name, $0.value.shape) }
    let own = values.map { Item(label: $0.0, kind: .variable, detail: shapeText($0.1)) }
    let gradients = values.map { Item(label: "d" + $0.0, kind: .variable, detail: shapeText($0.1)) }
    let sizes = program.sizes.map { Item(label: $0.name, kind: .constant, detail: "size") }
    return own + gradients + sizes
  }

  private var functions: [Item] {
    let catalogue = FunctionCatalogue.standard.functions.filter { !$0.isProperty }.map {
      Item(label: $0.name, kind: .function, detail: $0.signature)
    }
    let prelude = Prelude.functions.sorted { $0.key < $1.key }.map {
      Item(label: $0.key, kind: .function, detail: $0.value.signature)
    }
    return catalogue + prelude
  }
}
