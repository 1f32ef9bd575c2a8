import Testing

@testable import Evaluation

/// Contractions of every form through one packing, each against its definition.
@Suite struct ExactEngineContractionTests {
  private let options = [
    ExactOptions(), ExactOptions(threads: 1, plainLimit: -1),
    ExactOptions(kernel: .portable, threads: 1, plainLimit: -1),
  ]

  private func check(_ contraction: ExactContraction, bits: Int, _ trace: String) throws {
    var draws = SeededDraws(seed: 11)
    func draw(_ shape: [Int]) throws -> ExactPlane {
      try ExactPlane(
        shape: shape,
        integers: (0..<shape.reduce(1, *)).map { _ in draws.integer(bits: bits) })
    }
    let left = try draw(contraction.left.shape), right = try draw(contraction.right.shape)
    let expected = oracle(contraction, left.oracleIntegers, right.oracleIntegers)
    for option in options {
      let found = try ExactEngine.contract(contraction, left, right, options: option)
      #expect(difference(found, expected) == nil, "\(trace), plain up to \(option.plainLimit)")
    }
  }

  @Test func convolutionsAndBothTheirGradients() throws {
    var cases: [ConvolutionCase] = []
    for stride in 1...3 {
      for (padding, dilation) in [(0, 1), (1, 1), (2, 2), (1, 3)] {
        cases.append(
          ConvolutionCase(
            batch: 2, inputs: 3, outputs: 4, height: 9, width: 8, stride: stride,
            padding: padding, dilation: dilation))
      }
    }
    cases.append(ConvolutionCase(batch: 2, groups: 3, inputs: 2, outputs: 2, padding: 1))
    cases.append(ConvolutionCase(batch: 2, groups: 5, stride: 2, padding: 1))
    cases.append(ConvolutionCase(kernelHeight: 1, kernelWidth: 1, stride: 2))
    cases.append(
      ConvolutionCase(height: 4, width: 4, kernelHeight: 4, kernelWidth: 4, stride: 2, padding: 1))
    for (i, each) in cases.enumerated() {
      let bits = i % 2 == 0 ? 24 : 53
      try check(each.forward(), bits: bits, "\(each), forward")
      try check(each.imageGradient(), bits: bits, "\(each), image gradient")
      try check(each.kernelGradient(), bits: bits, "\(each), kernel gradient")
    }
  }

  @Test func batchedAndTransposedProducts() throws {
    // output[b, i, j] = Σ left[b, k, i] · right[j, k, b]; indices b, i, j, k
    try check(
      ExactContraction(
        extents: [3, 5, 4, 7],
        output: .init(shape: [3, 5, 4], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]),
        left: .init(shape: [3, 7, 5], [1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0]),
        right: .init(shape: [4, 7, 3], [0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0])),
      bits: 40, "batched")
  }

  @Test func reversalsDiagonalsAndSharedIndices() throws {
    // output[i] = Σ left[6 − i, k] · right[k, k]
    try check(
      ExactContraction(
        extents: [7, 5],
        output: .init(shape: [7], [1, 0]),
        left: .init(
          shape: [7, 5],
          coordinates: [.init(constant: 6, coefficients: [-1, 0]), .init(coefficients: [0, 1])]),
        right: .init(shape: [5, 5], [0, 1], [0, 1])),
      bits: 33, "reversed rows, a diagonal")
    // An index that neither operand uses multiplies; one that only the output uses repeats.
    try check(
      ExactContraction(
        extents: [3, 4, 5, 2],
        output: .init(shape: [3, 4], [1, 0, 0, 0], [0, 1, 0, 0]),
        left: .init(shape: [3, 5], [1, 0, 0, 0], [0, 0, 1, 0]),
        right: .init(shape: [5], [0, 0, 1, 0])),
      bits: 20, "broadcast and repeated")
  }

  @Test func outputsOnWhichIndicesMeet() throws {
    // A product of polynomials in three ways: ascending, descending, and with a third index.
    try check(
      ExactContraction(
        extents: [6, 4], output: .init(shape: [9], [1, 1]), left: .init(shape: [6], [1, 0]),
        right: .init(shape: [4], [0, 1])),
      bits: 60, "polynomials")
    try check(
      ExactContraction(
        extents: [6, 4],
        output: .init(shape: [7], coordinates: [.init(constant: 2, coefficients: [-1, 2])]),
        left: .init(shape: [6], [1, 0]), right: .init(shape: [4], [0, 1])),
      bits: 30, "a descending index, cut off at both ends")
    try check(
      ExactContraction(
        extents: [4, 3, 5],
        output: .init(shape: [11], coordinates: [.init(constant: -1, coefficients: [2, 3, 1])]),
        left: .init(shape: [4, 3], [1, 0, 0], [0, 1, 0]), right: .init(shape: [5], [0, 0, 1])),
      bits: 30, "three indices on one axis")
    try check(
      ExactContraction(
        extents: [4, 6],
        output: .init(shape: [20], coordinates: [.init(coefficients: [4, 6])]),
        left: .init(shape: [4], [1, 0]), right: .init(shape: [6], [0, 1])),
      bits: 30, "steps with a common divisor")
  }

  @Test func outputsThatIndicesLeave() throws {
    try check(
      ExactContraction(
        extents: [6, 5],
        output: .init(
          shape: [3, 4],
          coordinates: [
            .init(constant: -1, coefficients: [1, 0]), .init(constant: 7, coefficients: [0, -2]),
          ]),
        left: .init(shape: [6], [1, 0]), right: .init(shape: [5], [0, 1])),
      bits: 30, "cropped on both axes")
    try check(
      ExactContraction(
        extents: [4, 5],
        output: .init(
          shape: [4, 5],
          coordinates: [
            .init(coefficients: [1, 0]), .init(constant: -1, coefficients: [1, 1]),
          ]),
        left: .init(shape: [4], [1, 0]), right: .init(shape: [5], [0, 1])),
      bits: 30, "skewed")
    try check(
      ExactContraction(
        extents: [4, 5],
        output: .init(
          shape: [4, 5, 6],
          coordinates: [
            .init(coefficients: [1, 0]), .init(coefficients: [0, 1]),
            .init(constant: -1, coefficients: [1, 1]),
          ]),
        left: .init(shape: [4], [1, 0]), right: .init(shape: [5], [0, 1])),
      bits: 30, "a diagonal plane")
    try check(
      ExactContraction(
        extents: [4],
        output: .init(shape: [2], coordinates: [.init(constant: 2, coefficients: [0])]),
        left: .init(shape: [4], [1]), right: .init(shape: [4], [1])),
      bits: 30, "never inside")
  }

  @Test func emptyAndSingularShapes() throws {
    for (m, k, n) in [(0, 3, 2), (2, 0, 3), (2, 3, 0), (1, 1, 1), (1, 9, 1), (9, 1, 1)] {
      try check(.matrixProduct(m, k, n), bits: 30, "\(m)×\(k)×\(n)")
    }
  }

  @Test func refusesOperandsOfOtherShapes() throws {
    let plane = try ExactPlane(shape: [2, 3], integers: [1, 2, 3, 4, 5, 6])
    #expect(
      throws: ExactEngineError.shape(.right, expected: [3, 2], found: [2, 3])
    ) { try ExactEngine.contract(.matrixProduct(2, 3, 2), plane, plane) }
    #expect(throws: ExactEngineError.malformed(.left)) {
      try ExactContraction(
        extents: [2], output: .init(shape: [2], [1]), left: .init(shape: [2], [1, 0]),
        right: .init(shape: [2], [1]))
    }
  }
}
