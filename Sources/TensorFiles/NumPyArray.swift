import Scalars

/// NumPy's format of one array: a magic word, a version, a header in the syntax of a Python dictionary, the entries.
///
/// - SeeAlso: `numpy.lib.format` in NumPy's reference.
enum NumPyArray {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let headerLimit = 1 << 16

  static let typeNames: [(name: String, type: StorageType)] = [
    ("f8", .floating(.binary64)), ("f4", .floating(.binary32)), ("f2", .floating(.binary16)),
    ("i8", .int64), ("i4", .int32),
  ]

  /// The tensor under a name; its size is bounded by the bytes that there are.
  static func read(_ bytes: [UInt8], name: String) throws(TensorFileError) -> StoredTensor {
    var reader = ByteReader(bytes)
    guard reader.slice(6).map(Array.init) == magic, let major = reader.number(1),
      reader.number(1) != nil, (1...3).contains(major)
    else { throw .array(name: name, .notAnArray) }
    guard let length = reader.count(major == 1 ? 2 : 4), length <= headerLimit,
      let text = reader.text(length), let header = NumPyHeader(text)
    else { throw .array(name: name, .header) }
    let description = header.description
    if description.hasSuffix("V2") || description.contains("bfloat16") {
      throw .noBrainFloat(name: name)
    }
    guard let (type, isBigEndian) = type(of: description) else {
      throw .array(name: name, .unsupportedType(String(description.prefix(40))))
    }
    guard let count = entryCount(header.extents) else { throw .array(name: name, .tooLarge) }
    guard reader.remaining == count * type.byteCount else {
      throw .array(
        name: name,
        .byteCount(found: reader.remaining, expected: count * type.byteCount))
    }
    let stored = StoredTensor(
      name: name, type: type,
      extents: header.isColumnMajor ? header.extents.reversed() : header.extents,
      bytes: bytes[reader.position...], isBigEndian: isBigEndian)
    return header.isColumnMajor ? stored.transposed : stored
  }

  private static func type(of description: String) -> (StorageType, isBigEndian: Bool)? {
    var rest = Substring(description)
    var isBigEndian = false
    if let order = rest.first, "<>=|".contains(order) {
      isBigEndian = order == ">"
      rest = rest.dropFirst()
    }
    return typeNames.first { $0.name == rest }.map { ($0.type, isBigEndian) }
  }

  static func bytes(of tensor: StoredTensor) throws(TensorFileError) -> [UInt8] {
    guard let name = typeNames.first(where: { $0.type == tensor.type })?.name else {
      throw .noBrainFloat(name: tensor.name)
    }
    let shape = tensor.extents.map { "\($0)," }.joined(separator: " ")
    var text = "{'descr': '<\(name)', 'fortran_order': False, 'shape': (\(shape)), }"
    // The whole header with its 10 bytes in front is a multiple of 64 and ends a line.
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    var bytes = magic + [1, 0]
    bytes.append(number: text.utf8.count, width: 2)
    return bytes + Array(text.utf8) + tensor.bytes
  }
}

/// The dictionary at the head of an array.
struct NumPyHeader {
  var description = ""
  var isColumnMajor = false
  var extents: [Int] = []

  /// Nil for a text that is no such dictionary.
  init?(_ text: String) {
    var scanner = Scan(rest: Substring(text))
    guard scanner.take("{") else { return nil }
    var keys: Set<String> = []
    while !scanner.take("}") {
      guard let key = scanner.string(), keys.insert(key).inserted, scanner.take(":") else {
        return nil
      }
      switch key {
      case "descr":
        guard let value = scanner.string() else { return nil }
        description = value
      case "fortran_order":
        if scanner.take("True") {
          isColumnMajor = true
        } else if !scanner.take("False") {
          return nil
        }
      case "shape":
        guard let value = scanner.tuple() else { return nil }
        extents = value
      default: return nil
      }
      if !scanner.take(",") {
        guard scanner.take("}") else { return nil }
        break
      }
    }
    guard keys.count == 3, scanner.isAtEnd else { return nil }
  }

  private struct Scan {
    var rest: Substring

    mutating func skipSpace() { rest = rest.drop { " \n\r\t".contains($0) } }

    var isAtEnd: Bool { rest.allSatisfy { " \n\r\t".contains($0) } }

    mutating func take(_ word: String) -> Bool {
      skipSpace()
      guard rest.hasPrefix(word) else { return false }
      rest = rest.dropFirst(word.count)
      return true
    }

    mutating func string() -> String? {
      skipSpace()
      guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
      let body = rest.dropFirst()
      guard let end = body.firstIndex(of: quote) else { return nil }
      rest = body[body.index(after: end)...]
      return String(body[..<end])
    }

    /// `()`, `(3,)`, `(3, 4)`.
    mutating func tuple() -> [Int]? {
      guard take("(") else { return nil }
      var numbers: [Int] = []
      while !take(")") {
        skipSpace()
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), numbers.count < 64 else { return nil }
        rest = rest.dropFirst(digits.count)
        _ = take("L")
        numbers.append(number)
        if !take(",") {
          guard take(")") else { return nil }
          break
        }
      }
      return numbers
    }
  }
}

extension StoredTensor {
  /// The tensor with its axes in opposite order.
  fileprivate var transposed: StoredTensor {
    let rank = extents.count
    var strides = Array(repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * extents[axis + 1]
    }
    let outExtents = Array(extents.reversed())
    let outStrides = Array(strides.reversed())
    var places: [Int] = []
    places.reserveCapacity(count)
    var entry = Array(repeating: 0, count: rank)
    for _ in 0..<count {
      places.append(zip(entry, outStrides).reduce(0) { $0 + $1.0 * $1.1 })
      for axis in stride(from: rank - 1, through: 0, by: -1) {
        entry[axis] += 1
        if entry[axis] < outExtents[axis] { break }
        entry[axis] = 0
      }
    }
    let moved: Entries =
      switch entries {
      case .floating(let values): .floating(places.map { values[$0] })
      case .integers(let values): .integers(places.map { values[$0] })
      }
    return StoredTensor(name: name, type: type, extents: outExtents, entries: moved)
  }
}
