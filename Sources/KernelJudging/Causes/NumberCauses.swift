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
    return
      "factor: every entry is \(NumberWords.significant(measured, 6)) times the exact one"
  }

  /// Ratios near the measured one that mean something.
  private func named(_ measured: Double) -> [(Double, String)] {
    var all: [(Double, String)] = [(-1, "sign: every entry has the opposite sign")]
    for (name, size) in sizes.sorted(by: { $0.key < $1.key }) where size > 1 {
      let extent = Double(size)
      all += [
        (
          1 / extent,
          "mean for sum: every entry is 1/\(name) = 1/\(size) of the exact one: a mean over \(name)"
        ),
        (
          extent,
          "sum for mean: every entry is \(name) = \(size) times the exact one: a factor 1/\(name) is missing"
        ),
        (
          extent.squareRoot(),
          "factor: every entry is sqrt(\(name)) = \(NumberWords.significant(extent.squareRoot(), 4)) times the exact one"
        ),
        (1 / extent.squareRoot(), "factor: every entry is 1/sqrt(\(name)) times the exact one"),
      ]
    }
    for (value, text) in [
      (2.0, "2"), (0.5, "1/2"), (3, "3"), (1.0 / 3, "1/3"), (4, "4"), (0.25, "1/4"),
    ] {
      all.append((value, "factor: every entry is \(text) times the exact one"))
      all.append((-value, "factor: every entry is -\(text) times the exact one"))
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
