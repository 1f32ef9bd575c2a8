#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A natural number of any size, for the few that a plan needs: bounds, moduli, denominators.
///
/// Little-endian words without leading zeros; zero has no words. Bulk numbers never pass through
/// here.
public struct Magnitude: Hashable, Sendable {
  /// The words, least significant first and without leading zeros.
  public private(set) var words: [UInt64]

  /// The number with these words, least significant first; zeros at the end are dropped.
  public init(words: [UInt64]) {
    var end = words.count
    while end > 0 && words[end - 1] == 0 { end -= 1 }
    self.words = Array(words[..<end])
  }

  /// A number of one word.
  public init(_ word: UInt64) { words = word == 0 ? [] : [word] }

  /// The number 1.
  public static let one = Magnitude(1)

  /// Two to the power of `exponent`.
  public static func powerOfTwo(_ exponent: Int) -> Magnitude {
    var words = [UInt64](repeating: 0, count: exponent / 64 + 1)
    words[exponent / 64] = 1 << (exponent % 64)
    return Magnitude(words: words)
  }

  /// Whether the number is 0.
  public var isZero: Bool { words.isEmpty }

  /// The position of the highest set bit, counted from 1; 0 for zero.
  public var bitWidth: Int {
    guard let last = words.last else { return 0 }
    return words.count * 64 - last.leadingZeroBitCount
  }

  /// The number modulo 2^64.
  public var lowWord: UInt64 { words.first ?? 0 }

  /// The word at a position, zero past the end.
  func word(_ index: Int) -> UInt64 { words.indices ~= index ? words[index] : 0 }

  func multiplied(by factor: UInt64) -> Magnitude {
    var result: [UInt64] = []
    result.reserveCapacity(words.count + 1)
    var carry: UInt64 = 0
    for word in words {
      let (high, low) = word.multipliedFullWidth(by: factor)
      let (sum, overflow) = low.addingReportingOverflow(carry)
      result.append(sum)
      carry = high &+ (overflow ? 1 : 0)
    }
    result.append(carry)
    return Magnitude(words: result)
  }

  static func * (lhs: Magnitude, rhs: Magnitude) -> Magnitude {
    var result = [UInt64](repeating: 0, count: lhs.words.count + rhs.words.count)
    for (i, a) in lhs.words.enumerated() {
      var carry: UInt64 = 0
      for (j, b) in rhs.words.enumerated() {
        let (high, low) = a.multipliedFullWidth(by: b)
        let (first, overflow1) = result[i + j].addingReportingOverflow(low)
        let (second, overflow2) = first.addingReportingOverflow(carry)
        result[i + j] = second
        carry = high &+ (overflow1 ? 1 : 0) &+ (overflow2 ? 1 : 0)
      }
      result[i + rhs.words.count] = carry
    }
    return Magnitude(words: result)
  }

  static func + (lhs: Magnitude, rhs: Magnitude) -> Magnitude {
    var result: [UInt64] = []
    var carry: UInt64 = 0
    for i in 0...max(lhs.words.count, rhs.words.count) {
      let (first, overflow1) = lhs.word(i).addingReportingOverflow(rhs.word(i))
      let (second, overflow2) = first.addingReportingOverflow(carry)
      result.append(second)
      carry = (overflow1 ? 1 : 0) + (overflow2 ? 1 : 0)
    }
    return Magnitude(words: result)
  }

  /// Quotient and remainder by a word other than zero.
  func dividedBy(_ divisor: UInt64) -> (quotient: Magnitude, remainder: UInt64) {
    var result = words
    var remainder: UInt64 = 0
    for i in words.indices.reversed() {
      (result[i], remainder) = divisor.dividingFullWidth((remainder, words[i]))
    }
    return (Magnitude(words: result), remainder)
  }

  func shiftedLeft(by bits: Int) -> Magnitude { self * .powerOfTwo(bits) }

  /// The number divided by 2^bits and rounded down, for fewer than 64 bits.
  func shiftedRight(by bits: Int) -> Magnitude { dividedBy(1 << UInt64(bits)).quotient }

  /// The logarithm to the base of two, rounded; that of zero is 0.
  var logarithm: Double {
    guard let last = words.last else { return 0 }
    let top = Double(last) * 0x1p64 + Double(word(words.count - 2))
    return log2(top) + Double(64 * (words.count - 2))
  }

  /// The least common multiple with a word other than zero.
  func leastCommonMultiple(with word: UInt64) -> Magnitude {
    let remainder = dividedBy(word).remainder
    return multiplied(by: word / greatestCommonDivisor(word, remainder))
  }
}

extension Magnitude: Comparable {
  public static func < (lhs: Magnitude, rhs: Magnitude) -> Bool {
    if lhs.words.count != rhs.words.count { return lhs.words.count < rhs.words.count }
    for i in lhs.words.indices.reversed() where lhs.words[i] != rhs.words[i] {
      return lhs.words[i] < rhs.words[i]
    }
    return false
  }
}

/// The greatest common divisor; that of zero and `n` is `n`.
func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
