#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which moduli a system takes.
extension ResidueSystem {
  /// The first pairwise coprime numbers from 256 down whose product is enough.
  static func coprimeBytes(until isEnough: (Magnitude) -> Bool) -> [UInt64]? {
    var moduli: [UInt64] = []
    var product = Magnitude.one
    var candidate: UInt64 = 256
    while !isEnough(product) {
      guard candidate > 16 else { return nil }
      if moduli.allSatisfy({ greatestCommonDivisor($0, candidate) == 1 }) {
        moduli.append(candidate)
        product = product.multiplied(by: candidate)
      }
      candidate -= 1
    }
    return moduli
  }

  /// 2^16, and consecutive primes below 2^13: as few of them as are enough, and among those the
  /// smallest, whose products are folded least often.
  ///
  /// 2^16 costs what any other modulus does and gives 16 bits, since 32-bit sums that wrap stay right
  /// modulo 2^16. Primes above 2^13 would be folded more often than every 120 depths.
  ///
  /// - Parameter bits: the fewest bits of a product that can be enough.
  static func shorts(bits: Int, _ isEnough: (Magnitude) -> Bool) -> [UInt64]? {
    let table = PrimeTable.shared
    let power = Magnitude.powerOfTwo(16)
    if isEnough(power) { return [1 << 16] }
    // Logarithms decide where to start, whole products where to stop.
    let needed = Double(max(bits - 18, 0))
    let last = table.primes.count
    var count = 1
    while table.bits(last - count..<last) < needed {
      count += 1
      guard count <= last else { return nil }
    }
    while true {
      var (low, high) = (0, last - count)
      while low < high {
        let middle = (low + high) / 2
        if table.bits(middle..<middle + count) < needed { low = middle + 1 } else { high = middle }
      }
      func suffices(from start: Int) -> Bool {
        isEnough(table.primes[start..<start + count].reduce(power) { $0.multiplied(by: $1) })
      }
      // Products grow with the start, so that the first that is enough is found by halving.
      high = last - count + 1
      while low < high {
        let middle = (low + high) / 2
        if suffices(from: middle) { high = middle } else { low = middle + 1 }
      }
      if low <= last - count { return [1 << 16] + table.primes[low..<low + count] }
      count += 1
      guard count <= last else { return nil }
    }
  }

  /// The depth after which 16-bit pairs must be folded.
  ///
  /// Residues are at most `r = m / 2` in magnitude and sums start at most `2^15·(1 + r)` away from zero
  /// after folding, so that `k` depths stay below `2^31 − 2^15` where
  ///
  /// ```
  /// k·r² + 2^15·(1 + r) < 2^31 − 2^15.
  /// ```
  ///
  /// Sums modulo 2^16 may wrap.
  static func depthLimit(ofPairs moduli: [UInt64]) -> Int {
    let largest = moduli.lazy.filter { $0 != 1 << 16 }.max() ?? 3
    let r = Int(largest / 2)
    return min(((1 << 31) - (1 << 15) * (r + 2) - 1) / (r * r) / 2 * 2, 4096)
  }
}

/// The primes between 2^8 and 2^13, and how many bits they have together.
private struct PrimeTable: Sendable {
  let primes: [UInt64]
  /// [i]: the bits of the product of the first i primes.
  private let sums: [Double]

  static let shared = PrimeTable()

  private init() {
    primes = (256..<8192 as Range<UInt64>).filter { candidate in
      !(2...91 as ClosedRange<UInt64>).contains { candidate % $0 == 0 }
    }
    sums = primes.reduce(into: [0]) { $0.append(($0.last ?? 0) + log2(Double($1))) }
  }

  func bits(_ range: Range<Int>) -> Double { sums[range.upperBound] - sums[range.lowerBound] }
}
