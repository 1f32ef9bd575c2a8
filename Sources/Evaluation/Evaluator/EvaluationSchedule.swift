import TensorExpressions

/// The order in which nodes are evaluated, and how long each value is needed.
///
/// A function that no arithmetic computes directly stands as its definition: nodes that are made here and evaluated
/// like all others.
struct EvaluationSchedule {
  struct Job {
    let node: TensorExpression
    let method: Method
    /// The jobs whose values this one takes, in order.
    let operands: [Int]
    /// How many later jobs and roots take this one's value.
    var uses = 0
  }

  enum Method {
    /// By the kind of the node, from its operands' values.
    case node
    /// The value of the only operand: a name, or a function by its definition.
    case sameAsOperand
    /// A mask whose pattern is on record; no value is needed.
    case recorded
  }

  private(set) var jobs: [Job] = []
  /// The jobs of the roots, in order.
  private(set) var roots: [Int] = []

  init(_ roots: [TensorExpression], masks: MaskRecord) {
    var jobOf: [TensorExpression: Int] = [:]
    var plans: [TensorExpression: (method: Method, operands: [TensorExpression])] = [:]
    var stack = roots
    while let node = stack.last {
      if jobOf[node] != nil {
        stack.removeLast()
        continue
      }
      let plan = plans[node] ?? Self.plan(node, masks)
      let missing = plan.operands.filter { jobOf[$0] == nil }
      if missing.isEmpty {
        stack.removeLast()
        jobOf[node] = jobs.count
        jobs.append(
          Job(node: node, method: plan.method, operands: plan.operands.compactMap { jobOf[$0] }))
      } else {
        plans[node] = plan
        // What has operands is evaluated first: numbers would otherwise all be made at the start and wait.
        stack += missing.filter { $0.operands.isEmpty } + missing.filter { !$0.operands.isEmpty }
      }
    }
    self.roots = roots.compactMap { jobOf[$0] }
    for job in jobs.indices {
      for operand in jobs[job].operands { jobs[operand].uses += 1 }
    }
    for root in self.roots { jobs[root].uses += 1 }
  }

  /// How a node is evaluated, and from what.
  private static func plan(
    _ node: TensorExpression, _ masks: MaskRecord
  ) -> (method: Method, operands: [TensorExpression]) {
    switch node.kind {
    case .symbol: return (.node, [])
    case .named(_, let value): return (.sameAsOperand, [value])
    case .selector(let extremum) where masks.windows[extremum] != nil: return (.recorded, [])
    case .elementwise(let function, let operands):
      return plan(node, function, operands, masks)
    case .sum, .contraction, .extremum, .selector, .inverse, .determinant, .cholesky, .recurrence:
      return (.node, node.operands)
    }
  }

  private static func plan(
    _ node: TensorExpression, _ function: Elementwise, _ operands: [TensorExpression],
    _ masks: MaskRecord
  ) -> (method: Method, operands: [TensorExpression]) {
    switch function.primitive {
    case .step? where masks.steps[node] != nil: return (.recorded, [])
    case .floor? where masks.rounded[node] != nil, .round? where masks.rounded[node] != nil:
      return (.recorded, [])
    case .power? where operands[1].unnamed.asConstant == nil:
      // xʸ = e^(y·log x) where the exponent is not one number.
      if let log = Elementwise.named("log"), let exp = Elementwise.named("exp") {
        let exponent = operands[1] * node.space.elementwise(log, [operands[0]])
        return (.sameAsOperand, [node.space.elementwise(exp, [exponent])])
      }
      return (.node, operands)
    case .power?: return (.node, [operands[0]])
    case .pi?: return (.node, [])
    case nil:
      if let definition = function.definition { return (.sameAsOperand, [definition(operands)]) }
      return (.node, operands)
    case .elementary?, .reciprocal?, .step?, .stopped?, .floor?, .round?: return (.node, operands)
    }
  }
}
