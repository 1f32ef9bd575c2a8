internal import CZlib

/// Zip archives, as far as npz files use them: stored and deflated members, with sizes of 32 bits or by the
/// zip64 extension.
///
/// Sizes are believed only up to a limit, and inflating stops at the size that the directory gives.
///
/// - SeeAlso: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.
enum ZipArchive {
  struct Member {
    let name: String
    let bytes: [UInt8]
  }

  private struct Entry {
    let name: String
    let method: Int
    let checksum: UInt32
    let compressed: Int
    let size: Int
    let offset: Int
  }

  private static let endMark: UInt64 = 0x0605_4b50
  private static let entryMark: UInt64 = 0x0201_4b50
  private static let localMark: UInt64 = 0x0403_4b50

  static func read(_ bytes: [UInt8], sizeLimit: Int) throws(TensorFileError) -> [Member] {
    let entries = try directory(bytes)
    var members: [Member] = []
    var names: Set<String> = []
    var total = 0
    for entry in entries {
      guard names.insert(entry.name).inserted else { throw .archive(.duplicate(entry.name)) }
      total += min(entry.size, sizeLimit + 1)
      guard total <= sizeLimit else {
        throw .archive(.size(entry.name, declared: entry.size, limit: sizeLimit))
      }
      members.append(Member(name: entry.name, bytes: try contents(of: entry, in: bytes)))
    }
    return members
  }

  /// The place of the record that ends an archive, looked for from the end.
  private static func end(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 22 else { return nil }
    for start in stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 65535), by: -1)
    where bytes[start] == 0x50 {
      var reader = ByteReader(bytes, at: start)
      if reader.number(4) == endMark { return start }
    }
    return nil
  }

  private static func directory(_ bytes: [UInt8]) throws(TensorFileError) -> [Entry] {
    guard let end = end(bytes) else { throw .archive(.notAnArchive) }
    var reader = ByteReader(bytes, at: end + 10)
    guard let count = reader.count(2), reader.count(4) != nil, let start = reader.count(4),
      start <= end
    else { throw .archive(.directory) }
    var entries: [Entry] = []
    reader.position = start
    for _ in 0..<count {
      guard let entry = try entry(&reader) else { throw .archive(.directory) }
      entries.append(entry)
    }
    return entries
  }

  private static func entry(_ reader: inout ByteReader) throws(TensorFileError) -> Entry? {
    guard reader.number(4) == entryMark, reader.slice(4) != nil, let flags = reader.count(2),
      let method = reader.count(2), reader.slice(4) != nil, let checksum = reader.number(4),
      var compressed = reader.count(4), var size = reader.count(4),
      let nameLength = reader.count(2),
      let extraLength = reader.count(2), let commentLength = reader.count(2),
      reader.slice(8) != nil, var offset = reader.count(4), let name = reader.text(nameLength),
      let extra = reader.slice(extraLength), reader.slice(commentLength) != nil
    else { return nil }
    if flags & 1 != 0 { throw .archive(.encrypted(name)) }
    let wide = 0xFFFF_FFFF
    if compressed == wide || size == wide || offset == wide {
      var fields = ByteReader(Array(extra))
      while fields.remaining >= 4 {
        guard let kind = fields.count(2), let length = fields.count(2),
          let body = fields.slice(length)
        else { return nil }
        guard kind == 1 else { continue }
        var values = ByteReader(Array(body))
        if size == wide { size = values.count(8) ?? -1 }
        if compressed == wide { compressed = values.count(8) ?? -1 }
        if offset == wide { offset = values.count(8) ?? -1 }
      }
    }
    guard size >= 0, compressed >= 0, offset >= 0 else { return nil }
    return Entry(
      name: name, method: method, checksum: UInt32(truncatingIfNeeded: checksum),
      compressed: compressed, size: size, offset: offset)
  }

  private static func contents(
    of entry: Entry, in bytes: [UInt8]
  ) throws(TensorFileError) -> [UInt8] {
    guard entry.offset <= bytes.count else { throw .archive(.directory) }
    var reader = ByteReader(bytes, at: entry.offset)
    guard reader.number(4) == localMark, reader.slice(22) != nil,
      let nameLength = reader.count(2), let extraLength = reader.count(2),
      reader.slice(nameLength) != nil, reader.slice(extraLength) != nil
    else { throw .archive(.directory) }
    guard let data = reader.slice(entry.compressed) else {
      throw .truncated(
        what: "`\(entry.name)`", needed: entry.compressed, available: reader.remaining)
    }
    let result: [UInt8]
    switch entry.method {
    case 0:
      guard entry.compressed == entry.size else { throw .archive(.corrupt(entry.name)) }
      result = Array(data)
    case 8:
      guard let inflated = inflated(data, size: entry.size) else {
        throw .archive(.corrupt(entry.name))
      }
      result = inflated
    default: throw .archive(.unsupportedMethod(entry.name, entry.method))
    }
    guard checksum(result) == entry.checksum else { throw .archive(.corrupt(entry.name)) }
    return result
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
    }
  }

  /// The bytes before compression, exactly so many; nil where they are not.
  private static func inflated(_ data: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
    // Deflate makes at most 1032 bytes of one.
    guard size / 1032 <= data.count + 1, data.count < Int(UInt32.max), size < Int(UInt32.max)
    else { return nil }
    var stream = z_stream()
    let version = ZLIB_VERSION
    // A raw stream, without a header of zlib.
    guard
      inflateInit2_(&stream, -MAX_WBITS, version, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { inflateEnd(&stream) }
    var source = Array(data)
    var target = [UInt8](repeating: 0, count: size + 1)
    let status = source.withUnsafeMutableBufferPointer { input in
      target.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        return inflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END, stream.total_out == size else { return nil }
    target.removeLast()
    return target
  }

  /// An archive of stored members, with one fixed time, so that equal members give equal bytes.
  static func bytes(of members: [Member]) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let name = Array(member.name.utf8)
      let offset = bytes.count
      var common: [UInt8] = []
      common.append(number: 20, width: 2)  // needed version
      common.append(number: 0, width: 2)  // flags
      common.append(number: 0, width: 2)  // stored
      common.append(number: 0x21 << 16, width: 4)  // 1 January 1980
      common.append(number: Int(checksum(member.bytes)), width: 4)
      common.append(number: member.bytes.count, width: 4)
      common.append(number: member.bytes.count, width: 4)
      common.append(number: name.count, width: 2)
      common.append(number: 0, width: 2)  // extra
      bytes.append(number: Int(localMark), width: 4)
      bytes += common + name + member.bytes
      directory.append(number: Int(entryMark), width: 4)
      directory.append(number: 20, width: 2)  // version
      directory += common
      directory += [UInt8](repeating: 0, count: 10)  // comment, disk, attributes
      directory.append(number: offset, width: 4)
      directory += name
    }
    let start = bytes.count
    bytes += directory
    bytes.append(number: Int(endMark), width: 4)
    bytes.append(number: 0, width: 4)
    bytes.append(number: members.count, width: 2)
    bytes.append(number: members.count, width: 2)
    bytes.append(number: directory.count, width: 4)
    bytes.append(number: start, width: 4)
    bytes.append(number: 0, width: 2)
    return bytes
  }
}
