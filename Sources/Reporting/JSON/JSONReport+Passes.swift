import Derivation
import Diagnostics
import Explaining
import ExpressionLanguage
import TensorExpressions

extension JSONReport {
  /// The lines of the passes under `forward` and `gradients`. Values that the file defines by derivatives are under
  /// `derivatives`.
  static func addPasses(
    _ passes: PrintedPasses, of backward: BackwardPass?, in program: Program,
    _ notations: [PassNotation], to object: inout JSONObject
  ) {
    let writer = LineJSON(
      notations: notations, usedNames: FormulaText.names(of: program, backward: backward))
    object["forward"] = .array(passes.forward.map(writer.json))
    object["namesParts"] = .bool(passes.namesParts)
    object["gradients"] = .array(passes.backward.map(writer.json))
    if !passes.derivatives.isEmpty {
      object["derivatives"] = .array(passes.derivatives.map(writer.json))
    }
  }

  /// A declared tensor: its name, part, shape and what is assumed of it.
  static func declaration(_ declaration: Program.Declaration) -> JSONValue {
    var object: JSONObject = ["name": .string(declaration.symbol.name ?? "")]
    if case .symbol(let symbol) = declaration.symbol.kind {
      object["role"] = .string(symbol.role.rawValue)
      object["shape"] = shape(declaration.symbol.declaredShape)
      object["structure"] = .array(
        (declaration.symbol.indexWord.map { [$0] } ?? symbol.structure.words)
          .map(JSONValue.string))
    }
    return .object(object)
  }
}

/// Writes printed lines with their shapes and their forms.
private struct LineJSON {
  let notations: [PassNotation]
  let usedNames: Set<String>

  func json(_ line: PrintedLine) -> JSONValue {
    var object = JSONObject()
    object["name"] = .string(line.name)
    object["shape"] = JSONReport.shape(line.shape)
    object["text"] = .string(line.statements.last?.formula ?? "")
    if let index = line.statements.last, index.isIndexStatement {
      object["index"] = .string(index.text)
    } else if line.value.asContraction != nil || line.value.definition.asContraction != nil {
      object["index"] = .string(lines(of: line, in: .index))
    }
    // Where parts need names of their own, the text alone does not say everything.
    if line.statements.count > 1 {
      object["lines"] = .array(line.statements.map { .string($0.text) })
    }
    // A sequence is no formula of whole arrays: its block says what its steps are.
    if line.value.definition.asRecurrence != nil { return .object(object) }
    for notation in notations where notation != .text {
      object[notation.rawValue] = .string(lines(of: line, in: notation))
    }
    return .object(object)
  }

  private func lines(of line: PrintedLine, in notation: PassNotation) -> String {
    notation.lines(name: line.name, line.value.definition, usedNames: usedNames)
      .joined(separator: "\n")
  }
}
