import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a command has to say could not be written.
struct OutputError: Error, Hashable {
  /// The exit status, EX_IOERR of sysexits.h.
  static let exitStatus: Int32 = 74
  /// What the system says, such as `No space left on device`.
  let reason: String

  /// What the last call of the system failed with.
  static var ofSystem: OutputError {
    OutputError(reason: String(cString: strerror(errno)).lowercased())
  }
}

/// A place to write to: standard output or standard error, without a buffer of its own.
struct Console: Sendable, Equatable {
  static let output = Console(descriptor: 1)
  static let error = Console(descriptor: 2)

  let descriptor: Int32

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// The columns of the terminal; nil where there is none, or none that says so.
  var columns: Int? {
    var size = winsize()
    guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  /// Says something beside the result; what the other end does not take is dropped.
  func say(_ text: String) {
    try? write(text.visibleBesideColours)
  }

  /// Writes all of a text, as it is.
  func write(_ text: String) throws(OutputError) {
    try Self.write(Array(text.utf8), to: descriptor)
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(OutputError) {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes {
        posixWrite(descriptor, UnsafeRawBufferPointer(rebasing: $0[start...]))
      }
      if count > 0 {
        start += count
      } else if count < 0, errno == EINTR || errno == EAGAIN {
        continue
      } else {
        throw .ofSystem
      }
    }
  }

  private static func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}

/// A variable of the environment; nil when it is unset or empty.
func environmentVariable(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  let text = String(cString: value)
  return text.isEmpty ? nil : text
}
