import Testing

@testable import Evaluation

@Suite struct ExactEnginePlanTests {
  private func plan(
    _ left: [Int64], _ right: [Int64], depth: Int, kernel: ExactKernelFamily = .portable
  ) throws -> (plan: ContractionPlan, contraction: ExactContraction) {
    let (m, n) = (left.count / depth, right.count / depth)
    let contraction = try ExactContraction.matrixProduct(m, depth, n)
    let layout = ContractionLayout(LoweredContraction(contraction), swapped: false)
    let plan = try ContractionPlan(
      [[layout]], left: ExactPlane(shape: [m, depth], integers: left),
      right: ExactPlane(shape: [depth, n], integers: right),
      options: ExactOptions(kernel: kernel, plainLimit: -1))
    return (plan, contraction)
  }

  @Test func boundIsReachedByEqualElements() throws {
    let largest = Int64.max
    let (plan, _) = try plan(
      [Int64](repeating: largest, count: 2 * 9), [Int64](repeating: -largest, count: 9 * 2),
      depth: 9)
    let reached = Magnitude(UInt64(largest)) * Magnitude(UInt64(largest))
    #expect(plan.bound == reached.multiplied(by: 9))
    #expect(plan.resultLimbs == 3)  // 130 bits and a sign
  }

  @Test func sumsOfRowsSaveModuliWhereOneElementIsLarge() throws {
    let depth = 300
    var left = [Int64](repeating: 3, count: 4 * depth)
    left[depth + 7] = 1 << 50
    let right = (0..<depth * 5).map { Int64($0 % 1000) - 500 }
    let (plan, contraction) = try plan(left, right, depth: depth)
    #expect(plan.bound == Magnitude((1 << 50) + 3 * 299).multiplied(by: 500))
    let found = try ExactEngine.contract(
      contraction, ExactPlane(shape: [4, depth], integers: left),
      ExactPlane(shape: [depth, 5], integers: right),
      options: ExactOptions(kernel: .portable, plainLimit: -1))
    let expected = oracleProduct(
      4, depth, 5, left.map { OracleInteger($0) }, right.map { OracleInteger($0) })
    #expect(difference(found, expected) == nil)
  }

  @Test func sumsOfRowsCountRepeatedAndOverlappingReads() throws {
    // output[i] = Σ left[i + k] · right[k, j]: windows of the left overlap, and j repeats them.
    let contraction = try ExactContraction(
      extents: [4, 3, 6],
      output: .init(shape: [4], [1, 0, 0]), left: .init(shape: [6], [1, 1, 0]),
      right: .init(shape: [3, 6], [0, 1, 0], [0, 0, 1]))
    let layout = ContractionLayout(LoweredContraction(contraction), swapped: false)
    let left = try ExactPlane(shape: [6], integers: [1, -2, 3, -4, 5, -6])
    let sum = RowBound.largestSum(
      of: left, layout.contraction.left, depth: layout.depth, in: layout.contraction)
    #expect(sum == Magnitude(21 * 6))
    // A diagonal that two depths share is no bound.
    let shared = try ExactContraction(
      extents: [4, 3, 6],
      output: .init(shape: [4], [1, 0, 0]), left: .init(shape: [12], [1, 1, 1]),
      right: .init(shape: [3, 6], [0, 1, 0], [0, 0, 1]))
    let other = ContractionLayout(LoweredContraction(shared), swapped: false)
    let plane = try ExactPlane(shape: [12], integers: [Int64](repeating: 1, count: 12))
    #expect(
      RowBound.largestSum(
        of: plane, other.contraction.left, depth: other.depth, in: other.contraction) == nil)
  }

  @Test func wordsAreTakenUpToTheirLimitsAndNotBeyond() throws {
    guard ExactKernelFamily.ifma.isAvailable else { return }
    func name(_ bits: Int, _ depth: Int) throws -> String {
      let value = Int64(bitPattern: ~0 >> UInt64(64 - bits))
      return try plan(
        [Int64](repeating: value, count: depth), [Int64](repeating: value, count: depth),
        depth: depth, kernel: .ifma
      ).plan.kernel.name
    }
    #expect(try name(25, 100) == "words IFMA low")
    #expect(try name(26, 100) == "words IFMA wide")
    #expect(try name(51, 100) == "words IFMA wide")
    #expect(try name(52, 100) == "pairs AVX-512")
  }
}
