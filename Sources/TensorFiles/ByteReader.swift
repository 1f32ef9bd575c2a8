/// Reads numbers from bytes, the lowest byte first; nothing is read beyond the end.
struct ByteReader {
  let bytes: [UInt8]
  var position = 0

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var remaining: Int { max(0, bytes.count - position) }

  /// A number of so many bytes; nil at the end.
  mutating func number(_ width: Int) -> UInt64? {
    guard position >= 0, remaining >= width else { return nil }
    var result: UInt64 = 0
    for byte in 0..<width { result |= UInt64(bytes[position + byte]) << UInt64(8 * byte) }
    position += width
    return result
  }

  /// A number that fits a machine word.
  mutating func count(_ width: Int) -> Int? { number(width).flatMap { Int(exactly: $0) } }

  mutating func slice(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, position >= 0, remaining >= count else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func text(_ count: Int) -> String? {
    slice(count).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension [UInt8] {
  /// Appends the lowest bytes of a number.
  mutating func append(number: Int, width: Int) {
    let word = UInt64(bitPattern: Int64(number))
    for byte in 0..<width { append(UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))) }
  }
}

/// The number of entries of extents; nil for a negative extent and beyond ``TensorFile/entryLimit``.
func entryCount(_ extents: [Int]) -> Int? {
  if extents.contains(where: { $0 < 0 }) { return nil }
  if extents.contains(0) { return 0 }
  var count = 1
  for extent in extents {
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    if overflow || product > TensorFile.entryLimit { return nil }
    count = product
  }
  return count
}
