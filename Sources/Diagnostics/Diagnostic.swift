/// What is wrong with the user's text, or worth knowing about it, as data.
///
/// The message is a rule or a fact, in lower case and without a full stop; it stands alone and
/// never suggests. Only `help` suggests, and only what was tried.
public struct Diagnostic: Hashable, Sendable {
  /// How much it matters.
  public enum Severity: String, Hashable, Sendable, CaseIterable {
    case error, warning, note
  }

  /// A range with a few words below it, such as the shape of an operand.
  public struct Label: Hashable, Sendable {
    /// The stretch of text that is underlined.
    public let range: SourceRange
    /// Shown beside or below the range; may be empty.
    public let text: String

    public init(_ range: SourceRange, _ text: String = "") {
      self.range = range
      self.text = text
    }
  }

  /// How much the diagnostic matters.
  public var severity: Severity
  /// The kind of diagnostic, which has a page of its own.
  public var code: DiagnosticCode
  /// The headline: a rule or a fact about the text, which stands alone.
  public var message: String
  /// The smallest range that is at fault, underlined with `^`; nil when no text is.
  public var primary: Label?
  /// Other ranges that matter, underlined with `-`.
  public var secondary: [Label]
  /// Further facts, each on a line of its own below the excerpt.
  public var notes: [String]
  /// The one likeliest repair.
  public var help: String?

  /// A diagnostic, an error unless another severity is given.
  ///
  /// - Parameters:
  ///   - range: the range that is at fault; nil when no text is.
  ///   - label: what is shown at that range; may be empty.
  public init(
    _ severity: Severity = .error, code: DiagnosticCode, _ message: String,
    at range: SourceRange? = nil, label: String = "", secondary: [Label] = [],
    notes: [String] = [], help: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.primary = range.map { Label($0, label) }
    self.secondary = secondary
    self.notes = notes
    self.help = help
  }

  /// The range at fault.
  public var range: SourceRange? { primary?.range }
}

/// A short name for one kind of diagnostic, such as `shape-contraction`.
///
/// Every code has a page of that name in `Documentation/Diagnostics`. Each module declares its codes
/// in an extension, so that a code is written as a string once.
public struct DiagnosticCode: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name as it stands in brackets behind the severity, and as its page is called.
  public let name: String

  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.name = name }
}
