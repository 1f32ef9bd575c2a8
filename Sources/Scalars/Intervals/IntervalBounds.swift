internal import CGMP
internal import CMPFR

typealias MPFRPointer = UnsafeMutablePointer<__mpfr_struct>

/// Two MPFR numbers of one precision on the heap: the bounds of an interval.
///
/// They are written only while they are being made, by the one owner that they then have;
/// afterwards they are only read, which is why they may cross threads. Both numbers and their
/// digits lie in one block of memory.
final class IntervalBounds: @unchecked Sendable {
  let lower: MPFRPointer
  let upper: MPFRPointer

  /// Two zeros.
  init(precision: Int) {
    let digitBytes = mpfr_custom_get_size(mpfr_prec_t(precision))
    let headerBytes = MemoryLayout<__mpfr_struct>.stride
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: 2 * (headerBytes + digitBytes), alignment: MemoryLayout<__mpfr_struct>.alignment)
    lower = block.bindMemory(to: __mpfr_struct.self, capacity: 2)
    upper = lower + 1
    let digits = block + 2 * headerBytes
    let kind = Int32(bitPattern: UInt32(MPFR_ZERO_KIND.rawValue))
    mpfr_custom_init_set(lower, kind, 0, mpfr_prec_t(precision), digits)
    mpfr_custom_init_set(upper, kind, 0, mpfr_prec_t(precision), digits + digitBytes)
  }

  deinit { UnsafeMutableRawPointer(lower).deallocate() }

  var precision: Int { Int(lower.pointee._mpfr_prec) }
}

extension MPFRPointer {
  /// -1, 0 or 1. (MPFR's own is a macro, which Swift does not see.)
  var sign: Int { mpfr_zero_p(self) != 0 ? 0 : Int(pointee._mpfr_sign) }
  var isZero: Bool { mpfr_zero_p(self) != 0 }
  var isFinite: Bool { mpfr_number_p(self) != 0 }
  var isNaN: Bool { mpfr_nan_p(self) != 0 }

  /// The exponent e of the value in [2^(e−1), 2^e) in absolute terms; `nil` for zero and infinity.
  var exponent: Int? { mpfr_regular_p(self) != 0 ? Int(pointee._mpfr_exp) : nil }
}
