/// A product of tensors whose axes carry labels: equal labels are one index, and a label that the output does not
/// show is summed over. Every product of the building API is one of these.
struct LabelledProduct {
  /// Names the function in errors.
  let function: String
  let operands: [(value: TensorExpression, labels: [Int])]
  /// The labels of the output's axes, all different, each on some operand.
  let output: [Int]

  /// The contraction, its indices the output's labels and then the others in order of appearance.
  ///
  /// An extent of 1 is repeated where another operand's axis of the same label is longer.
  func contraction(assuming assumptions: ShapeAssumptions) throws(ShapeError) -> TensorExpression {
    var extents: [Int: Size] = [:]
    var order = output
    for (value, labels) in operands {
      for (label, extent) in zip(labels, value.shape) {
        if !order.contains(label) { order.append(label) }
        guard let known = extents[label], !known.isOne else {
          extents[label] = extent
          continue
        }
        guard extent.isOne || assumptions.areEqual(known, extent) else {
          throw .extent(function: function, what: "axis", expected: known, found: extent)
        }
      }
    }
    var numbers: [Int: Int] = [:]
    for (number, label) in order.enumerated() { numbers[label] = number }
    let indices = order.map { extents[$0] ?? .one }
    let accesses = operands.map { value, labels in
      zip(labels, value.shape).map { label, extent in
        let number = numbers[label] ?? 0
        return extent.isOne && !indices[number].isOne ? .constant(.zero) : Affine.index(number)
      }
    }
    return operands[0].value.space.contraction(
      Contraction(
        indices: indices, output: output.indices.map(Affine.index),
        operands: zip(operands, accesses).map { Contraction.Operand($0.value, $1) }),
      shape: output.map { extents[$0] ?? .one })
  }
}
