import Judging

/// What a rule of the findings is about, for programs that list rules.
struct RuleDescription {
  /// One sentence.
  let short: String
  /// Where to read on, or the page itself.
  let help: String
  /// The same in Markdown; nil where there is no page.
  let markdown: String?

  /// - Parameter rule: `wrong/flip`, `undecided`, `file/unknown-name`.
  init(of rule: String) {
    let page = HelpPage.named(rule)
    help = page?.readable() ?? "Documentation/Causes.md says how this is found."
    markdown = page?.text
    let parts = rule.split(separator: "/", maxSplits: 1).map(String.init)
    if parts.count == 2, parts[0] == "file" {
      short = "The file cannot be understood as it stands: \(parts[1])."
      return
    }
    if parts.count == 2, let kind = Cause.Kind.allCases.first(where: { $0.code == parts[1] }) {
      short = "The claimed gradient is wrong: \(kind.meaning)."
    } else if let meaning = Self.meanings[rule] {
      short = meaning
    } else {
      short = "The claim does not hold."
    }
  }

  private static let meanings = [
    "wrong/unexplained": "The claimed gradient is wrong, and no slip that is known explains it.",
    "inherited": "The claim is right by itself and uses a line that is wrong.",
    "kink": "The function has no derivative at the point.",
    "undecided": "The claim could not be decided.",
    FileReport.internalErrorRule: "The program was caught in an error of its own.",
  ]
}

extension FileReport {
  /// The rule under which an error of the program itself is told.
  package static let internalErrorRule = "internal-error"
}

extension Cause.Kind {
  /// The slip in a few words, after "the claimed gradient is wrong".
  var meaning: String {
    switch self {
    case .shape: "its right side does not fit together, or has another shape"
    case .transpose: "a matrix or two axes are transposed, or should be"
    case .flip: "a kernel is read forward that should be reversed, or the other way round"
    case .missingSum: "an axis is not summed over"
    case .meanForSum: "a mean stands for a sum"
    case .sumForMean: "a sum stands for a mean"
    case .factor: "a factor is missing, is too many, or is another one"
    case .sign: "a term, or every entry, has the opposite sign"
    case .strideAndDilation: "stride and dilation are exchanged"
    case .outputPadding: "entries that the stride leaves over are not accounted for"
    case .channel: "channels or groups are exchanged"
    case .missingTerm: "a term or a factor is left out"
    case .extraTerm: "a term is too many"
    case .mask: "a mask is missing, or is another one"
    case .activationInput: "a derivative is taken at another value, or by another one"
    case .eps: "a small constant stands in another place"
    case .edge: "only entries at an edge differ"
    case .entry: "only some entries differ"
    }
  }
}
