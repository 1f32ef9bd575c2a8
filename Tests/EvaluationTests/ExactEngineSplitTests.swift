import Testing

@testable import Evaluation

/// The families that this machine runs, and the one that every machine models.
private let families = ExactKernelFamily.allCases.filter(\.isAvailable)

/// Without the plain path, so that small shapes reach the kernels.
private func options(
  _ family: ExactKernelFamily, rows: OperandSplit.Cut? = nil, columns: OperandSplit.Cut? = nil
) -> ExactOptions {
  var options = ExactOptions(kernel: family, threads: 1, plainLimit: -1)
  let whole = OperandSplit.Cut(shift: 0, limit: 1 << 62)
  if rows != nil || columns != nil { options.forcedCuts = (rows ?? whole, columns ?? whole) }
  return options
}

/// Products with split operands against GMP's, with cuts at given places.
@Suite struct ExactEngineSplitTests {
  @Test func partsAddUpToTheWhole() throws {
    let largest = Int64(1) << 62 - 1
    let values: [Int64] = [0, 1, -1, 7, -8, 9, 1 << 40, -(1 << 40) - 1, largest, -largest]
    let plane = try ExactPlane(shape: [values.count], integers: values)
    for (shift, limit) in [(0, 8), (3, 1), (3, 1 << 37), (39, 2), (61, 1)] as [(Int, UInt64)] {
      let split = OperandSplit(
        plane, leaving: .init(of: plane, at: .init(shift: shift, limit: limit)))
      var restCount = 0, restBits = 0, outlierCount = 0
      for (value, main) in zip(values, split.main.limbs) {
        let rest = value - main << Int64(shift)
        #expect(main.magnitude <= limit)
        #expect(rest == 0 || (rest < 0) == (value < 0))
        #expect(rest.magnitude < 1 << UInt64(shift) || main == 0)
        #expect(value.magnitude >> UInt64(shift) > limit || value / (1 << Int64(shift)) == main)
        restCount += rest == 0 ? 0 : 1
        outlierCount += value.magnitude >> UInt64(shift) > limit ? 1 : 0
        restBits = max(restBits, 64 - rest.magnitude.leadingZeroBitCount)
      }
      #expect(split.rests.count == restCount && split.rests.bits == restBits)
      #expect(split.rests.outlierCount == outlierCount)
    }
  }

  @Test(arguments: families)
  func givesTheIntegersOfGMPOnRandomShapesAndCuts(_ family: ExactKernelFamily) throws {
    for seed in 0..<24 {
      var draws = SeededDraws(seed: seed)
      let m = Int.random(in: 1...40, using: &draws), n = Int.random(in: 1...150, using: &draws)
      let k = Int.random(in: 1...(seed % 8 == 0 ? 700 : 50), using: &draws)
      // Numbers of 24 bits at exponents that are the likelier the higher they are.
      func draw() -> Int64 {
        let lowered = (draws.next() | 1 << 38).trailingZeroBitCount
        return draws.integer(bits: 24) << Int64(38 - lowered)
      }
      func cut() -> OperandSplit.Cut? {
        guard draws.next() % 4 > 0 else { return nil }
        let shift = Int.random(in: 0...58, using: &draws)
        return OperandSplit.Cut(
          shift: shift, limit: 1 << UInt64.random(in: 0...UInt64(62 - shift), using: &draws))
      }
      let left = try ExactPlane(shape: [m, k], integers: (0..<m * k).map { _ in draw() })
      let right = try ExactPlane(shape: [k, n], integers: (0..<k * n).map { _ in draw() })
      let cuts = (cut(), cut())
      let found = try ExactEngine.contract(
        .matrixProduct(m, k, n), left, right,
        options: options(family, rows: cuts.0, columns: cuts.1))
      let expected = oracleProduct(m, k, n, left.oracleIntegers, right.oracleIntegers)
      let trace = "seed \(seed): \(m)×\(k)×\(n), cut at \(cuts)"
      #expect(difference(found, expected) == nil, Comment(rawValue: trace))
    }
  }

