import Derivation
import Diagnostics
import Explaining
import ExpressionLanguage
import Judging
import Notation
import TensorExpressions

/// The backward pass of a program as statements of the expression language.
public struct DerivedPass: Sendable {
  /// What is wrong with the text or with what was asked of the pass, and what is worth knowing.
  public private(set) var diagnostics: DiagnosticList
  /// The program; nil when the text could not be understood.
  public let program: Program?
  /// The derived backward pass; nil when nothing is differentiated or the derivation failed.
  public let backward: BackwardPass?
  /// What the run comes to.
  public private(set) var outcome: Outcome
  /// The lines as they are printed; nil where nothing was derived.
  private let passes: PrintedPasses?
  /// Why the gradients were not held against dual numbers; nil where they were, or where there are none.
  public let unwitnessed: String?
  /// How this program was caught in an error of its own.
  public let internalError: String?

  /// What could not be understood has no pass, only its report.
  public init(_ failed: FileReport) {
    var list = DiagnosticList(source: failed.source)
    list.append(contentsOf: failed.diagnostics)
    diagnostics = list
    program = nil
    backward = nil
    passes = nil
    unwitnessed = nil
    internalError = failed.internalError
    outcome = failed.outcome
  }

  /// Derives the gradients by `targets`, or by every differentiable tensor where there are none.
  public init(_ program: Program, targets: [String], diagnostics: DiagnosticList) {
    var list = diagnostics
    self.program = program
    let derived = Result { () throws(CheckFailure) in try Self.derived(program, targets) }
    switch derived {
    case .success(let derived):
      (backward, passes, unwitnessed) = derived
      internalError = nil
      outcome = .holds
    case .failure(let error):
      (backward, passes, unwitnessed) = (nil, nil, nil)
      internalError = error.internalError
      list.append(contentsOf: error.diagnostics)
      outcome = error.internalError == nil ? .fileIsWrong : .internalError
    }
    self.diagnostics = list
  }

  /// The backward pass, held against dual numbers, and its lines, read back.
  private static func derived(
    _ program: Program, _ targets: [String]
  ) throws(CheckFailure) -> (BackwardPass?, PrintedPasses?, String?) {
    guard let backward = try Checker.derive(program, targets: targets) else {
      return (nil, try PrintedPasses(program: program, backward: nil).readable, nil)
    }
    let unwitnessed = try Checker.unwitnessed(backward, of: program)
    let passes = try PrintedPasses(program: program, backward: backward).readable
    return (backward, passes, unwitnessed)
  }

  /// The pass in a notation; nil, with a diagnostic, where that cannot say it.
  public mutating func text(
    in notation: PassNotation, targets: [String], numbers: [String: Int]
  ) -> String? {
    guard let program, let backward else { return nil }
    do throws(CodeRefusal) {
      return try notation.text(of: program, backward, targets: targets, numbers: numbers)
    } catch {
      diagnostics.append(Diagnostic(code: .notation, error.sentence))
      outcome = max(outcome, .fileIsWrong)
      return nil
    }
  }

  /// One statement on a line, its shape as a comment; nil where nothing was derived.
  ///
  /// Where parts of the forward pass were given names, the forward pass stands before the backward pass.
  public func text(style: Style = .plain) -> String? {
    guard let program, let passes else { return nil }
    let lines = passes.backward + passes.derivatives
    if lines.isEmpty { return nil }
    let rows = Self.rows(of: lines)
    let remarks = remarks(on: passes).map { style.apply(.gutter, to: "# " + $0) + "\n" }.joined()
    guard passes.namesParts else { return Self.text(of: rows, style: style) + remarks }
    let outputs = program.output?.names ?? []
    let isLoss = program.output?.isLoss ?? false
    let forward = Self.rows(of: passes.forward, declaresShapes: true).map { row in
      isLoss && outputs.contains(row.name ?? "") ? row.withPrefix("loss ") : row
    }
    var text = style.apply(.gutter, to: "# forward, with names for parts") + "\n"
    text += Self.text(of: forward, style: style)
    if !isLoss, !outputs.isEmpty { text += "output \(outputs.joined(separator: ", "))\n" }
    text += "\n" + style.apply(.gutter, to: "# backward") + "\n"
    return text + Self.text(of: rows, style: style) + remarks
  }

