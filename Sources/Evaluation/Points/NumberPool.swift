import Scalars

/// Numbers for the entries of a point: generic, distinct while there are enough of them, and with one small common
/// denominator, so that exact sums stay short.
///
/// None but those that have to be is an integer, so that none is 0 or ±1, and no two have the same magnitude until the
/// supply is used up. Magnitudes lie between 1/8 and 3.
struct NumberPool {
  /// What a number must obey.
  enum Domain: Int, CaseIterable {
    case any
    case positive
    /// Inside (0, 1).
    case unit
    /// Any whole number: small and large ones, 0 and ±1 in some draws.
    case integer
    case positiveInteger
    /// A whole number that is not negative.
    case naturalNumber

    var isWhole: Bool {
      switch self {
      case .any, .positive, .unit: false
      case .integer, .positiveInteger, .naturalNumber: true
      }
    }
  }

  private let denominator: Int
  private let isDyadic: Bool
  private let largestInteger: Int
  private var used: Set<Rational> = []
  /// [n] = n / denominator, once so many are drawn that reducing each takes longest.
  private var fractions: [Rational] = []
  /// Whether the whole numbers of the tensor that is drawn may be 0 or ±1, and large.
  private var hasSpecialNumbers = false
  /// By domain, whether its supply of new magnitudes ran out.
  private var isExhausted = Array(repeating: false, count: Domain.allCases.count)

  /// - Parameters:
  ///   - count: how many numbers will be drawn, roughly.
  ///   - isDyadic: whether numbers are to be exact in binary floating point.
  init(count: Int, isDyadic: Bool) {
    // Denominators with many divisors, so that reduced fractions look different.
    let denominators = isDyadic ? [16, 64, 1024] : [12, 60, 840, 27_720]
    // About 23/8 magnitudes for each unit, less the integers. Beyond all, short numbers are worth more than new ones.
    denominator = denominators.first { $0 >= count / 2 + count % 2 } ?? denominators[2]
    self.isDyadic = isDyadic
    largestInteger = max(9, min(count, 30) * 2)
  }

  /// Begins with a tensor of whole numbers. Special ones occur in half of all, so that what divides by whole
  /// numbers has a value somewhere.
  mutating func begin(using generator: inout SeededGenerator) {
    hasSpecialNumbers = Bool.random(using: &generator)
  }

  /// The next number.
  mutating func draw(_ domain: Domain, using generator: inout SeededGenerator) -> Rational {
    if domain.isWhole, hasSpecialNumbers, let special = special(domain, using: &generator) {
      return special
    }
    if !isExhausted[domain.rawValue] {
      for _ in 0..<12 {
        let magnitude = candidate(domain, using: &generator)
        guard used.insert(magnitude).inserted else { continue }
        return signed(magnitude, domain, using: &generator)
      }
      isExhausted[domain.rawValue] = true
      if fractions.isEmpty { fractions = (0..<3 * denominator).map { Rational($0, denominator) } }
    }
    return signed(candidate(domain, using: &generator), domain, using: &generator)
  }

  /// 0, ±1 or a large number for a part of all whole numbers; nil for the others.
  private func special(
    _ domain: Domain, using generator: inout SeededGenerator
  ) -> Rational? {
    let magnitude: Int
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: magnitude = domain == .positiveInteger ? 1 : 0
    case 1: magnitude = 1
    case 2: magnitude = Int.random(in: 1000...1_000_000, using: &generator)
    default: return nil
    }
    return signed(Rational(magnitude), domain, using: &generator)
  }

  private func signed(
    _ magnitude: Rational, _ domain: Domain, using generator: inout SeededGenerator
  ) -> Rational {
    switch domain {
    case .positive, .unit, .positiveInteger, .naturalNumber: magnitude
    case .any, .integer: Bool.random(using: &generator) ? -magnitude : magnitude
    }
  }

  private func candidate(
    _ domain: Domain, using generator: inout SeededGenerator
  ) -> Rational {
    switch domain {
    case .integer, .positiveInteger, .naturalNumber:
      return Rational(Int.random(in: 2...largestInteger, using: &generator))
    case .unit:
      // More room than 12ths leave inside (0, 1).
      let fine = denominator * (isDyadic ? 4 : 5)
      return Rational(Int.random(in: 1..<fine, using: &generator), fine)
    case .any, .positive:
      while true {
        let numerator = Int.random(in: denominator / 8 + 1..<3 * denominator, using: &generator)
        if numerator % denominator != 0 {
          return fractions.isEmpty ? Rational(numerator, denominator) : fractions[numerator]
        }
      }
    }
  }
}
