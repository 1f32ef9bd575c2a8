import Derivation
import Scalars
import TensorExpressions

/// Slips in the lines of the backward pass together, below the values of the forward pass that they read.
extension FormulaSlips {
  /// The nodes of the gradient down to masks and what the forward pass has computed, operands first, and what they
  /// end at. A value of the forward pass itself ends at the named ones before it.
  private var backward: (nodes: [TensorExpression], leaves: [TensorExpression]) {
    let names = layer.backward.forward + (layer.program.output?.values ?? [])
    let computed = Set(TensorExpression.postorder(of: names))
    let forward = computed.contains(formula) ? Set(names) : computed
    var seen: Set<TensorExpression> = []
    var (nodes, leaves): ([TensorExpression], [TensorExpression]) = ([], [])
    var stack = [formula]
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      if node.symbol != nil || node.isStep || (node !== formula && forward.contains(node)) {
        leaves.append(node)
      } else {
        nodes.append(node)
        stack += node.operands
      }
    }
    return (nodes.sorted { $0.id < $1.id }, leaves.sorted { $0.id < $1.id })
  }

  /// The gradient with nodes of its backward pass replaced, and the forward pass as it is.
  private func replacing(
    _ replacements: [TensorExpression: TensorExpression], upTo leaves: [TensorExpression]
  ) -> TensorExpression {
    let kept = Dictionary(leaves.map { ($0, $0) }) { first, _ in first }
    return formula.replacingNamed(kept.merging(replacements) { _, new in new })
  }

  // MARK: - Layouts

  /// Buffers read with two neighbouring axes in the other order, as columns for rows: one, or two of them.
  var layouts: [Slip] {
    let (_, leaves) = backward
    let other = leaves.flatMap { leaf in
      leaf.shape.indices.dropLast().compactMap { axis in
        leaf.storedOtherwise(axis).map { (leaf: leaf, axis: axis, read: $0) }
      }
    }
    let each = other.map { leaf, axis, read in
      Slip(
        sentence: {
          "transpose: the buffer of `\(leaf.formulaText)` "
            + "is read with axes \(axis) and \(axis + 1) exchanged"
        }, formula: replacing([leaf: read], upTo: leaves))
    }
    let matrices = other.filter { $0.leaf.rank == 2 && $0.leaf.symbol != nil }
    let pairs = matrices.enumerated().flatMap { place, first in
      matrices.dropFirst(place + 1).map { second in
        Slip(
          sentence: {
            "transpose: the buffers of `\(first.leaf.formulaText)` and `\(second.leaf.formulaText)` "
              + "are read with their axes exchanged"
          },
          formula: replacing([first.leaf: first.read, second.leaf: second.read], upTo: leaves))
      }
    }
    return each + pairs
  }

  // MARK: - Sums

  /// Sums from which the first or the last term is missing, or of which only the last is left.
  var sums: [Slip] {
    let (nodes, leaves) = backward
    return nodes.flatMap { node -> [Slip] in
      guard let contraction = node.asContraction else { return [] }
      let seen = Set(contraction.output.flatMap { $0.terms.map(\.index) })
      let summed = contraction.indices.indices.filter { !seen.contains($0) }
      func slip(_ changed: Contraction, _ sentence: @escaping () -> String) -> Slip {
        Slip(
          sentence: sentence,
          formula: replacing(
            [node: node.space.contraction(changed, shape: node.shape)], upTo: leaves))
      }
      let ends = summed.flatMap { index -> [Slip] in
        let extent = contraction.indices[index]
        return [
          slip(contraction.keeping(.index(index), below: extent - 1)) {
            "left out: the last of axis \(extent) is not in the sum"
          },
          slip(contraction.keeping(.index(index) + Size(-1), below: extent)) {
            "left out: the first of axis \(extent) is not in the sum"
          },
        ]
      }
      let last = summed.reduce(contraction) {
        $0.keeping(.index($1) * Size(-1) + ($0.indices[$1] - 1), below: .one)
      }
      return ends
        + (summed.isEmpty
          ? []
          : [slip(last) { "missing sum: only the last term is there, assigned and not added" }])
    }
  }

  // MARK: - Signs and numbers

  /// A term of a sum with the other sign.
  var signs: [Slip] {
    let (nodes, leaves) = backward
    return nodes.flatMap { node -> [Slip] in
      guard let terms = node.asTerms, terms.count > 1 else { return [] }
      return terms.indices.map { place in
        var changed = terms
        changed[place] = -changed[place]
        return Slip(
          sentence: { "sign: `\(terms[place].formulaText)` has the other sign" },
          formula: replacing([node: node.space.sum(changed, shape: node.shape)], upTo: leaves))
      }
    }
  }

  /// A number that a product is multiplied by, such as the 1/N of a mean, left out.
  var numbers: [Slip] {
    let (nodes, leaves) = backward
    return nodes.compactMap { node in
      guard let contraction = node.asContraction, !contraction.operands.isEmpty else { return nil }
      let own = contraction.coefficient
      let rest: Coefficient = own.leadingSign < 0 ? .minusOne : .one
      guard own != rest, let factor = rest.reciprocal, let rescaling = own.reciprocal else {
        return nil
      }
      let number = node.space.filled(own * factor)
      return Slip(
        sentence: { "factor: the factor `\(number.formulaText)` is left out" },
        formula: replacing([node: node.scaled(by: rescaling * rest)], upTo: leaves))
    }
  }

  // MARK: - Masks

  /// Masks of other values than the one that decides, and masks that let a part through.
  var masks: [Slip] {
    let (nodes, leaves) = backward
    let known = layer.inputs + layer.lines
    return leaves.filter(\.isStep).flatMap { node -> [Slip] in
      let own = Self.leaks.map { leak in
        Slip(
          sentence: {
            "mask: `\(node.formulaText)` lets \(leak.doubleValue) through where it is 0"
          },
          formula: replacing(
            [node: node + (node.filled(1) - node) * node.filled(leak)], upTo: leaves))
      }
      let values = known + nodes.compactMap { $0.withoutFactor(node) }
      let others = values.filter { $0.shape == node.shape && $0 !== node.operands[0] }
      return own
        + others.map { value in
          let mask = node.replacingOperands([value])
          return Slip(
            sentence: {
              "mask: `\(mask.formulaText)` stands where `\(node.formulaText)` belongs"
            }, formula: replacing([node: mask], upTo: leaves))
        }
    }
  }

  /// The slopes that leaky rectifiers have.
  private static let leaks = [100, 10, 5, 20, 1000].map { Rational(1, $0) }
}

