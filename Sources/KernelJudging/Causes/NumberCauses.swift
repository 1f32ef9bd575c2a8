import Evaluation
import Scalars

/// Causes that the numbers alone show.
struct NumberCauses {
  let compared: ComparedTensor
  let sizes: [String: Int]

  private var pairs: [(exact: Double, computed: Double)] {
    zip(compared.exact.elements, compared.computed).map { ($0.value.high, $1) }
  }

  private func text(_ place: Int) -> String {
    let entry = TensorShape.entry(at: place, in: compared.exact.extents)
    return "[\(entry.map(String.init).joined(separator: ", "))]"
  }

  /// Entries that are infinite or not a number.
  var notFinite: String? {
    let places = compared.beyond.filter { !compared.computed[$0].isFinite }
    guard let first = places.first else { return nil }
    let word = compared.computed[first].isNaN ? "nan" : "inf"
    return places.count == 1
      ? "entry \(text(first)) is \(word), not a finite number"
      : "\(places.count) entries are not finite, the first \(word) at \(text(first))"
  }

  /// Entries that are zero and should not be, by their number.
  var zeros: String? {
    let beyond = compared.beyond
    guard beyond.count > 1, beyond.allSatisfy({ compared.computed[$0] == 0 }) else { return nil }
    return "missing term: \(beyond.count) entries are zero"
  }

  /// Subnormal numbers taken for zero.
  var flushed: String? {
    let least = compared.storage.leastNormal
    let beyond = compared.beyond
    let isFlushed = beyond.allSatisfy {
      compared.computed[$0] == 0 && compared.exact.elements[$0].value.high.magnitude < least
    }
    return isFlushed && !beyond.isEmpty
      ? "subnormal results are flushed to zero: \(beyond.count) entries below \(NumberWords.significant(least, 3))"
      : nil
  }

  // MARK: - One ratio

  /// The largest exact value with what was computed for it.
  private var largest: (exact: Double, computed: Double)? {
    let largest = pairs.max { $0.exact.magnitude < $1.exact.magnitude }
    return largest.flatMap { $0.exact == 0 || !$0.computed.isFinite ? nil : $0 }
  }

  /// One ratio for all entries that means something.
  var namedFactor: String? {
    if pairs.allSatisfy({ $0.computed == 0 }) { return "missing term: every entry is zero" }
    guard let largest else { return nil }
    return named(largest.computed / largest.exact).first { fits($0.0) }?.1
  }

  /// One ratio for all entries, farther from 1 than the bound leaves open.
  var measuredFactor: String? {
    guard pairs.count > 2, let largest else { return nil }
    let measured = largest.computed / largest.exact
    let open = compared.largestAllowed / largest.exact.magnitude
    guard (measured - 1).magnitude > 3 * open, fits(measured, open: open) else { return nil }
    return "factor: \(subject) \(NumberWords.significant(measured, 6)) times \(exact)"
  }

  /// Of what a ratio is said, before it: entries within the bound may have it, and show it no more than they show
  /// that they are right.
  private var subject: String {
    let beyond = compared.beyond.count
    if beyond == compared.exact.count { return "every entry is" }
    return beyond == 1
      ? "the entry beyond the bound is" : "the \(beyond) entries beyond the bound are"
  }

  private var exact: String {
    let beyond = compared.beyond.count
    return beyond == compared.exact.count || beyond == 1 ? "the exact one" : "the exact ones"
  }

  /// Ratios near the measured one that mean something.
  private func named(_ measured: Double) -> [(Double, String)] {
    let isWhole = compared.beyond.count == compared.exact.count
    let (subject, exact) = (subject, exact)
    var all: [(Double, String)] = [
      (
        -1,
        isWhole
          ? "sign: every entry has the opposite sign" : "sign: \(subject) of the opposite sign"
      )
    ]
    for (name, size) in sizes.sorted(by: { $0.key < $1.key }) where size > 1 {
      let extent = Double(size)
      all += [
        (
          1 / extent,
          "mean for sum: \(subject) 1/\(name) = 1/\(size) of \(exact): a mean over \(name)"
        ),
        (
          extent,
          "sum for mean: \(subject) \(name) = \(size) times \(exact): a factor 1/\(name) is missing"
        ),
        (
          extent.squareRoot(),
          "factor: \(subject) sqrt(\(name)) = \(NumberWords.significant(extent.squareRoot(), 4)) times \(exact)"
        ),
        (1 / extent.squareRoot(), "factor: \(subject) 1/sqrt(\(name)) times \(exact)"),
      ]
    }
    for (value, text) in [
      (2.0, "2"), (0.5, "1/2"), (3, "3"), (1.0 / 3, "1/3"), (4, "4"), (0.25, "1/4"),
    ] {
      all.append((value, "factor: \(subject) \(text) times \(exact)"))
      all.append((-value, "factor: \(subject) -\(text) times \(exact)"))
    }
    return all.filter { ($0.0 - measured).magnitude <= 0.02 * measured.magnitude }
  }

  /// Whether every entry is so many times the exact one, as far as the bound tells.
  private func fits(_ factor: Double, open: Double = 0) -> Bool {
    zip(compared.exact.elements, compared.computed).allSatisfy { exact, computed in
      let comparison = EntryComparison(exact: exact, computed: computed, storage: compared.storage)
      let target = factor * exact.value.high
      let step = compared.storage.step(at: min(target.magnitude, compared.storage.greatest))
      let allowed =
        (exact.error * factor.magnitude + max(step, comparison.allowed * 0x1p-40))
        + 2 * open * exact.value.high.magnitude
      return (computed - target).magnitude <= allowed * (1 + 0x1p-20)
    }
  }
}

extension ComparedTensor {
  var largestAllowed: Double { comparisons.reduce(0) { max($0, $1.allowed) } }

  /// Whether every entry is what rounding towards zero gives, and not what rounding to nearest does.
  var isTruncated: Bool {
    comparisons.allSatisfy { comparison in
      let exact = comparison.exact.value.high
      let size = exact.magnitude + comparison.exact.error
      let step = storage.step(at: min(size, storage.greatest))
      let short = exact.magnitude - comparison.computed.magnitude
      return comparison.computed * exact >= 0 && short <= step + comparison.exact.error
        && short >= -comparison.exact.error * (1 + 0x1p-40) - exact.magnitude * 0x1p-50
    }
  }
}
