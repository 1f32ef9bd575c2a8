import Diagnostics
import Judging

/// A claim that does not hold, for editors.
package struct ClaimFinding: Sendable {
  package let name: String
  /// The verdict's word.
  package let word: String
  /// `wrong/flip`, `undecided`.
  package let rule: String
  package let reason: String
  /// Whether it is known not to hold, and not only undecided.
  package let isWrong: Bool
  /// The claim's right side.
  package let range: SourceRange
  package let fix: Fix?

  /// What repairs it, and how the repaired claim was judged.
  package struct Fix: Sendable {
    /// What the claim becomes, or the part of it that changes.
    package let text: String
    package let verdict: String
    package let edits: [(range: SourceRange, text: String)]
  }
}

extension FileReport {
  /// The claims that do not hold, in order.
  package var claimFindings: [ClaimFinding] {
    guard let check else { return [] }
    return check.claims.filter { !$0.verdict.holds }.map { claim in
      let finding = Finding(claim, in: check.program)
      let fix = ClaimFix(claim, in: check.program).map { fix in
        ClaimFinding.Fix(
          text: fix.edits.map(\.text).joined(separator: ", "), verdict: fix.verdict,
          edits: fix.edits.map { ($0.range, $0.text) })
      }
      return ClaimFinding(
        name: claim.name, word: claim.verdict.word, rule: finding.rule, reason: finding.message,
        isWrong: finding.level == .error, range: claim.claimedRange, fix: fix)
    }
  }
}
