import TensorExpressions

/// The gradients of a backward pass as closed formulas: the names of other gradients replaced by their formulas, the
/// names of the forward pass kept.
public struct ClosedFormulas {
  /// One gradient.
  public struct Gradient: Sendable {
    /// The name of the gradient.
    public let name: String
    /// The formula; nil where it would be too long.
    public let formula: TensorExpression?
    /// About how many characters it takes written out.
    public let length: Int
  }

  private let backward: BackwardPass
  private let simplifier: Simplifier
  private let replaced: Set<TensorExpression>
  private var memo: [TensorExpression: TensorExpression] = [:]
  private var lengths = FormulaLength()
  /// Formulas that are estimated above so many characters are not made.
  private let limit: Int

  /// The closed formulas of a backward pass, made when they are asked for.
  ///
  /// - Parameters:
  ///   - facts: what is known of the sizes.
  ///   - limit: about how many characters a formula may have.
  public init(_ backward: BackwardPass, facts: SizeFacts, limit: Int = 2_000) {
    self.backward = backward
    self.limit = limit
    simplifier = Simplifier(facts: facts)
    for value in backward.forward { simplifier.learn(value) }
    replaced = Set(backward.lines.map(\.cotangent))
  }

  /// The closed formulas of the lines whose values `isWanted`, in their order.
  public mutating func gradients(where isWanted: (TensorExpression) -> Bool) -> [Gradient] {
    var result: [Gradient] = []
    for line in backward.lines {
      guard let primal = line.primal, isWanted(primal) else { continue }
      result.append(gradient(of: line))
    }
    return result
  }

  private mutating func gradient(of line: BackwardPass.Line) -> Gradient {
    let closed = expanded(line.cotangent)
    let estimate = lengths.of(closed)
    // Terms may cancel; what is far too long is not worth the work.
    guard estimate <= 2 * limit else {
      return Gradient(name: line.name, formula: nil, length: estimate)
    }
    let simple = simplifier.simplified(closed)
    let length = lengths.of(simple)
    return Gradient(name: line.name, formula: length <= limit ? simple : nil, length: length)
  }

  /// The expression without the names of gradients.
  private mutating func expanded(_ root: TensorExpression) -> TensorExpression {
    var pending = [root]
    while let node = pending.last {
      if memo[node] != nil {
        pending.removeLast()
        continue
      }
      let isGradient = replaced.contains(node)
      if node.name != nil, !isGradient {
        memo[node] = node
        continue
      }
      let missing = node.operands.filter { memo[$0] == nil }
      if missing.isEmpty {
        let operands = node.operands.map { memo[$0] ?? $0 }
        memo[node] = isGradient ? operands[0] : node.replacingOperands(operands)
      } else {
        pending += missing
      }
    }
    return memo[root] ?? root
  }
}
