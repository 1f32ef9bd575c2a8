/// A set of whole numbers of which most are below 64: indices, labels of axes, positions of factors.
///
/// Those are the bits of one word, so that the many small sets of a search need neither memory nor hashing.
public struct NumberSet: Hashable, Sendable {
  /// Number `n` is bit `n`.
  @usableFromInline var low: UInt64 = 0
  /// The numbers outside of `0 ..< 64`; nil for none.
  @usableFromInline var others: Set<Int>?

  @inlinable public init() {}

  /// The set of the numbers of a sequence, in which some may repeat.
  @inlinable
  public init(_ numbers: some Sequence<Int>) {
    for number in numbers { insert(number) }
  }

  @inlinable
  static func bit(_ number: Int) -> UInt64? {
    number >= 0 && number < UInt64.bitWidth ? 1 << UInt64(number) : nil
  }

  /// Whether there is no number in the set.
  @inlinable public var isEmpty: Bool { low == 0 && others == nil }
  /// How many numbers the set has.
  @inlinable public var count: Int { low.nonzeroBitCount + (others?.count ?? 0) }

  /// Whether a number is in the set.
  @inlinable
  public func contains(_ number: Int) -> Bool {
    if let bit = Self.bit(number) { return low & bit != 0 }
    return others?.contains(number) ?? false
  }

  /// Adds a number.
  ///
  /// - Returns: whether the number is new.
  @inlinable
  @discardableResult
  public mutating func insert(_ number: Int) -> Bool {
    if let bit = Self.bit(number) {
      if low & bit != 0 { return false }
      low |= bit
      return true
    }
    return others?.insert(number).inserted ?? insertFirstOther(number)
  }

  @usableFromInline
  mutating func insertFirstOther(_ number: Int) -> Bool {
    others = [number]
    return true
  }

  /// Adds every number of a sequence.
  @inlinable
  public mutating func formUnion(_ numbers: some Sequence<Int>) {
    for number in numbers { insert(number) }
  }

  /// The numbers that are in either set.
  public func union(_ other: NumberSet) -> NumberSet {
    var result = self
    result.formUnion(other)
    return result
  }

  /// Whether every number of this set is in another.
  @inlinable
  public func isSubset(of other: NumberSet) -> Bool {
    guard low & ~other.low == 0 else { return false }
    guard let others else { return true }
    return others.isSubset(of: other.others ?? [])
  }

  /// Whether the two sets have no number in common.
  @inlinable
  public func isDisjoint(with other: NumberSet) -> Bool {
    guard low & other.low == 0 else { return false }
    guard let others, let theirs = other.others else { return true }
    return others.isDisjoint(with: theirs)
  }

}

extension NumberSet: Sequence {
  /// Walks the numbers below 64 in order, and after them the others in order.
  public struct Iterator: IteratorProtocol {
    @usableFromInline var low: UInt64
    @usableFromInline var others: ArraySlice<Int>

    @usableFromInline
    init(_ set: NumberSet) {
      low = set.low
      others = set.others.map { $0.sorted()[...] } ?? []
    }

    /// The next number, or nil after the last.
    @inlinable
    public mutating func next() -> Int? {
      if low == 0 { return others.popFirst() }
      defer { low &= low - 1 }
      return low.trailingZeroBitCount
    }
  }

  /// An iterator over the set as it is now.
  public func makeIterator() -> Iterator { Iterator(self) }
}

extension NumberSet: ExpressibleByArrayLiteral {
  public init(arrayLiteral numbers: Int...) { self.init(numbers) }
}
