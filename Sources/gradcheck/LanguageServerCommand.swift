import ArgumentParser
import Diagnostics
import EditorService
import Judging
import Reporting

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `gradcheck lsp`: a language server on standard input and output.
struct LanguageServerCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "lsp", abstract: "Serve editors: the Language Server Protocol on standard input.",
    discussion: """
      Diagnostics come as one types, the verdicts of claims after a pause; hover shows shapes and derived gradients, \
      and wrong claims have quick fixes.
      """)

  /// An editor waits for an answer while claims are judged: about a tenth of a second of work.
  private static let defaultWork = 200_000_000
  /// The pause after a change, in milliseconds, after which claims are judged.
  private static let pause: Int32 = 300

  @OptionGroup var limits: LimitOptions
  @OptionGroup(visibility: .hidden) var output: OutputOptions

  static let formats = [OutputOptions.Format.text]
  static let isLasting = true

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    var options = limits.limiting(CheckOptions())
    if options.workLimit == nil { options.workLimit = Self.defaultWork }
    var server = LanguageServer(options: options) { document, name in
      try NeighbourFiles(of: SourceText(name: document, text: "")).text(of: name)
    }
    var reader = MessageReader()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while !server.isFinished {
      if server.hasPending, !Self.hasInput(within: Self.pause) {
        try send(server.checkPending())
        continue
      }
      let count = read(0, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      // An editor that is gone has said all that it will.
      guard count > 0 else { break }
      reader.append(chunk[..<count])
      while let message = try Self.next(&reader) { try send(server.receive(message)) }
    }
    // The protocol wants 1 where `exit` comes without `shutdown`.
    return server.endedInOrder ? .holds : .claimIsWrong
  }

  private static func next(_ reader: inout MessageReader) throws(UsageError) -> [UInt8]? {
    do throws(FramingError) {
      return try reader.next()
    } catch {
      throw UsageError(message: "lsp: \(error.sentence)")
    }
  }

  private func send(_ messages: [JSONValue]) throws(OutputError) {
    for message in messages { try Console.output.write(message.framed) }
  }

  /// Whether there is something to read, or becomes so within some milliseconds.
  private static func hasInput(within milliseconds: Int32) -> Bool {
    var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, milliseconds) != 0
  }
}
