import Evaluation
import Scalars
import TensorExpressions

/// Two formulas at one random point of prime fields, masks taken as unknowns.
///
/// It asks whether two ways to write a value say the same, whatever their parts are: values under a name are free.
package enum FormulaComparison {
  package enum Answer: Hashable, Sendable {
    case equal
    case different
    /// Some function has no law in a field, or the point was one where a value is not defined.
    case unknown
  }

  /// How many points are tried for one at which both have values.
  private static let attempts = 4
  /// Of a recurrence whose length is a number the first steps are compared: what stands at them depends on no later
  /// one.
  private static let longestWalk = 6
  /// What one evaluation may take, in products of residues: some milliseconds.
  private static let workLimit = 4_000_000

  package static func compare(
    _ a: TensorExpression, _ b: TensorExpression, sizes: [String: Int], seed: UInt64
  ) -> Answer {
    var unrolling = Unrolling(steps: sizes, longest: longestWalk)
    let roots = [a, b].map { unrolling($0.withFreeNames) }
    let profile = FunctionProfile(of: roots)
    let symbols = TensorExpression.symbols(of: roots)
    let draw = Draw(sizes: sizes, seed: seed, given: [:])
    guard draw.work(of: roots) <= workLimit else { return .unknown }
    for attempt in 0..<attempts {
      let seed = seed &+ UInt64(attempt)
      let levels = draw.levels(for: profile, attempt: attempt, roots: .formal)
      do {
        let point = try draw.levelledPoint(for: symbols, in: levels, like: nil, attempt: attempt)
        let values = try LevelledEvaluator(
          levels, at: point, masks: MaskRecord(), formalMaskSeed: seed
        ).evaluate(roots)
        if values[0].elements == values[1].elements { return .equal }
        // A formal mask is no mask of a real point, and a function without a law may agree elsewhere.
        // So may recurrences that count their steps in another way, of which the first alone were compared.
        return unrolling.hasLeftOutSteps || profile.hasMasks || profile.refusalsProveNothing
          ? .unknown : .different
      } catch {
        if !error.mayVanishElsewhere { return .unknown }
      }
    }
    return .unknown
  }
}

extension TensorExpression {
  /// The expression with every value under a name, the whole not among them, as a free tensor.
  fileprivate var withFreeNames: TensorExpression {
    var memo: [TensorExpression: TensorExpression] = [:]
    var stack = [self]
    while let node = stack.last {
      if memo[node] != nil {
        stack.removeLast()
        continue
      }
      if case .named(let name, _) = node.kind, node !== self {
        memo[node] = space.symbol(TensorSymbol("'" + name, role: .direction), shape: node.shape)
        continue
      }
      let missing = node.operands.filter { memo[$0] == nil }
      if missing.isEmpty {
        memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
      } else {
        stack += missing
      }
    }
    return memo[self] ?? self
  }
}
