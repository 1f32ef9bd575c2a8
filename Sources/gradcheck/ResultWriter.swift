import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a command's result goes: to standard output as it comes, or to a file that is written whole or not at all.
struct ResultWriter {
  private let path: String?
  private var text = ""

  /// - Parameter path: a file; nil and `-` are standard output.
  init(path: String?) {
    self.path = path == "-" ? nil : path
  }

  /// Adds text for people, in which nothing commands a terminal but our own colours.
  mutating func write(_ text: String) throws(OutputError) {
    try writeVerbatim(text.visibleBesideColours)
  }

  /// Adds text of a format that has its own way with control characters.
  mutating func writeVerbatim(_ text: String) throws(OutputError) {
    if path == nil { try Console.output.write(text) } else { self.text += text }
  }

  /// Adds a value as JSON text.
  mutating func write(_ value: JSONValue) throws(OutputError) {
    try writeVerbatim(value.text(.indented) + "\n")
  }

  /// Puts the file in its place.
  func finish() throws(OutputError) {
    guard let path else { return }
    // What is no file, such as a pipe, has no place to be put into.
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      return try write(to: path, flags: O_WRONLY)
    }
    let target = Self.resolved(path)
    let part = "\(target).part\(getpid())"
    do throws(OutputError) {
      try write(to: part, flags: O_WRONLY | O_CREAT | O_EXCL)
      guard rename(part, target) == 0 else { throw .ofSystem }
    } catch {
      unlink(part)
      throw error
    }
  }

  private func write(to path: String, flags: Int32) throws(OutputError) {
    let descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .ofSystem }
    do throws(OutputError) {
      try Console.write(Array(text.utf8), to: descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw .ofSystem }
  }

  /// The file that a link leads to.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
