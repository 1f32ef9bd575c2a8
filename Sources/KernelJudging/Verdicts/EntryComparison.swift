import Scalars

/// One computed entry held against the exact one and what rounding may do.
struct EntryComparison {
  let exact: RoundedNumber
  let computed: Double
  let storage: BinaryFormat

  /// What the computation may be off, and half a step of the format where the result then lies.
  var allowed: Double {
    let size = exact.value.magnitudeBound + exact.error
    let half = storage.step(at: min(size, storage.greatest)) / 2
    return (exact.error + max(half, .leastNonzeroMagnitude)) * 0x1.0000000000004p0
  }

  /// |computed − exact|, up to what is known of the exact value.
  var difference: PairedNumber {
    let difference = PairedNumber(high: computed) - exact.value
    return difference.high < 0 ? -difference : difference
  }

  /// The share of what is allowed; infinite for what is not a number.
  var ratio: Double {
    if !computed.isFinite { return isOverflow ? 1 : .infinity }
    let difference = difference
    return max(0, difference.high - difference.radius) / allowed
  }

  var isBeyond: Bool { !(ratio <= 1) }

  /// Whether the entry is infinite where a correct one may be, too: within the error of the last number that
  /// rounds to a finite one.
  private var isOverflow: Bool {
    guard computed.isInfinite, (computed > 0) == (exact.value.high > 0) else { return false }
    let edge = storage.greatest + storage.step(at: storage.greatest) / 2
    return exact.value.magnitudeBound + exact.error >= edge
  }

  /// Whether the entry is the exact value rounded to nearest, for certain.
  var isRoundedExactly: Bool { storage.rounded(exact.value) == computed }

  /// Whether a zero here would pass as well.
  var wouldPassAsZero: Bool {
    EntryComparison(exact: exact, computed: 0, storage: storage).ratio <= 1
  }

  /// The difference in steps of the format.
  var steps: Double {
    guard computed.isFinite else { return .infinity }
    return difference.high / storage.step(at: min(exact.value.high.magnitude, storage.greatest))
  }
}
