import Diagnostics
import Judging

/// A change of one line, and the slip that it undoes.
struct LineEdit {
  let line: ClaimLine
  let edits: [Cause.Repair.Edit]
  let kind: Cause.Kind
  let detail: () -> String
  let cost: Int
  /// Changes with the same signature are tried together.
  let signature: String?

  init(
    _ line: ClaimLine, _ edits: [Cause.Repair.Edit], _ kind: Cause.Kind, cost: Int,
    signature: String? = nil, _ detail: @escaping () -> String
  ) {
    self.line = line
    self.edits = edits
    self.kind = kind
    self.cost = cost
    self.signature = signature
    self.detail = detail
  }

  init(_ variant: Variant, of line: ClaimLine) {
    self.init(
      line, [variant.site.edit(variant.fragment)], variant.site.kind(variant.kind),
      cost: variant.cost,
      signature: variant.signature, variant.detail)
  }

  /// The same change, which counts as a larger one.
  func costing(_ more: Int) -> LineEdit {
    LineEdit(line, edits, kind, cost: cost + more, signature: signature, detail)
  }

  /// Whether nothing that this changes is changed by another edit as well.
  func isApart(from other: LineEdit) -> Bool {
    line.order != other.line.order
      || edits.allSatisfy { mine in
        other.edits.allSatisfy {
          mine.range.end <= $0.range.start || $0.range.end <= mine.range.start
        }
      }
  }
}

extension LineEdit {
  /// So many tokens are a small change of any line.
  private static let fewTokens = 4
  /// The tokens of a call with two arguments more.
  private static let callTokens = 6

  /// Whether the author's line stays: what takes out most of it, and puts something else there, is an answer.
  ///
  /// Something may be taken out or put in however long it is.
  func isSmall(in source: SourceText) -> Bool {
    var (removed, inserted) = (0, 0)
    for edit in edits {
      let before = Fragment.tokens(source[edit.range])
      let after = Fragment.tokens(edit.text)
      var counts: [String: Int] = [:]
      for token in before { counts[token, default: 0] += 1 }
      for token in after { counts[token, default: 0] -= 1 }
      for count in counts.values {
        if count > 0 { removed += count } else { inserted -= count }
      }
    }
    if removed == 0 || inserted == 0 { return true }
    let most = max(Self.fewTokens, Fragment.tokenCount(source[line.root.range]) / 2)
    // One name for another may bring arguments with it.
    return removed <= most && inserted <= max(most, removed == 1 ? Self.callTokens : 0)
  }
}