extension TensorExpression {
  fileprivate var isStep: Bool { elementwiseFunction?.function.primitive == .step }

  /// The tensor as somebody reads it who takes its buffer for one with this axis and the next exchanged; nil where
  /// both have one extent, which is a transpose.
  fileprivate func storedOtherwise(_ axis: Int) -> TensorExpression? {
    guard shape[axis] != shape[axis + 1], !shape[axis].isOne, !shape[axis + 1].isOne else {
      return nil
    }
    var exchanged = shape
    exchanged.swapAt(axis, axis + 1)
    var order = Array(shape.indices)
    order.swapAt(axis, axis + 1)
    return try? reshaped(exchanged).permuted(order)
  }

  /// A product without a factor that is read entry by entry; nil for anything else.
  fileprivate func withoutFactor(_ factor: TensorExpression) -> TensorExpression? {
    guard let contraction = asContraction, shape == factor.shape, contraction.operands.count > 1,
      let place = contraction.operands.firstIndex(where: { $0.value === factor }),
      contraction.operands[place].access == contraction.output
    else { return nil }
    var rest = contraction.operands
    rest.remove(at: place)
    return space.contraction(
      Contraction(
        coefficient: contraction.coefficient, indices: contraction.indices,
        output: contraction.output, operands: rest, guards: contraction.guards), shape: shape)
  }
}

extension Contraction {
  /// The terms at which a coordinate is one of an axis of that extent.
  fileprivate func keeping(_ coordinate: Affine, below extent: Size) -> Contraction {
    Contraction(
      coefficient: coefficient, indices: indices, output: output, operands: operands,
      guards: guards + [Guard(coordinate, below: extent)])
  }
}
