import Diagnostics

/// Why a file of tensors cannot be read or written.
public enum TensorFileError: Error, Hashable, Sendable {
  /// A name whose ending says no format.
  case unknownFormat(String)
  /// More entries than are read.
  case tooManyEntries(limit: Int)
  /// The file ends inside of something.
  case truncated(what: String, needed: Int, available: Int)
  /// The header of a safetensors file.
  case safetensorsHeader(SafetensorsProblem)
  /// A tensor of a safetensors file.
  case tensor(name: String, TensorProblem)
  /// An array in NumPy's format.
  case array(name: String, ArrayProblem)
  /// The archive that an npz file is.
  case archive(ArchiveProblem)
  /// A name that cannot be a file's.
  case unsafeName(String)
  /// A file that cannot be written, and why.
  case unwritable(String)
  /// 16-bit brain floats have no name in the format.
  case noBrainFloat(name: String)

  /// What is wrong with the header or the layout of a safetensors file.
  public enum SafetensorsProblem: Hashable, Sendable {
    /// A header that is longer than what is read.
    case tooLong(length: UInt64, limit: Int)
    /// A header that is JSON and no object.
    case notAnObject
    /// A header that is not JSON.
    case syntax(JSONError)
    /// Bytes after the header that belong to no tensor, or to two.
    case gap(at: Int)
    /// A tensor whose bytes begin before those of the one before it end.
    case overlap(at: Int, name: String)
  }

  /// What is wrong with the entry of one tensor in a safetensors header.
  public enum TensorProblem: Hashable, Sendable {
    /// A tensor without a key that it needs.
    case missing(key: String)
    /// A key whose value is not of the kind that it must be.
    case malformed(key: String)
    /// A type that is not read, as the header writes it.
    case unsupportedType(String)
    /// Offsets outside the file, or of another length than the shape.
    case offsets(start: Int, end: Int, available: Int)
    /// Another number of bytes than shape and type need.
    case byteCount(found: Int, expected: Int)
    /// A shape with more entries than are read.
    case tooLarge
  }

  /// What is wrong with one array in NumPy's format.
  public enum ArrayProblem: Hashable, Sendable {
    /// Bytes that do not begin as the format does.
    case notAnArray
    /// A header that cannot be read.
    case header
    /// A type that is not read, as the header writes it.
    case unsupportedType(String)
    /// Another number of bytes than shape and type need.
    case byteCount(found: Int, expected: Int)
    /// A shape with more entries than are read.
    case tooLarge
  }

  /// What is wrong with the zip archive that an npz file is.
  public enum ArchiveProblem: Hashable, Sendable {
    /// Bytes that are no zip archive.
    case notAnArchive
    /// A directory that cannot be read or does not fit the file.
    case directory
    /// A name that the archive has twice.
    case duplicate(String)
    /// A member that is compressed by a method that is not read.
    case unsupportedMethod(String, Int)
    /// A member that is encrypted.
    case encrypted(String)
    /// A member whose bytes do not unpack, or not to what was packed.
    case corrupt(String)
    /// A member that would be longer than what is read.
    case size(String, declared: Int, limit: Int)
  }
}

extension TensorFileError {
  /// The error as a diagnostic, with the message and what may help.
  public var diagnostic: Diagnostic {
    Diagnostic(code: .tensorFile, message, help: help)
  }

  private var help: String? {
    switch self {
    case .unknownFormat:
      "names end in .safetensors, .npz, .npy or .json"
    case .noBrainFloat: "a .safetensors file holds it"
    default: nil
    }
  }

  /// The error as a sentence, in lower case and without a full stop.
  public var message: String {
    switch self {
    case .unknownFormat(let name): "the name `\(name)` does not say which format the file has"
    case .tooManyEntries(let limit): "a file of tensors holds at most \(limit) entries"
    case .truncated(let what, let needed, let available):
      "the file ends inside \(what): \(needed) bytes are needed, \(available) are there"
    case .safetensorsHeader(let problem): problem.message
    case .tensor(let name, let problem): problem.message(name)
    case .array(let name, let problem): problem.message(name)
    case .archive(let problem): problem.message
    case .unsafeName(let name): "`\(name)` cannot be the name of a tensor's file"
    case .unwritable(let reason): reason
    case .noBrainFloat(let name): "`\(name)` is bf16, which has no name in the format of NumPy"
    }
  }
}

extension TensorFileError.SafetensorsProblem {
  fileprivate var message: String {
    switch self {
    case .tooLong(let length, let limit):
      "the header of a safetensors file would be \(length) bytes long; at most \(limit) are read"
    case .notAnObject: "the header of a safetensors file is a JSON object"
    case .syntax(let error): "the header of the safetensors file: " + error.diagnostic.message
    case .gap(let offset): "the bytes from offset \(offset) on belong to no tensor"
    case .overlap(let offset, let name): "the bytes of `\(name)` overlap others at offset \(offset)"
    }
  }
}

extension TensorFileError.TensorProblem {
  fileprivate func message(_ name: String) -> String {
    switch self {
    case .missing(let key): "`\(name)` lacks its `\(key)` in the header"
    case .malformed(let key): "the `\(key)` of `\(name)` in the header is malformed"
    case .unsupportedType(let type):
      "`\(name)` has the type \(type); read are F64, F32, F16, BF16, I64 and I32"
    case .offsets(let start, let end, let available):
      "the offsets [\(start), \(end)] of `\(name)` do not lie in the \(available) bytes of data"
    case .byteCount(let found, let expected):
      "`\(name)` has \(found) bytes between its offsets; its shape and type need \(expected)"
    case .tooLarge: "the shape of `\(name)` has too many entries"
    }
  }
}

extension TensorFileError.ArrayProblem {
  fileprivate func message(_ name: String) -> String {
    switch self {
    case .notAnArray: "`\(name)` is no array in NumPy's format"
    case .header: "the header of the array `\(name)` is malformed"
    case .unsupportedType(let type):
      "`\(name)` has the type `\(type)`; read are f8, f4, f2, i8 and i4"
    case .byteCount(let found, let expected):
      "`\(name)` has \(found) bytes of data; its shape and type need \(expected)"
    case .tooLarge: "the shape of `\(name)` has too many entries"
    }
  }
}

extension TensorFileError.ArchiveProblem {
  fileprivate var message: String {
    switch self {
    case .notAnArchive: "this is no zip archive, as an npz file is"
    case .directory: "the directory of the archive is malformed"
    case .duplicate(let name): "the archive holds `\(name)` twice"
    case .unsupportedMethod(let name, let method):
      "`\(name)` is compressed by method \(method); read are 0 (stored) and 8 (deflate)"
    case .encrypted(let name): "`\(name)` is encrypted"
    case .corrupt(let name): "the compressed bytes of `\(name)` are corrupt"
    case .size(let name, let declared, let limit):
      "`\(name)` would be \(declared) bytes long; at most \(limit) are read"
    }
  }
}

extension DiagnosticCode {
  static let tensorFile: DiagnosticCode = "tensor-file"
}
