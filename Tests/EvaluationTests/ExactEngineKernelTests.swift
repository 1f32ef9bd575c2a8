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
  @Test func plainPathGivesTheIntegersOfGMPOnRandomShapes() throws {
    for seed in 0..<trials {
      var draws = SeededDraws(seed: seed)
      let m = Int.random(in: 1...30, using: &draws), n = Int.random(in: 1...30, using: &draws)
      let k = Int.random(in: 1...40, using: &draws)
      let p = Int.random(in: 0...60, using: &draws), q = Int.random(in: 0...60, using: &draws)
      let left = try ExactPlane(
        shape: [m, k], integers: (0..<m * k).map { _ in draws.integer(bits: p) })
      let right = try ExactPlane(
        shape: [k, n], integers: (0..<k * n).map { _ in draws.integer(bits: q) })
      let found = try ExactEngine.contract(
        .matrixProduct(m, k, n), left, right, options: ExactOptions(plainLimit: 1e9))
      let expected = oracleProduct(m, k, n, left.oracleIntegers, right.oracleIntegers)
      #expect(difference(found, expected) == nil, "seed \(seed): \(m)×\(k)×\(n), \(p), \(q) bits")
    }
  }

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

  /// Every product of residues at its largest, over depths at which sums are folded.
  @Test(arguments: families)
  func foldsSumsOfTheLargestResiduesInTime(_ family: ExactKernelFamily) throws {
    let depth = 1300, offset: UInt64 = 1 << 52
    func constant(_ residue: UInt64, modulo modulus: UInt64) -> Int64 {
      Int64(offset + (residue % modulus + modulus - offset % modulus) % modulus)
    }
    func planes(_ a: Int64, _ b: Int64) throws -> (ExactPlane, ExactPlane) {
      try (
        ExactPlane(shape: [7, depth], integers: [Int64](repeating: a, count: 7 * depth)),
        ExactPlane(shape: [depth, 9], integers: [Int64](repeating: b, count: 9 * depth))
      )
    }
    let contraction = try ExactContraction.matrixProduct(7, depth, 9)
    let layout = ContractionLayout(LoweredContraction(contraction), swapped: false)
    func system(_ a: Int64, _ b: Int64) throws -> ResidueSystem? {
      let (left, right) = try planes(a, b)
      return try ContractionPlan([[layout]], left: left, right: right, options: forced(family))
        .system
    }
    let moduli = try system(Int64(offset), Int64(offset))?.moduli ?? []
    for modulus in moduli {
      for sign in 0..<2 {
        // The left residue is taken times the inverse of the product of the other moduli.
        let half = modulus / 2
        let weighted = moduli.filter { $0 != modulus }.reduce(sign == 0 ? half : modulus - half) {
          $0 * ($1 % modulus) % modulus
        }
        let a = constant(weighted, modulo: modulus), b = constant(half, modulo: modulus)
        try #require(system(a, b)?.moduli == moduli)
        let (left, right) = try planes(a, b)
        let found = try ExactEngine.contract(contraction, left, right, options: forced(family))
        let value = OracleInteger()
        for _ in 0..<depth { value.addProduct(OracleInteger(a), OracleInteger(b)) }
        let expected = [OracleInteger](repeating: value, count: 63)
        #expect(difference(found, expected) == nil, "modulus \(modulus), sign \(sign)")
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

  /// A kernel that forgets its last depth: the certificate is held against another product.
  @Test(arguments: families)
  func certificateCatchesAKernelThatDropsADepth(_ family: ExactKernelFamily) throws {
    var draws = SeededDraws(seed: 4)
    let (m, k, n) = (6, 8, 7)
    let left = (0..<m * k).map { _ in draws.integer(bits: 50) }
    let right = (0..<k * n).map { _ in draws.integer(bits: 50) }
    var short = left
    for i in 0..<m { short[i * k + k - 1] = 0 }
    let contraction = try ExactContraction.matrixProduct(m, k, n)
    func plane(_ shape: [Int], _ integers: [Int64]) throws -> ExactPlane {
      try ExactPlane(shape: shape, integers: integers)
    }
    let (a, b) = try (plane([m, k], left), plane([k, n], right))
    let wrong = try ExactEngine.contract(contraction, plane([m, k], short), b)
    var options = forced(family)
    options.sabotage = { result in
      for i in 0..<result.count {
        let limb = i / wrong.count
        let last = wrong.limbs[(wrong.limbCount - 1) * wrong.count + i % wrong.count]
        result[i] = limb < wrong.limbCount ? wrong.limbs[i] : last >> 63
      }
    }
    #expect(throws: ExactEngineError.self) {
      try ExactEngine.contract(contraction, a, b, options: options)
    }
    options.sabotage = nil
    _ = try ExactEngine.contract(contraction, a, b, options: options)
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
