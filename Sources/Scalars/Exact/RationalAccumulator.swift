internal import CGMP

/// A running sum of products of rationals, for inner loops.
///
/// While everything fits machine words nothing is allocated; beyond that it keeps one GMP fraction
/// for the sum and one for the current product, whose memory is reused, instead of a new heap value
/// for each step.
public struct RationalAccumulator: ~Copyable {
  /// The sum, while it fits words.
  @usableFromInline var words: Rational
  /// Whether the sum has moved to `sum`.
  @usableFromInline var isBig: Bool
  private var sum: __mpq_struct
  private var product: __mpq_struct
  /// Whether GMP's values have been initialised.
  private var hasStorage: Bool

  /// A sum without terms, which is 0 and takes no memory.
  public init() {
    words = Rational(0)
    isBig = false
    sum = __mpq_struct()
    product = __mpq_struct()
    hasStorage = false
  }

  deinit {
    guard hasStorage else { return }
    var sum = sum
    var product = product
    __gmpq_clear(&sum)
    __gmpq_clear(&product)
  }

  /// The sum so far.
  public var value: Rational {
    guard isBig else { return words }
    return withUnsafePointer(to: sum) { sum in Rational { __gmpq_set($0, sum) } }
  }

  /// Sets the sum to zero, keeping the memory.
  @inlinable
  public mutating func reset() {
    words = Rational(0)
    isBig = false
  }

  /// Adds `a · b`.
  @inlinable
  public mutating func add(product a: Rational, _ b: Rational) {
    if !isBig, case .small(let sum, let scale) = words.storage,
      case .small(let n, let d) = a.storage, case .small(let p, let q) = b.storage,
      let product = Rational.wordProduct(n, d, p, q), case .small(let r, let s) = product.storage,
      let next = Rational.wordSum(sum, scale, r, s)
    {
      words = next
    } else {
      addBig(a, b)
    }
  }

  @usableFromInline
  mutating func addBig(_ a: Rational, _ b: Rational) {
    if !hasStorage {
      __gmpq_init(&sum)
      __gmpq_init(&product)
      hasStorage = true
    }
    if !isBig {
      words.withGMP { __gmpq_set(&sum, $0) }
      isBig = true
    }
    a.withGMP { a in b.withGMP { b in addBig(a, b) } }
  }

  private mutating func addBig(
    _ a: UnsafePointer<__mpq_struct>, _ b: UnsafePointer<__mpq_struct>
  ) {
    let areIntegers =
      __gmpz_cmp_ui(a.denominator, 1) == 0 && __gmpz_cmp_ui(b.denominator, 1) == 0
    withUnsafeMutablePointer(to: &sum) { sum in
      withUnsafeMutablePointer(to: &product) { product in
        if areIntegers {
          // n/d + p·q = (n + p·q·d)/d stays in lowest terms.
          __gmpz_mul(product.numerator, a.numerator, b.numerator)
          __gmpz_addmul(sum.numerator, product.numerator, sum.denominator)
          // The product is a fraction again before anyone reads it as one.
          __gmpz_set_ui(product.denominator, 1)
        } else {
          __gmpq_mul(product, a, b)
          __gmpq_add(sum, sum, product)
        }
      }
    }
  }
}
