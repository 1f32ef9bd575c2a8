import Derivation
import Diagnostics
import Explaining
import ExpressionLanguage
import Judging
import TensorExpressions

/// The reports of a run as the one object that `--format json` prints; `Documentation/report.schema.json` says what it
/// holds.
public enum JSONReport {
  /// The version of the fields. What a version has stays in the next one.
  public static let version = 2

  /// What every object begins with.
  public static var head: JSONObject {
    [
      "version": .integer(version),
      "schema": .string("urn:gradcheck:report:\(version)"),
      "program": .object([
        "name": .string("gradcheck"), "version": .string(ProgramVersion.text),
      ]),
    ]
  }

  /// All reports of a run as one object, with its exit status and the counts of verdicts.
  ///
  /// - Parameter notations: what lines are written in beside the expression language.
  public static func json(_ reports: [FileReport], notations: [PassNotation] = []) -> JSONValue {
    var object = head
    let outcome = reports.map(\.outcome).max() ?? .holds
    object["exitStatus"] = .integer(Int(outcome.rawValue))
    object["verdicts"] = counts(reports.flatMap { $0.check?.claims ?? [] })
    object["summary"] = RunSummary(reports).json
    object["files"] = .array(reports.map { file($0, notations) })
    object["diagnostics"] = .array(
      reports.flatMap { report -> [JSONValue] in
        var list = DiagnosticList(source: report.source)
        list.append(contentsOf: report.diagnostics)
        return list.json.arrayValue ?? []
      })
    return .object(object)
  }

  private static func file(_ report: FileReport, _ notations: [PassNotation]) -> JSONValue {
    var object = JSONObject()
    object["file"] = .string(report.source.name)
    object["exitStatus"] = .integer(Int(report.outcome.rawValue))
    if let seconds = report.seconds { object["seconds"] = .number(seconds.thousandths) }
    object["dims"] = .object(JSONObject())
    object["gradients"] = .array([])
    object["claims"] = .array([])
    if let internalError = report.internalError {
      object["internalError"] = .string(internalError)
    }
    guard let check = report.check else { return .object(object) }
    object["dims"] = sizes(check.orderedSizes)
    object["declarations"] = .array(check.program.declarations.map(declaration))
    let passes =
      report.passes
      ?? PrintedPasses(program: check.program, backward: check.backward, readsBack: false)
    addPasses(passes, of: check.backward, in: check.program, notations, to: &object)
    object["graph"] = ForwardGraph(check.program).json
    object["windows"] = WindowSummary(ModelSummary(check.program, overrides: check.sizes)).json
    object["verdicts"] = counts(check.claims)
    object["claims"] = .array(check.claims.map { ClaimJSON($0, in: check.program).json })
    if report.isStrict { object["strict"] = .bool(true) }
    object["seed"] = .number(String(check.seed))
    if let selfCheck = check.selfCheck { object["selfCheck"] = selfCheck.json }
    let assumed = check.assumptions
    if !assumed.isEmpty { object["assumptions"] = .array(assumed.map(JSONValue.string)) }
    if !check.remarks.isEmpty { object["remarks"] = .array(check.remarks.map(JSONValue.string)) }
    return .object(object)
  }

  /// How many claims have each verdict that occurs.
  private static func counts(_ claims: [ClaimReport]) -> JSONValue {
    var object = JSONObject()
    for word in Verdict.words {
      let count = claims.count { $0.verdict.word == word }
      if count > 0 { object[word] = .integer(count) }
    }
    return .object(object)
  }

  static func sizes(_ sizes: [(name: String, extent: Int)]) -> JSONValue {
    var object = JSONObject()
    for size in sizes { object[size.name] = .integer(size.extent) }
    return .object(object)
  }

  /// Sizes in the order of their names.
  static func sizes(_ sizes: [String: Int]) -> JSONValue {
    Self.sizes(sizes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  static func shape(_ shape: [Size]) -> JSONValue {
    .array(shape.map { .string($0.description) })
  }
}

extension SourceText {
  /// A stretch of the text by its ends, the second of which is the place behind it.
  func json(_ range: SourceRange) -> JSONValue {
    .object(["start": json(at: range.start), "end": json(at: range.end)])
  }

  private func json(at offset: Int) -> JSONValue {
    let (line, column) = place(at: offset)
    return .object(["line": .integer(line), "column": .integer(column)])
  }

  /// The line of an offset from 1, and its column from 1 in Unicode code points.
  func place(at offset: Int) -> (line: Int, column: Int) {
    let line = line(at: offset)
    let start = self.range(ofLine: line).start
    let before = self[SourceRange(start: start, end: offset)]
    return (line, 1 + before.unicodeScalars.count)
  }
}

extension Double {
  /// A duration in seconds to three digits behind the point.
  var thousandths: String {
    let count = Int((self * 1000).rounded())
    let digits = String(count % 1000)
    return "\(count / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
  }
}
