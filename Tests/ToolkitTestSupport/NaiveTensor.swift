/// A tensor of numbers in row-major order, for oracles that are plain loops.
///
/// Whole numbers of moderate size are exact in it, so that tests of index relations compare with `==`.
public struct NaiveTensor: Equatable, Sendable {
  public let shape: [Int]
  public var values: [Double]

  public init(_ shape: [Int], _ values: [Double]) {
    precondition(shape.reduce(1, *) == values.count, "one value for each entry")
    self.shape = shape
    self.values = values
  }

  /// The tensor whose entry at each place is what the closure says.
  public init(_ shape: [Int], _ entry: ([Int]) -> Double) {
    var values: [Double] = []
    Self.forEachPlace(in: shape) { values.append(entry($0)) }
    self.init(shape, values)
  }

  /// Different whole numbers in no simple order, none of them 0 or ±1.
  public static func generic(_ shape: [Int], seed: Int) -> NaiveTensor {
    var random = SeededGenerator(seed: seed)
    return NaiveTensor(shape) { _ in
      Double(Int.random(in: 2...97, using: &random)) * (Bool.random(using: &random) ? 1 : -1)
    }
  }

  /// The entry at a place, 0 outside.
  public subscript(place: [Int]) -> Double {
    var offset = 0
    for (coordinate, extent) in zip(place, shape) {
      guard coordinate >= 0, coordinate < extent else { return 0 }
      offset = offset * extent + coordinate
    }
    return values[offset]
  }

  public mutating func add(_ value: Double, at place: [Int]) {
    var offset = 0
    for (coordinate, extent) in zip(place, shape) {
      guard coordinate >= 0, coordinate < extent else { return }
      offset = offset * extent + coordinate
    }
    values[offset] += value
  }

  public func map(_ change: (Double) -> Double) -> NaiveTensor {
    NaiveTensor(shape, values.map(change))
  }

  /// Whether every entry is within a relative error of the other's, for what is not rational.
  ///
  /// The bound is that of 2⁸ operations, each rounded by at most 2⁻⁵³, on values of at most 2⁸ times 1 + the
  /// result: 2⁻³⁷ < 1e-11.
  public func isClose(to other: NaiveTensor, within bound: Double = 1e-11) -> Bool {
    shape == other.shape
      && zip(values, other.values).allSatisfy { abs($0 - $1) <= bound * (1 + abs($1)) }
  }

  /// Every place of a box, in row-major order.
  public static func forEachPlace(in shape: [Int], _ body: ([Int]) -> Void) {
    if shape.contains(where: { $0 <= 0 }) { return }
    var place = Array(repeating: 0, count: shape.count)
    while true {
      body(place)
      var axis = shape.count - 1
      while axis >= 0 {
        place[axis] += 1
        if place[axis] < shape[axis] { break }
        place[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
