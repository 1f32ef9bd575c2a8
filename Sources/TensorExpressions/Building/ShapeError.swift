/// Why operands do not fit together. Holds data; the sentences are made where errors are shown.
public enum ShapeError: Error, Hashable, Sendable {
  /// Contracted axes of different extents; the axes are counted from the front.
  case contraction(lhs: [Size], lhsAxis: Int, rhs: [Size], rhsAxis: Int)
  /// Shapes that do not broadcast; the axis is counted from the back, 0 the last.
  case broadcast(lhs: [Size], rhs: [Size], axisFromEnd: Int)
  /// A tensor of another rank than the function takes.
  case rank(function: String, expected: String, found: [Size])
  /// An axis that the tensor does not have.
  case axis(Int, shape: [Size])
  /// The element counts of two shapes differ, or the −1 does not come out whole.
  case reshape(from: [Size], to: [Size?])
  /// Two extents of one label or axis that must be equal.
  case extent(function: String, what: String, expected: Size, found: Size)
  /// A matrix that must be square.
  case square(function: String, found: [Size])
  /// An output extent that is below 1 for all sizes.
  case emptyExtent(function: String, axis: Int, extent: Size)
  /// A window, its dilation counted, that is wider than the padded input for all sizes; the axis is counted
  /// from the front.
  case window(function: String, axis: Int, span: Size, paddedInput: Size)
  /// An output extent that no input of a transposed convolution could have, and those that this one can.
  case outputExtent(function: String, axis: Int, requested: Size, possible: [Size])
  /// A number of groups that does not divide the channels.
  case groups(function: String, channels: Size, groups: Size)
  /// A size that must be given as a number, since the formula cannot be written for all values of its names.
  case undecided(function: String, name: String, size: Size)
  /// Another argument that the function does not take, with the rule that it breaks.
  case argument(function: String, name: String, rule: String)
}

/// A shape as it is printed, `[B, 2*H]`.
public func shapeText(_ shape: [Size]) -> String {
  "[" + shape.map(\.description).joined(separator: ", ") + "]"
}
