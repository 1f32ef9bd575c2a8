import Derivation
import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// The backward pass of a program as statements of the expression language.
public struct DerivedPass: Sendable {
  public let diagnostics: DiagnosticList
  public let program: Program?
  public let backward: BackwardPass?
  public let outcome: Outcome

  /// What could not be understood has no pass, only its report.
  public init(_ failed: FileReport) {
    var list = DiagnosticList(source: failed.source)
    list.append(contentsOf: failed.diagnostics)
    diagnostics = list
    program = nil
    backward = nil
    outcome = failed.outcome
  }

  /// Derives the gradients by `targets`, or by every differentiable tensor where there are none.
  public init(_ program: Program, targets: [String], diagnostics: DiagnosticList) {
    var list = diagnostics
    self.program = program
    do throws(CheckFailure) {
      backward = try Checker.derive(program, targets: targets)
      outcome = .holds
    } catch {
      backward = nil
      list.append(contentsOf: error.diagnostics)
      outcome = error.internalError == nil ? .fileIsWrong : .internalError
    }
    self.diagnostics = list
  }

  /// One statement on a line, its shape as a comment; nil where nothing was derived.
  public func text(style: Style = .plain) -> String? {
    guard let program else { return nil }
    let notation = FormulaText(program: program)
    let pass = backward.map(notation.statements)
    let derived =
      (pass?.shared ?? []) + (pass?.lines ?? [])
      + notation.derivatives(of: program, beside: backward)
    if derived.isEmpty { return nil }
    let nameWidth = derived.map { terminalWidth(of: $0.name) }.max() ?? 0
    var rows: [(statement: String, comment: String)] = []
    for value in derived {
      rows += value.statements.map { statement in
        let name = statement.name.map { $0.padded(to: nameWidth) + " = " } ?? ""
        return (name + statement.formula, "")
      }
      if !rows.isEmpty { rows[rows.count - 1].comment = "# " + shapeText(value.shape) }
    }
    // One long statement does not push every comment away.
    let limit = TextReport.defaultWidth - 20
    let width = rows.map { terminalWidth(of: $0.statement) }.filter { $0 <= limit }.max() ?? 0
    return rows.map { statement, comment in
      comment.isEmpty
        ? statement + "\n"
        : statement.padded(to: width) + "   " + style.apply(.gutter, to: comment) + "\n"
    }.joined()
  }

  /// Several passes as `--format json` prints them.
  public static func json(_ passes: [DerivedPass]) -> JSONValue {
    var object = JSONObject()
    object["files"] = .array(
      passes.map { pass in
        var file = JSONObject()
        file["file"] = .string(pass.diagnostics.source.name)
        let parts = pass.program.map { JSONReport.sharedParts(of: pass.backward, in: $0) } ?? []
        if !parts.isEmpty { file["parts"] = .array(parts) }
        file["gradients"] = .array(
          pass.program.map { JSONReport.gradients(of: pass.backward, in: $0) } ?? [])
        let derivatives =
          pass.program.map { JSONReport.derivatives(of: $0, beside: pass.backward) } ?? []
        if !derivatives.isEmpty { file["derivatives"] = .array(derivatives) }
        return .object(file)
      })
    object["diagnostics"] = .array(passes.flatMap { $0.diagnostics.json.arrayValue ?? [] })
    return .object(object)
  }
}
