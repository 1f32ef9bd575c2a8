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
  /// What one evaluation may take, in products of residues: some milliseconds.
  private static let workLimit = 4_000_000

  /// Recurrences of more parts are not written out to be compared, some tenths of a second.
  private static let partLimit = 5_000

  package static func compare(
    _ a: TensorExpression, _ b: TensorExpression, sizes: [String: Int], seed: UInt64
  ) -> Answer {
    if let equations = equations(of: a, b), answer(equations, sizes, seed) == .equal {
      return .equal
    }
    let isLong = TensorExpression.postorder(of: [a, b]).contains { node in
      node.asRecurrence?.recurrence.writtenOut(at: sizes).map { $0.parts > partLimit } ?? false
    }
    if isLong { return .unknown }
    return answer([(a, b)], sizes, seed)
  }

  /// What two recurrences say of each of their sequences, the sequences as free tensors: where that is the same, so are
  /// the sequences, by induction over the steps. Nil where they do not walk alike, or have no form for all steps.
  private static func equations(
    of a: TensorExpression, _ b: TensorExpression
  ) -> [(TensorExpression, TensorExpression)]? {
    guard let (first, line) = a.unnamed.asRecurrence, let (second, other) = b.unnamed.asRecurrence,
      line == other, first.direction == second.direction, first.first == second.first,
      first.count == second.count, first.lines.map(\.shape) == second.lines.map(\.shape)
    else { return nil }
    let sequences = first.lines.enumerated().map { number, line in
      a.space.symbol(TensorSymbol("'#\(number)", role: .direction), shape: line.shape)
    }
    var result: [(TensorExpression, TensorExpression)] = []
    for number in sequences.indices {
      guard let left = first.unfolded(number, over: sequences),
        let right = second.unfolded(number, over: sequences)
      else { return nil }
      result.append((left, right))
    }
    return result
  }

  /// The answer for all of some pairs.
  private static func answer(
    _ pairs: [(TensorExpression, TensorExpression)], _ sizes: [String: Int], _ seed: UInt64
  ) -> Answer {
    var unrolling = Unrolling(steps: sizes)
    let roots = (pairs.map(\.0) + pairs.map(\.1)).map { unrolling($0.withFreeNames) }
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
        let isEqual = pairs.indices.allSatisfy {
          values[$0].elements == values[pairs.count + $0].elements
        }
        if isEqual { return .equal }
        // A formal mask is no mask of a real point, and a function without a law may agree elsewhere.
        return profile.hasMasks || profile.refusalsProveNothing ? .unknown : .different
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
