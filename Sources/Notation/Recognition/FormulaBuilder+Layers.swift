import Derivation
import Scalars
import TensorExpressions

/// Functions of the expression language that stand for several nodes: layers, statistics, comparisons.
extension FormulaBuilder {
  /// The call of the language's function that a node is; nil where there is none, or where it is not allowed.
  func layerPiece(_ node: TensorExpression) -> Piece? {
    guard allowsLayers else { return nil }
    if node.asContraction != nil { return normalization(node) ?? variance(node) }
    if node.asTerms != nil { return logSoftmax(node) ?? complementOfComparison(node) }
    if let u = node.argument(of: .positive) { return comparison(u, [">", "<"]) }
    if let u = node.argument(of: .exponential) { return power(u) }
    return node.argument(of: .logarithm) == nil ? nil : logSumExp(node)
  }

  /// The parts that a layer's call is written with, where they are not the node's operands.
  func layerParts(of node: TensorExpression) -> [TensorExpression]? {
    guard allowsLayers else { return nil }
    if node.asContraction != nil {
      if let rule = RootNormalization(node), layerName(rule) != nil { return [rule.argument] }
      if let rule = Variance(node) { return [rule.argument] }
      return nil
    }
    if let terms = node.asTerms {
      return logSoftmax(terms, shape: node.shape).map { [$0.rule.argument] }
    }
    return logSumExpCall(node).map { [$0.rule.argument] }
  }

  // MARK: Layers

  private func normalization(_ node: TensorExpression) -> Piece? {
    guard let rule = RootNormalization(node), let (name, options) = layerName(rule) else {
      return nil
    }
    let argument = known(rule.argument).full(rule.argument.shape)
    return Piece(formula: .layer(name, [argument], options: options), shape: node.shape)
  }

  /// The layer that divides by that variance, and its options.
  private func layerName(_ rule: RootNormalization) -> (String, [String])? {
    let rank = rule.argument.rank
    let axes = rule.summedAxes.sorted()
    let count = Size.product(axes.map { rule.argument.shape[$0] })
    guard rule.isCentred, Coefficient(count).reciprocal == rule.weight,
      let eps = rule.offset.asRational, eps.signum() > 0
    else { return nil }
    var options: [String] = []
    var name = "layer_norm"
    if axes == [rank - 1] {
      options = []
    } else if rank >= 2, axes == (0..<rank).filter({ $0 != 1 }) {
      name = "batch_norm"
    } else if rank > 3, axes == Array(2..<rank) {
      name = "instance_norm"
    } else {
      options.append(Self.axisOption(axes))
    }
    if eps != Rational(1, 100_000) { options.append("eps=\(CoefficientText.number(eps))") }
    return usedNames.contains(name) ? nil : (name, options)
  }

  private func variance(_ node: TensorExpression) -> Piece? {
    guard let rule = Variance(node) else { return nil }
    var options: [String] = []
    if rule.axes.count < rule.argument.rank || rule.keepsAxes {
      options.append(Self.axisOption(rule.axes.sorted()))
    }
    if rule.keepsAxes { options.append("keepdims=True") }
    let argument = known(rule.argument).full(rule.argument.shape)
    return Piece(formula: .layer("var", [argument], options: options), shape: node.shape)
  }

  private static func axisOption(_ axes: [Int]) -> String {
    axes.count == 1
      ? "axis=\(axes[0])" : "axis=(" + axes.map(String.init).joined(separator: ", ") + ")"
  }

  // MARK: Logarithms of exponentials

  private func logSoftmax(_ node: TensorExpression) -> Piece? {
    guard let terms = node.asTerms,
      let (rule, sign) = logSoftmax(terms, shape: node.shape), let axis = rule.summedAxes.first
    else { return nil }
    let argument = known(rule.argument).full(rule.argument.shape)
    let options = axis == node.rank - 1 ? [] : ["axis=\(axis)"]
    return Piece(
      formula: .number(sign) * .layer("log_softmax", [argument], options: options),
      shape: node.shape)
  }

