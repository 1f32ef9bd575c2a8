import TensorExpressions

/// A sum of values that lie behind each other along an axis, zero elsewhere, as what it is: a concatenation.
///
/// ```
/// pad(a, ((0, n),)) + pad(b, ((m, 0),)) = concat([a, b])      for a: [m], b: [n]
/// ```
///
/// Terms that lie at the same places are one part. Where every part is 1 long the sum is a stack.
public struct Stitching {
  /// Along which the parts lie.
  public let axis: Int
  /// The parts in their order along the axis; without that axis in a stack.
  public let parts: [TensorExpression]
  /// Whether the parts are laid along an axis that they do not have.
  public let isStack: Bool
  /// The terms that are all over the axis.
  public let others: [TensorExpression]

  /// Where a term has entries along an axis.
  private struct Stretch: Hashable {
    let start: Size
    let extent: Size
  }

  /// Reads a sum as parts that lie behind each other along one axis.
  ///
  /// - Returns: nil for a value that is no such sum.
  public init?(_ value: TensorExpression) {
    guard let terms = value.asTerms, terms.count >= 2,
      terms.count(where: { $0.asContraction != nil }) >= 2
    else { return nil }
    var positives = value.shape
    for term in terms {
      guard let c = term.asContraction else { continue }
      positives += c.indices
      for operand in c.operands { positives += operand.value.shape }
    }
    let facts = SizeFacts(positives: Array(Set(positives.filter { !$0.isConstant })))
    for axis in value.shape.indices {
      if let found = Self.parts(of: terms, along: axis, shape: value.shape, facts) {
        self = found
        return
      }
    }
    return nil
  }

  /// The value that is made from other parts in the places of these.
  func sum(of parts: [TensorExpression], shape: [Size]) -> TensorExpression {
    var position = Size.zero
    var terms = others
    for part in parts {
      var output = part.shape.indices.map(Affine.index)
      if isStack {
        output.insert(.constant(position), at: axis)
        position += 1
      } else {
        output[axis] = output[axis] + position
        position += part.shape[axis]
      }
      terms.append(part.embedded(at: output, in: shape))
    }
    return terms[0].space.sum(terms, shape: shape)
  }

  private init(
    axis: Int, parts: [TensorExpression], isStack: Bool, others: [TensorExpression]
  ) {
    self.axis = axis
    self.parts = parts
    self.isStack = isStack
    self.others = others
  }

  private static func parts(
    of terms: [TensorExpression], along axis: Int, shape: [Size], _ facts: SizeFacts
  ) -> Stitching? {
    var others: [TensorExpression] = []
    var pieces: [Stretch: [TensorExpression]] = [:]
    var isStack = true
    for term in terms {
      guard let c = term.asContraction, let (stretch, low) = stretch(of: c, axis, shape, facts),
        stretch.extent != shape[axis]
      else {
        others.append(term)
        continue
      }
      isStack = isStack && stretch.extent.isOne
      let piece = c.cut(axis, at: stretch.start, from: low, length: stretch.extent)
      pieces[stretch, default: []].append(
        term.space.contraction(piece, shape: shape.replacing(axis, by: stretch.extent)))
    }
    guard pieces.count >= 2,
      let order = order(of: Array(pieces.keys), to: shape[axis], facts)
    else { return nil }
    // A gap is as long as it is, which in a stack is 1.
    isStack = isStack && order.allSatisfy(\.extent.isOne)
    let parts = order.map { stretch -> TensorExpression in
      let cut = shape.replacing(axis, by: stretch.extent)
      let sum = terms[0].space.sum(pieces[stretch] ?? [], shape: cut)
      return isStack ? sum.withoutAxis(axis) : sum
    }
    return Stitching(axis: axis, parts: parts, isStack: isStack, others: others)
  }

