/// A sum of products over an index relation, the one kind of node for everything linear and polynomial.
///
/// ```
/// out[A₀·v + b₀]  +=  coefficient · x₁[A₁·v + b₁] · x₂[A₂·v + b₂] · …     for every index vector v in the box
/// ```
///
/// A point at which an access leaves its tensor, or a guard leaves its range, contributes nothing; entries of
/// the output that no point reaches are zero. Without operands it is a constant pattern: a number, ones, the
/// identity matrix.
public struct Contraction: Hashable, Sendable {
  /// The number that every product is multiplied with.
  public let coefficient: Coefficient
  /// The extents of the box: index `i` runs over `0 ..< indices[i]`.
  public let indices: [Size]
  /// Where a product is added: one coordinate for each axis of the output.
  public let output: [Affine]
  /// The factors of the products, in order, each with its access.
  public let operands: [Operand]
  /// Further windows that a point must lie in, each a coordinate with the extent it must stay inside: accesses
  /// to tensors of ones.
  public let guards: [Guard]

  /// A tensor, and which of its entries a point reads.
  public struct Operand: Hashable, Sendable {
    /// The tensor that is read.
    public let value: TensorExpression
    /// The coordinates of the entry: one for each axis of the tensor.
    public let access: [Affine]

    /// An operand with its access.
    ///
    /// - Precondition: the access has one coordinate for each axis of the tensor.
    public init(_ value: TensorExpression, _ access: [Affine]) {
      precondition(access.count == value.shape.count, "an access has one coordinate for each axis")
      self.value = value
      self.access = access
    }
  }

  /// A window that a point must lie in: 0 ≤ coordinate < extent.
  public struct Guard: Hashable, Sendable {
    /// The coordinate that is held against the window.
    public let coordinate: Affine
    /// The extent of the window, which starts at 0.
    public let extent: Size

    public init(_ coordinate: Affine, below extent: Size) {
      self.coordinate = coordinate
      self.extent = extent
    }
  }

  public init(
    coefficient: Coefficient = .one, indices: [Size], output: [Affine], operands: [Operand],
    guards: [Guard] = []
  ) {
    self.coefficient = coefficient
    self.indices = indices
    self.output = output
    self.operands = operands
    self.guards = guards
  }

  /// The contraction with its coefficient multiplied by a number.
  public func scaled(by factor: Coefficient) -> Contraction {
    Contraction(
      coefficient: coefficient * factor, indices: indices, output: output, operands: operands,
      guards: guards)
  }

  /// The contraction that reads another tensor of the same rank in place of one operand, by the
  /// same access.
  public func replacingOperand(_ position: Int, with value: TensorExpression) -> Contraction {
    var changed = operands
    changed[position] = Operand(value, operands[position].access)
    return Contraction(
      coefficient: coefficient, indices: indices, output: output, operands: changed, guards: guards)
  }

  /// Whether every axis of the output is an index of its own, in order, with no other index: then the output
  /// is its operands' product entry by entry, and nothing is summed.
  ///
  /// Its box may still be smaller than the output, whose other entries are 0; ``isPointwise(over:)`` asks for
  /// that, too.
  public var isPointwise: Bool {
    indices.count == output.count && hasPlainOutput && guards.isEmpty
  }

  /// Whether every entry of an output of this shape is the operands' product at one point.
  public func isPointwise(over shape: [Size]) -> Bool { isPointwise && indices == shape }

  /// Whether the output's coordinates are the first indices, in order.
  public var hasPlainOutput: Bool {
    output.enumerated().allSatisfy { $1.asIndex == $0 }
  }
}

/// The largest or smallest entry of each window of a tensor: max pooling, and `max` over axes.
///
/// ```
/// out[o] = max over w of x[access(o, w)]
/// ```
///
/// The first indices are the output's axes, the rest the window's. A point outside `x` takes no
/// part. With ranks it is an order:
/// all entries of a window one after the other.
public struct Extremum: Hashable, Sendable {
  /// Whether a window's largest or smallest entry is taken.
  public enum Kind: Hashable, Sendable { case maximum, minimum }

  /// Which entries of a tie the derivative goes to.
  public enum TieRule: Hashable, Sendable {
    /// The first in the order of the window's indices, as pooling does.
    case first
    /// Equal shares, as a maximum over a whole tensor does.
    case shared
  }

  /// Whether the largest or the smallest entry is taken.
  public let kind: Kind
  /// Where the derivative goes when several entries are equal to the one taken.
  public let ties: TieRule
  /// The tensor whose entries are compared.
  public let operand: TensorExpression
  /// The extents of the output's axes, and after them those of the window.
  public let outputExtents: [Size]
  /// The extents of the window's axes.
  public let windowExtents: [Size]
  /// The coordinates of the entry that is compared: one for each axis of the operand, over the
  /// output's indices and after them the window's.
  public let access: [Affine]
  /// Whether the output's last axis counts ranks: entry r is the window's r-th largest or smallest, of equal
  /// ones the first first. No access depends on it then.
  public let isRanked: Bool

  public init(
    kind: Kind, ties: TieRule, operand: TensorExpression, outputExtents: [Size],
    windowExtents: [Size], access: [Affine], isRanked: Bool = false
  ) {
    self.isRanked = isRanked
    self.kind = kind
    self.ties = ties
    self.operand = operand
    self.outputExtents = outputExtents
    self.windowExtents = windowExtents
    self.access = access
  }

  /// The extremum over the same windows of another tensor, which has the same rank.
  public func replacingOperand(with value: TensorExpression) -> Extremum {
    moved(to: value, outputExtents, windowExtents, access)
  }

  /// The same of another operand, read otherwise: what is the largest, and in which order, stays.
  public func moved(
    to operand: TensorExpression, _ outputExtents: [Size], _ windowExtents: [Size],
    _ access: [Affine]
  ) -> Extremum {
    Extremum(
      kind: kind, ties: ties, operand: operand, outputExtents: outputExtents,
      windowExtents: windowExtents, access: access, isRanked: isRanked)
  }
}
