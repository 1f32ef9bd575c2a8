/// The greatest common divisor of two machine words; that of zero and `b` is `b`.
///
/// Binary algorithm: only shifts and subtractions, which is faster than remainders at this size.
@inlinable
func greatestCommonDivisor(_ a: UInt, _ b: UInt) -> UInt {
  if a == 0 { return b }
  if b == 0 { return a }
  if a == 1 || b == 1 { return 1 }
  let shift = (a | b).trailingZeroBitCount
  var x = a &>> UInt(a.trailingZeroBitCount)
  var y = b
  while y != 0 {
    y &>>= UInt(y.trailingZeroBitCount)
    if x > y { swap(&x, &y) }
    y &-= x
  }
  return x &<< UInt(shift)
}
