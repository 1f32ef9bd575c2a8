import Diagnostics
import Explaining
import Judging

/// A check's report as people read it: the two passes side by side, a line for each claim with what is
/// wrong under it, and what the derived gradients were compared with.
///
/// The words are the same with and without colour. No line is wider than ``width`` unless a single
/// word of it is, or the line of the file that is shown below a wrong claim.
public struct TextReport: Sendable {
  /// Whether the text carries a terminal's colours.
  public let style: Style
  /// The columns that there are.
  public let width: Int
  /// Whether only what does not hold is shown: no passes, and no claims that are right.
  public var isQuiet = false
  /// Whether every derived line is explained below the report.
  public var explains = false

  /// The columns that a report takes.
  public static let defaultWidth = 100

  public init(style: Style = .plain, width: Int = defaultWidth) {
    self.style = style
    self.width = width
  }

  /// The whole report of a file; every line ends with a line feed. Nothing of a file that holds, where that is
  /// asked for.
  public func render(_ report: FileReport) -> String {
    if isQuiet, report.outcome == .holds { return "" }
    var parts: [String] = []
    var diagnostics = DiagnosticList(source: report.source)
    diagnostics.append(contentsOf: report.diagnostics)
    if !diagnostics.isEmpty { parts.append(diagnostics.rendered(style: style, width: width)) }
    if let check = report.check { parts.append(render(check, report.passes)) }
    if report.isStrict, let check = report.check, !check.assumptions.isEmpty {
      parts.append("  strict: what is assumed counts as not holding\n")
    }
    if let internalError = report.internalError {
      let words = "internal error: \(internalError)"
      parts.append("\(style.apply(.error, to: words)) (\(report.source.name))\n")
    }
    if explains, !isQuiet, let check = report.check, let backward = check.backward {
      parts.append(Explanation(check.program, backward).text(style: style, width: width))
    }
    return parts.joined(separator: "\n")
  }

  /// What was found of a file that was understood.
  public func render(_ report: CheckReport) -> String { render(report, nil) }

  private func render(_ report: CheckReport, _ passes: PrintedPasses?) -> String {
    var blocks = [headline(report)]
    let passes =
      isQuiet ? [] : PassTable(report: report, passes: passes).lines(width: width, style: style)
    if !passes.isEmpty { blocks.append(passes.joined(separator: "\n") + "\n") }
    if !report.claims.isEmpty {
      var claims = ClaimLines(report: report, style: style, width: width)
      claims.isQuiet = isQuiet
      blocks[blocks.count - 1] += claims.rendered()
    }
    blocks.append(closing(report))
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// The file's name and the sizes at which numbers were drawn.
  private func headline(_ report: CheckReport) -> String {
    let name = style.apply(.headline, to: report.program.source.name)
    let sizes = report.orderedSizes.map { "\($0.name)=\($0.extent)" }
    guard !sizes.isEmpty else { return name + "\n" }
    return name + "   " + sizes.joined(separator: " ") + "\n"
  }

  /// Assumptions, remarks, the self-check and the counts.
  private func closing(_ report: CheckReport) -> String {
    var lines: [String] = []
    let assumed = report.assumptions
    if !assumed.isEmpty { lines += wrapped("assumes: " + assumed.joined(separator: "; ")) }
    for remark in report.remarks { lines += wrapped(remark) }
    if let check = report.selfCheck {
      let role: TextRole = check.isDisagreement ? .error : .text
      lines += wrapped(check.sentence(seed: report.seed)).map { style.apply(role, to: $0) }
    }
    if !report.claims.isEmpty { lines.append("  " + Self.counts(report.claims)) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func wrapped(_ text: String) -> [String] {
    TextWrapping.lines(of: text, width: width - 2, hanging: 2).map { "  " + $0 }
  }

  /// `2 proved, 1 wrong, 2 inherited`
  static func counts(_ claims: [ClaimReport]) -> String {
    let words = claims.map(\.verdict.word)
    return Verdict.words.compactMap { word in
      let count = words.count { $0 == word }
      return count == 0 ? nil : "\(count) \(word)"
    }.joined(separator: ", ")
  }
}

extension CheckReport {
  /// The sizes in the order of their declarations.
  var orderedSizes: [(name: String, extent: Int)] {
    program.sizes.compactMap { size in sizes[size.name].map { (size.name, $0) } }
  }
}

extension Verdict {
  /// The words of all verdicts, the best first.
  static let words = [
    "proved", "identical", "enclosed", "equal at this point", "exact", "rounded", "wrong",
    "inherited", "kink",
    "undecided",
  ]
}

extension SelfCheck {
  var isDisagreement: Bool {
    if case .disagreement = duals { true } else { false }
  }

  /// A difference above which nobody would call it agreement.
  private static let poorAgreement = 1e-3

  /// What the derived gradients were compared with, as the last line but one of a report.
  func sentence(seed: UInt64) -> String {
    let place = sizes.map { " at " + $0.sizeText() } ?? ""
    let draw = "\(draws) \(draws == 1 ? "draw" : "draws")\(place) (seed \(seed))"
    var text: String
    switch duals {
    case .exact: text = "derived gradients = dual numbers, exactly, \(draw)"
    case .enclosed(let bits):
      text = "derived gradients = dual numbers, within 2\(superscript(-bits)), \(draw)"
    case .unknown(let reason):
      text = "derived gradients were not compared with dual numbers: \(reason)"
    case .disagreement(let detail):
      text =
        "internal error: derived gradients differ from dual numbers: \(detail) (seed \(seed))"
    }
    guard let error = finiteDifferenceError, error.isFinite else { return text }
    let distance = shortScientific(error)
    return text
      + (error < Self.poorAgreement
        ? "; finite differences agree to \(distance)"
        : "; finite differences are off by \(distance), which decides nothing")
  }
}
