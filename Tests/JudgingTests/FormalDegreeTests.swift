import Foundation
import Scalars
import TensorExpressions
import Testing

@testable import Evaluation
@testable import Judging

/// The bound on degrees against true degrees, which are found along a line.
@Suite struct FormalDegreeTests {
  /// A prime of 31 bits, of which nothing else here knows.
  static let modulus: UInt64 = 2_147_483_629

  /// The true degree of the numerator of a rational function of one variable, from its values: by the rank of
  /// the system that a quotient of polynomials of degrees up to the bound would solve, found by elimination.
  ///
  /// Along a random line the degree of a rational function in many variables is kept but for rare lines, and
  /// never grows.
  private func degreeAlongALine(
    _ root: TensorExpression, _ symbols: [TensorExpression], sizes: [String: Int],
    largest: Int, seed: UInt64
  ) throws -> Int? {
    let field = PrimeFieldArithmetic(modulus: Self.modulus)
    var generator = Scalars.SeededGenerator(seed: seed)
    var ends: [(TensorExpression, Tensor<UInt64>, Tensor<UInt64>)] = []
    for symbol in symbols {
      let extents = try symbol.shape.map { try $0.evaluated(sizes) }
      let count = extents.reduce(1, *)
      let (a, b) = (
        field.randomElements(count: count, using: &generator),
        field.randomElements(count: count, using: &generator)
      )
      ends.append(
        (symbol, Tensor(extents: extents, elements: a), Tensor(extents: extents, elements: b)))
    }
    var samples: [(UInt64, UInt64)] = []
    var t: UInt64 = 1
    while samples.count < 2 * largest + 4 {
      t += 1
      if t > 8 * UInt64(largest) + 64 { return nil }
      var values: [TensorExpression: Tensor<UInt64>] = [:]
      for (symbol, a, b) in ends {
        values[symbol] = Tensor(
          extents: a.extents,
          elements: zip(a.elements, b.elements).map { field.add($0, field.multiply(t, $1)) })
      }
      let point = EvaluationPoint(sizes: sizes, values: values)
      guard let value = try? Evaluator(field, at: point).evaluate(root).elements.first else {
        continue
      }
      samples.append((t, value))
    }
    return RationalReconstruction(field: field).numeratorDegree(samples)
  }

  private func random(
    _ depth: Int, _ symbols: [TensorExpression], using generator: inout Scalars.SeededGenerator
  ) throws -> TensorExpression {
    let leaf = symbols[Int.random(in: 0..<symbols.count, using: &generator)]
    if depth == 0 { return leaf }
    let a = try random(depth - 1, symbols, using: &generator)
    let b = try random(
      Int.random(in: 0..<depth, using: &generator), symbols, using: &generator)
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: return a + b
    case 1: return a - b
    case 2: return a * b
    case 3: return a / b
    case 4: return a * a
    case 5: return a / (a + b)
    case 6: return try a.over(a.sum(axes: [1], keepingAxes: true))
    case 7: return try a.times(b.sum(axes: [0], keepingAxes: true))
    default: return try b.matmul(a)
    }
  }

  /// How many random expressions are looked at; more where long tests are asked for.
  private static let count =
    ProcessInfo.processInfo.environment["GRADCHECK_LONG_TESTS"] == nil ? 150 : 10_000

  @Test func theBoundIsNeverBelowTheDegree() throws {
    var looked = 0
    var tight = 0
    for seed in 0..<UInt64(Self.count) {
      let space = ExpressionSpace()
      var generator = Scalars.SeededGenerator(seed: seed, stream: 31)
      let symbols = [space.input("x", [2, 2]), space.input("y", [2, 2])]
      let depth = Int.random(in: 1...3, using: &generator)
      let root = try random(depth, symbols, using: &generator)
      var degrees = FormalDegree(sizes: [:])
      let bound = degrees.ofDifference(root, root.zero)
      guard bound <= 60 else { continue }
      guard
        let degree = try degreeAlongALine(
          root, symbols, sizes: [:], largest: Int(bound) + 8, seed: seed)
      else { continue }
      looked += 1
      if Double(degree) == bound { tight += 1 }
      #expect(Double(degree) <= bound, "seed \(seed): \(root)")
    }
    #expect(looked > Self.count / 2)
    // A bound that is always far off would say nothing of whether it is one.
    #expect(tight > looked / 20)
  }

  /// The exponents, sums over axes, matrices and the parameters of orthogonal ones count.
  @Test func degreesOfSingleForms() throws {
    let space = ExpressionSpace()
    let (x, z) = (space.input("x", [5]), space.input("z", [6, 6]))
    func degree(_ a: TensorExpression) -> Double {
      var degrees = FormalDegree(sizes: [:])
      return degrees.ofDifference(a, a.zero)
    }
    #expect(degree(x) == 1)
    #expect(degree(x * x) == 2)
    // Σ 1/xᵢ = N / Πxᵢ
    let shares = degree(try (Rational(1) / x).sum())
    #expect(shares >= 4 && shares <= 5)
    #expect(degree(space.determinant(z)) == 6)
    let inverse = degree(space.inverse(z))
    #expect(inverse >= 5 && inverse <= 6)
    let q = space.input("q", [4, 4], .orthogonal)
    #expect(degree(q) == 8)
    // L·Lᵀ with squares on the diagonal of L, and L.
    let a = space.input("a", [3, 3], .positiveDefinite)
    #expect(degree(a) == 4)
    #expect(degree(space.cholesky(a)) == 2)
    // Of any matrix the norm over the signs of two roots, met at one point in four: L₂₁·L₁₁ is a₂₁ and more is counted.
    let b = space.input("b", [2, 2])
    #expect(degree(space.cholesky(b)) >= 16)
  }
}

