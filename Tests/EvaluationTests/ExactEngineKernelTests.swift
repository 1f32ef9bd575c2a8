import Testing

@testable import Evaluation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The families that this machine runs, and the one that every machine models.
private let families = ExactKernelFamily.allCases.filter(\.isAvailable)

/// Shapes for each family: a few by default, 10 000 in all with `GRADCHECK_LONG_TESTS=1`.
private let trials = getenv("GRADCHECK_LONG_TESTS") == nil ? 24 : 10_000 / families.count

/// Without the plain path, so that small shapes reach the kernels.
private func forced(_ family: ExactKernelFamily) -> ExactOptions {
  ExactOptions(kernel: family, threads: 1, plainLimit: -1)
}

@Suite struct ExactEngineKernelTests {
  @Test(arguments: families)
  func givesTheIntegersOfGMPOnRandomShapes(_ family: ExactKernelFamily) throws {
    for seed in 0..<trials {
      var draws = SeededDraws(seed: seed)
      let m = Int.random(in: 1...40, using: &draws), n = Int.random(in: 1...70, using: &draws)
      let k = Int.random(in: 1...(seed % 8 == 0 ? 700 : 50), using: &draws)
      let p = Int.random(in: 0...63, using: &draws), q = Int.random(in: 0...63, using: &draws)
      let left = try ExactPlane(
        shape: [m, k], integers: (0..<m * k).map { _ in draws.integer(bits: p) })
      let right = try ExactPlane(
        shape: [k, n], integers: (0..<k * n).map { _ in draws.integer(bits: q) })
      let contraction = try ExactContraction.matrixProduct(m, k, n)
      let found = try ExactEngine.contract(contraction, left, right, options: forced(family))
      let expected = oracleProduct(m, k, n, left.oracleIntegers, right.oracleIntegers)
      let trace = "seed \(seed): \(m)×\(k)×\(n), \(p) and \(q) bits"
      #expect(difference(found, expected) == nil, Comment(rawValue: trace))
    }
  }

  @Test(arguments: families)
  func holdsTheLargestMagnitudesAtTheLimitsOfEachKernel(_ family: ExactKernelFamily) throws {
    // Depths around which accumulators are reduced, and widths at which plans change.
    for (depth, bits) in [
      (511, 24), (512, 25), (513, 26), (1025, 31), (2049, 50), (4097, 51), (2050, 52), (600, 53),
      (3, 62), (1030, 63),
    ] {
      let largest = Int64(bitPattern: ~0 >> UInt64(64 - bits))
      for signs in 0..<4 {
        let a = signs & 1 == 0 ? largest : -largest
        let b = signs & 2 == 0 ? largest : -largest
        let left = try ExactPlane(
          shape: [2, depth], integers: [Int64](repeating: a, count: 2 * depth))
        let right = try ExactPlane(
          shape: [depth, 3], integers: [Int64](repeating: b, count: 3 * depth))
        let found = try ExactEngine.contract(
          .matrixProduct(2, depth, 3), left, right, options: forced(family))
        let value = OracleInteger()
        for _ in 0..<depth { value.addProduct(OracleInteger(a), OracleInteger(b)) }
        let expected = [OracleInteger](repeating: value, count: 6)
        #expect(
          difference(found, expected) == nil, "depth \(depth), \(bits) bits, signs \(signs)")
      }
    }
  }

  @Test(arguments: families)
  func readsOperandsOfSeveralLimbs(_ family: ExactKernelFamily) throws {
    for seed in 0..<4 {
      var draws = SeededDraws(seed: seed)
      let (m, k, n) = (5, 17, 9)
      func wide(_ shape: [Int], words: Int) throws -> ExactPlane {
        try ExactPlane(shape: shape, scale: ExactScale()) { _ in
          ExactMantissa(
            Magnitude(words: (0..<words).map { _ in draws.next() }),
            isNegative: draws.next() % 2 == 0)
        }
      }
      let left = try wide([m, k], words: 1 + seed), right = try wide([k, n], words: 3)
      let contraction = try ExactContraction.matrixProduct(m, k, n)
      let found = try ExactEngine.contract(contraction, left, right, options: forced(family))
      let expected = oracleProduct(m, k, n, left.oracleIntegers, right.oracleIntegers)
      #expect(difference(found, expected) == nil, "seed \(seed)")
    }
  }

  @Test func splitsWorkAmongThreadsWithoutChangingIt() throws {
    var draws = SeededDraws(seed: 7)
    let (m, k, n) = (130, 40, 230)
    let left = try ExactPlane(
      shape: [m, k], integers: (0..<m * k).map { _ in draws.integer(bits: 53) })
    let right = try ExactPlane(
      shape: [k, n], integers: (0..<k * n).map { _ in draws.integer(bits: 53) })
    let contraction = try ExactContraction.matrixProduct(m, k, n)
    let one = try ExactEngine.contract(contraction, left, right, options: ExactOptions(threads: 1))
    for threads in 2...3 {
      let more = try ExactEngine.contract(
        contraction, left, right, options: ExactOptions(threads: threads))
      #expect(more.equals(one), "\(threads) threads")
    }
  }

  @Test(arguments: families)
  func certificateCatchesABrokenKernel(_ family: ExactKernelFamily) throws {
    var draws = SeededDraws(seed: 3)
    let left = try ExactPlane(
      shape: [6, 8], integers: (0..<48).map { _ in draws.integer(bits: 60) })
    let right = try ExactPlane(
      shape: [8, 7], integers: (0..<56).map { _ in draws.integer(bits: 60) })
    for position in [0, 41, 42, 83] {
      for bit in [0, 31, 63] {
        var options = forced(family)
        options.sabotage = { $0[position] ^= Int64(bitPattern: 1 << UInt64(bit)) }
        #expect(throws: ExactEngineError.self, "limb \(position), bit \(bit)") {
          try ExactEngine.contract(.matrixProduct(6, 8, 7), left, right, options: options)
        }
      }
    }
  }

  @Test func refusesWhatDoesNotFitBeforeItStarts() throws {
    let left = try ExactPlane(
      shape: [100, 100], integers: [Int64](repeating: 1 << 40, count: 10_000))
    var options = ExactOptions(memoryLimit: 1000, plainLimit: -1)
    #expect(throws: ExactEngineError.self) {
      try ExactEngine.contract(.matrixProduct(100, 100, 100), left, left, options: options)
    }
    options.memoryLimit = 1 << 30
    _ = try ExactEngine.contract(.matrixProduct(100, 100, 100), left, left, options: options)
  }
}
