/// A number system over which expressions are evaluated.
///
/// The arithmetic is a value that holds the parameters (a modulus, a precision); its elements are
/// plain data. Elements of two arithmetics with different parameters are not to be mixed.
///
/// Whatever an arithmetic returns is right in its own terms: an exact number, a residue, an
/// enclosure. Where it cannot answer it throws, and never approximates; only ``DoubleArithmetic``
/// rounds.
public protocol ScalarArithmetic: Sendable {
  /// The type of the numbers.
  associatedtype Element: Sendable

  /// The element that stands for a rational number.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` in a field whose modulus divides the denominator.
  func constant(_ value: Rational) throws(ScalarError) -> Element

  /// The element that changes nothing when it is added.
  var zero: Element { get }
  /// The element that changes nothing when it is multiplied with.
  var one: Element { get }

  /// The sum of two elements.
  func add(_ a: Element, _ b: Element) -> Element
  /// The difference of two elements, the second taken from the first.
  func subtract(_ a: Element, _ b: Element) -> Element
  /// The product of two elements.
  func multiply(_ a: Element, _ b: Element) -> Element
  /// The negative of an element.
  func negate(_ a: Element) -> Element

  /// The quotient of two elements.
  ///
  /// - Throws: ``ScalarError/divisionByZero``; ``ScalarError/undecided`` for an interval that
  ///   contains zero and more.
  func divide(_ a: Element, _ b: Element) throws(ScalarError) -> Element

  /// Whether the element is known to be exactly zero.
  func isZero(_ a: Element) -> Bool

  /// -1, 0 or 1.
  ///
  /// - Throws: ``ScalarError/unordered`` in a field; ``ScalarError/undecided`` for an interval
  ///   around zero.
  func sign(_ a: Element) throws(ScalarError) -> Int

  /// The value of an elementary function.
  ///
  /// - Throws: ``ScalarError/domain(_:)`` outside the function's domain;
  ///   ``ScalarError/divisionByZero`` for the reciprocal root of zero;
  ///   ``ScalarError/irrational(_:)``, ``ScalarError/undecided`` or what else keeps the arithmetic
  ///   from an answer.
  func apply(_ function: ElementaryFunction, _ x: Element) throws(ScalarError) -> Element

  /// `x` to a constant rational power. Anything to the power 0 is 1.
  ///
  /// - Throws: ``ScalarError/domain(_:)`` for a negative base with a fractional exponent;
  ///   ``ScalarError/divisionByZero`` for zero with a negative one.
  func power(_ x: Element, _ exponent: Rational) throws(ScalarError) -> Element

  /// The square root of an element that is a square by what it was made of, such as a pivot of L·Lᵀ.
  ///
  /// - Throws: as ``apply(_:_:)`` of a square root.
  func rootOfSquare(_ x: Element) throws(ScalarError) -> Element

  /// The ratio of a circle's circumference to its diameter.
  func pi() throws(ScalarError) -> Element

  /// The value, as a constant where derivatives are carried along.
  func stopped(_ a: Element) -> Element

  /// Whether a value that gets a name is changed by that; then ``named(_:)`` is called for it.
  var changesNamedValues: Bool { get }

  /// A value as it is once it has a name: the same, but for an arithmetic in which that is when a value is rounded.
  func named(_ a: Element) -> Element

  /// How long a multiply-add takes, as a multiple of one of machine numbers; a rough figure, by which work is
  /// bounded beforehand.
  var productWork: Int { get }
  /// How many products of plain numbers one of elements is made of.
  var productCount: Int { get }
  /// As ``productWork``, for a quotient, a power or an elementary function.
  var functionWork: Int { get }

  /// How many bytes a fresh element takes, its digits on the heap included.
  var elementBytes: Int { get }

  /// Sums `a[i·aStride] · b[i·bStride]` over `count` values of `i`, for inner loops.
  ///
  /// There is a definition for every arithmetic; those that can sum with fewer reductions or
  /// allocations have their own.
  func dot(
    count: Int, _ a: UnsafePointer<Element>, stride aStride: Int, _ b: UnsafePointer<Element>,
    stride bStride: Int
  ) -> Element
}

extension ScalarArithmetic {
  /// A name changes nothing, unless an arithmetic says otherwise.
  @inlinable public var changesNamedValues: Bool { false }
  /// The value itself, unless an arithmetic says otherwise.
  @inlinable public func named(_ a: Element) -> Element { a }
  /// The value itself, for an arithmetic that carries no derivatives along.
  @inlinable public func stopped(_ a: Element) -> Element { a }
  /// The square root, in an arithmetic that has one law for all roots.
  @inlinable
  public func rootOfSquare(_ x: Element) throws(ScalarError) -> Element { try apply(.sqrt, x) }

  /// Sums the products one after the other, from zero on.
  @inlinable
  public func dot(
    count: Int, _ a: UnsafePointer<Element>, stride aStride: Int, _ b: UnsafePointer<Element>,
    stride bStride: Int
  ) -> Element {
    var sum = zero
    for i in 0..<count { sum = add(sum, multiply(a[i * aStride], b[i * bStride])) }
    return sum
  }

  /// The sum of products of two arrays of equal count.
  ///
  /// - Precondition: the counts are equal.
  @inlinable
  public func dot(_ a: [Element], _ b: [Element]) -> Element {
    precondition(a.count == b.count, "a sum of products over arrays of different counts")
    return a.withUnsafeBufferPointer { left in
      b.withUnsafeBufferPointer { right in
        guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else {
          return zero
        }
        return dot(count: left.count, leftStart, stride: 1, rightStart, stride: 1)
      }
    }
  }

  /// A power with a whole exponent that is not negative, by repeated squaring.
  @inlinable
  public func power(_ x: Element, natural exponent: Int) -> Element {
    precondition(exponent >= 0, "a natural power with a negative exponent")
    var result = one
    var square = x
    var bits = exponent
    while bits > 0 {
      if bits & 1 == 1 { result = multiply(result, square) }
      bits >>= 1
      if bits > 0 { square = multiply(square, square) }
    }
    return result
  }
}
