import Diagnostics
import Scalars

/// The safetensors format: the length of a header in 8 bytes, the header, a JSON object from names to types,
/// shapes and offsets, and the bytes of all tensors without a gap.
///
/// - SeeAlso: the format's description at https://huggingface.co/docs/safetensors
enum Safetensors {
  /// The longest header that is read.
  static let headerLimit = 4 << 20

  static let typeNames: [(name: String, type: StorageType)] = [
    ("F64", .floating(.binary64)), ("F32", .floating(.binary32)), ("F16", .floating(.binary16)),
    ("BF16", .floating(.bfloat16)), ("I64", .int64), ("I32", .int32),
  ]

  static func read(_ bytes: [UInt8]) throws(TensorFileError) -> [StoredTensor] {
    var reader = ByteReader(bytes)
    guard let length = reader.number(8) else {
      throw .truncated(
        what: "the header's length, with which a safetensors file begins", needed: 8,
        available: bytes.count)
    }
    guard length <= UInt64(headerLimit) else {
      throw .safetensorsHeader(.tooLong(length: length, limit: headerLimit))
    }
    guard let text = reader.slice(Int(length)) else {
      throw .truncated(what: "its header", needed: Int(length), available: reader.remaining)
    }
    guard text.first == UInt8(ascii: "{") else { throw .safetensorsHeader(.notAnObject) }
    let header = try header(text)
    let data = bytes[reader.position...]
    var tensors: [(start: Int, end: Int, tensor: StoredTensor)] = []
    var total = 0
    for (name, entry) in header.members where name != "__metadata__" {
      let layout = try layout(of: name, entry, available: data.count)
      total += layout.count
      guard total <= TensorFile.entryLimit else {
        throw .tooManyEntries(limit: TensorFile.entryLimit)
      }
      let tensor = StoredTensor(
        name: name, type: layout.type, extents: layout.extents,
        bytes: data[data.startIndex + layout.start..<data.startIndex + layout.end])
      tensors.append((layout.start, layout.end, tensor))
    }
    try confirmCovering(tensors.map { ($0.start, $0.end, $0.tensor.name) }, available: data.count)
    return tensors.map(\.tensor)
  }

  private static func header(_ text: ArraySlice<UInt8>) throws(TensorFileError) -> JSONObject {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue.parse(SourceText(name: "header", bytes: Array(text)))
    } catch {
      throw .safetensorsHeader(.syntax(error))
    }
    guard let object = json.objectValue else { throw .safetensorsHeader(.notAnObject) }
    return object
  }

  private struct Layout {
    let type: StorageType
    let extents: [Int]
    let count: Int
    let start: Int
    let end: Int
  }

  private static func layout(
    of name: String, _ entry: JSONValue, available: Int
  ) throws(TensorFileError) -> Layout {
    guard let dtype = entry["dtype"] else { throw .tensor(name: name, .missing(key: "dtype")) }
    guard let typeName = dtype.stringValue else {
      throw .tensor(name: name, .malformed(key: "dtype"))
    }
    guard let type = typeNames.first(where: { $0.name == typeName })?.type else {
      throw .tensor(name: name, .unsupportedType(String(typeName.prefix(40))))
    }
    let extents = try numbers(entry, "shape", name)
    let offsets = try numbers(entry, "data_offsets", name)
    guard offsets.count == 2 else { throw .tensor(name: name, .malformed(key: "data_offsets")) }
    guard let count = entryCount(extents) else { throw .tensor(name: name, .tooLarge) }
    let (start, end) = (offsets[0], offsets[1])
    guard start <= end, end <= available else {
      throw .tensor(name: name, .offsets(start: start, end: end, available: available))
    }
    guard end - start == count * type.byteCount else {
      throw .tensor(
        name: name, .byteCount(found: end - start, expected: count * type.byteCount))
    }
    return Layout(type: type, extents: extents, count: count, start: start, end: end)
  }

  private static func numbers(
    _ entry: JSONValue, _ key: String, _ name: String
  ) throws(TensorFileError) -> [Int] {
    guard let value = entry[key] else { throw .tensor(name: name, .missing(key: key)) }
    var numbers: [Int] = []
    for element in value.arrayValue ?? [.null] {
      guard case .number(let text) = element, let number = Int(text), number >= 0 else {
        throw .tensor(name: name, .malformed(key: key))
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Every byte of the data belongs to exactly one tensor.
  private static func confirmCovering(
    _ ranges: [(start: Int, end: Int, name: String)], available: Int
  ) throws(TensorFileError) {
    var position = 0
    for range in ranges.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      if range.start > position { throw .safetensorsHeader(.gap(at: position)) }
      if range.start < position {
        throw .safetensorsHeader(.overlap(at: range.start, name: range.name))
      }
      position = range.end
    }
    if position < available { throw .safetensorsHeader(.gap(at: position)) }
  }

  static func bytes(of tensors: [StoredTensor], metadata: [(String, String)]) -> [UInt8] {
    var header = JSONObject()
    if !metadata.isEmpty {
      var object = JSONObject()
      for (key, value) in metadata { object[key] = .string(value) }
      header["__metadata__"] = .object(object)
    }
    var data: [UInt8] = []
    for tensor in tensors {
      let start = data.count
      data += tensor.bytes
      header[tensor.name] = .object([
        "dtype": .string(typeNames.first { $0.type == tensor.type }?.name ?? ""),
        "shape": .array(tensor.extents.map(JSONValue.integer)),
        "data_offsets": .array([.integer(start), .integer(data.count)]),
      ])
    }
    var text = Array(JSONValue.object(header).text().utf8)
    // Data begins at a multiple of eight bytes.
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    var bytes: [UInt8] = []
    bytes.append(number: text.count, width: 8)
    return bytes + text + data
  }
}