  /// Every element has a rest, of every width, and all of them are as large as they can be: more in a
  /// row than are summed at one time, in results of one to three limbs.
  @Test(arguments: families)
  func holdsTheLargestRestsInEveryRow(_ family: ExactKernelFamily) throws {
    for (depth, bits, cut) in [
      (1100, 21, OperandSplit.Cut(shift: 20, limit: 1)), (513, 24, .init(shift: 12, limit: 1)),
      (1025, 42, .init(shift: 41, limit: 1)), (1100, 53, .init(shift: 21, limit: 5)),
      (2050, 62, .init(shift: 61, limit: 1)), (1100, 62, .init(shift: 0, limit: 1)),
      (600, 62, .init(shift: 31, limit: 1 << 31)),
    ] {
      let largest = Int64(bitPattern: ~0 >> UInt64(64 - bits))
      for signs in 0..<4 {
        let a = signs & 1 == 0 ? largest : -largest
        let b = signs & 2 == 0 ? largest : -largest
        let left = try ExactPlane(
          shape: [2, depth], integers: [Int64](repeating: a, count: 2 * depth))
        let right = try ExactPlane(
          shape: [depth, 17], integers: [Int64](repeating: b, count: 17 * depth))
        let value = OracleInteger()
        for _ in 0..<depth { value.addProduct(OracleInteger(a), OracleInteger(b)) }
        let expected = [OracleInteger](repeating: value, count: 34)
        for (isLeft, isRight) in [(true, false), (false, true), (true, true)] {
          let found = try ExactEngine.contract(
            .matrixProduct(2, depth, 17), left, right,
            options: options(family, rows: isLeft ? cut : nil, columns: isRight ? cut : nil))
          #expect(
            difference(found, expected) == nil, "depth \(depth), \(bits) bits, signs \(signs)")
        }
      }
    }
  }

  /// Rests of one row or column only, and of both signs in turn.
  @Test(arguments: families)
  func restsMayLieInOneRow(_ family: ExactKernelFamily) throws {
    let (m, k, n) = (9, 1200, 70)
    for axis in 0..<2 {
      var left = (0..<m * k).map { Int64($0 % 977 - 488) << 20 }
      var right = (0..<k * n).map { Int64($0 % 1009 - 504) << 20 }
      for i in 0..<k {
        if axis == 0 { left[4 * k + i] += Int64(i % 2 == 0 ? i : -i) }
        if axis == 1 { right[i * n + 69] += Int64(i % 2 == 0 ? i : -i) }
      }
      let a = try ExactPlane(shape: [m, k], integers: left)
      let b = try ExactPlane(shape: [k, n], integers: right)
      let cut = OperandSplit.Cut(shift: 20, limit: 1 << 40)
      let found = try ExactEngine.contract(
        .matrixProduct(m, k, n), a, b, options: options(family, rows: cut, columns: cut))
      let expected = oracleProduct(m, k, n, a.oracleIntegers, b.oracleIntegers)
      #expect(difference(found, expected) == nil, "axis \(axis)")
    }
  }

  @Test func convolutionsAndBothTheirGradients() throws {
    let cut = OperandSplit.Cut(shift: 17, limit: 1 << 12)
    for each in [
      ConvolutionCase(
        batch: 2, inputs: 3, outputs: 4, height: 9, width: 8, stride: 2, padding: 1, dilation: 1),
      ConvolutionCase(batch: 2, groups: 3, inputs: 2, outputs: 2, padding: 1),
      ConvolutionCase(height: 4, width: 4, kernelHeight: 4, kernelWidth: 4, stride: 2, padding: 1),
    ] {
      for contraction in try [each.forward(), each.imageGradient(), each.kernelGradient()] {
        var draws = SeededDraws(seed: 5)
        func draw(_ shape: [Int]) throws -> ExactPlane {
          try ExactPlane(
            shape: shape,
            integers: (0..<shape.reduce(1, *)).map { _ in
              let value = draws.integer(bits: 31)
              return draws.next() % 8 == 0 ? value : (value >> 19) << 17
            })
        }
        let left = try draw(contraction.left.shape), right = try draw(contraction.right.shape)
        let expected = oracle(contraction, left.oracleIntegers, right.oracleIntegers)
        for family in families {
          let found = try ExactEngine.contract(
            contraction, left, right, options: options(family, rows: cut, columns: cut))
          #expect(difference(found, expected) == nil, "\(each), \(family)")
        }
      }
    }
  }

  @Test func splitsWorkAmongThreadsWithoutChangingIt() throws {
    var draws = SeededDraws(seed: 8)
    let (m, k, n) = (130, 40, 230)
    let left = try ExactPlane(
      shape: [m, k], integers: (0..<m * k).map { _ in draws.integer(bits: 50) })
    let right = try ExactPlane(
      shape: [k, n], integers: (0..<k * n).map { _ in draws.integer(bits: 50) })
    let contraction = try ExactContraction.matrixProduct(m, k, n)
    let whole = try ExactEngine.contract(contraction, left, right)
    let cut = OperandSplit.Cut(shift: 9, limit: 1 << 39)
    for threads in 1...3 {
      var split = options(.portable, rows: cut, columns: cut)
      split.threads = threads
      let found = try ExactEngine.contract(contraction, left, right, options: split)
      #expect(found.equals(whole), "\(threads) threads")
    }
  }

  /// A kernel that forgets the rests of one operand: the certificate is held against another product.
  @Test(arguments: families)
  func certificateCatchesMissingRests(_ family: ExactKernelFamily) throws {
    var draws = SeededDraws(seed: 4)
    let (m, k, n) = (6, 8, 7)
    let integers = (0..<(m * k + k * n)).map { _ in draws.integer(bits: 50) }
    let left = Array(integers[..<(m * k)]), right = Array(integers[(m * k)...])
    let contraction = try ExactContraction.matrixProduct(m, k, n)
    let (a, b) = try (
      ExactPlane(shape: [m, k], integers: left), ExactPlane(shape: [k, n], integers: right)
    )
    let cut = OperandSplit.Cut(shift: 20, limit: 1 << 30)
    for side in 0..<2 {
      func main(_ values: [Int64]) -> [Int64] { values.map { $0 / (1 << 20) * (1 << 20) } }
      let wrong = try ExactEngine.contract(
        contraction, ExactPlane(shape: [m, k], integers: side == 0 ? main(left) : left),
        ExactPlane(shape: [k, n], integers: side == 1 ? main(right) : right))
      var broken = options(family, rows: cut, columns: cut)
      broken.sabotage = { result in
        for i in 0..<result.count {
          let limb = i / wrong.count
          let last = wrong.limbs[(wrong.limbCount - 1) * wrong.count + i % wrong.count]
          result[i] = limb < wrong.limbCount ? wrong.limbs[i] : last >> 63
        }
      }
      #expect(throws: ExactEngineError.self) {
        try ExactEngine.contract(contraction, a, b, options: broken)
      }
      broken.sabotage = nil
      _ = try ExactEngine.contract(contraction, a, b, options: broken)
    }
  }

  @Test func isNotSplitWhereOnlyTheWholeFitsInMemory() throws {
    let n = 200
    var values = (0..<n * n).map { Int64($0 % 1013 - 506) << 30 }
    values[77] += 1
    let plane = try ExactPlane(shape: [n, n], integers: values)
    let contraction = try ExactContraction.matrixProduct(n, n, n)
    let cut = OperandSplit.Cut(shift: 30, limit: 1 << 20)
    func needed(_ base: ExactOptions) -> Int {
      var options = base
      options.memoryLimit = 0
      do {
        _ = try ExactEngine.contract(contraction, plane, plane, options: options)
      } catch .memory(let needed, _) {
        return needed
      } catch {}
      return 0
    }
    // A refusal names what the whole product needs, which was tried last.
    let whole = needed(options(.portable))
    #expect(whole > 0 && needed(options(.portable, rows: cut, columns: cut)) == whole)
    var tight = options(.portable, rows: cut, columns: cut)
    tight.memoryLimit = whole
    let expected = try ExactEngine.contract(contraction, plane, plane)
    let found = try ExactEngine.contract(contraction, plane, plane, options: tight)
    #expect(found.equals(expected))
  }
}

