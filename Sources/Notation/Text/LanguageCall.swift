/// A function's call as the expression language writes it, in formulas of tensors and of their entries.
enum LanguageCall {
  /// `(a == b)` for a comparison, a bare name for a constant, else a name and its arguments.
  static func text(_ name: String, _ arguments: [String]) -> String {
    if arguments.isEmpty { return name }
    if name == "equal" { return "(\(arguments.joined(separator: " == ")))" }
    return "\(name)(\(arguments.joined(separator: ", ")))"
  }
}
