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
