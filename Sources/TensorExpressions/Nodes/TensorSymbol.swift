/// A declared tensor: its name, what part it plays, and what is assumed of its entries.
public struct TensorSymbol: Hashable, Sendable {
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
  }

  public let name: String
  public let role: Role
  public let structure: TensorStructure

  public init(_ name: String, role: Role, structure: TensorStructure = []) {
    self.name = name
    self.role = role
    self.structure = structure
  }

  public var isDifferentiable: Bool { role == .input || role == .parameter }

  /// Whether every entry is above zero: data in a simplex may lie on its border.
  public var isPositive: Bool {
    structure.isPositive
      && (role != .constant || !structure.isDisjoint(with: [.positive, .unitInterval]))
  }
}

/// What a declaration assumes of a tensor's entries.
public struct TensorStructure: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let symmetric = TensorStructure(rawValue: 1)
  /// Symmetric, the gradient being by the entries of the upper triangle as free variables.
  public static let symmetricEntries = TensorStructure(rawValue: 1 << 1)
  public static let diagonal = TensorStructure(rawValue: 1 << 2)
  public static let lower = TensorStructure(rawValue: 1 << 3)
  public static let orthogonal = TensorStructure(rawValue: 1 << 4)
  /// Symmetric and positive definite.
  public static let positiveDefinite = TensorStructure(rawValue: 1 << 5)
  public static let nonsingular = TensorStructure(rawValue: 1 << 6)
  public static let positive = TensorStructure(rawValue: 1 << 7)
  public static let nonnegative = TensorStructure(rawValue: 1 << 8)
  /// Inside (0, 1).
  public static let unitInterval = TensorStructure(rawValue: 1 << 9)
  /// Positive, and summing to 1 along the last axis.
  public static let simplex = TensorStructure(rawValue: 1 << 10)
  /// A single 1 along an axis, zeros else; the axis is kept in the upper bits.
  public static let oneHot = TensorStructure(rawValue: 1 << 11)
  public static let integer = TensorStructure(rawValue: 1 << 12)

  /// The words of the language with what they say, in the order in which they are listed.
  public static let words: KeyValuePairs<String, TensorStructure> = [
    "symmetric": .symmetric, "diagonal": .diagonal, "lower": .lower, "orthogonal": .orthogonal,
    "spd": .positiveDefinite, "nonsingular": .nonsingular, "positive": .positive,
    "nonnegative": .nonnegative, "unit": .unitInterval, "simplex": .simplex, "integer": .integer,
    "one_hot": .oneHot,
  ]

  /// The words of the language that say this, with their arguments: `one_hot(1)`.
  public var words: [String] {
    let plain = Self.words.filter { contains($0.value) && $0.value != .oneHot }.map(\.key)
    return (contains(.symmetricEntries) ? ["symmetric(entries)"] : []) + plain
      + (oneHotAxis.map { ["one_hot(\($0))"] } ?? [])
  }

  /// One-hot along `axis`, counted from the front.
  public static func oneHot(axis: Int) -> TensorStructure {
    TensorStructure(rawValue: oneHot.rawValue | UInt32(truncatingIfNeeded: axis & 0xff) << 24)
  }

  /// The words alone, without the axis that one of them names.
  public var withoutAxis: TensorStructure { TensorStructure(rawValue: rawValue & 0xff_ffff) }

  /// The axis of the one-hot, when there is one.
  public var oneHotAxis: Int? { contains(.oneHot) ? Int(rawValue >> 24) : nil }

  /// Whether `X` equals its transpose.
  public var isSymmetric: Bool {
    !isDisjoint(with: [.symmetric, .symmetricEntries, .positiveDefinite, .diagonal])
  }
  /// Whether every entry is known to be above zero.
  public var isPositive: Bool { !isDisjoint(with: [.positive, .unitInterval, .simplex]) }
  /// Whether no entry is below zero.
  public var isNonnegative: Bool { isPositive || !isDisjoint(with: [.nonnegative, .oneHot]) }
}
