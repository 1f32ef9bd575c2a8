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
  private let plan: DrawPlan
  /// Where a repair must hold as well: at sizes unlike the constants of formulas, and the file's own.
  private let further: [Draw]

  /// The same with one more step, which tells a length from a number.
  private let longer: (written: WrittenOut, draws: [Draw])?

  init(_ claims: JudgedClaims, options: CheckOptions) {
    written = claims.written
    // What repairs a claim at one point alone is no repair.
    var options = options
    options.givenValues = [:]
    self.options = options
    plan = DrawPlan(program: written.program, options: options)
    draws = (try? plan.draws()) ?? []
    further = plan.explainingDraws
    longer = written.longer().map { longer in
      (longer, (try? DrawPlan(program: longer.program, options: options).draws()) ?? [])
    }
    prover = RecurrenceProver(program: claims.program, backward: claims.backward)
  }

  /// How a right side is judged: `proved`, `identical` or `enclosed`; nil where it is not right.
  ///
  /// - Parameter isHeld: whether ``refuses(_:of:)`` is known to be false.
  func verdict(
    on claimed: TensorExpression, of side: ClaimExpressions, isHeld: Bool = false
  ) -> String? {
    if !isHeld, refuses(claimed, of: side) { return nil }
    // A proof is of all sizes: it needs no points but those that were looked at, no real values, and no cells of masks.
    if prover.proves(side.exact, claimed) { return "proved" }
    if differs(side.exact, claimed, written, further) { return nil }
    if differs(side.exact, claimed, written, further, inValues: true) { return nil }
    // What holds at one length alone is undecided.
    guard written.isOwnLength else { return nil }
    if let longer, differs(side.exact, claimed, longer.written, Array(longer.draws.prefix(2))) {
      return nil
    }
    let equation = Equation(
      written(side.exact), written(claimed), isIdentity: side.isAssertion,
      by: side.claim.primal.map { written($0) })
    let finding = NumericJudge(
      [equation], draws: draws + plan.rangeDraws(beyond: draws, for: equation), options: options,
      forward: written.program.output?.whole.value
    ).judged(knowing: [false])[0]
    switch finding.equality {
    case .identical: return "identical"
    case .enclosed: return "enclosed"
    case .undecided, .different, .kink: return nil
    }
  }

  /// Whether a right side is seen to be another one at the draws that a claim is judged at.
  func refuses(_ claimed: TensorExpression, of side: ClaimExpressions) -> Bool {
    differs(side.exact, claimed, written, Array(draws.prefix(3)))
  }

  /// Whether two sides are seen to differ at one of some draws.
  ///
  /// - Parameter inValues: whether real values are looked at where a field proves nothing.
  private func differs(
    _ exact: TensorExpression, _ claimed: TensorExpression, _ written: WrittenOut, _ draws: [Draw],
    inValues: Bool = false
  ) -> Bool {
    let equation = Equation(written(exact), written(claimed))
    let provesNothing = FunctionProfile(of: [equation.left, equation.right]).refusalsProveNothing
    if provesNothing, !inValues { return false }
    return draws.contains { draw in
      provesNothing
        ? equation.isRefuted(at: draw, options: options)
        : equation.differsInField(at: draw, options: options)
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
