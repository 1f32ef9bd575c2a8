#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why a file could not be read.
enum FileReadingError: Error, Hashable {
  /// What the system says, such as `No such file or directory`.
  case system(String)
  case tooLarge(limit: Int)
  /// A pipe or a device, which may never end.
  case notAFile
  /// A folder without a file of the expression language.
  case emptyFolder

  var sentence: String {
    switch self {
    case .system(let reason): "the file cannot be read: \(reason.lowercased())"
    case .notAFile: "it is no file"
    case .emptyFolder: "the folder holds no file `*.expr`"
    case .tooLarge(let limit): "a file holds at most \(limit) bytes"
    }
  }
}

/// Reads whole files, up to a limit.
enum FileReading {
  /// The bytes of a file; of standard input for the path `-`.
  static func bytes(ofFile path: String, limit: Int) throws(FileReadingError) -> [UInt8] {
    if path == "-" { return try bytes(of: 0, limit: limit) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError() }
    defer { close(descriptor) }
    return try bytes(of: descriptor, limit: limit)
  }

  /// The bytes of a file that another file names: no pipe and no device is opened for it.
  static func bytes(ofRegularFile path: String, limit: Int) throws(FileReadingError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw systemError() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemError() }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    return try bytes(of: descriptor, limit: limit)
  }

  private static func bytes(
    of descriptor: Int32, limit: Int
  ) throws(FileReadingError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw systemError()
      }
      bytes += chunk[..<count]
      if bytes.count > limit { throw .tooLarge(limit: limit) }
    }
  }

  private static func systemError() -> FileReadingError {
    .system(String(cString: strerror(errno)))
  }
}
