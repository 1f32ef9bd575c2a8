/// A sum of products of two tensors' elements, with every access affine in the indices.
///
/// ```
/// output[A₀·v + b₀] += left[A₁·v + b₁] · right[A₂·v + b₂]     for every v in the box of extents
/// ```
///
/// A point at which any of the three accesses leaves its tensor contributes nothing; elements of
/// the output that no point reaches are zero. Matrix products, convolutions with any stride, padding,
/// dilation and groups, their transposes and their weight gradients are all of this form.
public struct ExactContraction: Hashable, Sendable {
  /// One axis of an access: a constant, and one coefficient for each index.
  public struct Coordinate: Hashable, Sendable {
    /// The coordinate where every index is 0.
    public var constant: Int
    /// How far the coordinate moves with each index of the box.
    public var coefficients: [Int]

    public init(constant: Int = 0, coefficients: [Int]) {
      self.constant = constant
      self.coefficients = coefficients
    }
  }

  /// How the indices address one tensor, which lies in row-major order.
  public struct Access: Hashable, Sendable {
    /// The extents of the tensor.
    public var shape: [Int]
    /// The coordinates of the addressed element, one for each axis of the tensor.
    public var coordinates: [Coordinate]

    public init(shape: [Int], coordinates: [Coordinate]) {
      self.shape = shape
      self.coordinates = coordinates
    }
  }

  /// A coordinate that must lie in `0..<extent` at a point that contributes.
  public struct Guard: Hashable, Sendable {
    /// The coordinate, which belongs to no tensor.
    public var coordinate: Coordinate
    /// The coordinate must be at least 0 and below this.
    public var extent: Int

    public init(_ coordinate: Coordinate, below extent: Int) {
      self.coordinate = coordinate
      self.extent = extent
    }
  }

  /// The place of a tensor in a contraction, or the guards.
  public enum Slot: Hashable, Sendable { case output, left, right, guards }

  /// How many values each index takes, from zero up.
  public let extents: [Int]
  /// Where a product is added.
  public let output: Access
  /// Which element of the left operand is read.
  public let left: Access
  /// Which element of the right operand is read.
  public let right: Access
  /// Conditions beside those of the three accesses.
  public let guards: [Guard]

  /// A contraction whose accesses and guards were held against the box.
  ///
  /// - Throws: ``ExactEngineError/malformed(_:)`` for an access with a number of coordinates other
  ///   than its tensor's rank, or of coefficients other than the number of indices, a negative
  ///   extent, or coordinates that do not fit in 32 bits.
  public init(
    extents: [Int], output: Access, left: Access, right: Access, guards: [Guard] = []
  ) throws(ExactEngineError) {
    self.extents = extents
    self.output = output
    self.left = left
    self.right = right
    self.guards = guards
    let guarding = Access(
      shape: guards.map { min($0.extent, 1) }, coordinates: guards.map(\.coordinate))
    for (slot, access) in [
      (Slot.output, output), (.left, left), (.right, right), (.guards, guarding),
    ] {
      guard access.isWellFormed(over: extents) else { throw .malformed(slot) }
    }
  }
}

extension ExactContraction.Access {
  fileprivate func isWellFormed(over extents: [Int]) -> Bool {
    let most = 1 << 31
    guard coordinates.count == shape.count, shape.allSatisfy({ 0..<most ~= $0 }),
      extents.allSatisfy({ 0..<most ~= $0 }), elementCount(of: shape) != nil
    else { return false }
    for coordinate in coordinates {
      guard coordinate.coefficients.count == extents.count, abs32(coordinate.constant) else {
        return false
      }
      var reach = 0
      for (coefficient, extent) in zip(coordinate.coefficients, extents) {
        guard abs32(coefficient) else { return false }
        reach += abs(coefficient * max(extent - 1, 0))
        guard reach < most else { return false }
      }
    }
    return true
  }

  private func abs32(_ value: Int) -> Bool { -(1 << 31) < value && value < 1 << 31 }
}

/// The product of the extents, or nil past 2^48.
func elementCount(of shape: [Int]) -> Int? {
  if shape.contains(0) { return 0 }
  var count = 1
  for extent in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    guard !overflow, product < 1 << 48, product >= 0 else { return nil }
    count = product
  }
  return count
}
