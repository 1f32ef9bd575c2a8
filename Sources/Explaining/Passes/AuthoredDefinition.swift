import Layers

/// The right side of a statement as its author wrote it, brought to one line.
///
/// Comments go, and so does the spelling of line breaks; everything else stays as it was typed. An
/// index statement is kept whole, since its left side says where the sum goes.
struct AuthoredDefinition {
  let text: String
  let isIndexStatement: Bool

  init(statement: String, name: String) {
    let line = Self.onOneLine(statement)
    guard let sign = Self.definitionSign(in: line) else {
      text = line
      isIndexStatement = false
      return
    }
    let before = line.index(before: sign)
    isIndexStatement = sign > line.startIndex && line[before] == "+"
    let value = String(line[line.index(after: sign)...].drop { $0 == " " })
    text =
      isIndexStatement
      ? line : value + Self.part(name, of: line[..<sign].split(separator: ","), value)
  }

  /// Which part of a value a name is that stands beside others.
  private static func part(_ name: String, of names: [Substring], _ value: String) -> String {
    guard names.count > 1,
      let place = names.firstIndex(where: { trimmed($0) == name })
    else { return "" }
    let path = value.prefix { $0 != "(" }.split(separator: ".").map(String.init)
    let function = path.last ?? ""
    let module = Framework(prefix: path.dropLast().joined(separator: "."))
    // NumPy has no pairs; without a prefix a method is PyTorch's unless it names its axis as NumPy does.
    let isPyTorch = module?.chain.contains(.pytorch) ?? !value.contains("axis=")
    let catalogue = FunctionCatalogue.standard
    let hasPlaces =
      module == nil && catalogue.function(function)?.findsPlaces == true
      || isPyTorch && catalogue.function(function, of: .pytorch)?.findsPlaces == true
    return hasPlaces ? [".values", ".indices"][min(place, 1)] : "[\(place)]"
  }

  /// The text without comments, each run of white space that holds a line break as one space.
  static func onOneLine(_ statement: String) -> String {
    let lines = statement.split(whereSeparator: \.isNewline).map { line in
      trimmed(withoutComment(line))
    }
    return lines.filter { !$0.isEmpty }.reduce("") { whole, line in
      if whole.isEmpty || whole.hasSuffix("(") || whole.hasSuffix("[") { return whole + line }
      if line.hasPrefix(")") || line.hasPrefix("]") { return whole + line }
      return whole + " " + line
    }
  }

  private static func withoutComment(_ line: Substring) -> Substring {
    var quote: Character?
    for index in line.indices {
      let character = line[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == "#" {
        return line[..<index]
      }
    }
    return line
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }

  /// The `=` that separates a name from its definition: the first outside brackets.
  private static func definitionSign(in line: String) -> String.Index? {
    var depth = 0
    for index in line.indices {
      switch line[index] {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "=" where depth == 0: return index
      default: break
      }
    }
    return nil
  }
}
