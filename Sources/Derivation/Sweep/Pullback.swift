import Scalars
import TensorExpressions

/// The derivative that an expression does not have, and why.
public enum DerivationError: Error, Hashable, Sendable {
  /// A function has no derivative by one of its operands.
  case notDifferentiable(function: String, operand: Int)
  /// What a recurrence pulls back has no form for all steps at once.
  case noFormForAllSteps
}

/// The reverse sweep: from the cotangent of an output to the cotangents of everything that it depends on.
///
/// A linear node has no rule: the pullback of a contraction to a slot is the same contraction with that slot
/// and the output exchanged. A softmax is one step (``ExponentialNormalization``), and so is a normalisation by a
/// variance (``RootNormalization``). Cotangents may carry leading axes of their own (``leading``), which every rule
/// leaves alone: with the identity as the seed the sweep gives Jacobians.
public struct Pullback {
  /// Extents of the axes that every cotangent has before those of its primal; empty for a gradient.
  public let leading: [Size]
  /// Gives a named or declared value's finished cotangent its place in a program: called once for each, with the
  /// value and the cotangent, operands of the output last. What it returns is used from there on.
  public let finish: (TensorExpression, TensorExpression) -> TensorExpression

  /// The named values of the program, for the names of sequences.
  public let names: [TensorExpression]
  /// Makes what a step computes short, and gives the parts of a recurrence that have no name of their own one.
  public let stepForm: StepForm

  /// What is done to the lines of a derived recurrence.
  public struct StepForm {
    /// Makes a formula short.
    public let simplified: (TensorExpression) -> TensorExpression
    /// Gives a sequence a name.
    public let named: (TensorExpression) -> TensorExpression

    public init(
      simplified: @escaping (TensorExpression) -> TensorExpression = { $0 },
      named: @escaping (TensorExpression) -> TensorExpression = { $0 }
    ) {
      self.simplified = simplified
      self.named = named
    }
  }

  public init(
    leading: [Size] = [], names: [TensorExpression] = [], stepForm: StepForm = StepForm(),
    finish: @escaping (TensorExpression, TensorExpression) -> TensorExpression = { $1 }
  ) {
    self.leading = leading
    self.names = names
    self.stepForm = stepForm
    self.finish = finish
  }

  /// The cotangents of `targets`, given those of some outputs.
  ///
  /// - Returns: for each target its cotangent, of shape `leading` + the target's shape; zero where no output
  ///   depends on it.
  public func callAsFunction(
    _ seeds: [(output: TensorExpression, cotangent: TensorExpression)],
    to targets: [TensorExpression]
  ) throws(DerivationError) -> [TensorExpression: TensorExpression] {
    let nodes = TensorExpression.postorder(of: seeds.map(\.output))
    let needed = Self.dependent(on: Set(targets), among: nodes)
    var contributions: [TensorExpression: [TensorExpression]] = [:]
    for seed in seeds { contributions[seed.output, default: []].append(seed.cotangent) }
    var result: [TensorExpression: TensorExpression] = [:]
    var sequences = SequenceCotangents(nodes, names: names + targets)
    for node in nodes.reversed() where needed.contains(node) {
      if let value = SequenceCotangents.value(of: node) {
        // A sequence's gradient is known when all its recurrence's sequences have been met.
        let terms = contributions[node] ?? []
        if value !== node {
          contributions[value, default: []] += terms
          continue
        }
        if sequences.isComplete(value, terms) {
          var pullback = RecurrencePullback(self, sequences, value, needed)
          let pulled = try pullback.pulled()
          result.merge(pulled.cotangents) { $1 }
          for (operand, term) in pulled.contributions {
            contributions[operand, default: []].append(term)
          }
        }
        continue
      }
      guard let terms = contributions[node] else { continue }
      var cotangent = node.space.sum(terms, shape: leading + node.shape)
      switch node.kind {
      case .named, .symbol: cotangent = finish(node, cotangent)
      default: break
      }
      result[node] = cotangent
      for (operand, term) in try pull(cotangent, through: node, to: needed) {
        contributions[operand, default: []].append(term)
      }
    }
    for target in targets where result[target] == nil {
      result[target] = target.space.zeros(leading + target.shape)
    }
    return result
  }

  /// The nodes whose value moves with some target's, the targets included. A mask does not: where it has a derivative
  /// by its argument, that is zero.
  static func dependent(
    on targets: Set<TensorExpression>, among nodes: [TensorExpression]
  ) -> Set<TensorExpression> {
    var result: Set<TensorExpression> = []
    let recurrences = Set(
      targets.compactMap { SequenceCotangents.value(of: $0)?.asRecurrence?.recurrence })
    for node in nodes {
      if let own = node.asRecurrence, recurrences.contains(own.recurrence) { result.insert(node) }
      if targets.contains(node) || (node.operands.contains(where: result.contains) && !node.isFlat)
      {
        result.insert(node)
      }
    }
    return result
  }