/// Degrees of rational functions of one variable from values.
struct RationalReconstruction {
  let field: PrimeFieldArithmetic

  /// The degree of the numerator in lowest terms, by the Euclidean algorithm between the interpolating
  /// polynomial and the product of all t − tᵢ: of the remainders rⱼ with their cofactors sⱼ, the first with
  /// deg rⱼ + deg sⱼ below half gives r/s.
  ///
  /// - SeeAlso: J. von zur Gathen, J. Gerhard, Modern Computer Algebra (2003), section 5.8.
  func numeratorDegree(_ samples: [(UInt64, UInt64)]) -> Int {
    var product: [UInt64] = [1]
    var interpolant: [UInt64] = []
    for (t, value) in samples {
      let (p, q) = (self.value(product, t), self.value(interpolant, t))
      let factor = (try? field.divide(field.subtract(value, q), p)) ?? 0
      interpolant = sum(interpolant, product.map { field.multiply(factor, $0) })
      product = sum([0] + product, product.map { field.multiply(field.negate(t), $0) })
    }
    var (r, next) = (product, trimmed(interpolant))
    var (s, nextS): ([UInt64], [UInt64]) = ([], [1])
    var best = (next, nextS)
    var least = degree(next) + degree(nextS)
    while !next.isEmpty {
      let (quotient, remainder) = divided(r, next)
      (r, next) = (next, remainder)
      (s, nextS) = (nextS, sum(s, multiplied(quotient, nextS).map(field.negate)))
      let total = max(degree(next), 0) + degree(nextS)
      if !next.isEmpty, total < least { (best, least) = ((next, nextS), total) }
    }
    return max(degree(best.0), 0)
  }

  private func degree(_ p: [UInt64]) -> Int { p.count - 1 }

  private func trimmed(_ p: [UInt64]) -> [UInt64] {
    Array(p.prefix((p.lastIndex { $0 != 0 } ?? -1) + 1))
  }

  private func value(_ p: [UInt64], _ t: UInt64) -> UInt64 {
    p.reversed().reduce(0) { field.add(field.multiply($0, t), $1) }
  }

  private func sum(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    trimmed(
      (0..<max(a.count, b.count)).map {
        field.add($0 < a.count ? a[$0] : 0, $0 < b.count ? b[$0] : 0)
      })
  }

  private func multiplied(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    if a.isEmpty || b.isEmpty { return [] }
    var result = Array(repeating: UInt64(0), count: a.count + b.count - 1)
    for (i, x) in a.enumerated() {
      for (j, y) in b.enumerated() {
        result[i + j] = field.add(result[i + j], field.multiply(x, y))
      }
    }
    return trimmed(result)
  }

  private func divided(_ a: [UInt64], _ b: [UInt64]) -> (quotient: [UInt64], remainder: [UInt64]) {
    var rest = a
    guard let lead = b.last, let inverse = try? field.divide(1, lead), a.count >= b.count else {
      return ([], a)
    }
    var quotient = Array(repeating: UInt64(0), count: a.count - b.count + 1)
    for place in quotient.indices.reversed() {
      let factor = field.multiply(rest[place + b.count - 1], inverse)
      quotient[place] = factor
      for (j, y) in b.enumerated() {
        rest[place + j] = field.subtract(rest[place + j], field.multiply(factor, y))
      }
    }
    return (trimmed(quotient), trimmed(rest))
  }
}
