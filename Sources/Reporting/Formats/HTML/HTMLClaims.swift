import Diagnostics
import ExpressionLanguage
import Judging

/// A card for each claim: what was found, where it differs, and the line as it would be right.
struct HTMLClaims {
  let report: CheckReport

  private var program: Program { report.program }

  var markup: Markup {
    if report.claims.isEmpty { return "" }
    return """
      <h3>claims</h3>
      <div class="claims">
      \(report.claims.map(card).concatenated())</div>

      """
  }

  private func card(_ claim: ClaimReport) -> Markup {
    """
    <article class="claim \(claim.verdict.styleName)">
    <header><h3 class="name">\(claim.name)</h3> \
    <strong class="verdict">\(claim.verdict.mark) \(claim.verdict.word)</strong> \
    <span class="note">line \(claim.line)</span></header>
    <p>\(Markup(prose: claim.verdict.reason(in: program)))</p>
    \(details(of: claim))\(Markup.list(claim.remarks, in: "p", style: "note"))</article>

    """
  }

  private func details(of claim: ClaimReport) -> Markup {
    guard case .wrong(let refutation) = claim.verdict else { return "" }
    var parts: [Markup] = []
    if let repaired = RepairedLines(claim, in: program) {
      parts.append(
        """
        <pre><del>\(repaired.before)</del><ins>\(repaired.after)</ins></pre>
        <p class="note">the second line is \(repaired.verdict)</p>

        """)
    } else {
      parts.append("<pre>\(marked(claim))</pre>\n")
      if let help = refutation.diagnostic?.help {
        parts.append("<p class=\"note\">\(Markup(prose: help))</p>\n")
      }
    }
    if let difference = refutation.difference {
      if refutation.cause != nil { parts.append("<p class=\"note\">\(difference.sentence)</p>\n") }
      parts.append(HTMLHeatMap(difference, of: claim, in: program).markup)
    }
    return parts.concatenated()
  }

  /// The author's statement with its right side marked.
  private func marked(_ claim: ClaimReport) -> Markup {
    let source = program.source
    let (whole, part) = (claim.range, claim.claimedRange)
    let before = source[SourceRange(start: whole.start, end: part.start)]
    let after = source[SourceRange(start: part.end, end: max(whole.end, part.end))]
    return "\(before)<mark>\(source[part])</mark>\(after)"
  }
}

/// The lines that a repair changes, before and after.
struct RepairedLines {
  let before: String
  let after: String
  /// How the repaired claim was judged.
  let verdict: String

  init?(_ claim: ClaimReport, in program: Program) {
    guard let fix = ClaimFix(claim, in: program), !fix.edits.isEmpty else { return nil }
    let source = program.source
    let edits = fix.edits.sorted { $0.range.start < $1.range.start }
    let first = source.line(at: edits.map(\.range.start).min() ?? 0)
    let last = source.line(at: edits.map(\.range.end).max() ?? 0)
    let start = source.range(ofLine: first).start
    let end = source.range(ofLine: last).end
    var text = ""
    var place = start
    for edit in edits {
      guard edit.range.start >= place else { return nil }
      text += source[SourceRange(start: place, end: edit.range.start)] + edit.text
      place = edit.range.end
    }
    before = source[SourceRange(start: start, end: end)]
    after = text + source[SourceRange(start: place, end: max(end, place))]
    verdict = fix.verdict
  }
}
