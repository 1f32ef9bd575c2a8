internal import CGMP

/// An immutable GMP fraction on the heap, shared by the ``Rational`` values that hold it.
///
/// It is written only while it is being made, by the one owner that it then has; afterwards it is
/// only read, which is why it may cross threads.
@usableFromInline
final class GMPRational: @unchecked Sendable {
  let raw: UnsafeMutablePointer<__mpq_struct>

  init() {
    raw = .allocate(capacity: 1)
    __gmpq_init(raw)
  }

  deinit {
    __gmpq_clear(raw)
    raw.deallocate()
  }
}

extension UnsafeMutablePointer<__mpq_struct> {
  // A fraction is laid out as its numerator followed by its denominator.
  var numerator: UnsafeMutablePointer<__mpz_struct> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: __mpz_struct.self)
  }
  var denominator: UnsafeMutablePointer<__mpz_struct> { numerator + 1 }
}

extension UnsafePointer<__mpq_struct> {
  var numerator: UnsafePointer<__mpz_struct> {
    UnsafeRawPointer(self).assumingMemoryBound(to: __mpz_struct.self)
  }
  var denominator: UnsafePointer<__mpz_struct> { numerator + 1 }
}

/// Shows a fraction of machine words to GMP as a read-only value, without allocating.
func withGMPView<Result>(
  numerator: Int, denominator: Int, _ body: (UnsafePointer<__mpq_struct>) -> Result
) -> Result {
  withGMPView(of: numerator) { numerator in
    withGMPView(of: denominator) { denominator in
      let view = __mpq_struct(_mp_num: numerator.pointee, _mp_den: denominator.pointee)
      return withUnsafePointer(to: view, body)
    }
  }
}

extension Rational {
  /// Shows the value to GMP as a read-only fraction.
  func withGMP<Result>(_ body: (UnsafePointer<__mpq_struct>) -> Result) -> Result {
    switch storage {
    case .small(let numerator, let denominator):
      withGMPView(numerator: numerator, denominator: denominator, body)
    case .big(let box): withExtendedLifetime(box) { body(UnsafePointer(box.raw)) }
    }
  }

  /// Makes a rational from what `body` writes in lowest terms, in its small form when it fits.
  init(computing body: (UnsafeMutablePointer<__mpq_struct>) -> Void) {
    let box = GMPRational()
    body(box.raw)
    if let numerator = box.raw.numerator.asInt, let denominator = box.raw.denominator.asInt {
      storage = .small(numerator, denominator)
    } else {
      storage = .big(box)
    }
  }

  /// Makes a rational from a GMP operation on two rationals.
  init(
    _ a: Rational, _ b: Rational,
    computing body: (
      UnsafeMutablePointer<__mpq_struct>, UnsafePointer<__mpq_struct>, UnsafePointer<__mpq_struct>
    ) -> Void
  ) {
    self.init { result in a.withGMP { a in b.withGMP { b in body(result, a, b) } } }
  }
}
