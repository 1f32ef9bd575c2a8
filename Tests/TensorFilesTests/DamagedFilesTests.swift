import Foundation
import Scalars
import Testing

@testable import TensorFiles

/// Files with bytes changed, cut and repeated end in tensors or an error, in time and memory that their length bounds.
@Suite struct DamagedFilesTests {
  /// One or a few faults of a file.
  private static func damaged(
    _ original: [UInt8], using generator: inout SeededGenerator
  ) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 1...24, using: &generator))
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.removeSubrange(place...)
      case 3: bytes.removeSubrange(place..<end)
      case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 5:
        // A length or an offset at an end of its range.
        let value: UInt64 = [0, 1, .max, 1 << 31, 1 << 63].randomElement(using: &generator) ?? 0
        for k in 0..<8 where place + k < bytes.count {
          bytes[place + k] = UInt8(truncatingIfNeeded: value >> UInt64(8 * k))
        }
      default:
        let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
        guard let digit = digits.randomElement(using: &generator) else { continue }
        let number = ["0", "9", "99999999999", "9223372036854775807"].randomElement(
          using: &generator)
        bytes.replaceSubrange(digit...digit, with: Array((number ?? "0").utf8))
      }
    }
    return bytes
  }

  @Test(arguments: [TensorFileFormat.safetensors, .npz, .npy])
  func damagedFilesAreReadOrRefused(_ format: TensorFileFormat) throws {
    let file =
      format == .npy ? TensorFile([TensorFileTests.sample.tensors[0]]) : TensorFileTests.sample
    let original = try file.bytes(as: format)
    var generator = SeededGenerator(seed: 14, stream: UInt64(original.count))
    var refused = 0
    for _ in 0..<35_000 {
      let bytes = Self.damaged(original, using: &generator)
      do throws(TensorFileError) {
        let read = try TensorFile(bytes, fileName: "a.\(format.rawValue)")
        // What is read is no larger than what was there.
        let count = read.tensors.reduce(0) { $0 + $1.count }
        #expect(count <= 64 * bytes.count)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 10_000, "a file is hardly ever still well")
  }
}
