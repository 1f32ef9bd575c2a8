/// A declared tensor: its name, what part it plays, and what is assumed of its entries.
public struct TensorSymbol: Hashable, Sendable {
  /// What part a declared tensor plays in a program.
  public enum Role: String, Hashable, Sendable {
    /// Differentiable data.
    case input
    /// A differentiable, trained tensor.
    case parameter
    /// Not differentiated.
    case constant
    /// The upstream gradient of an output.
    case upstream
    /// Stands for the gradient of a value in a claim, until it is known whose.
    case cotangent
    /// A tangent or another free tensor that a derivative is taken along.
    case direction
    /// What the body of a recurrence reads at one step.
    case step
  }

  /// The name in the program.
  public let name: String
  /// What part the tensor plays.
  public let role: Role
  /// What is assumed of the entries.
  public let structure: TensorStructure

  public init(_ name: String, role: Role, structure: TensorStructure = []) {
    self.name = name
    self.role = role
    self.structure = structure
  }

  /// Whether the tensor is data or trained, so that gradients by it are asked for.
  public var isDifferentiable: Bool { role == .input || role == .parameter }

  /// Whether every entry is above zero: data in a simplex may lie on its border.
  public var isPositive: Bool {
    structure.isPositive
      && (role != .constant || !structure.isDisjoint(with: [.positive, .unitInterval]))
  }
}

/// What a declaration assumes of a tensor's entries.
public struct TensorStructure: OptionSet, Hashable, Sendable {
  /// The words as bits, the axis of a one-hot and an ignored number above them.
  public typealias RawBits = UInt64
  public let rawValue: RawBits
  public init(rawValue: RawBits) { self.rawValue = rawValue }

  /// Equal to its transpose; its gradient ½(G + Gᵀ) is so, too.
  public static let symmetric = TensorStructure(rawValue: 1)
  /// Symmetric, the gradient being by the entries of the upper triangle as free variables.
  public static let symmetricEntries = TensorStructure(rawValue: 1 << 1)
  /// Zero off the diagonal.
  public static let diagonal = TensorStructure(rawValue: 1 << 2)
  /// Zero above the diagonal.
  public static let lower = TensorStructure(rawValue: 1 << 3)
  /// Its transpose is its inverse.
  public static let orthogonal = TensorStructure(rawValue: 1 << 4)
  /// Symmetric and positive definite.
  public static let positiveDefinite = TensorStructure(rawValue: 1 << 5)
  /// Its inverse exists.
  public static let nonsingular = TensorStructure(rawValue: 1 << 6)
  /// Every entry is above zero.
  public static let positive = TensorStructure(rawValue: 1 << 7)
  /// No entry is below zero.
  public static let nonnegative = TensorStructure(rawValue: 1 << 8)
  /// Inside (0, 1).
  public static let unitInterval = TensorStructure(rawValue: 1 << 9)
  /// Positive, and summing to 1 along the last axis.
  public static let simplex = TensorStructure(rawValue: 1 << 10)
  /// A single 1 along an axis, zeros else; the axis is kept in the upper bits.
  public static let oneHot = TensorStructure(rawValue: 1 << 11)
  /// Every entry is a whole number.
  public static let integer = TensorStructure(rawValue: 1 << 12)
  /// 0 or 1, each somewhere.
  public static let mask = TensorStructure(rawValue: 1 << 13)
  /// At least one 1 along an axis, which is kept in the upper bits.
  private static let hasOnes = TensorStructure(rawValue: 1 << 14)
  /// The one-hot tensor of a declared index tensor: see ``index(ignoring:axis:)``.
  public static let index = TensorStructure(rawValue: 1 << 15)
  /// An index tensor some of whose entries may be ignored: their fibres of the one-hot tensor are all zero.
  /// The number that stands for them is kept in the uppermost bits.
  public static let ignoring = TensorStructure(rawValue: 1 << 16)

  /// The words of the language with what they say, in the order in which they are listed.
  public static let words: KeyValuePairs<String, TensorStructure> = [
    "symmetric": .symmetric, "diagonal": .diagonal, "lower": .lower, "orthogonal": .orthogonal,
    "spd": .positiveDefinite, "nonsingular": .nonsingular, "positive": .positive,
    "nonnegative": .nonnegative, "unit": .unitInterval, "simplex": .simplex, "integer": .integer,
    "one_hot": .oneHot, "mask": .mask,
  ]

  /// The words of the language that say this, with their arguments: `one_hot(1)`.
  public var words: [String] {
    let plain = Self.words.filter {
      contains($0.value) && $0.value != .oneHot && ($0.value != .mask || maskAxis == nil)
    }.map(\.key)
    return (contains(.symmetricEntries) ? ["symmetric(entries)"] : []) + plain
      + (contains(.index) ? [] : oneHotAxis.map { ["one_hot(\($0))"] } ?? [])
      + (maskAxis.map { ["mask(\($0))"] } ?? [])
  }

  /// A mask with at least one 1 along `axis`, counted from the front.
  public static func mask(axis: Int) -> TensorStructure {
    TensorStructure(
      rawValue: mask.rawValue | hasOnes.rawValue | RawBits(truncatingIfNeeded: axis & 0xff) << 24)
  }

  /// The axis along which a mask has at least one 1, when it says so.
  public var maskAxis: Int? { contains([.mask, .hasOnes]) ? Int(rawValue >> 24 & 0xff) : nil }

  /// The one-hot tensor of an index tensor, its classes along `axis`.
  ///
  /// - Parameter ignored: the number of the entries that index nothing; nil for none.
  public static func index(ignoring ignored: Int?, axis: Int) -> TensorStructure {
    let word: TensorStructure = [.index, .oneHot(axis: axis)]
    guard let ignored else { return word }
    let bits = RawBits(UInt32(bitPattern: Int32(truncatingIfNeeded: ignored))) << 32
    return word.union(.ignoring).union(TensorStructure(rawValue: bits))
  }

  /// The number that stands for entries that index nothing, when there may be such.
  public var ignoredIndex: Int? {
    contains(.ignoring)
      ? Int(Int32(bitPattern: UInt32(truncatingIfNeeded: rawValue >> 32))) : nil
  }

  /// Whether each fibre along the axis of a one-hot has its 1.
  public var sumsToOne: Bool { contains(.oneHot) && !contains(.ignoring) }

  /// One-hot along `axis`, counted from the front.
  public static func oneHot(axis: Int) -> TensorStructure {
    TensorStructure(rawValue: oneHot.rawValue | RawBits(truncatingIfNeeded: axis & 0xff) << 24)
  }

  /// The words alone, without the axis that one of them names.
  public var withoutAxis: TensorStructure { TensorStructure(rawValue: rawValue & 0xff_ffff) }

  /// The axis of the one-hot, when there is one.
  public var oneHotAxis: Int? { contains(.oneHot) ? Int(rawValue >> 24 & 0xff) : nil }

  /// Whether `X` equals its transpose.
  public var isSymmetric: Bool {
    !isDisjoint(with: [.symmetric, .symmetricEntries, .positiveDefinite, .diagonal])
  }
  /// Whether every entry is known to be above zero.
  public var isPositive: Bool { !isDisjoint(with: [.positive, .unitInterval, .simplex]) }
  /// Whether no entry is below zero.
  public var isNonnegative: Bool {
    isPositive || !isDisjoint(with: [.nonnegative, .oneHot, .mask])
  }
}
