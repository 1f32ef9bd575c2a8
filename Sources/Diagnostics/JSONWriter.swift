extension JSONValue {
  /// How a value is laid out.
  public enum Layout: Hashable, Sendable {
    /// On one line.
    case compact
    /// One member or element on a line, two spaces deep; arrays without objects stay on one line.
    case indented
  }

  /// The value as JSON text, without a line feed at its end.
  public func text(_ layout: Layout = .compact) -> String {
    var writer = JSONWriter(layout: layout)
    writer.write(self, depth: 0)
    return writer.output
  }
}

private struct JSONWriter {
  let layout: JSONValue.Layout
  var output = ""

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .object(let object): write(object, depth: depth)
    case .array(let elements): write(elements, depth: depth)
    case .string(let text): write(text)
    case .number(let text): output += text
    case .bool(let flag): output += flag ? "true" : "false"
    case .null: output += "null"
    }
  }

  private mutating func write(_ object: JSONObject, depth: Int) {
    let breaks = layout == .indented && !object.isEmpty
    output += "{"
    for (index, member) in object.members.enumerated() {
      separate(index, breaks: breaks, depth: depth + 1)
      write(member.key)
      output += ": "
      write(member.value, depth: depth + 1)
    }
    if breaks { newLine(depth) }
    output += "}"
  }

  private mutating func write(_ elements: [JSONValue], depth: Int) {
    let breaks = layout == .indented && elements.contains(where: \.holdsObject)
    output += "["
    for (index, element) in elements.enumerated() {
      separate(index, breaks: breaks, depth: depth + 1)
      write(element, depth: depth + 1)
    }
    if breaks { newLine(depth) }
    output += "]"
  }

  private mutating func separate(_ index: Int, breaks: Bool, depth: Int) {
    if index > 0 { output += breaks ? "," : ", " }
    if breaks { newLine(depth) }
  }

  private mutating func newLine(_ depth: Int) {
    output += "\n" + String(repeating: "  ", count: depth)
  }

  private mutating func write(_ text: String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      default:
        // Also what a terminal would obey, so that a report can be looked at.
        if scalar.isInvisibleCommand {
          let digits = String(scalar.value, radix: 16)
          output += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        } else {
          output.unicodeScalars.append(scalar)
        }
      }
    }
    output += "\""
  }
}

extension JSONValue {
  fileprivate var holdsObject: Bool {
    switch self {
    case .object: true
    case .array(let elements): elements.contains(where: \.holdsObject)
    case .string, .number, .bool, .null: false
    }
  }
}
