import Diagnostics
import ExpressionLanguage
import Judging

/// The claims of a report: a line for each, and below a wrong one where and how it is wrong.
struct ClaimLines {
  let report: CheckReport
  let style: Style
  let width: Int
  /// Whether claims that hold are left out.
  var isQuiet = false

  private static let excerptIndent = 5

  func rendered() -> String {
    let nameWidth = report.claims.map { terminalWidth(of: $0.name) }.max() ?? 0
    let verdictWidth = report.claims.map { $0.verdict.word.count }.max() ?? 0
    var text = "  " + style.apply(.headline, to: "claims") + "\n"
    for claim in report.claims where !(isQuiet && claim.verdict.holds) {
      text += line(of: claim, nameWidth: nameWidth, verdictWidth: max(verdictWidth, 10))
      text += details(of: claim)
    }
    return text
  }

  private func line(of claim: ClaimReport, nameWidth: Int, verdictWidth: Int) -> String {
    let verdict = claim.verdict
    let role = verdict.role
    let start = 2 + 2 + nameWidth + 3 + verdictWidth + 3
    let reasons = TextWrapping.lines(
      of: claim.verdict.reason(in: report.program), width: max(width - start, 30), hanging: 0)
    var text = "  " + style.apply(role, to: verdict.mark) + " "
    text += claim.name.padded(to: nameWidth + 3)
    text += style.apply(role, to: verdict.word)
    if reasons != [""] {
      text += String(repeating: " ", count: verdictWidth + 3 - verdict.word.count)
      text += reasons.joined(separator: "\n" + String(repeating: " ", count: start))
    }
    return text + "\n"
  }

  /// Below a wrong claim: its line with what is wrong marked, the two values, and the repair.
  private func details(of claim: ClaimReport) -> String {
    guard case .wrong(let refutation) = claim.verdict else { return remarks(on: claim) }
    let renderer = DiagnosticRenderer(
      source: report.program.source, style: style, width: width - Self.excerptIndent)
    let labels = labels(of: refutation, claim: claim)
    var text = renderer.excerpt(
      primary: labels.primary, secondary: labels.secondary, indent: Self.excerptIndent)
    let gutter = Self.excerptIndent + String(claim.line).count + 1
    func add(_ word: String, _ role: TextRole, _ sentence: String) {
      let lines = TextWrapping.lines(
        of: sentence, width: max(width - gutter - 4 - word.count, 30), hanging: 0)
      let margin = String(repeating: " ", count: gutter)
      text += margin + style.apply(.gutter, to: "= ") + style.apply(role, to: word) + ": "
      text += lines.joined(
        separator: "\n" + String(repeating: " ", count: gutter + 4 + word.count))
      text += "\n"
    }
    for note in claim.remarks + (refutation.diagnostic?.notes ?? []) { add("note", .note, note) }
    if refutation.cause != nil, let difference = refutation.difference {
      add("note", .note, difference.sentence)
    }
    if let help = refutation.help {
      add("help", .help, help)
    } else if let help = refutation.diagnostic?.help {
      add("help", .help, help)
    }
    return text
  }

  /// Below a claim that holds: what the check of it could not see.
  private func remarks(on claim: ClaimReport) -> String {
    claim.remarks.flatMap {
      TextWrapping.lines(of: $0, width: max(width - Self.excerptIndent, 30), hanging: 2)
    }.map { String(repeating: " ", count: Self.excerptIndent) + $0 + "\n" }.joined()
  }

  private func labels(
    of refutation: Refutation, claim: ClaimReport
  ) -> (primary: Diagnostic.Label, secondary: [Diagnostic.Label]) {
    if let diagnostic = refutation.diagnostic, let primary = diagnostic.primary {
      return (primary, diagnostic.secondary)
    }
    // What is to be changed, where that is a part of the line.
    let edits = refutation.cause?.repair?.edits ?? []
    guard let first = edits.first else { return (Diagnostic.Label(claim.claimedRange), []) }
    return (
      Diagnostic.Label(first.range), edits.dropFirst().map { Diagnostic.Label($0.range) }
    )
  }
}

