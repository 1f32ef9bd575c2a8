import Scalars

/// The evaluator's contractions of two factors, carried out by the exact engine.
extension ExactEngine {
  /// From how many points of the box on the engine is worth its set-up.
  public static let smallestWork = 20_000

  /// Whether a contraction of two factors is large enough for the engine.
  ///
  /// It must be large as a whole, have some points to each batch entry (an entrywise product has
  /// one), and sum some of them for each entry of the output.
  public static func isWorthwhile(_ contraction: ConcreteContraction) -> Bool {
    guard contraction.operands.count == 2 else { return false }
    guard let points = TensorShape.count(contraction.extents),
      let entries = TensorShape.count(contraction.outputExtents)
    else { return true }
    let tensors = [contraction.output] + contraction.operands
    let batch = contraction.extents.indices.reduce(1) { count, index in
      let isBatch = tensors.allSatisfy { $0.contains { $0.coefficients[index] != 0 } }
      return isBatch ? count * contraction.extents[index] : count
    }
    return points >= smallestWork && points / max(batch, 1) >= 512 && points / max(entries, 1) >= 4
  }

  /// Contracts two tensors of rationals.
  ///
  /// - Throws: ``ExactEngineError/tooWide(bits:)`` when there is no common denominator of reasonable
  ///   size, and the errors of the contraction of planes.
  public static func contract(
    _ contraction: ConcreteContraction, _ left: Tensor<Rational>, _ right: Tensor<Rational>,
    options: ExactOptions = ExactOptions()
  ) throws(ExactEngineError) -> Tensor<Rational> {
    let result = try contract(
      ExactContraction(contraction), ExactPlane(left), ExactPlane(right), options: options)
    return Tensor(extents: result.shape, elements: result.rationals())
  }

  /// Contracts two tensors of residues, whose modulus is odd and below 2^62.
  ///
  /// - Throws: ``ExactEngineError/modulus(_:)``, and the errors of the contraction of planes.
  public static func contract(
    _ contraction: ConcreteContraction, modulo modulus: UInt64, _ left: Tensor<UInt64>,
    _ right: Tensor<UInt64>, options: ExactOptions = ExactOptions()
  ) throws(ExactEngineError) -> Tensor<UInt64> {
    let elements = try contract(
      ExactContraction(contraction), modulo: modulus, left.elements, right.elements,
      options: options)
    return Tensor(extents: contraction.outputExtents, elements: elements)
  }
}

extension ExactContraction {
  /// The same relation of exactly two operands.
  ///
  /// - Throws: ``ExactEngineError/malformed(_:)`` for another number of operands, and for extents
  ///   or coordinates that the engine does not take.
  public init(_ contraction: ConcreteContraction) throws(ExactEngineError) {
    func access(_ coordinates: [ConcreteContraction.Coordinate]) -> Access {
      Access(
        shape: coordinates.map(\.extent),
        coordinates: coordinates.map {
          Coordinate(constant: $0.constant, coefficients: $0.coefficients)
        })
    }
    guard contraction.operands.count == 2 else { throw .malformed(.right) }
    try self.init(
      extents: contraction.extents, output: access(contraction.output),
      left: access(contraction.operands[0]), right: access(contraction.operands[1]),
      guards: contraction.guards.map {
        Guard(
          Coordinate(constant: $0.constant, coefficients: $0.coefficients), below: $0.extent)
      })
  }
}

extension ExactPlane {
  /// Rationals over their least common denominator.
  ///
  /// - Throws: ``ExactEngineError/tooWide(bits:)``.
  public init(_ tensor: Tensor<Rational>) throws(ExactEngineError) {
    var numerators: [Int64] = []
    var denominators: [UInt64] = []
    numerators.reserveCapacity(tensor.count)
    denominators.reserveCapacity(tensor.count)
    for value in tensor.elements {
      guard let numerator = value.numerator.asInt, let denominator = value.denominator.asInt else {
        try self.init(wide: tensor)
        return
      }
      numerators.append(Int64(numerator))
      denominators.append(UInt64(denominator))
    }
    try self.init(shape: tensor.extents, numerators: numerators, denominators: denominators)
  }

  private init(wide tensor: Tensor<Rational>) throws(ExactEngineError) {
    var common = Integer.one
    for denominator in Set(tensor.elements.map(\.denominator)) {
      let shared = Integer.gcd(common, denominator)
      common = common * denominator.quotientAndRemainder(floored: shared).quotient
      guard common.bitWidth <= 64 * ContractionPlan.mostLimbs else {
        throw .tooWide(bits: common.bitWidth)
      }
    }
    let mantissas = tensor.elements.map {
      $0.numerator * common.quotientAndRemainder(floored: $0.denominator).quotient
    }
    let bits = mantissas.lazy.map(\.bitWidth).max() ?? 0
    guard bits < 64 * ContractionPlan.mostLimbs else { throw .tooWide(bits: bits) }
    try self.init(
      shape: tensor.extents,
      scale: ExactScale(denominator: Magnitude(words: common.magnitudeWords.map(UInt64.init)))
    ) {
      ExactMantissa(
        Magnitude(words: mantissas[$0].magnitudeWords.map(UInt64.init)),
        isNegative: mantissas[$0].signum() < 0)
    }
  }

  /// The elements in lowest terms, in row-major order.
  public func rationals() -> [Rational] {
    let power = Integer.one.shiftedLeft(by: abs(scale.exponent))
    let factor = scale.exponent > 0 ? power : .one
    let below = Integer(
      isNegative: false, magnitudeWords: scale.denominator.words.map { UInt($0) })
    let denominator = scale.exponent < 0 ? below * power : below
    var result: [Rational] = []
    result.reserveCapacity(count)
    forEachMantissa { _, isNegative, words in
      let mantissa: Integer
      if words.count == 0 {
        mantissa = .zero
      } else if words.count == 1, words[0] < 1 << 63 {
        mantissa = Integer(isNegative ? -Int(words[0]) : Int(words[0]))
      } else {
        mantissa = Integer(isNegative: isNegative, magnitudeWords: words.map { UInt($0) })
      }
      let numerator = factor.isOne ? mantissa : mantissa * factor
      if denominator.isOne {
        result.append(Rational(numerator))
      } else if let n = numerator.asInt, let d = denominator.asInt {
        result.append(Rational(n, d))
      } else {
        result.append(Rational(numerator: numerator, denominator: denominator))
      }
    }
    return result
  }
}
