import Diagnostics
import Scalars

extension FiniteDifferenceTable {
  /// The table as `--format json` prints it.
  public var json: JSONValue {
    var object: JSONObject = [
      "file": .string(program.source.name), "seed": .number(String(seed)),
      "wrt": .array(targets.map(JSONValue.string)), "exact": .string(exact),
    ]
    if case .entry(_, let entry) = direction {
      object["entry"] = .array(entry.map(JSONValue.integer))
    }
    var dims = JSONObject()
    for (name, extent) in sizes.sorted(by: { $0.key < $1.key }) { dims[name] = .integer(extent) }
    object["dims"] = .object(dims)
    object["withoutRounding"] = exactComparison.json
    object["double"] = .array(lines.map(\.json))
    if let estimatedBestStep { object["estimatedBestStep"] = number(estimatedBestStep) }
    if let bestLine { object["bestStep"] = .string(stepText(bestLine.step)) }
    return .object(object)
  }
}

extension FiniteDifferenceTable.Line {
  fileprivate var json: JSONValue {
    var object: JSONObject = [
      "step": .string(step.description), "estimate": number(estimate), "error": number(error),
    ]
    if let crossing { object["kink"] = .string(crossing.sentence) }
    return .object(object)
  }
}

extension FiniteDifferenceTable.ExactComparison {
  fileprivate var json: JSONValue {
    switch self {
    case .equality(let degree, let pairs, let step, let isPiecewise):
      .object([
        "equal": .bool(true), "degree": .integer(degree), "pairs": .integer(pairs),
        "step": .string(step.description), "piecewise": .bool(isPiecewise),
      ])
    case .truncated(let reason, let pairs, let step, let difference):
      .object([
        "reason": .string(reason), "pairs": .integer(pairs), "step": .string(step.description),
        "relativeDifference": number(difference),
      ])
    case .unavailable(let reason): .object(["reason": .string(reason)])
    }
  }
}

/// A floating-point number in JSON; null for one that JSON has no word for.
private func number(_ value: Double) -> JSONValue {
  value.isFinite ? .number("\(value)") : .null
}
