import Testing

@testable import Evaluation

@Suite struct ExactEnginePlaneTests {
  /// The double that an element is, exactly; computed without the engine's arithmetic.
  private func double(_ plane: ExactPlane, _ position: Int) -> Double {
    let mantissa = plane.mantissa(at: position)
    var value = 0.0
    for (j, word) in mantissa.magnitude.words.enumerated() {
      for half in 0..<2 {
        let digits = Double((word >> UInt64(32 * half)) & 0xffff_ffff)
        value += scaled(digits, by: plane.scale.exponent + 64 * j + 32 * half)
      }
    }
    return mantissa.isNegative ? -value : value
  }

  private func scaled(_ value: Double, by exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent / 2, significand: 1)
      * (value * Double(sign: .plus, exponent: exponent - exponent / 2, significand: 1))
  }

  @Test func holdsDoublesOfAnyExponents() throws {
    let cases: [[Double]] = [
      [1, -2, 0.5, 0], [0, 0, 0], [.pi, 1e-3, -1e3, 7], [1e300, 1e-300, -1],
      [.leastNonzeroMagnitude, 1], [.greatestFiniteMagnitude, -.leastNormalMagnitude],
      [.leastNonzeroMagnitude, -.leastNonzeroMagnitude * 3],
      [3, 6, 9, 12, 15, 18, 21, 24, 27, -30],
    ]
    for values in cases {
      let plane = try ExactPlane(shape: [values.count], doubles: values)
      for (i, value) in values.enumerated() {
        #expect(double(plane, i) == value, "element \(i) of \(values)")
      }
    }
    let small = try ExactPlane(shape: [2], doubles: [0.75, -6])
    #expect(small.scale.exponent == -2 && small.limbs == [3, -24] && small.bound == Magnitude(24))
  }

  @Test func refusesWhatIsNotANumber() {
    for (i, bad) in [Double.nan, .infinity, -.infinity].enumerated() {
      var values = [Double](repeating: 1, count: 11)
      values[i * 5] = bad
      #expect(throws: ExactEngineError.notFinite(position: i * 5)) {
        try ExactPlane(shape: [11], doubles: values)
      }
    }
    #expect(throws: ExactEngineError.count(values: 2, shape: [3])) {
      try ExactPlane(shape: [3], doubles: [1, 2])
    }
    #expect(throws: ExactEngineError.zeroDenominator(position: 1)) {
      try ExactPlane(shape: [2], numerators: [1, 2], denominators: [3, 0])
    }
  }

  @Test func holdsFractionsOverOneDenominator() throws {
    let denominators: [UInt64] = (1...100).map { $0 }
    let numerators: [Int64] = denominators.map { $0 % 2 == 0 ? -7 : 5 }
    let plane = try ExactPlane(shape: [100], numerators: numerators, denominators: denominators)
    let common = plane.scale.denominator
    #expect(common.bitWidth == 136)  // lcm(1...100)
    for i in 0..<100 {
      let mantissa = plane.mantissa(at: i)
      #expect(mantissa.isNegative == (numerators[i] < 0))
      #expect(
        mantissa.magnitude.multiplied(by: denominators[i])
          == common.multiplied(by: numerators[i].magnitude), "element \(i)")
    }
  }

  @Test func comparesAcrossScales() throws {
    let halves = try ExactPlane(shape: [3], doubles: [0.5, -1, 2])
    let fractions = try ExactPlane(
      shape: [3], numerators: [3, -6, 4], denominators: [6, 6, 2])
    let integers = try ExactPlane(
      shape: [3], integers: [2, -4, 8], scale: ExactScale(exponent: -2))
    #expect(halves.equals(fractions) && fractions.equals(integers) && integers.equals(halves))
    let off = try ExactPlane(shape: [3], integers: [2, -4, 9], scale: ExactScale(exponent: -2))
    #expect(try halves.firstDifference(from: off) == 2)
    #expect(try fractions.firstDifference(from: off) == 2)
    #expect(!halves.equals(try halves.reshaped(to: [1, 3])))
  }

  @Test func comparesPlanesOfDifferentLimbCounts() throws {
    let narrow = try ExactPlane(shape: [2], integers: [-5, 7])
    let wide = ExactPlane(
      shape: [2], scale: ExactScale(), limbCount: 2, limbs: [-5, 7, -1, 0],
      bound: .powerOfTwo(100), boundIsMeasured: false)
    let other = ExactPlane(
      shape: [2], scale: ExactScale(), limbCount: 2, limbs: [-5, 7, -1, 1],
      bound: .powerOfTwo(100), boundIsMeasured: false)
    #expect(narrow.equals(wide) && wide.equals(narrow))
    #expect(try narrow.firstDifference(from: other) == 1)
    #expect(wide.tightened().limbCount == 1 && wide.tightened().bound == Magnitude(7))
    #expect(other.tightened().limbCount == 2)
  }
}
