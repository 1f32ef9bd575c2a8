import Judging
import Scalars
import TensorExpressions

/// By what a claim is off at two sets of sizes, in the words of the sizes.
struct SizeRatios {
  /// A number by which every entry is multiplied, and the sizes at which it is.
  struct Sample {
    let ratio: Rational
    let sizes: [String: Int]
  }

  let first: Sample
  /// Nil where the shapes allow no other sizes.
  let second: Sample?

  private static let factors: [Rational] = [1, 2, 3, 4, 1 / 2, 1 / 3, 1 / 4]

  /// The cause; nil where the number depends on sizes in a way that has no short name.
  var cause: Cause? {
    if let second, second.ratio == first.ratio { return Self.constant(first.ratio) }
    for factor in Self.factors {
      for sign in [Rational(1), -1] {
        for (above, below) in Self.quotients(of: first.sizes.keys.sorted()) {
          let isIt = samples.allSatisfy { sample in
            sample.ratio
              == sign * factor * Self.product(above, sample.sizes)
              / Self.product(below, sample.sizes)
          }
          if isIt { return Self.named(above, below, sign * factor) }
        }
      }
    }
    return second == nil ? Self.constant(first.ratio) : nil
  }

  private var samples: [Sample] { [first] + (second.map { [$0] } ?? []) }

  static func constant(_ ratio: Rational, at sizes: [String: Int] = [:]) -> Cause {
    if ratio == -1 { return Cause(.sign, "every entry has the opposite sign") }
    let place = sizes.isEmpty ? "" : " at " + sizes.sizeText()
    return Cause(.factor, "every entry is exactly \(ratio) × the true one\(place)")
  }

  private static func named(_ above: [String], _ below: [String], _ factor: Rational) -> Cause {
    if factor.isOne, above.isEmpty {
      return Cause(
        .meanForSum,
        "every entry is 1/\(text(below)) of the true one: the mean over \(axes(below)) stands for the sum"
      )
    }
    if factor.isOne, below.isEmpty {
      return Cause(
        .sumForMean,
        "every entry is \(text(above)) times the true one: the sum over \(axes(above)) stands for the mean"
      )
    }
    let number =
      factor.numerator == 1 || factor.numerator == -1 ? nil : "\(factor.numerator.magnitude)"
    let divisor = factor.denominator == 1 ? nil : "\(factor.denominator)"
    let top = [number].compactMap { $0 } + above
    let bottom = [divisor].compactMap { $0 } + below
    let quotient = (top.isEmpty ? "1" : text(top)) + (bottom.isEmpty ? "" : "/" + text(bottom))
    let sign = factor.signum() < 0 ? "-" : ""
    return Cause(.factor, "every entry is exactly \(sign)\(quotient) × the true one")
  }

  /// Products of at most four names, and quotients of products of at most two, without a name in both; the shortest
  /// first.
  private static func quotients(of names: [String]) -> [(above: [String], below: [String])] {
    let names = Array(names.prefix(8))
    var products: [[String]] = [[]]
    for name in names { products += products.filter { $0.count < 4 }.map { $0 + [name] } }
    let single = products.filter { !$0.isEmpty }.flatMap {
      [(above: [], below: $0), (above: $0, below: [])]
    }
    let short = products.filter { (1...2).contains($0.count) }
    let mixed = short.flatMap { above in
      short.filter { Set($0).isDisjoint(with: above) }.map { (above: above, below: $0) }
    }
    return (single + mixed).sorted {
      $0.above.count + $0.below.count < $1.above.count + $1.below.count
    }
  }

  private static func product(_ names: [String], _ sizes: [String: Int]) -> Rational {
    names.reduce(1) { $0 * Rational(sizes[$1] ?? 1) }
  }

  private static func text(_ names: [String]) -> String {
    names.count == 1 ? names[0] : "(" + names.joined(separator: "*") + ")"
  }

  private static func axes(_ names: [String]) -> String {
    (names.count == 1 ? "axis " : "axes ") + names.joined(separator: ", ")
  }
}
