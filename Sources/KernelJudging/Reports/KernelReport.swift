import Diagnostics
import Judging
import Scalars

/// What was found of one file of a kernel's results.
public struct KernelReport: Sendable {
  /// The name of the file that holds what the kernel computed.
  public let fileName: String
  /// The numbers of the sizes, in the order of the program.
  public let sizes: [(name: String, extent: Int)]
  /// What was found of each tensor, in the order of the file.
  public let tensors: [TensorJudgement]

  public init(fileName: String, sizes: [(name: String, extent: Int)], tensors: [TensorJudgement]) {
    self.fileName = fileName
    self.sizes = sizes
    self.tensors = tensors
  }

  /// The most serious outcome of a tensor.
  public var outcome: Outcome {
    tensors.map { tensor in
      switch tensor.verdict {
      case .exact, .within: Outcome.holds
      case .wrong: .claimIsWrong
      case .undecided: .undecided
      }
    }.max() ?? .holds
  }

  /// Several reports as `--format json` prints them.
  public static func json(_ reports: [KernelReport]) -> JSONValue {
    .object([
      "files": .array(
        reports.map { report in
          .object([
            "file": .string(report.fileName), "tensors": .array(report.tensors.map(\.json)),
          ])
        })
    ])
  }
}

extension TensorJudgement {
  var json: JSONValue {
    var object = JSONObject()
    object["name"] = .string(name)
    object["storage"] = .string(storage.rawValue)
    object["accumulation"] = .string(accumulation.rawValue)
    object["verdict"] = .string(verdict.rawValue)
    object["lines"] = .string(lines.rawValue)
    if let bits { object["bits"] = .number(NumberWords.fixed(bits, places: 1)) }
    if let worst {
      object["worst"] = .object([
        "entry": .array(worst.place.map(JSONValue.integer)),
        "exact": .string(NumberWords.digits(worst.exact)),
        "computed": .string(NumberWords.digits(worst.computed)),
        "bound_ratio": NumberWords.json(worst.ratio),
        "steps": NumberWords.json(worst.steps),
      ])
    }
    object["beyond"] = .integer(beyond)
    object["count"] = .integer(count)
    if let pattern { object["pattern"] = .string(pattern) }
    if let cause { object["cause"] = .string(cause) }
    if let reason { object["reason"] = .string(reason) }
    if let resolution {
      object["resolution"] = .object([
        "median": NumberWords.json(resolution.median), "worst": NumberWords.json(resolution.worst),
        "entry": .array(resolution.entry.map(JSONValue.integer)),
      ])
    }
    return .object(object)
  }
}

/// Floating-point numbers as a report writes them.
enum NumberWords {
  /// All digits that tell a number from its neighbours.
  static func digits(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : "\(value)"
  }

  static func json(_ value: Double) -> JSONValue {
    guard value.isFinite else { return .string(digits(value)) }
    return .number(significant(value, 3))
  }

  /// So many digits after the point.
  static func fixed(_ value: Double, places: Int) -> String {
    let scale = [1.0, 10, 100, 1000, 10000, 100000, 1e6][min(places, 6)]
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 1e15 else { return digits(value) }
    let whole = Int(scaled)
    let sign = value < 0 && whole > 0 ? "-" : ""
    if places == 0 { return sign + String(whole) }
    let rest = String(whole % Int(scale))
    return sign + String(whole / Int(scale)) + "."
      + String(repeating: "0", count: places - rest.count) + rest
  }

  /// So many significant digits, by an exponent where the number is large or small.
  static func significant(_ value: Double, _ count: Int) -> String {
    guard value.isFinite, value != 0 else { return digits(value) }
    var exponent = 0
    var scaled = value.magnitude
    // A few steps of ten lose nothing that three digits show.
    while scaled >= 1e8 { (scaled, exponent) = (scaled / 1e8, exponent + 8) }
    while scaled < 1e-8 { (scaled, exponent) = (scaled * 1e8, exponent - 8) }
    while scaled >= 10 { (scaled, exponent) = (scaled / 10, exponent + 1) }
    while scaled < 1 { (scaled, exponent) = (scaled * 10, exponent - 1) }
    let sign = value < 0 ? "-" : ""
    if (-4...5).contains(exponent) {
      return fixed(value, places: max(0, min(6, count - 1 - exponent)))
    }
    return "\(sign)\(fixed(scaled, places: count - 1))e\(exponent)"
  }
}
