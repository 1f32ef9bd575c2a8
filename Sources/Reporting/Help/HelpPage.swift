import CHelpPages
import Diagnostics

/// A page of the documentation that the program carries: of a diagnostic's code, or of a rule such as `wrong/flip`.
package struct HelpPage: Hashable, Sendable {
  package enum Family: String, Hashable, Sendable {
    case diagnostic = "Diagnostics"
    case rule = "Rules"
  }

  package let family: Family
  /// `shape-groups`, `flip`.
  package let name: String
  /// Its text in Markdown.
  package let text: String

  /// Every page, those of diagnostics first, in the order of their names.
  package static let all: [HelpPage] = {
    var pages: [HelpPage] = []
    var index = 0
    while true {
      let page = gradcheck_help_page_at(index)
      guard let name = page.name, let bytes = page.text else { return pages }
      index += 1
      let parts = String(cString: name).split(separator: "/")
      guard parts.count == 2, let family = Family(rawValue: String(parts[0])) else { continue }
      let text = String(
        decoding: UnsafeBufferPointer(start: bytes, count: page.length), as: UTF8.self)
      pages.append(HelpPage(family: family, name: String(parts[1]), text: text))
    }
  }()

  /// The page of a code, `shape-groups`, or of a rule, `wrong/flip`, `flip`, `file/shape-groups`.
  package static func named(_ code: String) -> HelpPage? {
    let parts = code.split(separator: "/")
    guard let name = parts.last.map(String.init) else { return nil }
    let families: [Family] =
      switch parts.count == 2 ? parts[0] : "" {
      case "": [.diagnostic, .rule]
      case "file": [.diagnostic]
      case "wrong": [.rule]
      default: []
      }
    return families.lazy.compactMap { family in
      all.first { $0.family == family && $0.name == name }
    }.first
  }

  /// The page for people: headings and code as they stand, without the marks of Markdown.
  package func readable(style: Style = .plain, width: Int = TextReport.defaultWidth) -> String {
    var lines: [String] = []
    var isCode = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        isCode.toggle()
      } else if isCode {
        lines.append(line.isEmpty ? "" : "    " + line)
      } else if line.hasPrefix("# ") {
        lines.append(style.apply(.headline, to: String(line.dropFirst(2))))
      } else {
        lines += TextWrapping.lines(of: line, width: width, hanging: 0)
      }
    }
    while lines.last == "" { lines.removeLast() }
    return lines.map { $0 + "\n" }.joined()
  }
}
