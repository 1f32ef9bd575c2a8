import Judging
import Scalars
import TensorExpressions

/// Slips made in the true gradient's own formula, one at a time: a term or a factor left out, a sum of which only
/// one part is taken, a mask ignored, a scale forgotten. One that gives the claim is its cause.
package struct FormulaEdits {
  package let region: ClaimRegion
  package let text: (TensorExpression) -> String

  package init(region: ClaimRegion, text: @escaping (TensorExpression) -> String) {
    self.region = region
    self.text = text
  }

  /// Factors before terms: a factor that is left out is a term less in it, when it is 1 without that.
  package func candidates() -> [Candidate] {
    let factors = region.nodes.flatMap { node -> [Candidate] in
      node.asContraction.map {
        droppedFactors($0, node) + partialSums($0, node) + windowSlips($0, node)
      } ?? []
    }
    let others = region.nodes.flatMap { node -> [Candidate] in
      switch node.kind {
      case .sum(let terms): return droppedTerms(terms, node)
      case .elementwise(let function, let operands) where function.name == "where":
        return droppedBranches(function, operands, node)
      default: return []
      }
    }
    return factors + others
  }

  private func spoiled(
    _ kind: Cause.Kind, _ detail: String, _ node: TensorExpression, _ new: TensorExpression
  ) -> Candidate {
    .spoiled(kind, detail, region.root.replacing(node, by: new))
  }

  private func droppedTerms(_ terms: [TensorExpression], _ node: TensorExpression) -> [Candidate] {
    terms.indices.map { dropped in
      var rest = terms
      let term = rest.remove(at: dropped)
      return spoiled(
        .missingTerm, "`\(text(term))` is left out", node, node.space.sum(rest, shape: node.shape))
    }
  }

  /// A branch of a mask taken for zero.
  private func droppedBranches(
    _ function: Elementwise, _ operands: [TensorExpression], _ node: TensorExpression
  ) -> [Candidate] {
    [(1, "holds"), (2, "fails")].map { branch, place in
      var changed = operands
      changed[branch] = operands[branch].zero
      // A number in every entry is printed as the number.
      let value = operands[branch].asConstant.map { node.space.filled($0, []) } ?? operands[branch]
      return spoiled(
        .mask, "`\(text(value))` is taken for 0 where `\(text(operands[0]))` \(place)",
        node, node.space.elementwise(function, changed))
    }
  }

  private func droppedFactors(_ c: Contraction, _ node: TensorExpression) -> [Candidate] {
    guard c.operands.count > 1 else { return [] }
    return c.operands.indices.map { dropped in
      let value = c.operands[dropped].value
      let without = node.space.contraction(c.removingOperand(dropped), shape: node.shape)
      if case .selector = value.kind {
        return spoiled(.mask, "the largest entry's mask is left out", node, without)
      }
      if value.isMaskValue {
        return spoiled(.mask, "the factor `\(text(value))` is left out", node, without)
      }
      return value.isScalar
        ? spoiled(.factor, "the factor `\(text(value))` is left out", node, without)
        : spoiled(.missingTerm, "the factor `\(text(value))` is left out", node, without)
    }
  }

  /// A sum of which only the first part is taken, or from which the first or the last is missing.
  private func partialSums(_ c: Contraction, _ node: TensorExpression) -> [Candidate] {
    let spatial = c.spatialIndices
    var result: [Candidate] = []
    for index in c.indices.indices {
      let extent = c.indices[index]
      let coordinate = Affine.index(index)
      func made(_ kind: Cause.Kind, _ detail: String, _ changed: Contraction) {
        result.append(
          spoiled(kind, detail, node, node.space.contraction(changed, shape: node.shape)))
      }
      if c.summedIndices.contains(index), !spatial.contains(index) {
        made(
          .missingSum, "only the first of axis \(extent) is taken, not the sum over it",
          c.guarded(coordinate, below: .one))
      }
      if spatial.contains(index) {
        made(
          .edge, "the last of a window of \(extent) is left out",
          c.guarded(coordinate, below: extent - 1))
        made(
          .edge, "the first of a window of \(extent) is left out",
          c.guarded(coordinate + Size(-1), below: extent))
      }
    }
    return result
  }

  /// A selector that always takes one place of its window.
  private func windowSlips(_ c: Contraction, _ node: TensorExpression) -> [Candidate] {
    guard
      let position = c.operands.firstIndex(where: {
        if case .selector = $0.value.kind { true } else { false }
      }),
      case .selector(let extremum) = c.operands[position].value.kind
    else { return [] }
    let window = c.operands[position].access.dropFirst(extremum.outputExtents.count)
    return ["first", "last"].map { place in
      var changed = c.removingOperand(position)
      for (coordinate, extent) in zip(window, extremum.windowExtents) {
        changed = changed.guarded(
          place == "first" ? coordinate : coordinate * Size(-1) + (extent - 1), below: .one)
      }
      return spoiled(
        .mask, "the gradient goes to the \(place) entry of every window, not to the largest", node,
        node.space.contraction(changed, shape: node.shape))
    }
  }
}
