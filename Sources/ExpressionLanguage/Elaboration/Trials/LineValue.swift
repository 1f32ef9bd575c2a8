import TensorExpressions

/// What a part of a line means: in a block its value at every step, with the steps in front.
package struct LineValue {
  /// The value, of a line in a block at all steps.
  package let whole: TensorExpression
  /// Whether it is a size or a number, and no tensor.
  package let isNumber: Bool
  /// Whether the first axis of ``whole`` is that of the steps.
  package var isAtSteps = false

  /// The shape of the part as its line reads it.
  package var shape: [Size] { isAtSteps ? Array(whole.shape.dropFirst()) : whole.shape }

  /// How many axes the part has as its line reads it.
  package var rank: Int { shape.count }
}
