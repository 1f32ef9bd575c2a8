import TensorExpressions

/// Joins a line of a backward pass with lines before it, where the joint line is the shorter one.
///
/// ```
/// dp = -t / (B * p)
/// ds = p * (dp - sum(dp * p))      joined: ds = (p * sum(t) - t) / B
/// ```
struct LineJoining {
  /// Lines longer than this are not joined: what is long does not become short.
  private static let limit = 200
  /// Nobody reads passes of more names, and joining takes as long as all the rest of the derivation.
  private static let nameLimit = 400

  private let facts: SizeFacts
  private let names: [TensorExpression]
  private let divisors: Set<TensorExpression>
  /// Multiplies out, which takes time; made when there is something to join.
  private lazy var simplifier: Simplifier = {
    let simplifier = Simplifier(facts: facts, multipliesOut: true, leavesAxesOut: false)
    simplifier.assumeNonzero(divisors)
    for name in names { simplifier.learn(name) }
    return simplifier
  }()
  private lazy var normalizer = Normalizer(facts: facts, workLimit: Self.workLimit)
  private var lengths = FormulaLength()
  /// The formulas of the lines so far, by their names.
  private var formulas: [TensorExpression: TensorExpression] = [:]

  /// What the proof that a line is zero may take, some milliseconds.
  private static let workLimit = 20_000

  /// - Parameters:
  ///   - names: the named values of the forward pass, each after what it is made from.
  ///   - divisors: values that the forward pass divides by.
  init(facts: SizeFacts, names: [TensorExpression], divisors: Set<TensorExpression>) {
    self.facts = facts
    self.names = names
    self.divisors = divisors
  }

  /// Takes note of a line, under its name. A sequence of a recurrence is a line of a block, and joins no other.
  mutating func add(_ line: TensorExpression) {
    if line.unnamed.asRecurrence == nil { formulas[line] = line.unnamed }
  }

  /// The formula with the names of earlier lines replaced where that makes it shorter.
  mutating func joined(_ formula: TensorExpression) -> TensorExpression {
    var best = formula
    var length = lengths.of(formula)
    guard length <= Self.limit, names.count <= Self.nameLimit else { return formula }
    let candidates = names(in: formula)
    if candidates.isEmpty { return formula }
    let alone = simplifier.simplified(formula)
    if lengths.of(alone) < length { (best, length) = (alone, lengths.of(alone)) }
    for name in candidates {
      guard let definition = formulas[name], lengths.of(definition) <= Self.limit else { continue }
      let joint = simplifier.simplified(best.replacing(name, by: definition))
      let own = lengths.of(joint)
      if own < length { (best, length) = (joint, own) }
    }
    return best
  }

  /// Whether the formula is proved to be zero, names expanded: a sum whose terms cancel.
  mutating func isZero(_ formula: TensorExpression) -> Bool {
    guard let c = formula.asContraction, !c.hasAllIndicesInOutput,
      lengths.of(formula) <= Self.limit
    else { return formula.isZero }
    return normalizer.provesEqual(formula, formula.zero)
  }

  /// The names of earlier lines that a formula holds, latest first.
  private func names(in formula: TensorExpression) -> [TensorExpression] {
    var seen: Set<TensorExpression> = []
    var stack = [formula]
    var found: [TensorExpression] = []
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      if formulas[node] != nil { found.append(node) }
      if node.name == nil { stack += node.operands }
    }
    return found.sorted { $0.id > $1.id }
  }
}

extension Contraction {
  /// Whether nothing is summed.
  fileprivate var hasAllIndicesInOutput: Bool {
    indices.indices.allSatisfy { index in output.contains { $0.mentions(index) } }
  }
}

extension TensorExpression {
  /// The expression with one named value replaced.
  fileprivate func replacing(
    _ name: TensorExpression, by value: TensorExpression
  ) -> TensorExpression {
    var memo: [TensorExpression: TensorExpression] = [name: value]
    var stack = [self]
    while let node = stack.last {
      if memo[node] != nil {
        stack.removeLast()
        continue
      }
      let missing = node.name == nil ? node.operands.filter { memo[$0] == nil } : []
      if missing.isEmpty {
        memo[node] =
          node.name == nil ? node.replacingOperands(node.operands.map { memo[$0] ?? $0 }) : node
      } else {
        stack += missing
      }
    }
    return memo[self] ?? self
  }
}
