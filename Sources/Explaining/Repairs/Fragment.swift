import Diagnostics
import ExpressionLanguage
import Notation

/// How tightly a text holds together; a looser one needs parentheses.
enum Binding: Int, Comparable {
  case comparison, sum, product, sign, power, postfix

  static func < (a: Binding, b: Binding) -> Bool { a.rawValue < b.rawValue }

  init(of expression: SyntaxExpression) {
    switch expression.kind {
    case .comparison: self = .comparison
    case .chain(_, let links): self = links.first?.operator.isSum == true ? .sum : .product
    case .unary: self = .sign
    case .power: self = .power
    case .number, .string, .boolean, .none, .name, .call, .methodCall, .attribute, .subscripted,
      .tuple, .list:
      self = .postfix
    }
  }
}

/// A piece of a line as text that can be put together with others.
struct Fragment: Hashable {
  let text: String
  let binding: Binding

  init(_ text: String, _ binding: Binding) {
    self.text = text
    self.binding = binding
  }

  /// A part of a source as it stands there, without the parentheses around it.
  init(_ expression: SyntaxExpression, in source: SourceText) {
    text = Self.bare(source[expression.range], expression)
    binding = Binding(of: expression)
  }

  /// The text where something that tight is needed.
  func text(atLeast binding: Binding) -> String {
    self.binding >= binding ? text : "(\(text))"
  }

  /// The term without the sign in front of it; nil where there is none.
  var negatedTerm: Fragment? {
    guard text.hasPrefix("-"), binding > .sum else { return nil }
    return Fragment(String(text.dropFirst()), binding == .sign ? .power : binding)
  }

  /// How many tokens it has.
  var length: Int { Self.tokenCount(text) }

  static func times(_ a: Fragment, _ b: Fragment) -> Fragment {
    Fragment(a.text(atLeast: .product) + " * " + b.text(atLeast: .sign), .product)
  }

  static func over(_ a: Fragment, _ b: Fragment) -> Fragment {
    Fragment(a.text(atLeast: .product) + " / " + b.text(atLeast: .sign), .product)
  }

  static func plus(_ a: Fragment, _ b: Fragment) -> Fragment {
    Fragment(a.text(atLeast: .sum) + " + " + b.text(atLeast: .product), .sum)
  }

  static func minus(_ a: Fragment, _ b: Fragment) -> Fragment {
    Fragment(a.text(atLeast: .sum) + " - " + b.text(atLeast: .product), .sum)
  }

  /// Whether parentheses stand around an expression.
  static func isParenthesised(_ expression: SyntaxExpression, in source: SourceText) -> Bool {
    bare(source[expression.range], expression) != source[expression.range]
  }

  private static func bare(_ text: String, _ expression: SyntaxExpression) -> String {
    if case .tuple = expression.kind { return text }
    var text = Substring(text)
    while text.first == "(", closes(text) { text = text.dropFirst().dropLast() }
    return String(text)
  }

  /// Whether the bracket that a text begins with is closed by its last sign.
  private static func closes(_ text: Substring) -> Bool {
    var depth = 0
    for (place, sign) in text.enumerated() {
      if "([{".contains(sign) { depth += 1 }
      if ")]}".contains(sign) { depth -= 1 }
      if depth == 0 { return place == text.count - 1 }
    }
    return false
  }

  /// The text with names replaced by other texts.
  func renaming(_ names: [String: String]) -> Fragment {
    Fragment(text.renamingWords { names[$0] }, binding)
  }

  /// How many names, numbers and signs a text holds.
  static func tokenCount(_ text: String) -> Int {
    var count = 0
    var isInWord = false
    for sign in text.unicodeScalars {
      let isWord = isOfWord(sign)
      if isWord ? !isInWord : sign != " " && sign != "\n" { count += 1 }
      isInWord = isWord
    }
    return count
  }

  private static func isOfWord(_ sign: Unicode.Scalar) -> Bool {
    if !sign.isASCII { return sign.properties.isAlphabetic }
    switch sign {
    case "a"..."z", "A"..."Z", "0"..."9", "_", ".": return true
    case _: return false
    }
  }

  /// The names, numbers and signs of a text.
  static func tokens(_ text: String) -> [String] {
    var result: [String] = []
    var isInWord = false
    for sign in text.unicodeScalars {
      let isWord = isOfWord(sign)
      if isWord {
        if isInWord {
          result[result.count - 1].unicodeScalars.append(sign)
        } else {
          result.append(String(sign))
        }
      } else if sign != " " && sign != "\n" {
        result.append(String(sign))
      }
      isInWord = isWord
    }
    return result
  }
}
