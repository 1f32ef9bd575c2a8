import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import Scalars

/// One claim of a report as JSON.
struct ClaimJSON {
  private let claim: ClaimReport
  private let program: Program

  init(_ claim: ClaimReport, in program: Program) {
    self.claim = claim
    self.program = program
  }

  var json: JSONValue {
    var object = JSONObject()
    object["name"] = .string(claim.name)
    object["line"] = .integer(claim.line)
    object["range"] = program.source.json(claim.range)
    object["claimedRange"] = program.source.json(claim.claimedRange)
    object["verdict"] = .string(claim.verdict.word)
    object["holds"] = .bool(claim.verdict.holds)
    switch claim.verdict {
    case .proved: object["evidence"] = .object(["method": .string("normal form")])
    case .identical(let evidence): object["evidence"] = evidence.json
    case .enclosed(let evidence): object["evidence"] = evidence.json
    case .equalAtPoint(let evidence), .exact(let evidence): object["evidence"] = evidence.json
    case .rounded(let evidence): object["evidence"] = evidence.json
    case .wrong(let refutation): add(refutation, to: &object)
    case .inherited(let name, let line):
      object["from"] = .string(name)
      object["fromLine"] = .integer(line)
    case .kink(let finding): object["kink"] = finding.json
    case .undecided(let reason): object["reason"] = .string(reason)
    }
    if !claim.remarks.isEmpty {
      object["remarks"] = .array(claim.remarks.map(JSONValue.string))
    }
    return .object(object)
  }

  private func add(_ refutation: Refutation, to object: inout JSONObject) {
    if let cause = refutation.cause {
      object["cause"] = .string(cause.sentence)
      object["causeCode"] = .string(cause.kind.code)
    } else if let diagnostic = refutation.diagnostic {
      object["cause"] = .string("shape: " + diagnostic.message)
      object["causeCode"] = .string(Cause.Kind.shape.code)
    }
    if let difference = refutation.difference { add(difference, to: &object) }
    if let help = refutation.help { object["help"] = .string(help) }
    if let fix = ClaimFix(claim, in: program) { object["fix"] = fix.json(in: program.source) }
  }

  private func add(_ difference: Difference, to object: inout JSONObject) {
    object["entry"] = Self.place(difference.entry)
    object["exact"] = .string(difference.exact)
    object["claimed"] = .string(difference.claimed)
    object["differing"] = .integer(difference.count)
    object["entries"] = .integer(difference.total)
    object["first"] = .array(
      difference.first.map { entry in
        .object([
          "entry": Self.place(entry.entry), "exact": .string(entry.exact),
          "claimed": .string(entry.claimed),
        ])
      })
    object["places"] = .array(difference.places.map(Self.place))
    object["largestError"] = .object([
      "entry": Self.place(difference.largest.entry), "error": .string(difference.largest.text),
    ])
    object["dims"] = JSONReport.sizes(difference.sizes)
    if let point = Self.point(difference.point) { object["point"] = point }
  }

  private static func place(_ entry: [Int]) -> JSONValue {
    .array(entry.map(JSONValue.integer))
  }

  /// The most numbers of a point that are printed.
  private static let largestPoint = 100_000

  /// The point as `eval --at` reads it; nil where it is too large to print.
  private static func point(_ values: [String: Tensor<Rational>]) -> JSONValue? {
    guard values.values.reduce(0, { $0 + $1.count }) <= largestPoint else { return nil }
    var object = JSONObject()
    for (name, tensor) in values.sorted(by: { $0.key < $1.key }) {
      object[name] = PrintedValue(tensor).json
    }
    return .object(object)
  }
}

extension FieldEvidence {
  var json: JSONValue {
    var object: JSONObject = [
      "method": .string("prime field"), "trials": .integer(trials), "draws": .integer(trials),
      "dims": .array(sizes.map { JSONReport.sizes($0) }),
      "falseAccept": .string("2^\(wholeBits)"), "bits": .integer(-wholeBits),
    ]
    masks?.add(to: &object)
    if let unseenBorders { object["unseenBorders"] = .string(unseenBorders) }
    return .object(object)
  }
}

extension MaskEvidence {
  /// Writes how many masks there are, and on how many cells it was decided.
  func add(to object: inout JSONObject) {
    object["masks"] = .integer(masks)
    object["cells"] = .integer(cells)
    object["excluded"] = .integer(excluded)
  }
}

extension IntervalEvidence {
  var json: JSONValue {
    var object: JSONObject = [
      "method": .string("intervals"), "points": .integer(points), "draws": .integer(points),
      "bits": .integer(precision), "width": .string("2^-\(abs(widthBits))"),
    ]
    masks?.add(to: &object)
    if let unseenBorders { object["unseenBorders"] = .string(unseenBorders) }
    return .object(object)
  }
}

extension PointEvidence {
  var json: JSONValue {
    .object([
      "method": .string("one point"), "points": .integer(1), "numbers": .integer(entries),
      "dims": .array([JSONReport.sizes(sizes)]),
    ])
  }
}

extension RoundedEvidence {
  var json: JSONValue {
    .object([
      "method": .string("rounded literals"),
      "literals": .array(
        literals.map {
          .object([
            "text": .string($0.text), "number": .string($0.number), "digits": .integer($0.digits),
          ])
        }),
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
