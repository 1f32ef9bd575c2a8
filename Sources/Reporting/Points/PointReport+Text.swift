import Diagnostics
import ExpressionLanguage

extension PointReport {
  /// The values as people read them.
  public func text(style: Style = .plain) -> String {
    var text = style.apply(.headline, to: program.source.name)
    let names = program.sizes.compactMap { size in sizes[size.name].map { "\(size.name)=\($0)" } }
    if !names.isEmpty { text += "   " + names.joined(separator: " ") }
    text += "\n"
    for (name, value) in values { text += "\n" + Self.block(name, value, style) }
    if !drawn.isEmpty {
      text += "\n  " + style.apply(.headline, to: "drawn") + " (seed \(seed))\n"
      for (name, value) in drawn { text += "\n" + Self.block(name, value, style) }
    }
    for kink in kinks {
      text += "\n  " + style.apply(.warning, to: "kink") + ": \(kink)\n"
    }
    if let bits = zeroBits {
      text += "\n  what is printed as 0 and is not rational is below 2\(superscript(-bits))\n"
    }
    return text
  }

  private static func block(_ name: String, _ value: PrintedValue, _ style: Style) -> String {
    let rows = value.text.split(separator: "\n")
    let margin = String(repeating: " ", count: 2 + name.count + 3)
    return "  \(style.apply(.headline, to: name)) = " + rows.joined(separator: "\n" + margin) + "\n"
  }

  /// The values as `--format json` prints them.
  public var json: JSONValue {
    var object = JSONReport.head
    object["file"] = .string(program.source.name)
    object["values"] = Self.object(values)
    object["drawn"] = Self.object(drawn)
    object["seed"] = .number(String(seed))
    object["dims"] = JSONReport.sizes(
      program.sizes.compactMap { size in sizes[size.name].map { (size.name, $0) } })
    object["kinks"] = .array(kinks.map(JSONValue.string))
    return .object(object)
  }

  private static func object(_ values: [(name: String, value: PrintedValue)]) -> JSONValue {
    var object = JSONObject()
    for (name, value) in values { object[name] = value.json }
    return .object(object)
  }
}