/// Where the planner splits.
@Suite struct ExactEngineSplitPlanTests {
  private func plan(
    _ left: [Int64], _ right: [Int64], depth: Int, _ family: ExactKernelFamily,
    splitLimit: Double = 0
  ) throws -> ContractionPlan {
    let (m, n) = (left.count / depth, right.count / depth)
    let layout = ContractionLayout(
      LoweredContraction(try ExactContraction.matrixProduct(m, depth, n)), swapped: false)
    var options = options(family)
    options.splitLimit = splitLimit
    return try ContractionPlan(
      [[layout]], left: ExactPlane(shape: [m, depth], integers: left),
      right: ExactPlane(shape: [depth, n], integers: right), options: options)
  }

  private let n = 200

  @Test func oneLargeElementIsSplitOff() throws {
    let family = ExactKernelFamily.portable
    var draws = SeededDraws(seed: 1)
    let right = (0..<n * n).map { _ in draws.integer(bits: 20) }
    var left = (0..<n * n).map { _ in draws.integer(bits: 20) }
    #expect(try plan(left, right, depth: n, family).split == nil)
    left[1234] = 1 << 59 + 1
    let plan = try plan(left, right, depth: n, family)
    let split = try #require(plan.split)
    #expect(split.left.rests.count < 40 && split.left.main.bound < Magnitude(1 << 24))
    #expect(split.right.rests.count == 0)
    let contraction = try ExactContraction.matrixProduct(n, n, n)
    var options = options(family)
    options.splitLimit = 0
    let a = try ExactPlane(shape: [n, n], integers: left)
    let b = try ExactPlane(shape: [n, n], integers: right)
    let found = try ExactEngine.contract(contraction, a, b, options: options)
    var plain = ExactOptions(plainLimit: 1e9)
    plain.splitLimit = .infinity
    #expect(found.equals(try ExactEngine.contract(contraction, a, b, options: plain)))
  }

