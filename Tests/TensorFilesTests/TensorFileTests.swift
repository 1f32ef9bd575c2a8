import Foundation
import Scalars
import Testing
import ToolkitTestSupport

@testable import TensorFiles

@Suite struct TensorFileTests {
  static let sample = TensorFile([
    StoredTensor(
      name: "x", format: .binary32, extents: [2, 3], values: [1, -2.5, 0.125, 0x1p-149, -0.0, 3]),
    StoredTensor(name: "h", format: .binary16, extents: [3], values: [65504, 0x1p-24, -1.5]),
    StoredTensor(name: "d", format: .binary64, extents: [], values: [0.1]),
    StoredTensor(name: "n", type: .int64, extents: [2], entries: .integers([.min, .max])),
    StoredTensor(name: "i", type: .int32, extents: [1, 2], entries: .integers([-7, 7])),
  ])
  static let brain = TensorFile([
    StoredTensor(name: "b", format: .bfloat16, extents: [2], values: [0x1.02p100, .infinity])
  ])

  @Test func safetensorsReadBack() throws {
    let file = TensorFile(Self.sample.tensors + Self.brain.tensors)
    let bytes = try file.bytes(as: .safetensors, metadata: [("kind", "normal")])
    #expect(try TensorFile(bytes, fileName: "a.safetensors") == file)
    #expect(bytes.prefix(8).first.map { $0 % 8 } == 0, "data begins at a multiple of eight")
  }

  @Test func archivesReadBack() throws {
    let bytes = try Self.sample.bytes(as: .npz)
    #expect(try TensorFile(bytes, fileName: "a.npz") == Self.sample)
    #expect(bytes == (try Self.sample.bytes(as: .npz)), "equal tensors give equal bytes")
  }

  @Test func brainFloatsHaveNoNameInNumPy() {
    #expect(throws: TensorFileError.noBrainFloat(name: "b")) { try Self.brain.bytes(as: .npz) }
  }

  @Test func arraysOfNumPyAreRead() throws {
    let data = try #require(Data(base64Encoded: NumPyFixture.compressed))
    let file = try TensorFile(Array(data), fileName: "f.npz")
    #expect(file["x"]?.extents == [2, 3, 4])
    #expect(file["x"]?.values == (0..<24).map { Double($0) / 8 })
    #expect(file["n"]?.entries == .integers([1, 2, 3, 4, 5, 6]), "big-endian, columns first")
    #expect(file["z"]?.values == Array(repeating: 0, count: 1600))
  }

  @Test(arguments: [BinaryFormat.binary16, .bfloat16])
  func everyNumberOfSixteenBitsReadsBack(_ format: BinaryFormat) {
    for bits in 0..<UInt64(1 << 16) {
      let value = format.value(ofBits: bits)
      if value.isNaN { continue }
      #expect(format.holds(value))
      #expect(format.bits(of: value) == bits, "bits \(bits)")
    }
  }

  @Test func namesThatLeaveTheFolderAreRefused() throws {
    for name in ["../x", "a/b", "", ".hidden", "a\\b", "c:d", "x\u{7}"] {
      let file = TensorFile([
        StoredTensor(name: name, format: .binary32, extents: [1], values: [1])
      ])
      #expect(throws: TensorFileError.unsafeName(name)) { try file.bytes(as: .npz) }
      let archive = ZipArchive.bytes(of: [
        .init(name: name + ".npy", bytes: try NumPyArray.bytes(of: file.tensors[0]))
      ])
      #expect(throws: TensorFileError.self) { try TensorFile(archive, fileName: "a.npz") }
    }
  }

  @Test func unknownEndingsAreRefused() {
    #expect(throws: TensorFileError.unknownFormat("a.bin")) {
      try TensorFile([], fileName: "a.bin")
    }
  }
}

/// Files that say what is not so.
@Suite struct HostileFileTests {
  private static func safetensors(_ header: String, data: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: header.utf8.count, width: 8)
    return bytes + Array(header.utf8) + Array(repeating: 0, count: data)
  }

  private static func entry(_ name: String, _ type: String, _ shape: String, _ range: String)
    -> String
  { "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(range)]}" }

  @Test(arguments: [
    // Overlapping, with a gap, outside, of another length, upside down.
    "{\(entry("a", "F32", "1", "0,4")),\(entry("b", "F32", "1", "2,6")),\(entry("c", "F32", "1", "4,8"))}",
    "{\(entry("a", "F32", "1", "4,8"))}",
    "{\(entry("a", "F32", "1", "0,4"))}",
    "{\(entry("a", "F32", "2", "4,12"))}",
    "{\(entry("a", "F32", "3", "0,8"))}",
    "{\(entry("a", "F32", "2", "8,0"))}",
    // Twice the same name, another type, a negative extent, more entries than there are numbers.
    "{\(entry("a", "F32", "1", "0,4")),\(entry("a", "F32", "1", "4,8"))}",
    "{\(entry("a", "F8_E4M3", "8", "0,8"))}",
    "{\(entry("a", "F32", "-2", "0,8"))}",
    "{\(entry("a", "F32", "4611686018427387904,4,1", "0,8"))}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "{\"a\":1}", "[]", "{", "{\"a\":{}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}",
  ])
  func headersAreRefused(_ header: String) {
    #expect(throws: TensorFileError.self) {
      try TensorFile(Self.safetensors(header, data: 8), fileName: "a.safetensors")
    }
  }

  @Test func lengthsAreRefused() {
    for length in [UInt64.max, 1 << 40, 100] {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + [123, 125]
      #expect(throws: TensorFileError.self) { try TensorFile(bytes, fileName: "a.safetensors") }
    }
    #expect(throws: TensorFileError.self) { try TensorFile([1, 2], fileName: "a.safetensors") }
  }

  @Test func archivesThatWouldGrowAreRefused() throws {
    // A directory that promises a terabyte, of a few bytes.
    var bytes = try TensorFileTests.sample.bytes(as: .npz)
    let mark: [UInt8] = [0x50, 0x4b, 0x01, 0x02]
    let place = try #require(
      bytes.indices.first { bytes[$0...].starts(with: mark) })
    bytes.replaceSubrange(place + 24..<place + 28, with: [0xFE, 0xFF, 0xFF, 0xFF])
    #expect(throws: TensorFileError.self) { try TensorFile(bytes, fileName: "a.npz") }
  }

  /// A file with some of its bytes changed gives tensors or an error.
  @Test(arguments: [TensorFileFormat.safetensors, .npz])
  func mutatedFilesAreReadOrRefused(_ format: TensorFileFormat) throws {
    let original =
      format == .npz
      ? Array(try #require(Data(base64Encoded: NumPyFixture.compressed)))
      : try TensorFileTests.sample.bytes(as: format)
    var generator = SeededGenerator(seed: 14)
    var refused = 0
    for _ in 0..<2000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.removeSubrange(place..<min(place + 5, bytes.count - 1))
        default: bytes.insert(contentsOf: [255, 255, 255], at: place)
        }
      }
      do throws(TensorFileError) {
        let file = try TensorFile(bytes, fileName: "a.\(format.rawValue)")
        for tensor in file.tensors { #expect(tensor.extents.reduce(1, *) == tensor.count) }
      } catch {
        #expect(!error.diagnostic.message.isEmpty)
        refused += 1
      }
    }
    #expect(refused > 500, "most changes are seen")
  }
}
