/// A value known modulo several primes of a chain at once.
///
/// A residue may be unknown at a deeper level, where a root or a quotient did not exist; nothing
/// but an exponential ever asks for it.
public struct PrimeTowerElement: Sendable, Hashable {
  /// The value in the field of the first prime, in which identities are tested.
  public var residue: UInt64 { r0 }

  private var r0, r1, r2, r3, r4, r5: UInt64

  static let largestDepth = 6

  /// No residue: every modulus is below 2⁶².
  static let unknown = UInt64.max

  init(repeating value: UInt64) {
    (r0, r1, r2, r3, r4, r5) = (value, value, value, value, value, value)
  }

  /// The element with the given residues, first level first, and zeros after them.
  public init(residues: some Sequence<UInt64>) {
    self.init(repeating: 0)
    for (level, residue) in residues.enumerated() { self[level] = residue }
  }

  subscript(level: Int) -> UInt64 {
    get {
      switch level {
      case 0: r0
      case 1: r1
      case 2: r2
      case 3: r3
      case 4: r4
      default: r5
      }
    }
    set {
      switch level {
      case 0: r0 = newValue
      case 1: r1 = newValue
      case 2: r2 = newValue
      case 3: r3 = newValue
      case 4: r4 = newValue
      default: r5 = newValue
      }
    }
  }
}

/// The fields of a ``PrimeFieldChain`` side by side, so that exponentials need no help from an
/// evaluator.
///
/// Every operation acts on each level by itself; the exponential takes a level's result from the
/// next level's argument: `(eˣ)ₖ = gₖ^(xₖ₊₁)`. So sums of arguments become products at any nesting,
/// and expressions with sigmoids inside sigmoids can be evaluated by code that knows nothing of
/// levels. At the last level the exponential is a random function, as ``PrimeFieldArithmetic``
/// says, along with what an accept and a refusal mean.
///
/// Checks evaluate a chain level by level, where an exponential asks for it; that this gives the same residues is
/// tested against this arithmetic, which carries all levels along.
///
/// With *n* levels nestings of *n* − 1 exponentials keep their law; the cost is *n* times that of
/// one field.
public struct PrimeTowerArithmetic: ScalarArithmetic {
  /// The elements hold one residue for each level.
  public typealias Element = PrimeTowerElement

  /// The field of each level, first to last.
  public let fields: [PrimeFieldArithmetic]
  private let reductions: [ModularReduction]

  /// The first levels of a chain side by side.
  ///
  /// - Precondition: there are between 1 and as many levels as the chain has primes.
  public init(
    chain: PrimeFieldChain, levels: Int, seed: UInt64 = 0, roots: RootModel = .principal
  ) {
    precondition(
      (1...min(chain.primes.count, PrimeTowerElement.largestDepth)).contains(levels),
      "a tower with more levels than its chain")
    fields = (0..<levels).map {
      PrimeFieldArithmetic(chain: chain, level: $0, seed: seed, roots: roots)
    }
    reductions = chain.primes.prefix(levels).map { ModularReduction(modulus: $0) }
  }

  /// Zero at every level.
  public var zero: Element { Element(repeating: 0) }
  /// One at every level.
  public var one: Element { Element(repeating: 1) }

  /// Applies an operation of residues at each level at which both operands are known.
  private func combine(
    _ a: Element, _ b: Element, _ operation: (ModularReduction, UInt64, UInt64) -> UInt64
  ) -> Element {
    var result = zero
    for level in reductions.indices {
      let (x, y) = (a[level], b[level])
      result[level] =
        x == Element.unknown || y == Element.unknown
        ? Element.unknown : operation(reductions[level], x, y)
    }
    return result
  }

  /// Makes the element from its residues; a level below the first may fail and is then unknown.
  private func levelwise(
    _ residue: (Int) throws(ScalarError) -> UInt64
  ) throws(ScalarError) -> Element {
    var result = zero
    result[0] = try residue(0)
    for level in 1..<max(1, fields.count) {
      do throws(ScalarError) {
        result[level] = try residue(level)
      } catch {
        result[level] = Element.unknown
      }
    }
    return result
  }