  /// The stretches in their order, and a gap among them, which is zero; nil when they do not fill the axis with that.
  private static func order(
    of stretches: [Stretch], to extent: Size, _ facts: SizeFacts
  ) -> [Stretch]? {
    var rest = stretches
    var ordered: [Stretch] = []
    var position = Size.zero
    var hasGap = false
    while position != extent {
      if let next = rest.firstIndex(where: { $0.start == position }) {
        let stretch = rest.remove(at: next)
        position += stretch.extent
        ordered.append(stretch)
        continue
      }
      let next = rest.first { candidate in
        rest.allSatisfy { facts.isAtMost(candidate.start, $0.start) }
      }
      let end = next?.start ?? extent
      guard !hasGap, next != nil || rest.isEmpty, stretches.count > 2,
        facts.isPositive(end - position)
      else { return nil }
      hasGap = true
      ordered.append(Stretch(start: position, extent: end - position))
      position = end
    }
    return rest.isEmpty ? ordered : nil
  }

  /// Where along an axis of its output a contraction has entries, and the least value of the index that runs there; nil
  /// where that is not one stretch, or not known.
  private static func stretch(
    of c: Contraction, _ axis: Int, _ shape: [Size], _ facts: SizeFacts
  ) -> (Stretch, low: Size)? {
    let coordinate = c.output[axis]
    if coordinate.isConstant { return (Stretch(start: coordinate.constant, extent: .one), .zero) }
    guard coordinate.terms.count == 1, coordinate.terms[0].coefficient.isOne else { return nil }
    let index = coordinate.terms[0].index
    var low = Size.zero
    var high = c.indices[index]
    var slots = zip(c.output, shape).map { ($0, $1) }
    for operand in c.operands { slots += zip(operand.access, operand.value.shape).map { ($0, $1) } }
    slots += c.guards.map { ($0.coordinate, $0.extent) }
    for (slot, extent) in slots
    where slot.terms.count == 1 && slot.terms[0].index == index && slot.terms[0].coefficient.isOne {
      let (first, end) = (-slot.constant, extent - slot.constant)
      if facts.isAtMost(low, first) {
        low = first
      } else if !facts.isAtMost(first, low) {
        return nil
      }
      if facts.isAtMost(end, high) {
        high = end
      } else if !facts.isAtMost(high, end) {
        return nil
      }
    }
    guard facts.isPositive(high - low) || high - low == shape[axis] - 1 else { return nil }
    return (Stretch(start: low + coordinate.constant, extent: high - low), low)
  }
}

extension Contraction {
  /// The entries of the output along a stretch of an axis, as all that there is.
  fileprivate func cut(
    _ axis: Int, at start: Size, from low: Size, length: Size
  ) -> Contraction {
    var output = output
    guard let index = output[axis].terms.first?.index else {
      output[axis] = .constant(.zero)
      return Contraction(
        coefficient: coefficient, indices: indices, output: output, operands: operands,
        guards: guards)
    }
    let isOne = length.isOne
    let moved = isOne ? Affine.constant(low) : Affine.index(index) + low
    func change(_ coordinate: Affine) -> Affine {
      coordinate.substituting(index, by: moved)
    }
    output = output.map(change)
    output[axis] = output[axis] + -start
    return Contraction(
      coefficient: coefficient, indices: indices.replacing(index, by: length),
      output: output,
      operands: operands.map { Operand($0.value, $0.access.map(change)) },
      guards: guards.map { Guard(change($0.coordinate), below: $0.extent) })
  }
}

extension TensorExpression {
  /// The value without an axis of extent 1.
  fileprivate func withoutAxis(_ axis: Int) -> TensorExpression {
    var rest = shape
    rest.remove(at: axis)
    if let terms = asTerms {
      if terms.isEmpty { return space.zeros(rest) }
      return space.sum(terms.map { $0.withoutAxis(axis) }, shape: rest)
    }
    guard let c = asContraction, c.output[axis].isConstant else {
      var access = rest.indices.map(Affine.index)
      access.insert(.constant(.zero), at: axis)
      return reindexed(access, to: rest)
    }
    var output = c.output
    output.remove(at: axis)
    return space.contraction(
      Contraction(
        coefficient: c.coefficient, indices: c.indices, output: output, operands: c.operands,
        guards: c.guards), shape: rest)
  }
}

extension Array {
  fileprivate func replacing(_ position: Int, by element: Element) -> [Element] {
    var result = self
    result[position] = element
    return result
  }
}
