import Diagnostics

/// One word, number, string or symbol of a source text.
struct Token: Sendable {
  let kind: TokenKind
  private let start: Int32
  private let end: Int32
  /// Whether it is the first token of its physical line and nothing precedes it there.
  let startsLine: Bool

  init(_ kind: TokenKind, start: Int, end: Int, startsLine: Bool) {
    self.kind = kind
    self.start = Int32(truncatingIfNeeded: start)
    self.end = Int32(truncatingIfNeeded: end)
    self.startsLine = startsLine
  }

  var range: SourceRange { SourceRange(start: Int(start), end: Int(end)) }
}

enum TokenKind: Hashable, Sendable {
  case name
  case number
  case string
  case symbol(Symbol)
  /// The end of a statement; line ends inside brackets have no token.
  case newline
  case endOfFile
  /// A spelling of another language or of mathematics, which the parser turns into an error.
  case foreign(ForeignSpelling)
  /// A number, string or line that is broken in itself.
  case malformed(LexicalProblem)
}

/// The symbols of the language.
enum Symbol: String, Hashable, Sendable, CaseIterable {
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case comma = ","
  case colon = ":"
  case dot = "."
  case twoDots = ".."
  case ellipsis = "..."
  case plus = "+"
  case minus = "-"
  case star = "*"
  case twoStars = "**"
  case slash = "/"
  case twoSlashes = "//"
  case percent = "%"
  case at = "@"
  case assign = "="
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case accumulate = "+="
  case both = "&"
  case either = "|"
  case not = "~"

  var opens: Bool { self == .leftParenthesis || self == .leftBracket }
  var closes: Bool { self == .rightParenthesis || self == .rightBracket }
}

/// What can be wrong with a single token.
enum LexicalProblem: Hashable, Sendable {
  case unterminatedString
  case unknownEscape
  case trailingBackslash
  /// `2x`, where a product is meant.
  case nameAfterNumber
  /// `0x1F`, `0b1` or `0o7`.
  case radixPrefix
  /// `007`
  case leadingZero
  /// `1_` or `1__0`
  case misplacedUnderscore
  /// `1e`
  case missingExponent
  case numberTooLong
}