extension Refutation {
  /// What to write instead.
  var help: String? {
    if let repair = cause?.repair { return "`\(repair.text)` is \(repair.verdict)" }
    return derived.map { "no small change was found; derived: `\($0.text)`" }
  }
}

extension Verdict {
  /// Why the verdict is what it is, in one sentence.
  func reason(in program: Program) -> String {
    switch self {
    case .proved: return program.sizes.isEmpty ? "for all values" : "for all sizes"
    case .identical(let evidence): return evidence.sentence
    case .enclosed(let evidence): return evidence.sentence
    case .equalAtPoint(let evidence), .exact(let evidence): return evidence.sentence
    case .rounded(let evidence): return evidence.sentence
    case .wrong(let refutation): return refutation.sentence
    case .inherited(let name, let line): return "from \(name) (line \(line))"
    case .kink(let finding): return finding.sentence
    case .undecided(let reason): return reason
    }
  }

  /// The sign before a claim's name.
  var mark: String {
    switch self {
    case .proved, .identical, .enclosed, .equalAtPoint, .exact: "✓"
    case .rounded(let evidence): evidence.isAccepted ? "✓" : "≈"
    case .wrong: "✗"
    case .inherited: "~"
    case .kink, .undecided: "?"
    }
  }

  var role: TextRole {
    switch self {
    case .proved, .identical, .enclosed, .equalAtPoint, .exact: .success
    case .rounded(let evidence): evidence.isAccepted ? .success : .warning
    case .wrong: .error
    case .inherited, .kink, .undecided: .warning
    }
  }
}

extension FieldEvidence {
  /// The bound on a false accept, 2 to this power, as a whole number that does not claim too much.
  var wholeBits: Int { Int(max(-100_000, min(100_000, falseAcceptBits)).rounded(.up)) }

  var sentence: String {
    let shown = sizes.map { $0.sizeText() }.filter { !$0.isEmpty }.removingRepetitions()
    let place =
      (masks.map { $0.sentence + "; " } ?? "")
      + (shown.isEmpty ? "" : "at " + shown.joined(separator: ", ") + "; ")
    let draws = "\(trials) \(trials == 1 ? "draw" : "draws") in a prime field"
    return place + draws + ", false accept below 2" + superscript(wholeBits)
      + (unseenBorders.map { "; not where inputs lie on borders of masks: \($0)" } ?? "")
  }
}

extension IntervalEvidence {
  var sentence: String {
    let places = "\(points) \(points == 1 ? "point" : "points")"
    return (masks.map { $0.sentence + "; " } ?? "")
      + "at \(places), within 2\(superscript(-abs(widthBits))) of the value (\(precision) bits)"
      + (unseenBorders.map { "; not where inputs lie on borders of masks: \($0)" } ?? "")
  }
}

extension PointEvidence {
  var sentence: String { entries == 1 ? "one number" : "\(entries) numbers" }
}

extension Refutation {
  /// The cause; without one, how the claim differs.
  var sentence: String {
    if let cause { return cause.sentence }
    if let difference { return difference.sentence }
    return diagnostic.map { "shape: " + $0.message } ?? "not equal"
  }
}

extension Difference {
  var sentence: String {
    let place =
      entry.isEmpty ? "the value" : "entry [\(entry.map(String.init).joined(separator: ", "))]"
    var text = "\(place) is \(exact), claimed \(claimed)"
    if total > 1 { text += "; \(count) of \(total) entries differ" }
    return text
  }
}

extension KinkFinding {
  var sentence: String {
    let place = entry.isEmpty ? "" : "[\(entry.map(String.init).joined(separator: ", "))]"
    var parts = [
      isTie
        ? "the entries of \(argument) under `\(function)`\(place) are tied"
        : "`\(function)` has no derivative where \(argument)\(place) is 0"
    ]
    if subgradients.hasPrefix("[") { parts[0] += ": any of \(subgradients) is a subgradient" }
    if let convention { parts.append(convention) }
    return parts.joined(separator: "; ")
  }
}