  @Test func normallyDistributedElementsLoseTheirLowBits() throws {
    var draws = SeededDraws(seed: 2)
    func normal() -> [Int64] {
      (0..<n * n).map { _ in
        let sum = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &draws) }
        return Int64(Double(Float(sum)) * 0x1p50)
      }
    }
    let left = normal(), right = normal()
    let whole = try plan(left, right, depth: n, .portable, splitLimit: .infinity)
    let found = try plan(left, right, depth: n, .portable)
    let split = try #require(found.split)
    let counts = try (#require(found.system).moduli.count, #require(whole.system).moduli.count)
    #expect(whole.split == nil && counts.0 < counts.1)
    for part in [split.left, split.right] {
      #expect(part.cut.shift > 10 && part.rests.count > 0 && part.rests.count < n * n / 8)
    }
  }

  /// Uniform numbers, whether their low bits are set or all zero but for one.
  @Test(arguments: families)
  func nothingIsSplitWhereNothingIsGained(_ family: ExactKernelFamily) throws {
    for (bits, seed) in [(8, 3), (24, 4), (53, 5), (62, 6)] {
      var draws = SeededDraws(seed: seed)
      let left = (0..<n * n).map { _ in draws.integer(bits: bits) }
      let right = (0..<n * n).map { _ in draws.integer(bits: bits) }
      #expect(try plan(left, right, depth: n, family).split == nil, "\(bits) bits")
    }
  }

  @Test func smallProductsAreNotLookedAt() throws {
    var left = [Int64](repeating: 3, count: 30 * 30)
    left[7] = 1 << 60
    let limit = ExactOptions().splitLimit
    #expect(try plan(left, left, depth: 30, .portable, splitLimit: limit).split == nil)
  }
}
