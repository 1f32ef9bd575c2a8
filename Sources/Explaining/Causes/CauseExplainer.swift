import Derivation
import ExpressionLanguage
import Judging
import TensorExpressions

/// Gives wrong claims the slips that explain them, with what repairs them.
struct CauseExplainer: ClaimExplainer {
  func explained(
    _ reports: [ClaimReport], _ sides: [ClaimExpressions], witnesses: [Draw?], program: Program,
    backward: BackwardPass?, options: CheckOptions
  ) -> [ClaimReport] {
    let cotangents = backward?.cotangents ?? [:]
    let search = CauseSearch(program: program, cotangents: cotangents, options: options)
    let truth = program.cotangentTruth(cotangents)
    return zip(zip(reports, sides), witnesses).map { pair, witness in
      let (report, side) = pair
      guard case .wrong(let refutation) = report.verdict,
        var cause = refutation.cause ?? search.cause(of: side, truth: truth, witness: witness)
      else { return report }
      if cause.repair == nil { cause = cause.repaired(by: RepairJudge(search).derived(side.exact)) }
      return ClaimReport(
        name: report.name, line: report.line, range: report.range,
        claimedRange: report.claimedRange,
        verdict: .wrong(
          Refutation(
            difference: refutation.difference, cause: cause, diagnostic: refutation.diagnostic)))
    }
  }
}

extension Checker {
  /// A checker that says why claims are wrong.
  public static func explaining(_ options: CheckOptions = CheckOptions()) -> Checker {
    Checker(options, explainer: CauseExplainer())
  }
}
