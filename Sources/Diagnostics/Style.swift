/// Whether text carries terminal colours; the words are the same either way.
public enum Style: Hashable, Sendable {
  /// No escape sequences at all.
  case plain
  /// ANSI escape sequences.
  case coloured

  /// A text in the colour of its role; the text itself in plain style.
  public func apply(_ role: TextRole, to text: String) -> String {
    guard self == .coloured, !text.isEmpty, let code = role.ansiCode else { return text }
    return "\(Self.escape)[\(code)m\(text.visible)\(Self.escape)[0m"
  }

  static let escape = "\u{1B}"
  /// What may follow an escape character in coloured text.
  static let colours = ["[0m"] + TextRole.allCases.compactMap { $0.ansiCode.map { "[\($0)m" } }
}

/// What a stretch of printed text is, from which its colour follows.
public enum TextRole: Hashable, Sendable, CaseIterable {
  /// What has no colour.
  case text
  /// What names the thing that a report is about.
  case headline
  case error, warning, note, help
  /// Line numbers, and what is drawn beside a source's text.
  case gutter
  /// Ranges that matter beside the one at fault.
  case secondary
  /// What holds.
  case success

  /// Colours of the fixed part of the palette of 256, each with a contrast of at least 4.5 on black and on white: the
  /// sixteen that a terminal's owner chooses would promise nothing.
  var ansiCode: String? {
    switch self {
    case .text: nil
    case .headline: "1"
    case .error: "1;38;5;131"
    case .warning: "1;38;5;163"
    case .note: "1;38;5;98"
    case .help: "1;38;5;29"
    case .gutter: "1;38;5;63"
    case .secondary: "1;38;5;63"
    case .success: "38;5;29"
    }
  }
}

/// A line made of stretches with their roles.
struct StyledLine {
  private var stretches: [(text: String, role: TextRole)] = []
  private(set) var width = 0

  init() {}
  init(_ text: String, _ role: TextRole = .text) { append(text, role) }

  mutating func append(_ text: String, _ role: TextRole = .text) {
    guard !text.isEmpty else { return }
    width += terminalWidth(of: text)
    if let last = stretches.last, last.role == role {
      stretches[stretches.count - 1].text += text
    } else {
      stretches.append((text, role))
    }
  }

  /// Adds spaces until the line is `column` wide.
  mutating func pad(to column: Int) {
    if width < column { append(String(repeating: " ", count: column - width)) }
  }

  func forEachStretch(_ body: (String, TextRole) -> Void) {
    for stretch in stretches { body(stretch.text, stretch.role) }
  }

  /// The line without spaces at its end.
  func rendered(_ style: Style) -> String {
    var kept = stretches
    while let last = kept.last {
      let trimmed = last.text.trimmingTrailingSpaces()
      if trimmed.isEmpty {
        kept.removeLast()
      } else {
        kept[kept.count - 1].text = trimmed
        break
      }
    }
    return kept.map { style.apply($0.role, to: $0.text) }.joined()
  }
}

extension String {
  /// The text without the spaces at its end.
  package func trimmingTrailingSpaces() -> String {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
    return String(self[..<end])
  }
}
