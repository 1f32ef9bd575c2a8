/// Whether a word is a prime number: the Miller–Rabin test with bases that decide every 64-bit
/// word.
///
/// - SeeAlso: J. Sorenson, J. Webster, "Strong pseudoprimes to twelve prime bases" (2017): the
///   first twelve primes decide every number below 3.18 · 10²³.
public func isPrime(_ n: UInt64) -> Bool {
  let bases: [UInt64] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
  if n < 2 { return false }
  for base in bases where n.isMultiple(of: base) { return n == base }
  if n < 1 << 62 {
    let reduction = ModularReduction(modulus: n)
    return bases.allSatisfy { isStrongProbablePrime(reduction, base: $0) }
  }
  return bases.allSatisfy { isStrongProbablePrime(n, base: $0) }
}

/// Whether an odd number passes the test with the base 2, as every prime does and hardly any other number.
///
/// - Precondition: it is below 2⁶².
func isProbablePrime(_ n: UInt64) -> Bool {
  isStrongProbablePrime(ModularReduction(modulus: n), base: 2)
}

/// The test by products that need no division.
private func isStrongProbablePrime(_ reduction: ModularReduction, base: UInt64) -> Bool {
  let n = reduction.modulus
  let twos = UInt64((n - 1).trailingZeroBitCount)
  var power = reduction.power(base, (n - 1) >> twos)
  if power == 1 || power == n - 1 { return true }
  for _ in 1..<max(twos, 1) {
    power = reduction.multiply(power, power)
    if power == n - 1 { return true }
  }
  return false
}

private func isStrongProbablePrime(_ n: UInt64, base: UInt64) -> Bool {
  let twos = (n - 1).trailingZeroBitCount
  let odd = (n - 1) >> UInt64(twos)
  var power = modularPower(base, odd, modulo: n)
  if power == 1 || power == n - 1 { return true }
  for _ in 1..<max(twos, 1) {
    power = modularProduct(power, power, modulo: n)
    if power == n - 1 { return true }
  }
  return false
}

private func modularProduct(_ a: UInt64, _ b: UInt64, modulo n: UInt64) -> UInt64 {
  n.dividingFullWidth(a.multipliedFullWidth(by: b)).remainder
}

private func modularPower(_ base: UInt64, _ exponent: UInt64, modulo n: UInt64) -> UInt64 {
  var result: UInt64 = 1
  var square = base % n
  var bits = exponent
  while bits > 0 {
    if bits & 1 == 1 { result = modularProduct(result, square, modulo: n) }
    square = modularProduct(square, square, modulo: n)
    bits >>= 1
  }
  return result
}
