import Diagnostics
import ExpressionLanguage
import Judging
import Testing

/// The verdicts on a file's claims by their names, the first of each; a file that is wrong is an issue.
func verdicts(_ text: String) throws -> [String: Verdict] {
  let source = SourceText(name: "judged.expr", text: text)
  var diagnostics = DiagnosticList(source: source)
  let file = SyntaxFile.parse(source, into: &diagnostics)
  let program = Elaborator.elaborate(file, loading: { _ in "" }, into: &diagnostics)
  #expect(!diagnostics.hasErrors, "\(diagnostics)")
  let report = try Checker().check(program)
  return Dictionary(report.claims.map { ($0.name, $0.verdict) }) { first, _ in first }
}

/// The verdict on `dx = claim` for `y = forward` of an input x with three entries, beside what is declared.
func verdict(
  on claim: String, for forward: String, declaring constants: String
) throws -> Verdict? {
  let text = """
    dims N=3
    const \(constants)
    input x: [N]
    y = \(forward)
    output y
    check dx = \(claim)

    """
  return try verdicts(text)["dx"]
}

func isWrong(_ verdict: Verdict?) -> Bool {
  if case .wrong? = verdict { true } else { false }
}

func isProved(_ verdict: Verdict?) -> Bool {
  if case .proved? = verdict { true } else { false }
}
