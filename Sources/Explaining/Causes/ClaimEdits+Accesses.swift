import Judging
import TensorExpressions

/// Slips in how a claim reads its tensors, undone one at a time: transposes, flips, exchanged channels, stride
/// taken for dilation, offsets.
package struct AccessEdits {
  package let region: ClaimRegion
  /// The text of an expression in sentences.
  package let text: (TensorExpression) -> String

  package init(region: ClaimRegion, text: @escaping (TensorExpression) -> String) {
    self.region = region
    self.text = text
  }

  package func candidates() -> [Candidate] {
    region.nodes.flatMap { node -> [Candidate] in
      guard case .contraction(let c) = node.kind else { return [] }
      var result: [Candidate] = []
      for position in c.operands.indices {
        let name = text(c.operands[position].value)
        for (kind, detail, access) in edits(
          c.operands[position].access, of: c, shape: c.operands[position].value.shape, name: name)
        {
          result.append(made(kind, detail, node, c.replacingAccess(position, access)))
        }
      }
      for (kind, detail, access) in edits(c.output, of: c, shape: node.shape, name: "the result") {
        result.append(made(kind, detail, node, c.replacingOutput(access)))
      }
      return result + strideEdits(node, c)
    } + leafEdits()
  }

  private func made(
    _ kind: Cause.Kind, _ detail: String, _ node: TensorExpression, _ changed: Contraction
  ) -> Candidate {
    let replacement = node.space.contraction(changed, shape: node.shape)
    return .repaired(kind, detail, region.root.replacing(node, by: replacement))
  }

  private typealias Edit = (kind: Cause.Kind, detail: String, access: [Affine])

  private func edits(
    _ access: [Affine], of c: Contraction, shape: [Size], name: String
  ) -> [Edit] {
    exchanges(access, of: c, shape: shape, name: name)
      + flips(access, of: c, shape: shape, name: name)
      + offsets(access, name: name)
  }

  /// Two coordinates of equal extent exchanged.
  private func exchanges(
    _ access: [Affine], of c: Contraction, shape: [Size], name: String
  ) -> [Edit] {
    var result: [Edit] = []
    for i in access.indices {
      for j in access.indices.dropFirst(i + 1) where shape[i] == shape[j] && access[i] != access[j]
      {
        var changed = access
        changed.swapAt(i, j)
        result.append(
          (
            AxisPair(i, j, rank: shape.count).kind,
            AxisPair(i, j, rank: shape.count).sentence(name), changed
          ))
      }
    }
    return result
  }

  /// Coordinates read backwards: along all spatial axes together, or along one axis.
  private func flips(
    _ access: [Affine], of c: Contraction, shape: [Size], name: String
  ) -> [Edit] {
    let spatial = c.spatialIndices
    func isSpatial(_ coordinate: Affine) -> Bool {
      coordinate.terms.contains { spatial.contains($0.index) }
    }
    func flipped(_ axes: [Int]) -> [Affine] {
      var changed = access
      for axis in axes { changed[axis] = changed[axis] * Size(-1) + (shape[axis] - 1) }
      return changed
    }
    let moving = access.indices.filter { !access[$0].isConstant }
    let window = moving.filter { isSpatial(access[$0]) && access[$0].terms.count == 1 }
    var sets = moving.map { [$0] }
    if window.count > 1 { sets.insert(window, at: 0) }
    return sets.map { axes in
      // The first two axes of a tensor of rank 3 or more are the batch's and the channels'.
      let isWindow = axes.allSatisfy { isSpatial(access[$0]) || shape.count < 3 || $0 >= 2 }
      let places = axes.map(String.init).joined(separator: " and ")
      return isWindow
        ? (.flip, "\(name) is to be reversed along axis \(places)", flipped(axes))
        : (.channel, "\(name) is read in reverse order along axis \(places)", flipped(axes))
    }
  }

  /// A window's offset: padding that was forgotten, counted twice, or put on the other side.
  private func offsets(_ access: [Affine], name: String) -> [Edit] {
    let compound = access.indices.filter { access[$0].terms.count > 1 }
    if compound.isEmpty { return [] }
    var result: [Edit] = []
    for shift in [-1, 1, -2, 2, -3, 3, -4, 4] {
      var all = access
      for axis in compound { all[axis] = all[axis] + Size(shift) }
      result.append(
        (
          .edge,
          "the window on \(name) is off by \(abs(shift)): padding is left out or on the wrong side",
          all
        ))
      if compound.count > 1 {
        for axis in compound {
          var one = access
          one[axis] = one[axis] + Size(shift)
          result.append(
            (.edge, "the window on \(name) is off by \(abs(shift)) along axis \(axis)", one))
        }
      }
    }
    return result
  }

  /// In coordinates s·p + d·k the coefficients exchanged, in every compound coordinate of a contraction.
  private func strideEdits(_ node: TensorExpression, _ c: Contraction) -> [Candidate] {
    func exchanged(_ coordinate: Affine) -> Affine {
      guard coordinate.terms.count == 2,
        coordinate.terms[0].coefficient != coordinate.terms[1].coefficient
      else { return coordinate }
      return Affine(
        constant: coordinate.constant,
        terms: [
          .init(index: coordinate.terms[0].index, coefficient: coordinate.terms[1].coefficient),
          .init(index: coordinate.terms[1].index, coefficient: coordinate.terms[0].coefficient),
        ])
    }
    let changed = Contraction(
      coefficient: c.coefficient, indices: c.indices, output: c.output.map(exchanged),
      operands: c.operands.map { .init($0.value, $0.access.map(exchanged)) }, guards: c.guards)
    if changed == c { return [] }
    return [
      made(.strideAndDilation, "the stride stands where the dilation belongs", node, changed)
    ]
  }

  /// A leaf transposed, flipped or with exchanged channels wherever it stands.
  private func leafEdits() -> [Candidate] {
    region.leaves.flatMap { leaf -> [Candidate] in
      let axes = leaf.shape.indices.map(Affine.index)
      var result: [Candidate] = []
      for i in axes.indices {
        for j in axes.indices.dropFirst(i + 1) where leaf.shape[i] == leaf.shape[j] {
          var access = axes
          access.swapAt(i, j)
          let pair = AxisPair(i, j, rank: leaf.rank)
          result.append(
            .repaired(
              pair.kind, pair.sentence(text(leaf)),
              region.root.replacing(leaf, by: leaf.reindexed(access, to: leaf.shape))))
        }
      }
      if leaf.rank >= 3 {
        let spatial = Array(leaf.shape.indices.dropFirst(2))
        var access = axes
        for axis in spatial { access[axis] = access[axis] * Size(-1) + (leaf.shape[axis] - 1) }
        let places = spatial.map(String.init).joined(separator: " and ")
        result.append(
          .repaired(
            .flip, "\(text(leaf)) is to be reversed along axis \(places)",
            region.root.replacing(leaf, by: leaf.reindexed(access, to: leaf.shape))))
      }
      return result
    }
  }
}

/// Two axes that were exchanged, and what people call that.
struct AxisPair {
  let first: Int
  let second: Int
  let rank: Int

  init(_ first: Int, _ second: Int, rank: Int) {
    self.first = first
    self.second = second
    self.rank = rank
  }

  /// The first two axes of a tensor of rank 3 or more are channels, the others are spatial.
  var kind: Cause.Kind { rank >= 3 && (first, second) == (0, 1) ? .channel : .transpose }

  func sentence(_ name: String) -> String {
    if rank <= 2 {
      return name == "the result" ? "the result is transposed" : "\(name) is to be transposed"
    }
    if kind == .channel { return "input and output channels of \(name) are exchanged" }
    return "axes \(first) and \(second) of \(name) are exchanged"
  }
}
