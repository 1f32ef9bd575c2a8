import Diagnostics
import KernelJudging
import Scalars
import TensorFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `--run './my_kernel {probe} {grads}'`: draws probes, and runs a command of the shell on each.
struct KernelRunning {
  let command: String
  let session: JudgeSession
  let dtype: ProbeNumbers
  let seed: UInt64
  let count: Int
  let format: TensorFileFormat

  /// The files lie in a folder of their own, which is gone when this returns.
  func runs() throws(KernelFailure) -> [KernelRun] {
    let folder = try makeFolder()
    let paths = (0..<count).flatMap { number in
      ["probe", "grads"].map { "\(folder)/\($0)-\(number + 1).\(format.rawValue)" }
    }
    defer {
      for path in paths { unlink(path) }
      rmdir(folder)
    }
    let drawing = ProbeDrawing(session.kernel.layer, sizes: session.sizes)
    var runs: [KernelRun] = []
    for number in 0..<count {
      let (probe, grads) = (paths[2 * number], paths[2 * number + 1])
      try session.limits.scope { () throws(KernelFailure) in
        try draw(drawing, number, to: probe)
      }.get()
      let words = command.replacing("{probe}", with: Self.quoted(probe))
        .replacing("{grads}", with: Self.quoted(grads))
      // What the kernel says stands beside the report, not in it.
      let status = system("(\(words)\n) 1>&2")
      guard status == 0 else {
        throw failure("the kernel's command ended with \(Self.words(status))")
      }
      guard access(grads, R_OK) == 0 else {
        throw failure("the kernel's command wrote no file at {grads}")
      }
      runs.append(try KernelRun(probe: probe, results: grads))
    }
    return runs
  }

  private func draw(
    _ drawing: ProbeDrawing, _ number: Int, to path: String
  ) throws(KernelFailure) {
    let kinds = ProbeKind.allCases
    _ = try DrawnProbe(
      drawing, of: session.kernel, dtype, kind: kinds[number % kinds.count],
      seed: seed &+ UInt64(number)
    ).write(to: path)
  }

  private func makeFolder() throws(KernelFailure) -> String {
    let base = environmentVariable("TMPDIR") ?? "/tmp"
    var template = Array("\(base)/gradcheck-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw failure("no folder can be made in \(base): \(String(cString: strerror(errno)))")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func failure(_ message: String) -> KernelFailure {
    KernelFailure(
      SourceText(name: command, text: ""), [Diagnostic(code: "kernel-run", message)])
  }

  /// A word of the shell that stands for the path.
  private static func quoted(_ path: String) -> String {
    "'" + path.replacing("'", with: "'\\''") + "'"
  }

  /// What the shell says of how a command ended.
  private static func words(_ status: Int32) -> String {
    let signal = status & 0x7f
    return status < 0
      ? "no shell" : signal == 0 ? "status \(status >> 8 & 0xff)" : "signal \(signal)"
  }
}
