import Derivation
import Diagnostics
import ExpressionLanguage
import Judging
import TensorExpressions

/// Judges a repair as a claim is judged, at other sizes and values than those at which it was found.
struct RepairConfirmation {
  let program: Program
  let options: CheckOptions
  let draws: [Draw]
  private let prover: Prover
  /// Where a repair must hold as well: at sizes unlike the constants of formulas.
  private let further: [Draw]

  init(program: Program, backward: BackwardPass?, options: CheckOptions) {
    self.program = program
    self.options = options
    let plan = DrawPlan(program: program, options: options)
    draws = (try? plan.draws()) ?? []
    further = plan.explainingDraw.map { [$0, $0.sibling(1)] } ?? []
    prover = Prover(
      facts: program.facts, aliases: backward?.originals ?? [:],
      forward: Set((backward?.forward ?? []) + program.formulaNames))
  }

  /// How a right side is judged: `proved`, `identical` or `enclosed`; nil where it is not right.
  func verdict(on claimed: TensorExpression, of side: ClaimExpressions) -> String? {
    let equation = Equation(side.exact, claimed)
    for draw in further {
      let snapshot = FieldSnapshot.taken(
        of: [side.exact, claimed], and: [], at: draw, options: options
      ).first
      let refusesFairly = !FunctionProfile(of: [side.exact, claimed]).refusalsProveNothing
      if let snapshot, refusesFairly, !snapshot.agree(side.exact, claimed) { return nil }
    }
    let isProved = prover.proves(equation)
    let finding = NumericJudge(
      [equation], draws: draws, options: options, forward: program.output?.whole.value
    ).judged(knowing: [isProved])[0]
    switch finding.equality {
    case .identical: return isProved ? "proved" : "identical"
    case .enclosed: return isProved ? "proved" : "enclosed"
    case .undecided: return isProved ? "proved" : nil
    case .different, .kink: return nil
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
