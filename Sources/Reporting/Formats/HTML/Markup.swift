import Diagnostics

/// HTML, SVG or MathML. Text that is put into it is escaped; only markup goes in as it is.
///
/// ```swift
/// let name = "a<b"
/// let cell: Markup = "<td>\(name)</td>"     // <td>a&lt;b</td>
/// ```
struct Markup: ExpressibleByStringInterpolation, Hashable {
  let source: String

  /// Takes text that is markup already, such as what another part of the program wrote as MathML.
  init(verbatim source: String) { self.source = source }

  /// A sentence in which what stands in backquotes is code.
  init(prose text: String) {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    let isPaired = parts.count % 2 == 1
    source = parts.enumerated().map { place, part in
      isPaired && place % 2 == 1
        ? "<code>\(Self.escaped(part))</code>"
        : Self.escaped(isPaired || place == 0 ? part : "`" + part)
    }.joined()
  }

  /// Sentences, each as an element on a line of its own.
  static func list(_ sentences: [String], in element: String, style: String? = nil) -> Markup {
    let open = Markup(verbatim: "<\(element)\(style.map { " class=\"\($0)\"" } ?? "")>")
    let close = Markup(verbatim: "</\(element)>\n")
    return sentences.map { "\(open)\(Markup(prose: $0))\(close)" }.concatenated()
  }

  init(stringLiteral source: String) { self.source = source }

  init(stringInterpolation interpolation: Interpolation) { source = interpolation.source }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { source += literal }
    mutating func appendInterpolation(_ markup: Markup) { source += markup.source }
    mutating func appendInterpolation(_ number: Int) { source += String(number) }
    mutating func appendInterpolation(_ text: String) { source += Markup.escaped(text) }
  }

  /// Text as it may stand between tags and in quotes; what commands or reorders is shown as a picture.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.visible.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension Sequence<Markup> {
  /// All of them, one after another. The name is not that for strings, whose markup would be escaped.
  func concatenated(_ separator: String = "") -> Markup {
    Markup(verbatim: map(\.source).joined(separator: separator))
  }
}
