/// A value together with its derivative along one direction: x + ẋ·ε with ε² = 0.
public struct Dual<Element> {
  /// The value at which we differentiate.
  public var primal: Element
  /// The derivative of the value along the direction.
  public var tangent: Element

  @inlinable
  public init(primal: Element, tangent: Element) {
    self.primal = primal
    self.tangent = tangent
  }
}

extension Dual: Sendable where Element: Sendable {}
extension Dual: Equatable where Element: Equatable {}
extension Dual: Hashable where Element: Hashable {}

/// Dual numbers over another arithmetic: forward differentiation by evaluation.
///
/// The derivatives of the functions are written here from calculus and from nothing else, so that
/// they can witness for or against a table of derivatives kept elsewhere. Dual numbers nest, for
/// higher derivatives.
public struct DualArithmetic<Base: ScalarArithmetic>: ScalarArithmetic {
  /// The elements are pairs of a primal and a tangent, both of the base.
  public typealias Element = Dual<Base.Element>

  /// The arithmetic of primals and tangents.
  public let base: Base

  @inlinable
  public init(_ base: Base) { self.base = base }

  /// The constant, whose tangent is zero.
  ///
  /// - Throws: what the base throws for the number.
  @inlinable
  public func constant(_ value: Rational) throws(ScalarError) -> Element {
    Dual(primal: try base.constant(value), tangent: base.zero)
  }

  /// Zero, whose tangent is zero.
  @inlinable public var zero: Element { Dual(primal: base.zero, tangent: base.zero) }
  /// One, whose tangent is zero.
  @inlinable public var one: Element { Dual(primal: base.one, tangent: base.zero) }

  /// (a + b)˙ = ȧ + ḃ
  @inlinable
  public func add(_ a: Element, _ b: Element) -> Element {
    Dual(primal: base.add(a.primal, b.primal), tangent: base.add(a.tangent, b.tangent))
  }

  /// (a − b)˙ = ȧ − ḃ
  @inlinable
  public func subtract(_ a: Element, _ b: Element) -> Element {
    Dual(primal: base.subtract(a.primal, b.primal), tangent: base.subtract(a.tangent, b.tangent))
  }

  /// (a·b)˙ = ȧ·b + a·ḃ
  @inlinable
  public func multiply(_ a: Element, _ b: Element) -> Element {
    Dual(
      primal: base.multiply(a.primal, b.primal),
      tangent: base.add(
        base.multiply(a.tangent, b.primal), base.multiply(a.primal, b.tangent)))
  }

  /// (−a)˙ = −ȧ
  @inlinable
  public func negate(_ a: Element) -> Element {
    Dual(primal: base.negate(a.primal), tangent: base.negate(a.tangent))
  }

  /// With q = a/b, from a = q·b: q̇ = (ȧ − q·ḃ)/b.
  @inlinable
  public func divide(_ a: Element, _ b: Element) throws(ScalarError) -> Element {
    let quotient = try base.divide(a.primal, b.primal)
    let rest = base.subtract(a.tangent, base.multiply(quotient, b.tangent))
    return Dual(primal: quotient, tangent: try base.divide(rest, b.primal))
  }

  /// The primal as a constant: its tangent is zero.
  @inlinable
  public func stopped(_ a: Element) -> Element {
    Dual(primal: base.stopped(a.primal), tangent: base.zero)
  }

  /// Whether both parts are known to be exactly zero.
  @inlinable
  public func isZero(_ a: Element) -> Bool { base.isZero(a.primal) && base.isZero(a.tangent) }

  /// The sign of the primal.
  @inlinable
  public func sign(_ a: Element) throws(ScalarError) -> Int { try base.sign(a.primal) }

  /// π, whose tangent is zero.
  ///
  /// - Throws: what the base throws where it has no π.
  @inlinable
  public func pi() throws(ScalarError) -> Element {
    Dual(primal: try base.pi(), tangent: base.zero)
  }

  /// (xᵖ)˙ = p·xᵖ⁻¹·ẋ
  @inlinable
  public func power(_ x: Element, _ exponent: Rational) throws(ScalarError) -> Element {
    if exponent.isZero { return one }
    let slope = base.multiply(
      try base.constant(exponent), try base.power(x.primal, exponent - 1))
    return Dual(
      primal: try base.power(x.primal, exponent), tangent: base.multiply(slope, x.tangent))
  }

  /// f(x)˙ = f′(x)·ẋ, with f′ from calculus, written for each function in this module.
  ///
  /// - Throws: what the base throws for the value or for the derivative, which may not exist where
  ///   the value does.
  @inlinable
  public func apply(
    _ function: ElementaryFunction, _ x: Element
  ) throws(ScalarError) -> Element {
    let value = try base.apply(function, x.primal)
    let slope = try derivative(of: function, at: x.primal, value: value) {
      (inner, argument) throws(ScalarError) in try base.apply(inner, argument)
    }
    return Dual(primal: value, tangent: base.multiply(slope, x.tangent))
  }

  /// With r = √x, from x = r²: ṙ = ẋ/(2r).
  @inlinable
  public func rootOfSquare(_ x: Element) throws(ScalarError) -> Element {
    let root = try base.rootOfSquare(x.primal)
    return Dual(primal: root, tangent: try base.divide(x.tangent, base.add(root, root)))
  }

  /// The exponential of a dual number whose primal result is known: (eˣ)˙ = eˣ·ẋ.
  @inlinable
  public func exponential(primalResult: Base.Element, tangentOfArgument: Base.Element) -> Element {
    Dual(primal: primalResult, tangent: base.multiply(primalResult, tangentOfArgument))
  }
}