  /// What one node's cotangent contributes to its operands' cotangents.
  private func pull(
    _ cotangent: TensorExpression, through node: TensorExpression, to needed: Set<TensorExpression>
  ) throws(DerivationError) -> [(TensorExpression, TensorExpression)] {
    if let rule = ExponentialNormalization(node) {
      guard needed.contains(rule.argument) else { return [] }
      let term = rule.pull(cotangent, leading: leading)
      return term.isZero ? [] : [(rule.argument, term)]
    }
    if let rule = RootNormalization(node), needed.contains(rule.argument) {
      return [(rule.argument, rule.pull(cotangent, leading: leading))]
    }
    var result: [(TensorExpression, TensorExpression)] = []
    switch node.kind {
    case .symbol:
      break
    case .sum(let terms):
      result = terms.map { ($0, cotangent) }
    case .named(_, let value):
      result = [(value, cotangent)]
    case .contraction(let contraction):
      for position in contraction.operands.indices {
        let operand = contraction.operands[position].value
        guard needed.contains(operand) else { continue }
        result.append(
          (operand, exchange(cotangent, with: position, of: contraction)))
      }
    case .elementwise(let function, let operands):
      let derivatives = function.derivatives(operands, node)
      for (position, operand) in operands.enumerated() where needed.contains(operand) {
        guard let derivative = derivatives[position] else {
          throw .notDifferentiable(function: function.name, operand: position)
        }
        result.append((operand, scaled(cotangent, by: derivative)))
      }
    case .extremum(let extremum):
      result = [(extremum.operand, pull(cotangent, through: extremum))]
    case .recurrence:
      break  // All sequences of one together, in `RecurrencePullback`.
    case .selector:
      break  // Piecewise constant: the derivative is zero wherever it exists.
    case .inverse(let x):
      result = [(x, pullThroughInverse(cotangent, inverse: node))]
    case .determinant(let x):
      result = [(x, pullThroughDeterminant(cotangent, determinant: node, of: x))]
    case .cholesky(let x):
      result = [(x, CholeskyRule(factor: node).pull(cotangent, leading: leading))]
    }
    return result.filter { needed.contains($0.0) && !$0.1.isZero }
  }

  /// The contraction with one operand and the output exchanged.
  private func exchange(
    _ cotangent: TensorExpression, with position: Int, of contraction: Contraction
  ) -> TensorExpression {
    let (indices, lead) = withLeading(contraction.indices)
    let operand = contraction.operands[position]
    var operands = contraction.operands
    operands[position] = Contraction.Operand(cotangent, lead + contraction.output)
    return cotangent.space.contraction(
      Contraction(
        coefficient: contraction.coefficient, indices: indices, output: lead + operand.access,
        operands: operands, guards: contraction.guards),
      shape: leading + operand.value.shape)
  }

  /// The indices of a relation followed by those of the leading axes, and the latter as coordinates.
  private func withLeading(_ indices: [Size]) -> ([Size], [Affine]) {
    (indices + leading, leading.indices.map { .index(indices.count + $0) })
  }

  /// cotangent · factor, entry by entry, the factor without leading axes.
  private func scaled(
    _ cotangent: TensorExpression, by factor: TensorExpression
  ) -> TensorExpression {
    if factor.isZero { return cotangent.zero }
    let (indices, lead) = withLeading(factor.shape)
    let access = factor.shape.indices.map(Affine.index)
    return cotangent.space.contraction(
      Contraction(
        indices: indices, output: lead + access,
        operands: [.init(cotangent, lead + access), .init(factor, access)]),
      shape: cotangent.shape)
  }

  /// x̄[access(o, w)] += selector[o, w] · ȳ[o].
  private func pull(_ cotangent: TensorExpression, through extremum: Extremum) -> TensorExpression {
    let (indices, lead) = withLeading(extremum.outputExtents + extremum.windowExtents)
    let output = extremum.outputExtents.indices.map(Affine.index)
    let selector = cotangent.space.selector(extremum)
    return cotangent.space.contraction(
      Contraction(
        indices: indices, output: lead + extremum.access,
        operands: [
          .init(selector, selector.shape.indices.map(Affine.index)),
          .init(cotangent, lead + output),
        ]),
      shape: leading + extremum.operand.shape)
  }

  /// X̄ = −Yᵀ·Ȳ·Yᵀ for Y = X⁻¹. Source: M. Giles, "Collected matrix derivative results" (2008), 2.2.3.
  private func pullThroughInverse(
    _ cotangent: TensorExpression, inverse y: TensorExpression
  ) -> TensorExpression {
    let n = y.shape[0]
    let (indices, lead) = withLeading([n, n, n, n])
    let index = Affine.index
    return cotangent.space.contraction(
      Contraction(
        coefficient: .minusOne, indices: indices, output: lead + [index(0), index(1)],
        operands: [
          .init(y, [index(2), index(0)]), .init(cotangent, lead + [index(2), index(3)]),
          .init(y, [index(1), index(3)]),
        ]),
      shape: cotangent.shape)
  }

  /// X̄ = ȳ · y · X⁻ᵀ for y = det X. Source: M. Giles (2008), 2.2.4.
  private func pullThroughDeterminant(
    _ cotangent: TensorExpression, determinant y: TensorExpression, of x: TensorExpression
  ) -> TensorExpression {
    let n = x.shape[0]
    let (indices, lead) = withLeading([n, n])
    return cotangent.space.contraction(
      Contraction(
        indices: indices, output: lead + [.index(0), .index(1)],
        operands: [
          .init(cotangent, lead), .init(y, []),
          .init(cotangent.space.inverse(x), [.index(1), .index(0)]),
        ]),
      shape: leading + x.shape)
  }
}

extension TensorExpression {
  /// Whether the value is constant between jumps, whatever its operands are: a step, a comparison, a selector.
  fileprivate var isFlat: Bool {
    switch kind {
    case .selector: true
    case .elementwise(let function, let operands):
      function.derivatives(operands, self).allSatisfy { $0?.isZero ?? true }
    case .symbol, .sum, .contraction, .extremum, .inverse, .determinant, .cholesky, .named,
      .recurrence:
      false
    }
  }
}
