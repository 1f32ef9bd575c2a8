internal import CGMP

/// An integer without bound.
///
/// A value that fits a machine word is kept in one; any other lies on the heap in GMP's form. Each
/// value has exactly one of the two forms, so that equality and hashing are those of numbers.
public struct Integer: Hashable, Sendable {
  @usableFromInline
  enum Storage: Sendable {
    case small(Int)
    /// Never a value that fits `Int`.
    case big(GMPInteger)
  }

  @usableFromInline let storage: Storage

  @inlinable
  init(storage: Storage) { self.storage = storage }

  /// The integer of a machine word.
  @inlinable
  public init(_ value: Int) { storage = .small(value) }

  /// Makes the integer with a sign and the words of its absolute value, least significant first.
  public init(isNegative: Bool, magnitudeWords words: [UInt]) {
    self.init { result in
      __gmpz_import(result, words.count, -1, MemoryLayout<UInt>.size, 0, 0, words)
      if isNegative { __gmpz_neg(result, result) }
    }
  }

  /// The integer 0.
  @inlinable public static var zero: Integer { Integer(0) }
  /// The integer 1.
  @inlinable public static var one: Integer { Integer(1) }

  /// The value as a machine word, or `nil` when it does not fit.
  @inlinable
  public var asInt: Int? {
    if case .small(let value) = storage { value } else { nil }
  }

  /// Whether the value is 0.
  @inlinable
  public var isZero: Bool {
    if case .small(0) = storage { true } else { false }
  }

  /// Whether the value is 1; −1 is not.
  @inlinable
  public var isOne: Bool {
    if case .small(1) = storage { true } else { false }
  }

  /// -1, 0 or 1.
  public func signum() -> Int {
    switch storage {
    case .small(let value): value.signum()
    case .big: withGMP { $0.sign }
    }
  }

  /// Whether the value has no factor 2, whatever its sign.
  public var isOdd: Bool { withGMP { __gmpz_tstbit($0, 0) != 0 } }

  /// The number of bits of the absolute value; 0 for zero.
  public var bitWidth: Int { withGMP { $0.bitWidth } }

  /// The words of the absolute value, least significant first; empty for zero.
  public var magnitudeWords: [UInt] { withGMP { Array($0.limbs) } }

  /// The nearest `Double`, ties to even; infinite when the value is too large.
  public var doubleValue: Double { Rational(self).doubleValue }

  public static func == (a: Integer, b: Integer) -> Bool {
    switch (a.storage, b.storage) {
    case (.small(let a), .small(let b)): a == b
    case (.big, .big): a.withGMP { a in b.withGMP { b in __gmpz_cmp(a, b) == 0 } }
    case (.small, .big), (.big, .small): false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch storage {
    case .small(let value): hasher.combine(value)
    case .big:
      withGMP { value in
        hasher.combine(value.sign)
        hasher.combine(bytes: UnsafeRawBufferPointer(value.limbs))
      }
    }
  }
}

extension Integer: Comparable {
  public static func < (a: Integer, b: Integer) -> Bool {
    if case .small(let a) = a.storage, case .small(let b) = b.storage { return a < b }
    return a.withGMP { a in b.withGMP { b in __gmpz_cmp(a, b) < 0 } }
  }
}

extension Integer: ExpressibleByIntegerLiteral {
  @inlinable
  public init(integerLiteral value: Int) { self.init(value) }
}
