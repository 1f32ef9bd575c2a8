@testable import Evaluation

/// An exact tensor whose slices along some axes have powers of two of their own.
///
/// ```
/// element[i₀, i₁, …] = plane[i₀, i₁, …] · Π 2^exponents[axis][i_axis]
/// ```
///
/// Rows or channels of very different magnitude then need no more bits than the widest of them,
/// where one power of two for all would take as many as the whole range of their exponents.
///
/// Nothing in the program uses it: nearly all that checks multiply are residues, which have no exponents
/// (`Documentation/Decisions/0009-scales.md`). Here it tries the engine on operands of many scales.
struct ExactScaledPlane: Sendable {
  let plane: ExactPlane
  /// For each axis that has them, one exponent for each of its indices.
  let exponents: [Int: [Int]]

  init(_ plane: ExactPlane) {
    self.plane = plane
    exponents = [:]
  }

  init(plane: ExactPlane, exponents: [Int: [Int]]) {
    self.plane = plane
    self.exponents = exponents.filter { $0.value.contains { $0 != 0 } }
  }

  /// Doubles as whole multiples of a power of two for each index of one axis: of the axis that makes
  /// the integers narrowest, or of none where none makes them narrower.
  ///
  /// - Throws: ``ExactEngineError/count(values:shape:)``, ``ExactEngineError/notFinite(position:)``.
  init(shape: [Int], doubles values: [Double]) throws(ExactEngineError) {
    guard elementCount(of: shape) == values.count else {
      throw .count(values: values.count, shape: shape)
    }
    if let position = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(position: position)
    }
    let whole = SliceRanges(shape: [1], axis: 0, values)
    let best = shape.indices.map { SliceRanges(shape: shape, axis: $0, values) }
      .min { $0.width < $1.width }
    // Scaled values must be doubles too: integers below 2^1000.
    guard let best, best.width < min(whole.width, 1000) else {
      self.init(try ExactPlane(shape: shape, doubles: values))
      return
    }
    let scaled = values.indices.map { position in
      Double(sign: .plus, exponent: -best.lowest(at: position), significand: values[position])
    }
    self.init(
      plane: try ExactPlane(shape: shape, doubles: scaled),
      exponents: [best.axis: best.exponents])
  }

  /// The exponent that an element has beside its plane's.
  func exponent(at position: Int) -> Int {
    var rest = position, sum = 0
    for axis in plane.shape.indices.reversed() {
      if let exponents = exponents[axis] { sum += exponents[rest % plane.shape[axis]] }
      rest /= plane.shape[axis]
    }
    return sum
  }

  /// The same tensor under one scale.
  ///
  /// - Throws: ``ExactEngineError/tooWide(bits:)``.
  func unscaled() throws(ExactEngineError) -> ExactPlane {
    if exponents.isEmpty { return plane }
    let shifts = (0..<plane.count).map { exponent(at: $0) }
    let lowest = shifts.min() ?? 0
    let bits = plane.bound.bitWidth + (shifts.max() ?? 0) - lowest
    guard bits < 64 * ContractionPlan.mostLimbs else { throw .tooWide(bits: bits) }
    let scale = ExactScale(
      exponent: plane.scale.exponent + lowest, denominator: plane.scale.denominator)
    return try ExactPlane(shape: plane.shape, scale: scale) {
      let mantissa = plane.mantissa(at: $0)
      return ExactMantissa(
        mantissa.magnitude.shiftedLeft(by: shifts[$0] - lowest), isNegative: mantissa.isNegative)
    }
  }

  /// The first position, in row-major order, at which two tensors differ; nil where they are equal.
  ///
  /// Planes under the same scales are compared limb by limb, and neither is ever brought under one
  /// scale.
  ///
  /// - Throws: ``ExactEngineError/shape(_:expected:found:)`` for different shapes.
  func firstDifference(from other: ExactScaledPlane) throws(ExactEngineError) -> Int? {
    if exponents == other.exponents { return try plane.firstDifference(from: other.plane) }
    guard plane.shape == other.plane.shape else {
      throw .shape(.right, expected: plane.shape, found: other.plane.shape)
    }
    return (0..<plane.count).first { position in
      plane.differs(
        from: other.plane, at: position,
        shiftedBy: exponent(at: position) - other.exponent(at: position))
    }
  }
}

