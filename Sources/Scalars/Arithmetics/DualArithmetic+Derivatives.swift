extension DualArithmetic {
  /// The derivative of a function at `x`, where it has the value `y`.
  ///
  /// `apply` evaluates a function of the base; it is handed in so that a field can take
  /// exponentials from another level.
  @usableFromInline
  func derivative(
    of function: ElementaryFunction, at x: Base.Element, value y: Base.Element,
    _ apply: (ElementaryFunction, Base.Element) throws(ScalarError) -> Base.Element
  ) throws(ScalarError) -> Base.Element {
    let one = base.one
    let square = base.multiply(x, x)
    switch function {
    case .exp: return y
    case .expm1: return base.add(y, one)
    case .log: return try base.divide(one, x)
    case .log1p: return try base.divide(one, base.add(one, x))
    // y² = x gives 2·y·ẏ = ẋ.
    case .sqrt: return try base.divide(one, base.add(y, y))
    // y²·x = 1 gives 2·y·ẏ·x + y²·ẋ = 0.
    case .rsqrt: return try base.negate(base.divide(y, base.add(x, x)))
    case .sin: return try apply(.cos, x)
    case .cos: return try base.negate(apply(.sin, x))
    case .tan:
      let cosine = try apply(.cos, x)
      return try base.divide(one, base.multiply(cosine, cosine))
    // sin y = x gives cos y · ẏ = ẋ with cos y = √(1 − x²) ≥ 0.
    case .asin: return try apply(.rsqrt, base.subtract(one, square))
    case .acos: return try base.negate(apply(.rsqrt, base.subtract(one, square)))
    case .atan: return try base.divide(one, base.add(one, square))
    case .sinh: return try apply(.cosh, x)
    case .cosh: return try apply(.sinh, x)
    case .tanh:
      let hyperbolicCosine = try apply(.cosh, x)
      return try base.divide(one, base.multiply(hyperbolicCosine, hyperbolicCosine))
    // σ(x)·σ(−x): no digits cancel, as they do in σ·(1 − σ).
    case .sigmoid: return try base.multiply(y, apply(.sigmoid, base.negate(x)))
    case .softplus: return try apply(.sigmoid, x)
    case .erf:
      let scale = try base.divide(base.constant(2), apply(.sqrt, base.pi()))
      return try base.multiply(scale, apply(.exp, base.negate(square)))
    case .gelu: return try geluDerivative(at: x, square: square, apply)
    // (x·σ)˙ = σ + x·σ·σ(−x)
    case .silu:
      let sigmoid = try apply(.sigmoid, x)
      let slope = try base.multiply(sigmoid, apply(.sigmoid, base.negate(x)))
      return base.add(sigmoid, base.multiply(x, slope))
    }
  }

  /// (x·Φ)˙ = Φ + x·φ, where Φ = (1 + erf(x/√2))/2 and φ = e^(−x²/2)/√(2π).
  private func geluDerivative(
    at x: Base.Element, square: Base.Element,
    _ apply: (ElementaryFunction, Base.Element) throws(ScalarError) -> Base.Element
  ) throws(ScalarError) -> Base.Element {
    let two = try base.constant(2)
    let rootOfTwo = try apply(.sqrt, two)
    let scaled = try base.divide(x, rootOfTwo)
    let distribution = try base.divide(base.add(base.one, apply(.erf, scaled)), two)
    let bell = try apply(.exp, base.negate(base.divide(square, two)))
    let density = try base.divide(bell, base.multiply(rootOfTwo, apply(.sqrt, base.pi())))
    return base.add(distribution, base.multiply(x, density))
  }
}

extension DualArithmetic where Base == PrimeFieldArithmetic {
  /// A function of a dual number whose primal is known at this level of the chain and, as `u`, at
  /// the next.
  public func apply(
    _ function: ElementaryFunction, _ x: Element, argument u: UInt64
  ) throws(ScalarError) -> Element {
    guard let next = base.argumentArithmetic() else { throw .nestingTooDeep }
    return try apply(function, x, argument: u, in: next)
  }

  /// The same with the next level at hand, for many elements.
  public func apply(
    _ function: ElementaryFunction, _ x: Element, argument u: UInt64, in next: PrimeFieldArithmetic
  ) throws(ScalarError) -> Element {
    let primal = x.primal
    let minusSquare = base.negate(base.multiply(primal, primal))
    let half = try base.divide(minusSquare, 2)
    let value = try base.apply(function, primal, argument: u)
    let slope = try derivative(of: function, at: primal, value: value) {
      (inner, argument) throws(ScalarError) in
      // The arguments that the formulas above form from x, formed from u as well.
      guard base.usesExponential(inner) else { return try base.apply(inner, argument) }
      let nextMinusSquare = next.negate(next.multiply(u, u))
      switch argument {
      case primal: return try base.apply(inner, argument, argument: u)
      case base.negate(primal): return try base.apply(inner, argument, argument: next.negate(u))
      case minusSquare: return try base.apply(inner, argument, argument: nextMinusSquare)
      case half:
        return try base.apply(inner, argument, argument: next.divide(nextMinusSquare, 2))
      default: throw .needsArgumentLevel
      }
    }
    return Dual(primal: value, tangent: base.multiply(slope, x.tangent))
  }
}
