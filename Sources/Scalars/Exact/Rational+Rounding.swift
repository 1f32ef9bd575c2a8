extension Rational {
  /// The greatest whole number that is not larger, or the nearest one, of two the even one.
  public func rounded(toNearest: Bool) -> Integer {
    let value = toNearest ? self + Rational(1, 2) : self
    let below = value.numerator.quotientAndRemainder(floored: value.denominator).quotient
    let isTie = toNearest && value.isInteger
    let isOdd = below.quotientAndRemainder(floored: 2).remainder != 0
    return isTie && isOdd ? below - 1 : below
  }
}
