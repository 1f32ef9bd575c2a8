import Derivation
import ExpressionLanguage
import TensorExpressions

/// Proves claims of a program with recurrences for all lengths.
package struct RecurrenceProver {
  private let expressions: [ClaimExpressions]
  private let prover: Prover
  private let claimFiles: [Bool]
  /// The sequences of the derived pass.
  private let derived: Set<TensorExpression>

  package init(program: Program, backward: BackwardPass?) {
    expressions = program.claimExpressions(backward?.cotangents ?? [:])
    derived = Set((backward?.lines ?? []).map(\.formula).filter { $0.asRecurrence != nil })
    claimFiles = program.claims.map { program.claimFile(of: $0) != nil }
    prover = Prover(
      facts: program.facts, aliases: backward?.originals ?? [:],
      forward: Set((backward?.forward ?? []) + program.formulaNames))
  }

  /// Which claims are proved.
  func proved() -> [Bool] {
    zip(expressions, claimFiles).map { side, isOfFile in
      guard let claimed = side.claimed, !isOfFile else { return false }
      return proves(side.exact, claimed)
    }
  }

  /// By normal forms, with the sequences of the derived pass that the claim does not mention read as their
  /// lines say, again and again: each line of a claimed pass is held against the true sequences at the steps
  /// that it reads, and a pass all of whose lines hold is the derived one, by induction over the steps.
  package func proves(_ exact: TensorExpression, _ claimed: TensorExpression) -> Bool {
    if prover.proves(Equation(exact, claimed)) { return true }
    let mentioned = Set(TensorExpression.postorder(of: [claimed]).filter { $0.asRecurrence != nil })
    var left = exact
    for round in 0..<Self.rounds {
      let unfolded = left.unfolding { sequence in
        round == 0 && sequence === exact.unnamed
          || derived.contains(sequence) && !mentioned.contains(sequence)
      }
      if unfolded === left { return false }
      left = unfolded
      if prover.proves(Equation(left, claimed)) { return true }
    }
    return false
  }

  /// How often helper sequences are read as their lines say.
  private static let rounds = 4
}

extension TensorExpression {
  /// The expression with some sequences as the lines that define them, in terms of the sequences.
  func unfolding(where isWanted: (TensorExpression) -> Bool) -> TensorExpression {
    var memo: [TensorExpression: TensorExpression] = [:]
    for node in TensorExpression.postorder(of: [self]) {
      if let (recurrence, line) = node.asRecurrence, isWanted(node) {
        memo[node] = recurrence.unfolded(line) ?? node
      } else {
        memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
      }
    }
    return memo[self] ?? self
  }
}
