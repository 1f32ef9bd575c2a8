import Judging
import Scalars
import TensorExpressions

/// Slips in what a claim computes with, undone one at a time: masks, activations in place of their inputs, signs
/// inside functions, sums and means, eps.
struct FunctionEdits {
  let region: ClaimRegion
  /// The named values and declared tensors of the forward pass, in order.
  let values: [TensorExpression]
  /// Functions of single values in the forward pass, by that value: what may stand where the value does.
  let functionsOf: [TensorExpression: [TensorExpression]]
  /// Small constants added under roots in the forward pass.
  let epsilons: [Rational]
  let text: (TensorExpression) -> String

  func candidates() -> [Candidate] {
    region.nodes.flatMap { node -> [Candidate] in
      switch node.kind {
      case .elementwise(let function, let operands): return edits(function, operands, node)
      case .sum(let terms): return maskEdits(terms, node) + epsOutsideRoot(terms, node)
      case .contraction(let c): return sumEdits(c, node)
      default: return []
      }
    } + exchangedValues()
  }

  private func replaced(
    _ kind: Cause.Kind, _ detail: String, _ node: TensorExpression, _ new: TensorExpression
  ) -> Candidate {
    .repaired(kind, detail, region.root.replacing(node, by: new))
  }

  private func edits(
    _ function: Elementwise, _ operands: [TensorExpression], _ node: TensorExpression
  ) -> [Candidate] {
    let space = node.space
    var result: [Candidate] = []
    switch function.name {
    case "step":
      for value in values where value.shape == operands[0].shape && value !== operands[0] {
        result.append(
          replaced(
            .mask, "the mask is taken of `\(text(operands[0]))` where `\(text(value))` belongs",
            node,
            space.elementwise(function, [value])))
      }
    case "where":
      for (branch, name) in [(1, "where it holds"), (2, "where it fails")] {
        result.append(
          replaced(
            .mask, "the branch of `\(text(operands[0]))` \(name) is the only right one", node,
            operands[branch]))
      }
    case "maximum", "minimum", "clip":
      result.append(
        replaced(
          .mask, "`\(text(operands[0]))` is clipped where it belongs as it is", node, operands[0]))
    case "sqrt":
      for epsilon in epsilons {
        result.append(
          replaced(
            .eps, "eps = \(epsilon) is left out under the root", node,
            space.elementwise(function, [operands[0] + epsilon])))
      }
    default: break
    }
    if operands.count == 1, function.name != "reciprocal", function.name != "step" {
      result.append(
        replaced(
          .activationInput,
          "`\(function.name)` is applied once too often, to `\(text(operands[0]))`",
          node, operands[0]))
    }
    for (position, operand) in operands.enumerated()
    where operand.asConstant == nil && function.name != "reciprocal" && function.name != "where" {
      var negated = operands
      negated[position] = -operand
      result.append(
        replaced(
          .sign, "the argument `\(text(operand))` of `\(function.name)` has the wrong sign", node,
          space.elementwise(function, negated)))
    }
    return result
  }

  /// 1 − step(−u), which is u ≥ 0, where u > 0 belongs; and other masks there.
  private func maskEdits(_ terms: [TensorExpression], _ node: TensorExpression) -> [Candidate] {
    guard terms.count == 2, terms[0].asConstant?.isOne == true,
      case .contraction(let c) = terms[1].kind, c.operands.count == 1,
      case .elementwise(let function, let operands) = c.operands[0].value.kind,
      function.name == "step"
    else { return [] }
    let opposite = -operands[0]
    var result = [
      replaced(
        .mask, "`>=` stands where `>` belongs", node,
        node.space.elementwise(function, [opposite]))
    ]
    for value in values where value.shape == node.shape {
      result.append(
        replaced(
          .mask, "the mask holds where `\(text(value)) > 0` belongs", node,
          node.space.elementwise(function, [value])))
    }
    return result
  }

