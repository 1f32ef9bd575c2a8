import TensorExpressions

/// Names for parts of a forward pass that its author left unnamed and that a backward pass would have to repeat.
///
/// A layer such as an LSTM is one word in a file and hundreds of nodes behind it. Written as one formula its gradient
/// would repeat shared parts exponentially often; with names for them it is a list of short lines.
public struct ImplicitNames: Sendable {
  /// The named nodes that were introduced, operands before what uses them.
  public let values: [TensorExpression]
  /// What every node of the forward pass became.
  private let renamed: [TensorExpression: TensorExpression]

  /// How long a part that a backward pass needs again may be without a name of its own.
  private static let repeatedLimit = 28
  /// How long any part may be.
  private static let limit = 90

  /// Gives names to the parts of a forward pass that are long, or long and needed again.
  ///
  /// - Parameters:
  ///   - roots: the outputs of the forward pass.
  ///   - taken: names that are in use.
  public init(in roots: [TensorExpression], avoiding taken: Set<String>) {
    let nodes = TensorExpression.postorder(of: roots)
    let steps = Self.steps(to: roots)
    let repeated = Self.repeatedNodes(steps)
    // What has a name already needs no second one.
    let defined = Set(
      nodes.filter { if case .named = $0.kind { true } else { false } }.flatMap(\.operands))
    var lengths = FormulaLength()
    var map: [TensorExpression: TensorExpression] = [:]
    var values: [TensorExpression] = []
    var number = 0
    for node in nodes {
      var new = node.replacingOperands(node.operands.map { map[$0] ?? $0 })
      if node.name == nil, !node.operands.isEmpty, !roots.contains(node), !defined.contains(node),
        let step = steps[node]
      {
        let length = lengths.of(new)
        // A sequence is read step by step, which takes a name.
        if node.asRecurrence != nil || step.needsItsValue || length > Self.limit
          || (length > Self.repeatedLimit && repeated.contains(node))
        {
          repeat { number += 1 } while taken.contains("v\(number)") || taken.contains("dv\(number)")
          new = node.space.named("v\(number)", new)
          values.append(new)
        }
      }
      if new !== node { map[node] = new }
    }
    self.values = values
    renamed = map
  }

  /// One step of differentiation.
  private struct Step {
    let operands: [TensorExpression]
    /// Whether a value's derivative is written in terms of the value, as a softmax's is.
    let needsItsValue: Bool
  }

  /// The steps that lead to `roots`; the exponentials and sums inside a softmax or a normalisation are none.
  private static func steps(to roots: [TensorExpression]) -> [TensorExpression: Step] {
    var result: [TensorExpression: Step] = [:]
    var stack = roots
    while let node = stack.popLast() {
      guard result[node] == nil else { continue }
      let step: Step
      if let rule = ExponentialNormalization(node) {
        step = Step(operands: [rule.argument], needsItsValue: rule.kind == .softmax)
      } else if let rule = RootNormalization(node) {
        step = Step(operands: [rule.argument], needsItsValue: true)
      } else {
        step = Step(operands: node.operands, needsItsValue: false)
      }
      result[node] = step
      stack += step.operands
    }
    return result
  }

  /// The nodes that occur more than once, or whose value a derivative needs: what products and functions are made of.
  private static func repeatedNodes(
    _ steps: [TensorExpression: Step]
  ) -> Set<TensorExpression> {
    var uses: [TensorExpression: Int] = [:]
    for (node, step) in steps {
      let again: Int
      switch node.kind {
      case .elementwise, .extremum: again = 2
      case .contraction(let c): again = c.operands.count > 1 ? 2 : 1
      default: again = 1
      }
      for operand in Set(step.operands) { uses[operand, default: 0] += again }
    }
    return Set(uses.filter { $0.value > 1 }.keys)
  }

  /// What the named values of a forward pass became, in their order, each introduced value before the first
  /// that uses it.
  ///
  /// - Complexity: O(*n*) in the nodes of the forward pass.
  func inserted(into names: [TensorExpression]) -> [TensorExpression] {
    let introduced = Set(values)
    var seen: Set<TensorExpression> = []
    var result: [TensorExpression] = []
    for name in names {
      var needed: [TensorExpression] = []
      var stack = [self[name]]
      while let node = stack.popLast() {
        guard seen.insert(node).inserted else { continue }
        if introduced.contains(node) { needed.append(node) }
        stack += node.operands
      }
      // Operands are made before what uses them.
      result += needed.sorted { $0.id < $1.id }
      result.append(self[name])
    }
    return result
  }

  /// What a node of the forward pass became.
  public subscript(_ node: TensorExpression) -> TensorExpression { renamed[node] ?? node }
}
