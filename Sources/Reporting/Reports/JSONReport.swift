import Derivation
import Diagnostics
import Explaining
import ExpressionLanguage
import Judging
import TensorExpressions

/// The reports of a run as the one object that `--format json` prints.
public enum JSONReport {
  public static func json(_ reports: [FileReport]) -> JSONValue {
    var object = JSONObject()
    object["files"] = .array(reports.map(file))
    object["diagnostics"] = .array(
      reports.flatMap { report -> [JSONValue] in
        var list = DiagnosticList(source: report.source)
        list.append(contentsOf: report.diagnostics)
        return list.json.arrayValue ?? []
      })
    return .object(object)
  }

  private static func file(_ report: FileReport) -> JSONValue {
    var object = JSONObject()
    object["file"] = .string(report.source.name)
    object["dims"] = .object(JSONObject())
    object["gradients"] = .array([])
    object["claims"] = .array([])
    if let internalError = report.internalError {
      object["internalError"] = .string(internalError)
    }
    guard let check = report.check else { return .object(object) }
    object["dims"] = sizes(check.orderedSizes)
    addPasses(check.backward, in: check.program, to: &object)
    object["claims"] = .array(check.claims.map(claim))
    object["seed"] = .number(String(check.seed))
    if let selfCheck = check.selfCheck { object["selfCheck"] = selfCheck.json }
    let conditions = check.program.shapeConditions.map { $0.condition.description }
    let assumed = (conditions + check.program.assumptions).removingRepetitions()
    if !assumed.isEmpty { object["assumptions"] = .array(assumed.map(JSONValue.string)) }
    if !check.remarks.isEmpty { object["remarks"] = .array(check.remarks.map(JSONValue.string)) }
    return .object(object)
  }

  /// The lines of the passes under `forward` and `gradients`: the first only where parts of the forward pass were
  /// given names. Values that the file defines by derivatives are under `derivatives`.
  static func addPasses(
    _ backward: BackwardPass?, in program: Program, to object: inout JSONObject
  ) {
    let passes = PrintedPasses(program: program, backward: backward)
    if passes.namesParts { object["forward"] = .array(passes.forward.map(json)) }
    object["gradients"] = .array(passes.backward.map(json))
    if !passes.derivatives.isEmpty { object["derivatives"] = .array(passes.derivatives.map(json)) }
  }

  /// A line with its shape and its two forms.
  private static func json(_ line: PrintedLine) -> JSONValue {
    var object = JSONObject()
    object["name"] = .string(line.name)
    object["shape"] = .array(line.shape.map { .string($0.description) })
    object["text"] = .string(line.statements.last?.formula ?? "")
    if let index = line.statements.last, index.isIndexStatement {
      object["index"] = .string(index.text)
    }
    // Where parts need names of their own, the text alone does not say everything.
    if line.statements.count > 1 {
      object["lines"] = .array(line.statements.map { .string($0.text) })
    }
    return .object(object)
  }

  private static func claim(_ claim: ClaimReport) -> JSONValue {
    var object = JSONObject()
    object["name"] = .string(claim.name)
    object["line"] = .integer(claim.line)
    object["verdict"] = .string(claim.verdict.word)
    switch claim.verdict {
    case .proved: object["evidence"] = .object(["method": .string("normal form")])
    case .identical(let evidence): object["evidence"] = evidence.json
    case .enclosed(let evidence): object["evidence"] = evidence.json
    case .wrong(let refutation): add(refutation, to: &object)
    case .inherited(let name, let line):
      object["from"] = .string(name)
      object["fromLine"] = .integer(line)
    case .kink(let finding): object["kink"] = finding.json
    case .undecided(let reason): object["reason"] = .string(reason)
    }
    return .object(object)
  }

  private static func add(_ refutation: Refutation, to object: inout JSONObject) {
    if let cause = refutation.cause {
      object["cause"] = .string(cause.sentence)
    } else if let diagnostic = refutation.diagnostic {
      object["cause"] = .string("shape: " + diagnostic.message)
    }
    if let difference = refutation.difference {
      object["entry"] = .array(difference.entry.map(JSONValue.integer))
      object["exact"] = .string(difference.exact)
      object["claimed"] = .string(difference.claimed)
      object["differing"] = .integer(difference.count)
      object["entries"] = .integer(difference.total)
      object["dims"] = sizes(difference.sizes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
    if let repair = refutation.cause?.repair {
      object["help"] = .string("`\(repair.text)` is \(repair.verdict)")
    }
  }

  static func sizes(_ sizes: [(name: String, extent: Int)]) -> JSONValue {
    var object = JSONObject()
    for size in sizes { object[size.name] = .integer(size.extent) }
    return .object(object)
  }
}

extension JSONReport {
  /// Sizes in the order of their names.
  fileprivate static func sizes(_ sizes: [String: Int]) -> JSONValue {
    Self.sizes(sizes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }
}

extension FieldEvidence {
  var json: JSONValue {
    let draws = sizes.map { draw in
      JSONReport.sizes(draw)
    }
    return .object([
      "method": .string("prime field"), "trials": .integer(trials), "dims": .array(draws),
      "falseAccept": .string("2^\(wholeBits)"),
    ])
  }
}

extension IntervalEvidence {
  var json: JSONValue {
    .object([
      "method": .string("intervals"), "points": .integer(points), "bits": .integer(precision),
      "width": .string("2^-\(abs(widthBits))"),
    ])
  }
}

extension KinkFinding {
  var json: JSONValue {
    var object: JSONObject = [
      "function": .string(function), "argument": .string(argument),
      "entry": .array(entry.map(JSONValue.integer)), "subgradients": .string(subgradients),
    ]
    if let convention { object["convention"] = .string(convention) }
    return .object(object)
  }
}

extension SelfCheck {
  var json: JSONValue {
    var object = JSONObject()
    switch duals {
    case .exact: object["duals"] = .string("exact")
    case .enclosed(let bits):
      object["duals"] = .string("enclosed")
      object["bits"] = .integer(bits)
    case .unknown(let reason):
      object["duals"] = .string("unknown")
      object["reason"] = .string(reason)
    case .disagreement(let detail):
      object["duals"] = .string("disagreement")
      object["reason"] = .string(detail)
    }
    object["draws"] = .integer(draws)
    if let sizes {
      object["dims"] = JSONReport.sizes(sizes)
    }
    if let error = finiteDifferenceError {
      object["finiteDifferences"] = .string(shortScientific(error))
    }
    return .object(object)
  }
}