  /// What was not compared.
  private func remarks(on passes: PrintedPasses) -> [String] {
    var remarks: [String] = []
    if let unwitnessed {
      remarks.append("gradients not compared with dual numbers: \(unwitnessed)")
    }
    if !passes.notCompared.isEmpty {
      remarks.append("not read back: " + passes.notCompared.joined(separator: ", "))
    }
    return remarks
  }

  private struct Row {
    let name: String?
    var statement: String
    let comment: String

    func withPrefix(_ prefix: String) -> Row {
      Row(name: name, statement: prefix + statement, comment: comment)
    }
  }

  /// - Parameter declaresShapes: whether what index statements add to is declared before them, as values are and
  ///   gradients are not.
  private static func rows(of lines: [PrintedLine], declaresShapes: Bool = false) -> [Row] {
    let nameWidth = lines.map { terminalWidth(of: $0.name) }.max() ?? 0
    return lines.flatMap { line in
      let isDeclared = line.statements.contains { $0.definedName == line.name }
      let first =
        declaresShapes && !isDeclared ? line.statements.firstIndex(where: \.isIndexStatement) : nil
      return line.statements.enumerated().flatMap { number, statement -> [Row] in
        let declaration = Row(
          name: nil, statement: "\(line.name): \(shapeText(line.shape))", comment: "")
        let name = statement.name.map { $0.padded(to: nameWidth) + " = " } ?? ""
        let isLast = number == line.statements.count - 1
        let row = Row(
          name: statement.name, statement: name + statement.formula,
          comment: isLast ? "# " + shapeText(line.shape) : "")
        return number == first ? [declaration, row] : [row]
      }
    }
  }

  private static func text(of rows: [Row], style: Style) -> String {
    // One long statement does not push every comment away.
    let limit = TextReport.defaultWidth - 20
    let width = rows.map { terminalWidth(of: $0.statement) }.filter { $0 <= limit }.max() ?? 0
    return rows.map { row in
      row.comment.isEmpty
        ? row.statement + "\n"
        : row.statement.padded(to: width) + "   " + style.apply(.gutter, to: row.comment) + "\n"
    }.joined()
  }

  /// Several passes as `--format json` prints them.
  ///
  /// - Parameters:
  ///   - notations: what lines are written in beside the expression language.
  ///   - explains: whether every line is explained, under `explanation`.
  ///   - targets: the names whose gradients are given as one formula each, under `expanded`; all where it is empty, and
  ///     none for nil.
  public static func json(
    _ passes: [DerivedPass], notations: [PassNotation] = [], explains: Bool = false,
    expanding targets: [String]? = nil
  ) -> JSONValue {
    var object = JSONReport.head
    let outcome = passes.map(\.outcome).max() ?? .holds
    object["exitStatus"] = .integer(Int(outcome.rawValue))
    object["files"] = .array(
      passes.map { pass in
        var file = JSONObject()
        file["file"] = .string(pass.diagnostics.source.name)
        file["gradients"] = .array([])
        if let program = pass.program {
          file["declarations"] = .array(program.declarations.map(JSONReport.declaration))
          if let passes = pass.passes {
            JSONReport.addPasses(passes, of: pass.backward, in: program, notations, to: &file)
          }
          file["graph"] = ForwardGraph(program).json
          if let backward = pass.backward {
            if explains {
              file["explanation"] = .string(Explanation(program, backward).text())
            }
            if let targets {
              file["expanded"] = .string(
                ClosedPass(program, backward, targets: targets).text())
            }
          }
        }
        return .object(file)
      })
    object["diagnostics"] = .array(passes.flatMap { $0.diagnostics.json.arrayValue ?? [] })
    return .object(object)
  }
}
