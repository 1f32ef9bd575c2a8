import TensorFiles

/// A tensor of an exact run: planes of words, one behind the other, of the extents that the tensor has.
///
/// The first plane holds the bits of a `Double` beside each number, which decides comparisons; the second those of
/// a bound of the number's degree as a function of what was drawn; the others its residues, −1 where there is
/// none.
struct ExactTensor {
  let name: String
  let extents: [Int]
  let shadows: [Double]
  let degrees: [Double]
  /// By level; nil where a function without a law was taken, or a level was used up.
  let residues: [[UInt64?]]

  /// Planes that are no residues.
  static let otherPlanes = 2

  init(
    name: String, extents: [Int], shadows: [Double], degrees: [Double], residues: [[UInt64?]]
  ) {
    self.name = name
    self.extents = extents
    self.shadows = shadows
    self.degrees = degrees
    self.residues = residues
  }

  init(_ stored: StoredTensor, in field: ExactField) throws(ExactRunError) {
    guard case .integers(let words) = stored.entries, stored.type == .int64,
      stored.extents.first == field.levelCount + Self.otherPlanes
    else {
      throw .planes(stored.name, expected: field.levelCount + Self.otherPlanes)
    }
    name = stored.name
    extents = Array(stored.extents.dropFirst())
    let count = extents.reduce(1, *)
    func plane(_ number: Int) -> ArraySlice<Int64> { words[number * count..<(number + 1) * count] }
    func doubles(_ number: Int) -> [Double] {
      plane(number).map { Double(bitPattern: UInt64(bitPattern: $0)) }
    }
    shadows = doubles(0)
    degrees = doubles(1)
    var residues: [[UInt64?]] = []
    for (level, prime) in field.levels.fields.enumerated() {
      let own = plane(Self.otherPlanes + level).map { $0 < 0 ? nil : UInt64($0) }
      guard own.allSatisfy({ ($0 ?? 0) < prime.modulus }) else { throw .header }
      residues.append(own)
    }
    self.residues = residues
  }

  var stored: StoredTensor {
    var words = (shadows + degrees).map { Int64(bitPattern: $0.bitPattern) }
    for level in residues { words += level.map { $0.map { Int64($0) } ?? -1 } }
    return StoredTensor(
      name: name, words: words, extents: [residues.count + Self.otherPlanes] + extents)
  }
}
