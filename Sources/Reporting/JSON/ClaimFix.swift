import Diagnostics
import ExpressionLanguage
import Judging

/// The repair of a wrong claim as edits of its file.
struct ClaimFix {
  struct Edit {
    let range: SourceRange
    let text: String
  }

  let edits: [Edit]
  /// How the repaired claim was judged.
  let verdict: String

  /// Nil where there is no repair, or none that can be made in the file.
  init?(_ claim: ClaimReport, in program: Program) {
    guard case .wrong(let refutation) = claim.verdict, let repair = refutation.repair,
      claim.range != claim.claimedRange
    else { return nil }
    let source = program.source
    if !repair.edits.isEmpty {
      verdict = repair.verdict
      edits = repair.edits.map { Edit(range: $0.range, text: $0.text) }
      return
    }
    let head = source[SourceRange(start: claim.range.start, end: claim.claimedRange.start)]
    verdict = repair.verdict
    guard head.contains("+=") else {
      edits = [Edit(range: claim.claimedRange, text: repair.text)]
      return
    }
    // A formula cannot stand on the right of an index statement. One that adds up over several statements is left.
    guard !source[claim.claimedRange].contains("+="), head.hasPrefix("check") else { return nil }
    edits = [Edit(range: claim.range, text: "check \(claim.name) = \(repair.text)")]
  }

  func json(in source: SourceText) -> JSONValue {
    .object([
      "edits": .array(
        edits.map { edit in
          guard case .object(var object) = source.json(edit.range) else { return .null }
          object["text"] = .string(edit.text)
          return .object(object)
        }),
      "verdict": .string(verdict),
    ])
  }
}
