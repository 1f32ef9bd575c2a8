import Testing

@testable import Evaluation

@Suite struct ExactEngineScaledPlaneTests {
  /// Random significands of 20 bits, times 2^exponent(position).
  private func draw(_ count: Int, seed: Int, exponent: (Int) -> Int) -> [Double] {
    var draws = SeededDraws(seed: seed)
    return (0..<count).map {
      Double(sign: .plus, exponent: exponent($0), significand: Double(draws.integer(bits: 20)))
    }
  }

  /// What GMP makes of the doubles as they are, under one scale each.
  private func agrees(
    _ contraction: ExactContraction, _ found: ExactScaledPlane, _ left: [Double], _ right: [Double]
  ) throws -> String? {
    let l = try ExactPlane(shape: contraction.left.shape, doubles: left)
    let r = try ExactPlane(shape: contraction.right.shape, doubles: right)
    let expected = oracle(contraction, l.oracleIntegers, r.oracleIntegers)
    let result = try found.unscaled()
    let below = result.scale.exponent - l.scale.exponent - r.scale.exponent
    #expect(below >= 0 && result.scale.denominator == .one)
    let shifted = try ExactPlane(shape: result.shape, scale: ExactScale()) {
      let mantissa = result.mantissa(at: $0)
      return ExactMantissa(
        mantissa.magnitude.shiftedLeft(by: max(below, 0)), isNegative: mantissa.isNegative)
    }
    return difference(shifted, expected)
  }

  @Test func rowsAndColumnsOfDifferentMagnitudeNeedNoMoreBits() throws {
    let (m, k, n) = (9, 13, 11)
    let left = draw(m * k, seed: 1) { 40 * ($0 / k) - 160 }
    let right = draw(k * n, seed: 2) { 30 * ($0 % n) - 150 }
    let contraction = try ExactContraction.matrixProduct(m, k, n)
    let a = try ExactScaledPlane(shape: [m, k], doubles: left)
    let b = try ExactScaledPlane(shape: [k, n], doubles: right)
    #expect(a.plane.limbCount == 1 && a.plane.bound.bitWidth <= 20 && a.exponents[0]?.count == m)
    #expect(b.plane.limbCount == 1 && b.plane.bound.bitWidth <= 20 && b.exponents[1]?.count == n)
    #expect(try ExactPlane(shape: [m, k], doubles: left).limbCount > 5)
    for plainLimit in [-1.0, 1e9] {
      let found = try ExactEngine.contract(
        contraction, a, b, options: ExactOptions(plainLimit: plainLimit))
      #expect(found.plane.limbCount == 1)
      #expect(try agrees(contraction, found, left, right) == nil)
    }
  }

  @Test func scalesOfAContractedAxisAreUndone() throws {
    let (m, k, n) = (3, 5, 4)
    let left = draw(m * k, seed: 3) { 50 * ($0 % k) }
    let right = draw(k * n, seed: 4) { _ in 0 }
    let contraction = try ExactContraction.matrixProduct(m, k, n)
    let a = try ExactScaledPlane(shape: [m, k], doubles: left)
    #expect(a.exponents[1] != nil)
    let found = try ExactEngine.contract(
      contraction, a, ExactScaledPlane(shape: [k, n], doubles: right))
    #expect(try agrees(contraction, found, left, right) == nil)
  }

  @Test func channelsOfAConvolutionKeepTheirScales() throws {
    let layer = ConvolutionCase(
      batch: 2, inputs: 3, outputs: 4, kernelHeight: 2, kernelWidth: 3, stride: 2, padding: 1)
    let contraction = try layer.forward()
    let images = contraction.left.shape.reduce(1, *), weights = contraction.right.shape.reduce(1, *)
    let x = draw(images, seed: 5) { _ in -20 }
    let w = draw(weights, seed: 6) { 70 * ($0 / (weights / 4)) }
    let kernel = try ExactScaledPlane(shape: contraction.right.shape, doubles: w)
    #expect(kernel.plane.limbCount == 1 && kernel.exponents[0]?.count == 4)
    let found = try ExactEngine.contract(
      contraction, ExactScaledPlane(shape: contraction.left.shape, doubles: x), kernel)
    #expect(try agrees(contraction, found, x, w) == nil)
  }

  @Test func holdsTheNumbersThatItWasMadeOf() throws {
    for (shape, values) in [
      ([2, 2], [1e300, 3e299, 1e-300, 0]), ([2, 2], [0, 0, 0, 0]), ([3], [0.5, -3, 7]),
      ([2, 1], [.leastNonzeroMagnitude, 1]),
      ([2, 1], [.greatestFiniteMagnitude, -.leastNormalMagnitude / 64]),
      ([0, 3], []),
    ] as [([Int], [Double])] {
      let scaled = try ExactScaledPlane(shape: shape, doubles: values)
      let plain = try ExactScaledPlane(ExactPlane(shape: shape, doubles: values))
      #expect(try scaled.firstDifference(from: plain) == nil, "\(values)")
      #expect(try plain.firstDifference(from: scaled) == nil, "\(values)")
    }
  }

  @Test func findsTheFirstDifferenceAcrossScales() throws {
    let values = draw(12, seed: 7) { 60 * ($0 / 4) }
    let a = try ExactScaledPlane(shape: [3, 4], doubles: values)
    for position in 0..<12 {
      for change: (Double) -> Double in [{ $0 == 0 ? 1 : -$0 }, { $0 * 2 + 1 }, { $0.nextUp }] {
        var others = values
        others[position] = change(values[position])
        if position < 11 { others[11] += 1 }
        let b = try ExactScaledPlane(shape: [3, 4], doubles: others)
        #expect(try a.firstDifference(from: b) == position)
        #expect(
          try a.firstDifference(from: ExactScaledPlane(ExactPlane(shape: [3, 4], doubles: others)))
            == position)
      }
    }
  }

  @Test func refusesWhatIsNoNumber() {
    #expect(throws: ExactEngineError.notFinite(position: 1)) {
      try ExactScaledPlane(shape: [2], doubles: [1, .nan])
    }
    #expect(throws: ExactEngineError.count(values: 1, shape: [2])) {
      try ExactScaledPlane(shape: [2], doubles: [1])
    }
  }
}
