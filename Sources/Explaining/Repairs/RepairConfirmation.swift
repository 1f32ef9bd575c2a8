import Derivation
import Diagnostics
import ExpressionLanguage
import Judging
import TensorExpressions

/// Judges a repair as a claim is judged, at other sizes and values than those at which it was found.
struct RepairConfirmation {
  /// How expressions are evaluated.
  let written: WrittenOut
  let options: CheckOptions
  let draws: [Draw]
  private let prover: RecurrenceProver
  /// Where a repair must hold as well: at sizes unlike the constants of formulas.
  private let further: [Draw]

  /// The same with one more step, which tells a length from a number.
  private let longer: (written: WrittenOut, draws: [Draw])?

  init(_ claims: JudgedClaims, options: CheckOptions) {
    written = claims.written
    self.options = options
    let plan = DrawPlan(program: written.program, options: options)
    draws = (try? plan.draws()) ?? []
    further = plan.explainingDraw.map { [$0, $0.sibling(1)] } ?? []
    longer = written.longer().map { longer in
      (longer, (try? DrawPlan(program: longer.program, options: options).draws()) ?? [])
    }
    prover = RecurrenceProver(program: claims.program, backward: claims.backward)
  }

  /// How a right side is judged: `proved`, `identical` or `enclosed`; nil where it is not right.
  func verdict(on claimed: TensorExpression, of side: ClaimExpressions) -> String? {
    if differs(side.exact, claimed, written, further) { return nil }
    let isProved = prover.proves(side.exact, claimed)
    if !isProved {
      // What holds at one length alone is undecided.
      guard written.isOwnLength else { return nil }
      if let longer, differs(side.exact, claimed, longer.written, Array(longer.draws.prefix(2))) {
        return nil
      }
    }
    let finding = NumericJudge(
      [Equation(written(side.exact), written(claimed))], draws: draws, options: options,
      forward: written.program.output?.whole.value
    ).judged(knowing: [isProved])[0]
    switch finding.equality {
    case .identical: return isProved ? "proved" : "identical"
    case .enclosed: return isProved ? "proved" : "enclosed"
    case .undecided: return isProved ? "proved" : nil
    case .different, .kink: return nil
    }
  }

  /// Whether a right side is seen to be another one at the draws that a claim is judged at.
  func refuses(_ claimed: TensorExpression, of side: ClaimExpressions) -> Bool {
    differs(side.exact, claimed, written, Array(draws.prefix(3)))
  }

  /// Whether two sides are seen to differ at one of some draws.
  private func differs(
    _ exact: TensorExpression, _ claimed: TensorExpression, _ written: WrittenOut, _ draws: [Draw]
  ) -> Bool {
    let (exact, claimed) = (written(exact), written(claimed))
    if FunctionProfile(of: [exact, claimed]).refusalsProveNothing { return false }
    return draws.contains { draw in
      let snapshot = FieldSnapshot.taken(
        of: [exact, claimed], and: [], at: draw, options: options
      ).first
      return snapshot.map { !$0.agree(exact, claimed) } ?? false
    }
  }
}

extension Cause.Repair.Edit {
  /// The edit without what stays as it is at its ends.
  func trimmed(in source: SourceText) -> Cause.Repair.Edit {
    let before = Array(source[range].utf8)
    let after = Array(text.utf8)
    func isWord(_ byte: UInt8) -> Bool {
      byte >= 0x80 || byte == UInt8(ascii: "_")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    var start = 0
    while start < min(before.count, after.count), before[start] == after[start] { start += 1 }
    while start > 0, isWord(before[start - 1]) { start -= 1 }
    var end = 0
    while end < min(before.count, after.count) - start,
      before[before.count - 1 - end] == after[after.count - 1 - end]
    {
      end += 1
    }
    while end > 0, isWord(before[before.count - end]) { end -= 1 }
    return Cause.Repair.Edit(
      range: SourceRange(start: range.start + start, end: range.end - end),
      text: String(decoding: after[start..<(after.count - end)], as: UTF8.self))
  }
}
