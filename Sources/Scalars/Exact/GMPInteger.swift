internal import CGMP

/// An immutable GMP integer on the heap, shared by the ``Integer`` values that hold it.
///
/// It is written only while it is being made, by the one owner that it then has; afterwards it is
/// only read, which is why it may cross threads.
@usableFromInline
final class GMPInteger: @unchecked Sendable {
  let raw: UnsafeMutablePointer<__mpz_struct>

  init() {
    raw = .allocate(capacity: 1)
    __gmpz_init(raw)
  }

  deinit {
    __gmpz_clear(raw)
    raw.deallocate()
  }
}

extension UnsafeMutablePointer<__mpz_struct> {
  /// The value as a machine word, or `nil` when it does not fit.
  var asInt: Int? {
    __gmpz_fits_slong_p(self) != 0 ? __gmpz_get_si(self) : nil
  }
}

extension UnsafePointer<__mpz_struct> {
  /// -1, 0 or 1. (GMP's own is a macro, which Swift does not see.)
  var sign: Int { Int(pointee._mp_size).signum() }

  /// The words of the absolute value, least significant first; empty for zero.
  var limbs: UnsafeBufferPointer<UInt> {
    UnsafeBufferPointer(start: __gmpz_limbs_read(self), count: __gmpz_size(self))
  }

  /// The number of bits of the absolute value; 0 for zero.
  var bitWidth: Int { sign == 0 ? 0 : Int(__gmpz_sizeinbase(self, 2)) }
}

/// Shows a machine word to GMP as a read-only integer, without allocating.
func withGMPView<Result>(
  of value: Int, _ body: (UnsafePointer<__mpz_struct>) -> Result
) -> Result {
  var limb = value.magnitude
  return withUnsafeMutablePointer(to: &limb) { limbs in
    let view = __mpz_struct(_mp_alloc: 1, _mp_size: Int32(value.signum()), _mp_d: limbs)
    return withUnsafePointer(to: view, body)
  }
}

extension Integer {
  /// Shows the value to GMP as a read-only integer.
  func withGMP<Result>(_ body: (UnsafePointer<__mpz_struct>) -> Result) -> Result {
    switch storage {
    case .small(let value): withGMPView(of: value, body)
    case .big(let box): withExtendedLifetime(box) { body(UnsafePointer(box.raw)) }
    }
  }

  /// Makes an integer from what `body` writes, in its small form when it fits.
  init(computing body: (UnsafeMutablePointer<__mpz_struct>) -> Void) {
    let box = GMPInteger()
    body(box.raw)
    storage = box.raw.asInt.map { .small($0) } ?? .big(box)
  }

  /// Makes an integer from a GMP operation on two integers.
  init(
    _ a: Integer, _ b: Integer,
    computing body: (
      UnsafeMutablePointer<__mpz_struct>, UnsafePointer<__mpz_struct>, UnsafePointer<__mpz_struct>
    ) -> Void
  ) {
    self.init { result in a.withGMP { a in b.withGMP { b in body(result, a, b) } } }
  }
}