  /// Two terms that are u − log(Σ exp(u)), or the negative of that.
  private func logSoftmax(
    _ terms: [TensorExpression], shape: [Size]
  ) -> (rule: ExponentialNormalization, sign: Coefficient)? {
    guard terms.count == 2 else { return nil }
    for sign in [Coefficient.one, .minusOne] {
      let sum = terms[0].space.sum(terms.map { $0.scaled(by: sign) }, shape: shape)
      if let rule = ExponentialNormalization(sum), rule.kind == .logSoftmax,
        rule.summedAxes.count == 1
      {
        return (rule, sign)
      }
    }
    return nil
  }

  private func logSumExp(_ node: TensorExpression) -> Piece? {
    guard let (rule, options) = logSumExpCall(node) else { return nil }
    let argument = known(rule.argument).full(rule.argument.shape)
    return Piece(formula: .layer("logsumexp", [argument], options: options), shape: node.shape)
  }

  /// The call that a node is, with its options; nil where the axes that are kept stand in another order.
  private func logSumExpCall(
    _ node: TensorExpression
  ) -> (rule: ExponentialNormalization, options: [String])? {
    guard let rule = ExponentialNormalization(node), rule.kind == .logSumExp else { return nil }
    let rank = rule.argument.rank
    let axes = rule.summedAxes.sorted()
    let kept = (0..<rank).filter { !axes.contains($0) }
    let keepsAxes = node.rank == rank
    // Each axis of the result is one of the argument's, in its order.
    let places = node.shape.indices.map { place in
      rule.access.firstIndex { $0.asIndex == place }
    }
    guard places == (keepsAxes ? (0..<rank).map { kept.contains($0) ? $0 : nil } : kept.map { $0 })
    else { return nil }
    var options: [String] = []
    if axes.count < rank || keepsAxes { options.append(Self.axisOption(axes)) }
    if keepsAxes { options.append("keepdims=True") }
    return (rule, options)
  }

  /// exp(log(b)·u) = b**u for a number b.
  private func power(_ exponent: TensorExpression) -> Piece? {
    let piece = known(exponent)
    guard case .product(var product) = piece.formula,
      let position = product.scalars.firstIndex(where: {
        $0.exponent == 1 && $0.base.isLogOfNumber
      }),
      case .function(_, let number) = product.scalars[position].base
    else { return nil }
    product.scalars.remove(at: position)
    return Piece(formula: .power(number[0], Formula(product)), shape: piece.shape)
  }

  // MARK: Comparisons

  /// `1 - step(a - b)` as `a <= b`.
  private func complementOfComparison(_ node: TensorExpression) -> Piece? {
    node.complemented?.argument(of: .positive).map { comparison($0, ["<=", ">="]) }
  }

  /// The comparison of what is added in a difference with what is subtracted; `signs` are those for the two orders.
  private func comparison(_ difference: TensorExpression, _ signs: [String]) -> Piece {
    let piece = known(difference)
    var terms = [piece.formula]
    if case .sum(let all) = piece.formula { terms = all }
    var above = terms.filter { !$0.hasMinus }
    var below = terms.filter(\.hasMinus).map { .number(.minusOne) * $0 }
    // Numbers stand alone on their side where they can, and not on the left.
    if below.isEmpty {
      below = above.filter(\.isNumber).map { .number(.minusOne) * $0 }
      above.removeAll(where: \.isNumber)
    } else if above.isEmpty {
      above = below.filter(\.isNumber).map { .number(.minusOne) * $0 }
      below.removeAll(where: \.isNumber)
    }
    func sum(_ terms: [Formula]) -> Formula {
      terms.isEmpty ? .number(.zero) : terms.count == 1 ? terms[0] : .sum(terms)
    }
    let isTurned = above.allSatisfy(\.isNumber)
    let sides = isTurned ? [sum(below), sum(above)] : [sum(above), sum(below)]
    return Piece(
      formula: .function(signs[isTurned ? 1 : 0], sides), shape: piece.shape)
  }
}

extension Formula {
  fileprivate var isNumber: Bool {
    if case .number = self { true } else { false }
  }

  fileprivate var isLogOfNumber: Bool {
    guard case .function(Elementwise.logarithm.name, let arguments) = self, arguments.count == 1,
      case .number(let value) = arguments[0]
    else { return false }
    return value.asRational.map { $0.signum() > 0 } ?? false
  }
}
