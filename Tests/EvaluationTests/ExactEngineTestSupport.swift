import CGMP

@testable import Evaluation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A seeded source of draws, the same on every machine.
struct SeededDraws: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x2545_f491_4f6c_dd1d &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// An integer of at most this many bits and either sign; now and then the largest one.
  mutating func integer(bits: Int) -> Int64 {
    let largest: UInt64 = bits == 0 ? 0 : ~0 >> UInt64(64 - bits)
    let size = next() % 8 == 0 ? largest : next() & largest
    return next() % 2 == 0 ? Int64(size) : -Int64(size)
  }
}

/// An integer of GMP's, which computes what the engine's results are compared with.
final class OracleInteger {
  private let value = UnsafeMutablePointer<mpz_t>.allocate(capacity: 1)

  init(_ x: Int64 = 0) { __gmpz_init_set_si(value, Int(x)) }

  init(isNegative: Bool, words: [UInt64]) {
    __gmpz_init(value)
    __gmpz_import(value, words.count, -1, 8, 0, 0, words)
    if isNegative { __gmpz_neg(value, value) }
  }

  deinit {
    __gmpz_clear(value)
    value.deallocate()
  }

  func addProduct(_ a: OracleInteger, _ b: OracleInteger) {
    __gmpz_addmul(value, a.value, b.value)
  }

  static func == (lhs: OracleInteger, rhs: OracleInteger) -> Bool {
    __gmpz_cmp(lhs.value, rhs.value) == 0
  }

  var text: String {
    guard let digits = __gmpz_get_str(nil, 10, value) else { return "?" }
    defer { free(digits) }
    return String(cString: digits)
  }
}

extension ExactPlane {
  var oracleIntegers: [OracleInteger] {
    (0..<count).map {
      let mantissa = mantissa(at: $0)
      return OracleInteger(isNegative: mantissa.isNegative, words: mantissa.magnitude.words)
    }
  }
}

/// The definition of a contraction, point by point, in GMP integers.
func oracle(
  _ contraction: ExactContraction, _ left: [OracleInteger], _ right: [OracleInteger]
) -> [OracleInteger] {
  let result = (0..<contraction.output.shape.reduce(1, *)).map { _ in OracleInteger() }
  let points = contraction.extents.reduce(1, *)
  var point = [Int](repeating: 0, count: contraction.extents.count)
  func position(_ access: ExactContraction.Access) -> Int? {
    var position = 0
    for (extent, coordinate) in zip(access.shape, access.coordinates) {
      let value = zip(coordinate.coefficients, point).reduce(coordinate.constant) {
        $0 + $1.0 * $1.1
      }
      guard value >= 0 && value < extent else { return nil }
      position = position * extent + value
    }
    return position
  }
  for _ in 0..<points {
    if let o = position(contraction.output), let l = position(contraction.left),
      let r = position(contraction.right)
    {
      result[o].addProduct(left[l], right[r])
    }
    for i in point.indices.reversed() {
      point[i] += 1
      if point[i] < contraction.extents[i] { break }
      point[i] = 0
    }
  }
  return result
}

/// The product of two matrices in GMP integers.
func oracleProduct(
  _ m: Int, _ k: Int, _ n: Int, _ left: [OracleInteger], _ right: [OracleInteger]
) -> [OracleInteger] {
  var result: [OracleInteger] = []
  result.reserveCapacity(m * n)
  for i in 0..<m {
    for j in 0..<n {
      let sum = OracleInteger()
      for p in 0..<k { sum.addProduct(left[i * k + p], right[p * n + j]) }
      result.append(sum)
    }
  }
  return result
}

/// The first position at which the engine and GMP differ, with both values; nil where they agree.
func difference(_ plane: ExactPlane, _ expected: [OracleInteger]) -> String? {
  guard plane.count == expected.count else { return "\(plane.count) of \(expected.count) elements" }
  for (i, (found, right)) in zip(plane.oracleIntegers, expected).enumerated()
  where !(found == right) {
    return "at \(i): \(found.text) for \(right.text)"
  }
  return nil
}

/// Contractions by name, for tests.
extension ExactContraction {
  /// `output[i, j] = Σ left[i, k] · right[k, j]`
  static func matrixProduct(_ m: Int, _ k: Int, _ n: Int) throws -> ExactContraction {
    try ExactContraction(
      extents: [m, n, k],
      output: Access(shape: [m, n], [1, 0, 0], [0, 1, 0]),
      left: Access(shape: [m, k], [1, 0, 0], [0, 0, 1]),
      right: Access(shape: [k, n], [0, 0, 1], [0, 1, 0]))
  }
}

extension ExactContraction.Access {
  /// An access without constants.
  init(shape: [Int], _ coefficients: [Int]...) {
    self.init(
      shape: shape,
      coordinates: coefficients.map { ExactContraction.Coordinate(coefficients: $0) })
  }
}

/// A convolution over two axes with everything that it can have; its three forms are the same
/// relation with another slot as the output.
struct ConvolutionCase: CustomStringConvertible {
  var batch = 1, groups = 1, inputs = 1, outputs = 1
  var height = 5, width = 6, kernelHeight = 2, kernelWidth = 3
  var stride = 1, padding = 0, dilation = 1

  var outputHeight: Int {
    (height + 2 * padding - dilation * (kernelHeight - 1) - 1) / stride + 1
  }
  var outputWidth: Int {
    (width + 2 * padding - dilation * (kernelWidth - 1) - 1) / stride + 1
  }

  var description: String {
    "batch \(batch) groups \(groups) channels \(inputs)→\(outputs) image \(height)×\(width) "
      + "kernel \(kernelHeight)×\(kernelWidth) stride \(stride) padding \(padding) "
      + "dilation \(dilation)"
  }

  // Indices: n, g, o, c, p, q, k, l.
  var extents: [Int] {
    [batch, groups, outputs, inputs, outputHeight, outputWidth, kernelHeight, kernelWidth]
  }

  var image: ExactContraction.Access {
    ExactContraction.Access(
      shape: [batch, groups * inputs, height, width],
      coordinates: [
        .init(coefficients: [1, 0, 0, 0, 0, 0, 0, 0]),
        .init(coefficients: [0, inputs, 0, 1, 0, 0, 0, 0]),
        .init(constant: -padding, coefficients: [0, 0, 0, 0, stride, 0, dilation, 0]),
        .init(constant: -padding, coefficients: [0, 0, 0, 0, 0, stride, 0, dilation]),
      ])
  }

  var kernel: ExactContraction.Access {
    ExactContraction.Access(
      shape: [groups * outputs, inputs, kernelHeight, kernelWidth],
      [0, outputs, 1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 0],
      [0, 0, 0, 0, 0, 0, 0, 1])
  }

  var result: ExactContraction.Access {
    ExactContraction.Access(
      shape: [batch, groups * outputs, outputHeight, outputWidth],
      [1, 0, 0, 0, 0, 0, 0, 0], [0, outputs, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0, 0],
      [0, 0, 0, 0, 0, 1, 0, 0])
  }

  func forward() throws -> ExactContraction {
    try ExactContraction(extents: extents, output: result, left: image, right: kernel)
  }
  func imageGradient() throws -> ExactContraction {
    try ExactContraction(extents: extents, output: image, left: result, right: kernel)
  }
  func kernelGradient() throws -> ExactContraction {
    try ExactContraction(extents: extents, output: kernel, left: result, right: image)
  }
}
