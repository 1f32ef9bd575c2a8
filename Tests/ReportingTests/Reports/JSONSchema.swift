import Diagnostics
import Foundation

/// The part of JSON Schema 2020-12 that the project's schema uses; a keyword beyond it is a problem of its own, so that
/// nothing in the schema goes unread.
struct JSONSchema {
  private let root: JSONValue

  init(_ root: JSONValue) { self.root = root }

  /// The schema of reports, from the project's documentation.
  static func ofReports() throws -> JSONSchema {
    let project = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    let url = project.appendingPathComponent("Documentation/report.schema.json")
    let text = try String(contentsOf: url, encoding: .utf8)
    return JSONSchema(try JSONValue.parse(SourceText(name: url.lastPathComponent, text: text)))
  }

  /// What is wrong with a value, each with the path to its place; empty for a value that fits.
  func problems(of value: JSONValue) -> [String] { problems(of: value, root, at: "$") }

  private static let annotations: Set<String> = [
    "$schema", "$id", "$defs", "title", "description",
  ]

  private func problems(of value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
    guard let rules = schema.objectValue else { return ["\(path): the schema is no object"] }
    return rules.members.flatMap { keyword, rule -> [String] in
      switch keyword {
      case "$ref": referred(rule).map { problems(of: value, $0, at: path) } ?? ["no \(rule)"]
      case "type": hasType(value, rule) ? [] : ["\(path): is no \(rule.stringValue ?? "?")"]
      case "const": value == rule ? [] : ["\(path): is not \(rule.text())"]
      case "enum":
        rule.arrayValue?.contains(value) == true ? [] : ["\(path): \(value.text()) is not allowed"]
      case "pattern": matches(value, rule) ? [] : ["\(path): \(value.text()) has another form"]
      case "required":
        (rule.arrayValue ?? []).compactMap(\.stringValue).filter { value[$0] == nil }
          .map { "\(path): has no `\($0)`" }
      case "properties":
        (rule.objectValue?.members ?? []).flatMap { name, rule in
          value[name].map { problems(of: $0, rule, at: "\(path).\(name)") } ?? []
        }
      case "additionalProperties": additional(value, rule, beside: rules["properties"], path)
      case "propertyNames":
        (value.objectValue?.keys ?? []).flatMap { problems(of: .string($0), rule, at: path) }
      case "items":
        (value.arrayValue ?? []).enumerated().flatMap {
          problems(of: $1, rule, at: "\(path)[\($0)]")
        }
      default:
        Self.annotations.contains(keyword) ? [] : ["\(path): the keyword \(keyword) is not read"]
      }
    }
  }

  /// What `#/$defs/name` stands for.
  private func referred(_ rule: JSONValue) -> JSONValue? {
    let prefix = "#/$defs/"
    guard let text = rule.stringValue, text.hasPrefix(prefix) else { return nil }
    return root["$defs"]?[String(text.dropFirst(prefix.count))]
  }

  private func additional(
    _ value: JSONValue, _ rule: JSONValue, beside known: JSONValue?, _ path: String
  ) -> [String] {
    let others = (value.objectValue?.members ?? []).filter { known?[$0.key] == nil }
    if rule == .bool(false) { return others.map { "\(path): `\($0.key)` is not described" } }
    return others.flatMap { problems(of: $0.value, rule, at: "\(path).\($0.key)") }
  }

  private func hasType(_ value: JSONValue, _ rule: JSONValue) -> Bool {
    switch (value, rule.stringValue) {
    case (.object, "object"), (.array, "array"), (.string, "string"), (.bool, "boolean"),
      (.null, "null"), (.number, "number"):
      true
    case (.number(let text), "integer"): text.allSatisfy { $0.isNumber || $0 == "-" }
    default: false
    }
  }

  private func matches(_ value: JSONValue, _ rule: JSONValue) -> Bool {
    guard let text = value.stringValue else { return true }
    guard let pattern = rule.stringValue, let regex = try? Regex(pattern) else { return false }
    return text.firstMatch(of: regex) != nil
  }
}
