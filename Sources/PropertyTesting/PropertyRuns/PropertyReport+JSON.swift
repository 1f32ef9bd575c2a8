import Diagnostics

/// Why a JSON value is no report of a property run.
public struct PropertyReportFormatError: Error, Hashable, Sendable {
  /// The member that is missing or of another kind.
  public let key: String
}

extension PropertyReport {
  /// The report as `--format json` prints it; ``init(json:)`` reads it back, for merging.
  public var json: JSONValue {
    .object([
      "file": .string(file), "seed": .number(String(seed)), "runs": .integer(runs),
      "shards": .array(shards.map { .string($0.description) }), "done": .integer(done),
      "dims": .array(
        sizes.map {
          .object([
            "name": .string($0.name), "smallest": .integer($0.smallest),
            "largest": .integer($0.largest),
          ])
        }),
      "claims": .array(
        claims.map {
          .object([
            "name": .string($0.name), "line": .integer($0.line),
            "verdicts": Self.counts($0.verdicts),
          ])
        }),
      "selfChecks": Self.counts(selfChecks), "failures": .array(failures.map(\.json)),
    ])
  }

  /// Reads what ``json`` wrote.
  public init(json: JSONValue) throws(PropertyReportFormatError) {
    let reader = PropertyReportReader(json)
    var shards: [Shard] = []
    for text in try reader.array("shards") {
      guard let shard = text.stringValue.flatMap(Shard.init) else { throw .init(key: "shards") }
      shards.append(shard)
    }
    guard let seed = UInt64(try reader.numberText("seed")) else { throw .init(key: "seed") }
    self.init(
      file: try reader.string("file"), seed: seed, runs: try reader.integer("runs"),
      shards: shards)
    done = try reader.integer("done")
    for size in try reader.array("dims").map(PropertyReportReader.init) {
      sizes.append(
        Extremes(
          name: try size.string("name"), smallest: try size.integer("smallest"),
          largest: try size.integer("largest")))
    }
    for claim in try reader.array("claims").map(PropertyReportReader.init) {
      claims.append(
        Claim(
          name: try claim.string("name"), line: try claim.integer("line"),
          verdicts: try claim.counts("verdicts")))
    }
    selfChecks = try reader.counts("selfChecks")
    for failure in try reader.array("failures") { failures.append(try Failure(json: failure)) }
  }

  static func counts(_ counts: [String: Int]) -> JSONValue {
    var object = JSONObject()
    for (key, value) in counts.sorted(by: { $0.key < $1.key }) { object[key] = .integer(value) }
    return .object(object)
  }
}

extension PropertyReport.Failure {
  var json: JSONValue {
    var object: JSONObject = [
      "run": .integer(run), "claim": .string(claim), "line": .integer(line),
      "dims": PropertyReport.counts(sizes),
    ]
    if let cause { object["cause"] = .string(cause) }
    if let counterexample { object["counterexample"] = counterexample.json }
    return .object(object)
  }

  init(json: JSONValue) throws(PropertyReportFormatError) {
    let reader = PropertyReportReader(json)
    run = try reader.integer("run")
    claim = try reader.string("claim")
    line = try reader.integer("line")
    sizes = try reader.counts("dims")
    cause = json["cause"]?.stringValue
    if let smallest = json["counterexample"] {
      counterexample = try Counterexample(json: smallest)
    } else {
      counterexample = nil
    }
  }
}

extension Counterexample {
  var json: JSONValue {
    var object: JSONObject = [
      "expr": .string(text), "at": point, "dims": PropertyReport.counts(sizes),
    ]
    if let entry { object["entry"] = .array(entry.map(JSONValue.integer)) }
    if let exact { object["exact"] = .string(exact) }
    if let claimed { object["claimed"] = .string(claimed) }
    return .object(object)
  }

  init(json: JSONValue) throws(PropertyReportFormatError) {
    let reader = PropertyReportReader(json)
    text = try reader.string("expr")
    guard let point = json["at"] else { throw .init(key: "at") }
    self.point = point
    sizes = try reader.counts("dims")
    entry = json["entry"]?.arrayValue?.compactMap(\.intValue)
    exact = json["exact"]?.stringValue
    claimed = json["claimed"]?.stringValue
  }
}

/// Members of an object, by kind.
private struct PropertyReportReader {
  let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  func string(_ key: String) throws(PropertyReportFormatError) -> String {
    guard let text = value[key]?.stringValue else { throw .init(key: key) }
    return text
  }

  func numberText(_ key: String) throws(PropertyReportFormatError) -> String {
    guard case .number(let text)? = value[key] else { throw .init(key: key) }
    return text
  }

  func integer(_ key: String) throws(PropertyReportFormatError) -> Int {
    guard let number = value[key]?.intValue else { throw .init(key: key) }
    return number
  }

  func array(_ key: String) throws(PropertyReportFormatError) -> [JSONValue] {
    guard let list = value[key]?.arrayValue else { throw .init(key: key) }
    return list
  }

  func counts(_ key: String) throws(PropertyReportFormatError) -> [String: Int] {
    guard let object = value[key]?.objectValue else { throw .init(key: key) }
    var counts: [String: Int] = [:]
    for (name, value) in object.members {
      guard let number = value.intValue else { throw .init(key: key) }
      counts[name] = number
    }
    return counts
  }
}

extension JSONValue {
  /// The number, when it is written as an integer of 64 bits.
  var intValue: Int? {
    if case .number(let text) = self { Int(text) } else { nil }
  }
}
