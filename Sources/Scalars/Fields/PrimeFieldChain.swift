/// A chain of primes, each of which divides the one before it less one.
///
/// It is what makes exponentials exact in a finite field. Let p₁ divide p₀ − 1, and let g have
/// order p₁ modulo p₀. Then
///
/// ```
/// E : ℤ/p₁ → 𝔽ₚ₀,   E(u) = gᵘ
/// ```
///
/// is well defined and E(u + v) = E(u)·E(v), as for the exponential function. So an expression is
/// evaluated modulo p₀ while the arguments of its exponentials are evaluated modulo p₁, the
/// arguments of exponentials inside those modulo p₂, and so on; an input is drawn as an independent
/// residue for each level.
///
/// Every prime is ≡ 7 modulo 8, so that −1 is no square, 2 is one, and roots have one formula;
/// and none is ≡ 1 modulo 3 or 5, so that every element has one cube root and one fifth root. The
/// first lies between 2⁶⁰ and 2⁶², the second above 2⁵⁹, the last above 2³⁶.
public struct PrimeFieldChain: Sendable, Hashable {
  /// From the field that values live in to the innermost exponents.
  public let primes: [UInt64]

  /// The longest chain there is.
  public static let largestCount = 6

  /// By level, the exponent of the power of 2 that its primes begin at. They end three powers above, the
  /// first two where words of 62 bits do.
  private static let firstBits: [UInt64] = [60, 59, 49, 44, 40, 36]

  /// The exponent of a power of 2 that every prime of a chain of that count is above.
  public static func leastBits(count: Int) -> Double { Double(firstBits[count - 1]) }

  /// The chain of a seed: as good as random, and found by no other way than from the seed.
  ///
  /// The longest chains begin at one of some 2²⁷ primes, so that two of a thousand seeds hardly ever share one.
  ///
  /// - Precondition: the count is between 1 and ``largestCount``.
  public init(count: Int, seed: UInt64) {
    precondition((1...Self.largestCount).contains(count), "a chain of too many primes, or none")
    var generator = SeededGenerator(seed: seed, stream: 0x7072_696D_6573)
    primes = Self.primes(count, using: &generator)
  }

  private static func primes(_ count: Int, using generator: inout SeededGenerator) -> [UInt64] {
    // From the last prime up, since it has to divide what comes before it. It comes from the first octave of
    // its range, and the primes before it are taken as small as they can be: large ones leave the next level
    // hardly a number to try.
    let whole = range(of: count - 1)
    let range = count == 1 ? whole : whole.lowerBound...(2 * whole.lowerBound - 1)
    while true {
      let candidate = UInt64.random(in: range, using: &generator) | 7
      guard isPrimeOfChain(candidate, at: count - 1) else { continue }
      if let primes = completed([candidate], level: count - 1, using: &generator) { return primes }
    }
  }

  /// The primes with those of all levels before theirs; nil where none are found.
  private static func completed(
    _ primes: [UInt64], level: Int, using generator: inout SeededGenerator
  ) -> [UInt64]? {
    if level == 0 { return primes }
    if level == 1 { return [2 * primes[0] + 1] + primes }
    let step = 2 * primes[0]
    let range = range(of: level - 1)
    // Factors 4·t + 1, so that the product is ≡ 7 modulo 8 as all are.
    let turns = range.lowerBound / step / 4...range.upperBound / step / 4
    for t in turns {
      let candidate = step * (4 * t + 1) + 1
      guard isPrimeOfChain(candidate, at: level - 1) else { continue }
      let all = completed([candidate] + primes, level: level - 1, using: &generator)
      if let all { return all }
    }
    return nil
  }

  /// Whether a number may stand at a level; the second prime of a chain is one with which twice itself and 1
  /// is prime as well.
  private static func isPrimeOfChain(_ n: UInt64, at level: Int) -> Bool {
    guard range(of: level).contains(n), isFit(n) else { return false }
    if level != 1 { return isProbablePrime(n) && isPrime(n) }
    let twice = 2 * n + 1
    return isFit(twice) && isProbablePrime(n) && isProbablePrime(twice) && isPrime(n)
      && isPrime(twice)
  }

  private static func range(of level: Int) -> ClosedRange<UInt64> {
    let least = firstBits[level]
    return 1 << least...(1 << (level < 2 ? least + 2 : least + 3)) - 1
  }

  /// Whether a number has the residues that a prime of a chain has, and no small factor.
  private static func isFit(_ n: UInt64) -> Bool {
    n % 8 == 7 && n % 3 == 2 && n % 5 > 1 && smallPrimes.allSatisfy { !n.isMultiple(of: $0) }
  }

  private static let smallPrimes: [UInt64] = (7...400).filter { n in
    (2..<n).allSatisfy { $0 * $0 > n || !n.isMultiple(of: $0) }
  }
}
