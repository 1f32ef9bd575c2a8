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
    return zip(zip(reports, sides), witnesses).map { pair, witness in
      let (report, side) = pair
      let file = program.claimFile(of: side.claim)
      let own = file.flatMap {
        try? options.taking($0, for: side.claimed ?? side.exact, in: program)
      }
      let search = CauseSearch(program: program, cotangents: cotangents, options: own ?? options)
      switch report.verdict {
      case .wrong(let refutation):
        return report.with(
          .wrong(self.refutation(refutation, side, search, witness, isFormula: file == nil)))
      case .equalAtPoint, .exact:
        let unseen = own.flatMap {
          UnseenSlips(program: program, options: $0).sentence(of: side.exact)
        }
        return report.with(report.verdict, remarks: unseen.map { [$0] } ?? [])
      case .proved, .identical, .enclosed, .inherited, .kink, .undecided: return report
      }
    }
  }

  /// A refutation with its cause. Numbers are repaired by no formula.
  private func refutation(
    _ refutation: Refutation, _ side: ClaimExpressions, _ search: CauseSearch, _ witness: Draw?,
    isFormula: Bool
  ) -> Refutation {
    let truth = search.program.cotangentTruth(search.cotangents)
    guard
      var cause = refutation.cause ?? search.cause(of: side, truth: truth, witness: witness)
    else { return refutation }
    if !isFormula {
      cause = cause.repaired(by: nil)
    } else if cause.repair == nil {
      cause = cause.repaired(by: RepairJudge(search).derived(side.exact))
    }
    return Refutation(
      difference: refutation.difference, cause: cause, diagnostic: refutation.diagnostic)
  }
}

extension ClaimReport {
  /// The report with another verdict.
  fileprivate func with(_ verdict: Verdict, remarks: [String] = []) -> ClaimReport {
    ClaimReport(
      name: name, line: line, range: range, claimedRange: claimedRange, verdict: verdict,
      remarks: self.remarks + remarks)
  }
}

extension Checker {
  /// A checker that says why claims are wrong.
  public static func explaining(_ options: CheckOptions = CheckOptions()) -> Checker {
    Checker(options, explainer: CauseExplainer())
  }
}
