import Scalars

/// What the entries of a tensor in a file are stored as.
public enum StorageType: Hashable, Sendable {
  /// Numbers of a floating-point format.
  case floating(BinaryFormat)
  /// Whole numbers of 32 bits, with a sign.
  case int32
  /// Whole numbers of 64 bits, with a sign.
  case int64

  /// All types that are read: floating-point formats first, then whole numbers.
  public static let all: [StorageType] = BinaryFormat.allCases.map(floating) + [.int32, .int64]

  /// How many bytes one entry takes.
  public var byteCount: Int {
    switch self {
    case .floating(let format): format.byteCount
    case .int32: 4
    case .int64: 8
    }
  }

  /// The format of floating-point numbers; nil for whole numbers.
  public var format: BinaryFormat? {
    if case .floating(let format) = self { format } else { nil }
  }
}

/// A tensor of a file: its entries in row-major order, each exact.
public struct StoredTensor: Hashable, Sendable {
  /// The numbers of a tensor, floating-point or whole.
  public enum Entries: Hashable, Sendable {
    /// Floating-point numbers, among which may be infinities and what is not a number.
    case floating([Double])
    /// Whole numbers.
    case integers([Int64])
  }

  /// The name in the file.
  public let name: String
  /// What the entries are stored as.
  public let type: StorageType
  /// The extents of the axes; empty for a scalar.
  public let extents: [Int]
  /// The numbers in row-major order, as many as the product of the extents.
  public let entries: Entries

  /// A tensor of floating-point numbers that are stored in a format.
  ///
  /// - Precondition: there are as many entries as the extents say.
  public init(name: String, format: BinaryFormat, extents: [Int], values: [Double]) {
    precondition(extents.reduce(1, *) == values.count, "a tensor with another number of entries")
    self.name = name
    self.type = .floating(format)
    self.extents = extents
    entries = .floating(values)
  }

  /// - Precondition: the bytes are as many as the extents and the type say.
  init(
    name: String, type: StorageType, extents: [Int], bytes: ArraySlice<UInt8>,
    isBigEndian: Bool = false
  ) {
    self.name = name
    self.type = type
    self.extents = extents
    let words = Self.words(bytes, width: type.byteCount, isBigEndian: isBigEndian)
    switch type {
    case .floating(let format): entries = .floating(words.map(format.value(ofBits:)))
    case .int32:
      entries = .integers(words.map { Int64(Int32(truncatingIfNeeded: $0)) })
    case .int64: entries = .integers(words.map { Int64(bitPattern: $0) })
    }
  }

  /// A tensor of whole numbers of 64 bits.
  ///
  /// - Precondition: there are as many entries as the extents say.
  public init(name: String, words: [Int64], extents: [Int]) {
    precondition(extents.reduce(1, *) == words.count, "a tensor with another number of entries")
    self.init(name: name, type: .int64, extents: extents, entries: .integers(words))
  }

  init(name: String, type: StorageType, extents: [Int], entries: Entries) {
    self.name = name
    self.type = type
    self.extents = extents
    self.entries = entries
  }

  private static func words(
    _ bytes: ArraySlice<UInt8>, width: Int, isBigEndian: Bool
  ) -> [UInt64] {
    bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / width).map { position in
        var word: UInt64 = 0
        for byte in 0..<width {
          let place = isBigEndian ? width - 1 - byte : byte
          word |= UInt64(buffer[position &* width &+ place]) << UInt64(8 &* byte)
        }
        return word
      }
    }
  }

  /// The number of entries.
  public var count: Int {
    switch entries {
    case .floating(let values): values.count
    case .integers(let values): values.count
    }
  }

  /// The entries as `Double`s; whole numbers beyond 2⁵³ are rounded.
  public var values: [Double] {
    switch entries {
    case .floating(let values): values
    case .integers(let values): values.map { Double($0) }
    }
  }

  /// The entries as fractions; nil where one is infinite or not a number.
  public var rationals: [Rational]? {
    switch entries {
    case .integers(let values): return values.map { Rational(Int($0)) }
    case .floating(let values):
      var result: [Rational] = []
      result.reserveCapacity(values.count)
      for value in values {
        guard let rational = Rational(exactly: value) else { return nil }
        result.append(rational)
      }
      return result
    }
  }

  /// The entries as bytes, lowest first.
  var bytes: [UInt8] {
    let words: [UInt64] =
      switch (entries, type) {
      case (.floating(let values), .floating(let format)): values.map(format.bits(of:))
      case (.floating(let values), .int32), (.floating(let values), .int64):
        values.map { UInt64(bitPattern: Int64($0)) }
      case (.integers(let values), _): values.map { UInt64(bitPattern: $0) }
      }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.count * type.byteCount)
    for word in words {
      for byte in 0..<type.byteCount {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * byte)))
      }
    }
    return bytes
  }
}
