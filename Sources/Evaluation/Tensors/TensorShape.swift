import Scalars
import TensorExpressions

/// Counting and numbering the entries of a concrete shape, without ever overflowing.
public enum TensorShape {
  /// The number of entries; nil when it leaves 63 bits.
  public static func count(_ extents: [Int]) -> Int? {
    var total = 1
    for extent in extents {
      let (product, overflow) = total.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      total = product
    }
    return total
  }

  /// How far apart neighbours along each axis lie in row-major order.
  public static func strides(_ extents: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: extents.count)
    for axis in extents.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] &* extents[axis + 1]
    }
    return strides
  }

  /// The place of an entry in row-major order.
  ///
  /// - Precondition: there is one coordinate for each axis, inside its extent.
  public static func offset(of entry: [Int], in extents: [Int]) -> Int {
    precondition(entry.count == extents.count, "an entry has one coordinate for each axis")
    var offset = 0
    for (coordinate, extent) in zip(entry, extents) {
      precondition(coordinate >= 0 && coordinate < extent, "an entry outside its tensor")
      offset = offset * extent + coordinate
    }
    return offset
  }

  /// The coordinates of the entry at a place in row-major order.
  public static func entry(at offset: Int, in extents: [Int]) -> [Int] {
    var rest = offset
    var entry = Array(repeating: 0, count: extents.count)
    for axis in extents.indices.reversed() {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: extents[axis])
      entry[axis] = remainder
      rest = quotient
    }
    return entry
  }

  /// The extents as numbers, each at least 1.
  public static func extents(
    _ shape: [Size], _ sizes: [String: Int]
  ) throws(EvaluationError) -> [Int] {
    var extents: [Int] = []
    extents.reserveCapacity(shape.count)
    for size in shape {
      let value = try number(size, sizes)
      guard value >= 1 else { throw .emptyExtent(size, value: value) }
      extents.append(value)
    }
    return extents
  }

  /// The value of a size.
  static func number(_ size: Size, _ sizes: [String: Int]) throws(EvaluationError) -> Int {
    if let value = size.asInt { return value }
    do {
      return try size.evaluated(sizes)
    } catch {
      throw .size(size, error)
    }
  }
}

/// How many bytes the tensors of one evaluation may take together.
public struct MemoryBudget: Sendable, Hashable {
  /// The bytes that there are in all.
  public let limit: Int
  /// The bytes of the tensors that are alive now.
  public private(set) var inUse = 0

  /// The limit of the scope.
  public static var defaultLimit: Int { EvaluationLimits.current.memory }

  public init(limit: Int = defaultLimit) { self.limit = limit }

  /// The bytes of a tensor that may be made now.
  ///
  /// - Throws: ``EvaluationError/tooLarge(extents:bytes:inUse:limit:)``, before anything is allocated.
  func bytes(
    of extents: [Int], _ arithmetic: some ScalarArithmetic
  ) throws(EvaluationError) -> Int {
    guard let count = TensorShape.count(extents) else {
      throw .tooLarge(extents: extents, bytes: nil, inUse: inUse, limit: limit)
    }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: arithmetic.elementBytes)
    guard !overflow, bytes <= limit - inUse else {
      throw .tooLarge(
        extents: extents, bytes: overflow ? nil : bytes, inUse: inUse, limit: limit)
    }
    return bytes
  }

  mutating func take(_ bytes: Int) { inUse += bytes }
  mutating func giveBack(_ bytes: Int) { inUse -= bytes }
}