/// The exponents of the slices of an array along one axis.
private struct SliceRanges {
  let axis: Int
  /// The exponent of the lowest set bit of each slice; 0 where all is zero.
  let exponents: [Int]
  /// The bits of the widest slice's integers.
  let width: Int
  private let inner: Int

  init(shape: [Int], axis: Int, _ values: [Double]) {
    self.axis = axis
    let extent = shape == [1] ? 1 : shape[axis]
    inner = max(shape == [1] ? values.count : shape[(axis + 1)...].reduce(1, *), 1)
    var lowest = [Int](repeating: .max, count: extent)
    var highest = [Int](repeating: .min, count: extent)
    for (position, value) in values.enumerated() where value != 0 {
      let slice = position / inner % extent
      let top = Int(value.exponent)
      lowest[slice] = min(lowest[slice], top - value.significandWidth)
      highest[slice] = max(highest[slice], top + 1)
    }
    exponents = lowest.map { $0 == .max ? 0 : $0 }
    width = zip(lowest, highest).map { $0 == .max ? 0 : $1 - $0 }.max() ?? 0
  }

  func lowest(at position: Int) -> Int { exponents[position / inner % exponents.count] }
}

extension ExactEngine {
  /// Contracts two tensors whose slices have scales of their own.
  ///
  /// Scales of an axis that one index alone runs along, in the operand and on an axis of the output,
  /// become scales of that axis: those of the rows of a left matrix, of the columns of a right one,
  /// of the output channels of a convolution's weights. An operand with other scales is brought
  /// under one first.
  ///
  /// - Throws: as for planes, and ``ExactEngineError/tooWide(bits:)``.
  static func contract(
    _ contraction: ExactContraction, _ left: ExactScaledPlane, _ right: ExactScaledPlane,
    options: ExactOptions = ExactOptions()
  ) throws(ExactEngineError) -> ExactScaledPlane {
    guard contraction.left.shape == left.plane.shape else {
      throw .shape(.left, expected: contraction.left.shape, found: left.plane.shape)
    }
    guard contraction.right.shape == right.plane.shape else {
      throw .shape(.right, expected: contraction.right.shape, found: right.plane.shape)
    }
    var exponents: [Int: [Int]] = [:]
    func planeKeepingScales(
      _ operand: ExactScaledPlane, _ access: ExactContraction.Access
    ) throws(ExactEngineError) -> ExactPlane {
      var carried: [(axis: Int, exponents: [Int])] = []
      for (axis, scales) in operand.exponents {
        guard let index = access.coordinates[axis].soleIndex,
          let output = contraction.output.coordinates.firstIndex(where: { $0.soleIndex == index })
        else { return try operand.unscaled() }
        carried.append((output, scales))
      }
      for (axis, scales) in carried {
        var sums = exponents[axis] ?? [Int](repeating: 0, count: contraction.output.shape[axis])
        for i in 0..<min(sums.count, scales.count) { sums[i] += scales[i] }
        exponents[axis] = sums
      }
      return operand.plane
    }
    let leftPlane = try planeKeepingScales(left, contraction.left)
    let rightPlane = try planeKeepingScales(right, contraction.right)
    let result = try contract(contraction, leftPlane, rightPlane, options: options)
    return ExactScaledPlane(plane: result, exponents: exponents)
  }
}

extension ExactContraction.Coordinate {
  /// The index that this coordinate is, if it is one and nothing else.
  fileprivate var soleIndex: Int? {
    let used = coefficients.indices.filter { coefficients[$0] != 0 }
    return constant == 0 && used.count == 1 && coefficients[used[0]] == 1 ? used[0] : nil
  }
}
