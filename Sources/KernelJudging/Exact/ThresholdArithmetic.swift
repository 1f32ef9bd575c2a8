import Scalars

/// Double precision, in which a number close to zero has no sign: rounding, in this program or in a kernel, might
/// turn it.
struct ThresholdArithmetic: ScalarArithmetic {
  typealias Element = Double

  /// Whether exactly zero has the sign 0, for points that cannot be drawn off every tie.
  let allowsZero: Bool
  private let base = DoubleArithmetic()

  /// What is nearer to a threshold is drawn anew.
  private static let margin = 0x1p-30

  init(allowsZero: Bool) { self.allowsZero = allowsZero }

  var zero: Double { 0 }
  var one: Double { 1 }
  func constant(_ value: Rational) -> Double { base.constant(value) }
  func add(_ a: Double, _ b: Double) -> Double { a + b }
  func subtract(_ a: Double, _ b: Double) -> Double { a - b }
  func multiply(_ a: Double, _ b: Double) -> Double { a * b }
  func negate(_ a: Double) -> Double { -a }
  func isZero(_ a: Double) -> Bool { a == 0 }
  func divide(_ a: Double, _ b: Double) throws(ScalarError) -> Double { try base.divide(a, b) }
  func pi() -> Double { .pi }

  func sign(_ a: Double) throws(ScalarError) -> Int {
    if a == 0, allowsZero { return 0 }
    guard a.magnitude >= Self.margin else { throw .undecided }
    return a > 0 ? 1 : -1
  }

  func apply(_ function: ElementaryFunction, _ x: Double) throws(ScalarError) -> Double {
    try base.apply(function, x)
  }

  func power(_ x: Double, _ exponent: Rational) throws(ScalarError) -> Double {
    try base.power(x, exponent)
  }
}