  /// The residue at a level, for operations that fail where it is unknown.
  private func known(_ a: Element, _ level: Int) throws(ScalarError) -> UInt64 {
    // The only cause that a new draw does not almost surely remove is a missing root.
    guard a[level] != Element.unknown else { throw .notASquare }
    return a[level]
  }

  /// The sum at each level where both operands are known.
  public func add(_ a: Element, _ b: Element) -> Element { combine(a, b) { $0.add($1, $2) } }
  /// The difference at each level where both operands are known.
  public func subtract(_ a: Element, _ b: Element) -> Element {
    combine(a, b) { $0.subtract($1, $2) }
  }

  /// The product at each level where both operands are known.
  public func multiply(_ a: Element, _ b: Element) -> Element {
    combine(a, b) { $0.multiply($1, $2) }
  }

  /// The negative at each level where the operand is known.
  public func negate(_ a: Element) -> Element { subtract(zero, a) }
  /// Whether the residue of the first level is zero, whatever the deeper ones are.
  public func isZero(_ a: Element) -> Bool { a[0] == 0 }
  /// Always refused: residues have no order.
  ///
  /// - Throws: ``ScalarError/unordered``.
  public func sign(_ a: Element) throws(ScalarError) -> Int { throw .unordered }

  /// The residue of a rational number at each level.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` where the first modulus divides the denominator; a
  ///   deeper level is unknown instead.
  public func constant(_ value: Rational) throws(ScalarError) -> Element {
    try levelwise { level throws(ScalarError) in try fields[level].constant(value) }
  }

  /// The quotient at each level.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` where the divisor is zero at the first level; a
  ///   deeper level is unknown instead.
  public func divide(_ a: Element, _ b: Element) throws(ScalarError) -> Element {
    try levelwise { level throws(ScalarError) in
      try fields[level].divide(known(a, level), known(b, level))
    }
  }

  /// The power at each level, with the roots of ``PrimeFieldArithmetic``.
  ///
  /// - Throws: what the field of the first level throws; a deeper level is unknown instead.
  public func power(_ x: Element, _ exponent: Rational) throws(ScalarError) -> Element {
    try levelwise { level throws(ScalarError) in
      try fields[level].power(known(x, level), exponent)
    }
  }

  /// The root at each level.
  public func rootOfSquare(_ x: Element) throws(ScalarError) -> Element {
    try levelwise { level throws(ScalarError) in try fields[level].rootOfSquare(known(x, level)) }
  }

  /// The stand-in for π at each level.
  ///
  /// - Throws: what the field of the first level throws.
  public func pi() throws(ScalarError) -> Element {
    try levelwise { level throws(ScalarError) in try fields[level].pi() }
  }

  /// The function at each level, where an exponential takes its argument from the next one.
  ///
  /// - Throws: what the field of the first level throws, and ``ScalarError/notASquare`` where the
  ///   argument is unknown at the level that the first one needs; a deeper level is unknown
  ///   instead.
  public func apply(
    _ function: ElementaryFunction, _ x: Element
  ) throws(ScalarError) -> Element {
    try levelwise { level throws(ScalarError) in
      let field = fields[level]
      guard field.usesExponential(function) else {
        return try field.apply(function, known(x, level))
      }
      let exponential =
        level + 1 < fields.count
        ? field.exponential(ofArgument: try known(x, level + 1))
        : field.keyedUnit(try known(x, level))
      return try field.apply(function, known(x, level), exponential: exponential)
    }
  }

  /// An element drawn independently at each level.
  public func randomElement(using generator: inout some RandomNumberGenerator) -> Element {
    var result = zero
    for (level, field) in fields.enumerated() {
      result[level] = field.randomElement(using: &generator)
    }
    return result
  }
}
