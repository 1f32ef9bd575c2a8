#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why a file could not be written: what the system says.
struct FileWritingError: Error, Hashable {
  let reason: String

  var sentence: String { "the file cannot be written: \(reason.lowercased())" }
}

/// Writes whole files: a file has all of its bytes, or is as it was before.
enum FileWriting {
  static func writeFile(_ bytes: [UInt8], to path: String) throws(FileWritingError) {
    let temporary = path + ".\(getpid()).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemError() }
    do throws(FileWritingError) {
      try writeAll(bytes, to: descriptor)
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let error = systemError()
      unlink(temporary)
      throw error
    }
  }

  private static func writeAll(
    _ bytes: [UInt8], to descriptor: Int32
  ) throws(FileWritingError) {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        write(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
      }
      if count > 0 {
        start += count
      } else if errno != EINTR {
        throw systemError()
      }
    }
  }

  static func makeFolder(_ path: String) throws(FileWritingError) {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw systemError() }
  }

  private static func systemError() -> FileWritingError {
    FileWritingError(reason: String(cString: strerror(errno)))
  }
}
