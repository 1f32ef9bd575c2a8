import Evaluation

/// The inputs of the benchmarks, the same in every run.
enum Inputs: String {
  /// Uniform in -1..<1, each a float32.
  case float32
  /// Normally distributed, each a float32: exponents far apart.
  case normal32
  /// Uniform in -1..<1, each a float64.
  case float64
  /// p/q with |p| <= 100 and 1 <= q <= 100.
  case rational
  /// Integers of 30 bits.
  case integer

  func plane(_ shape: [Int], seed: UInt64) throws -> ExactPlane {
    var draws = Draws(state: seed)
    let count = shape.reduce(1, *)
    switch self {
    case .float32:
      return try ExactPlane(
        shape: shape, floats: (0..<count).map { _ in Float.random(in: -1..<1, using: &draws) })
    case .normal32:
      // A sum of twelve uniform draws has variance 1.
      return try ExactPlane(
        shape: shape,
        floats: (0..<count).map { _ in
          Float((0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &draws) })
        })
    case .float64:
      return try ExactPlane(
        shape: shape, doubles: (0..<count).map { _ in Double.random(in: -1..<1, using: &draws) })
    case .rational:
      return try ExactPlane(
        shape: shape,
        numerators: (0..<count).map { _ in Int64.random(in: -100...100, using: &draws) },
        denominators: (0..<count).map { _ in UInt64.random(in: 1...100, using: &draws) })
    case .integer:
      return try ExactPlane(
        shape: shape,
        integers: (0..<count).map { _ in
          Int64.random(in: -(1 << 30)...(1 << 30), using: &draws)
        })
    }
  }
}

/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014).
struct Draws: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
