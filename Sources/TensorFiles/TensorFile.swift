import Scalars

/// The formats of files of tensors, by how their names end.
public enum TensorFileFormat: String, CaseIterable, Hashable, Sendable {
  case safetensors, npz, npy

  /// The format that a file's name says; nil for another ending.
  public init?(ofFile name: String) {
    guard
      let format = Self.allCases.first(where: { name.lowercased().hasSuffix("." + $0.rawValue) })
    else { return nil }
    self = format
  }
}

/// Tensors by name, as a file holds them.
///
/// A file of any content gives its tensors or an error, in time and memory that its length bounds.
public struct TensorFile: Hashable, Sendable {
  /// The tensors in the order of the file.
  public let tensors: [StoredTensor]

  /// The most entries that the tensors of one file have together.
  public static let entryLimit = 1 << 24
  /// The greatest length of a file that is read.
  public static let sizeLimit = 160 << 20

  public init(_ tensors: [StoredTensor]) { self.tensors = tensors }

  /// The tensors in the bytes of a file.
  public init(_ bytes: [UInt8], fileName: String) throws(TensorFileError) {
    guard let format = TensorFileFormat(ofFile: fileName) else { throw .unknownFormat(fileName) }
    switch format {
    case .safetensors: tensors = try Safetensors.read(bytes)
    case .npz: tensors = try Self.archive(bytes)
    case .npy:
      let last = fileName.split(separator: "/").last.map(String.init) ?? fileName
      tensors = [try NumPyArray.read(bytes, name: Self.withoutEnding(last))]
    }
  }

  private static func archive(_ bytes: [UInt8]) throws(TensorFileError) -> [StoredTensor] {
    var tensors: [StoredTensor] = []
    var total = 0
    for member in try ZipArchive.read(bytes, sizeLimit: sizeLimit) {
      let name = withoutEnding(member.name)
      guard isSafe(name) else { throw .unsafeName(String(member.name.prefix(80))) }
      let tensor = try NumPyArray.read(member.bytes, name: name)
      total += tensor.count
      guard total <= entryLimit else { throw .tooManyEntries(limit: entryLimit) }
      tensors.append(tensor)
    }
    return tensors
  }

  private static func withoutEnding(_ name: String) -> String {
    name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
  }

  /// Whether a name is one of a file in its own folder.
  static func isSafe(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 200 && !name.hasPrefix(".")
      && name.unicodeScalars.allSatisfy { $0.value >= 32 && $0 != "/" && $0 != "\\" && $0 != ":" }
  }

  /// The tensor of that name, the first one where several have it; nil where none has.
  public subscript(_ name: String) -> StoredTensor? { tensors.first { $0.name == name } }

  /// The bytes of a file of some format.
  ///
  /// - Parameter metadata: what a safetensors file says beside its tensors.
  public func bytes(
    as format: TensorFileFormat, metadata: [(String, String)] = []
  ) throws(TensorFileError) -> [UInt8] {
    switch format {
    case .safetensors: return Safetensors.bytes(of: tensors, metadata: metadata)
    case .npz:
      var members: [ZipArchive.Member] = []
      for tensor in tensors {
        guard Self.isSafe(tensor.name) else { throw .unsafeName(tensor.name) }
        members.append(
          ZipArchive.Member(
            name: tensor.name + ".npy", bytes: try NumPyArray.bytes(of: tensor)))
      }
      return ZipArchive.bytes(of: members)
    case .npy:
      guard tensors.count == 1 else { throw .unknownFormat("npy") }
      return try NumPyArray.bytes(of: tensors[0])
    }
  }
}
