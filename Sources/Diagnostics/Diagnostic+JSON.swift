extension Diagnostic {
  /// The diagnostic as one object of `--format json`.
  ///
  /// `line` and `column` are left out when it marks no text, `help` when there is none.
  public func json(in source: SourceText) -> JSONValue {
    var object = JSONObject()
    object["code"] = .string(code.name)
    object["severity"] = .string(severity.rawValue)
    object["file"] = .string(source.name)
    if let range {
      let place = source.location(of: range.start)
      object["line"] = .integer(place.line)
      object["column"] = .integer(place.column)
    }
    object["message"] = .string(message)
    if let help { object["help"] = .string(help) }
    return .object(object)
  }
}
