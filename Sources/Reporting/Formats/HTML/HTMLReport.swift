import Diagnostics
import Judging

/// Reports as one page that needs nothing else: no script, no file, no network.
///
/// The page has the forward graph coloured by verdict, both passes as formulas and as text that parses back, a card for
/// each claim with the repaired line and a map of the entries that differ, and pictures of windows.
package enum HTMLReport {
  package static func text(_ reports: [FileReport]) -> String {
    let claims = reports.flatMap { $0.check?.claims ?? [] }
    let title = reports.count == 1 ? reports.first?.source.name ?? "" : "\(reports.count) files"
    let counts = TextReport.counts(claims)
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      <link rel="icon" href="data:,">
      <title>\(title) · gradcheck</title>
      <style>
      \(Markup(verbatim: styleSheet))</style>
      </head>
      <body>
      <header>
      <h1>gradcheck</h1>
      <p>\(counts.isEmpty ? "no claims" : counts)</p>
      </header>
      \(reports.count > 1 ? contents(reports) : "")<main>
      \(reports.enumerated().map { HTMLFile(report: $1, number: $0).markup }.concatenated())</main>
      <footer>gradcheck \(ProgramVersion.text)</footer>
      </body>
      </html>

      """
    return page.source
  }

  /// Where each file begins, and how it ended.
  private static func contents(_ reports: [FileReport]) -> Markup {
    let rows = reports.enumerated().map { number, report -> Markup in
      let counts = TextReport.counts(report.check?.claims ?? [])
      let words = report.check == nil ? "not understood" : counts.isEmpty ? "no claims" : counts
      return """
        <li class="\(report.outcome.styleName)"><a href="#file-\(number)">\(report.source.name)</a> \(words)</li>

        """
    }
    return "<nav><ul>\n\(rows.concatenated())</ul></nav>\n"
  }
}

/// One file's part of the page.
struct HTMLFile {
  let report: FileReport
  /// Its place among the files of the page.
  let number: Int

  var markup: Markup {
    """
    <section class="file" id="file-\(number)">
    <h2>\(report.source.name)</h2>
    \(diagnostics)\(report.check.map(parts) ?? "")\(internalError)</section>

    """
  }

  private func parts(_ check: CheckReport) -> Markup {
    let sizes = check.orderedSizes.map { "\($0.name)=\($0.extent)" }.joined(separator: " ")
    let size: Markup = sizes.isEmpty ? "" : "<p class=\"sizes\">\(sizes)</p>\n"
    return [
      size, HTMLClaims(report: check).markup, HTMLGraph(report: check).markup,
      HTMLPasses(report: check, passes: report.passes).markup, HTMLWindows(report: check).markup,
      closing(check),
    ].concatenated()
  }

  /// What is wrong with the text, as a terminal shows it.
  private var diagnostics: Markup {
    if report.diagnostics.isEmpty { return "" }
    var list = DiagnosticList(source: report.source)
    list.append(contentsOf: report.diagnostics)
    return "<pre class=\"diagnostics\">\(list.rendered())</pre>\n"
  }

  private var internalError: Markup {
    guard let error = report.internalError else { return "" }
    return "<p class=\"wrong\">internal error: \(error)</p>\n"
  }

  /// Assumptions, remarks and what the derived gradients were compared with.
  private func closing(_ check: CheckReport) -> Markup {
    var lines: [String] = []
    let assumed = check.assumptions
    if !assumed.isEmpty { lines.append("assumes: " + assumed.joined(separator: "; ")) }
    if report.isStrict, !assumed.isEmpty {
      lines.append("strict: what is assumed counts as not holding")
    }
    lines += check.remarks
    if let selfCheck = check.selfCheck { lines.append(selfCheck.sentence(seed: check.seed)) }
    if lines.isEmpty { return "" }
    return "<ul class=\"closing\">\n\(Markup.list(lines, in: "li"))</ul>\n"
  }
}

extension Outcome {
  /// The class of what came to this end, as the style sheet knows it.
  var styleName: String {
    switch self {
    case .holds: "holds"
    case .claimIsWrong, .fileIsWrong, .internalError: "wrong"
    case .undecided: "open"
    }
  }
}

extension Verdict {
  /// The class of a claim, as the style sheet knows it.
  var styleName: String {
    holds ? "holds" : outcome == .claimIsWrong && word == "wrong" ? "wrong" : "open"
  }
}