  /// √v + eps, where √(v + eps) belongs.
  private func epsOutsideRoot(_ terms: [TensorExpression], _ node: TensorExpression) -> [Candidate]
  {
    terms.compactMap { term in
      guard let epsilon = term.asConstant?.asRational,
        let root = terms.first(where: { $0 !== term }), terms.count == 2,
        case .elementwise(let function, let operands) = root.unnamed.kind, function.name == "sqrt"
      else { return nil }
      return replaced(
        .eps, "eps is added outside the root", node,
        node.space.elementwise(function, [operands[0] + epsilon]))
    }
  }

  /// An operand that should have been summed over an axis, or summed where it is read at one place only; a mean that
  /// should be a sum.
  private func sumEdits(_ c: Contraction, _ node: TensorExpression) -> [Candidate] {
    var result: [Candidate] = []
    for index in c.summedIndices {
      let factor = Coefficient(c.indices[index])
      result.append(
        replaced(
          .meanForSum, "the mean over axis \(c.indices[index]) is taken where the sum belongs",
          node,
          node.space.contraction(c.scaled(by: factor), shape: node.shape)))
      if let inverse = factor.reciprocal {
        result.append(
          replaced(
            .sumForMean, "the sum over axis \(c.indices[index]) is taken where the mean belongs",
            node,
            node.space.contraction(c.scaled(by: inverse), shape: node.shape)))
      }
    }
    guard c.operands.count > 1 else { return result }
    for (position, operand) in c.operands.enumerated() {
      for axis in operand.value.shape.indices {
        guard let total = operand.value.summed(keeping: axis) else { continue }
        result.append(
          replaced(
            .missingSum,
            "`\(text(operand.value))` is not summed over axis \(operand.value.shape[axis])",
            node,
            node.space.contraction(c.replacingOperand(position, with: total), shape: node.shape)))
        // The whole product, summed.
        break
      }
    }
    for axis in node.shape.indices {
      if let total = node.summed(keeping: axis) {
        result.append(
          replaced(
            .missingSum, "a product is not summed over axis \(node.shape[axis])", node, total))
      }
      for (position, operand) in c.operands.enumerated() {
        if let total = operand.value.summed(keeping: axis) {
          result.append(
            replaced(
              .missingSum,
              "`\(text(operand.value))` is not summed over axis \(operand.value.shape[axis])",
              node,
              node.space.contraction(c.replacingOperand(position, with: total), shape: node.shape)))
        }
      }
    }
    return result
  }

  /// One value, or two, standing where others of the same shape belong.
  private func exchangedValues() -> [Candidate] {
    let used = region.leaves.filter { values.contains($0) && $0.rank > 0 }
    var single: [(from: TensorExpression, to: TensorExpression)] = []
    for leaf in used {
      for value in (values + (functionsOf[leaf] ?? []))
      where value.shape == leaf.shape && value !== leaf {
        single.append((leaf, value))
      }
    }
    func detail(_ pairs: [(from: TensorExpression, to: TensorExpression)]) -> String {
      pairs.map { "`\(text($0.from))` stands where `\(text($0.to))` belongs" }.joined(
        separator: ", and ")
    }
    var result = single.map { pair in
      Candidate.repaired(
        .activationInput, detail([pair]), region.root.replacing(pair.from, by: pair.to))
    }
    for (i, a) in single.enumerated() where single.count <= 40 {
      for b in single.dropFirst(i + 1) where a.from !== b.from {
        result.append(
          .repaired(
            .activationInput, detail([a, b]),
            region.root.replacingNodes([a.from: a.to, b.from: b.to])))
      }
    }
    return result
  }
}

extension TensorExpression {
  /// The sums over one axis, repeated along it: `sum(x, axis=axis, keepdims=True)` in x's shape.
  func summed(keeping axis: Int) -> TensorExpression? {
    guard shape.indices.contains(axis) else { return nil }
    let output = shape.indices.map(Affine.index)
    var access = output
    access[axis] = .index(rank)
    return space.contraction(
      Contraction(
        indices: shape + [shape[axis]], output: output, operands: [.init(self, access)]),
      shape: shape)
  }
}
