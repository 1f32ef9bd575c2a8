import Foundation

/// The built command, run on one text in a process of its own with a limit of time and memory.
struct FuzzedProgram {
  let path: String
  /// Address space in KiB: 500 MiB and what a thread's stack reserves without using it.
  var memoryLimit = (500 + 512 + 64) * 1024

  /// The program in the folder that the tests are built into.
  static func beside() -> FuzzedProgram? {
    if let path = ProcessInfo.processInfo.environment["GRADCHECK_BINARY"] {
      return FuzzedProgram(path: path)
    }
    let folder = Bundle.main.bundleURL
    let candidates = [
      folder.appendingPathComponent("gradcheck"),
      URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("gradcheck"),
    ]
    return candidates.map(\.path).first(where: FileManager.default.isExecutableFile)
      .map { FuzzedProgram(path: $0) }
  }

  struct End {
    enum Kind: CustomStringConvertible {
      case status(Int32)
      case signal(Int32)
      case timeout

      var description: String {
        switch self {
        case .status(let status): "status \(status)"
        case .signal(let signal): "signal \(signal)"
        case .timeout: "no end"
        }
      }
    }
    let kind: Kind
    let seconds: Double

    /// A verdict (0, 1, 3) or a diagnostic (2).
    var isAllowed: Bool { if case .status(0...3) = kind { true } else { false } }
  }

  /// What people run has its default limits. Debug builds take so much longer that theirs are smaller.
  static let limits = isDebug ? ["--budget", "3e8"] : []

  static var isDebug: Bool {
    var result = false
    assert(
      {
        result = true; return true
      }())
    return result
  }

  /// The most memory that any run so far took, in MiB.
  static var largestMemory: Int {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_CHILDREN, &usage)
    #else
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    #endif
    #if canImport(Darwin)
      return usage.ru_maxrss >> 20
    #else
      return usage.ru_maxrss >> 10
    #endif
  }

  /// Runs the program once on several texts, each in a file of its own.
  ///
  /// Where all of them together end in time and within the memory, so does each by itself.
  func run(batch inputs: [[UInt8]], seconds: Double) throws -> End {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("gradcheck-batch-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var paths: [String] = []
    for (number, input) in inputs.enumerated() {
      let file = folder.appendingPathComponent("\(number).expr")
      try Data(input).write(to: file)
      paths.append(file.path)
    }
    return try run([], seconds: seconds, arguments: ["check"] + Self.limits + paths)
  }

  /// How much longer a process may take by the clock than of the processor, which others use as well.
  private static let waiting = 10.0

  /// Runs the program on a text as its standard input.
  ///
  /// - Parameter seconds: of processor time.
  func run(
    _ input: [UInt8], seconds: Double, arguments: [String] = ["check"] + limits + ["-"]
  ) throws -> End {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("gradcheck-fuzz-\(ProcessInfo.processInfo.processIdentifier).expr")
    try Data(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Foundation.Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      [
        "-c",
        "ulimit -c 0; ulimit -t \(Int(seconds.rounded(.up))); ulimit -v \(memoryLimit); exec \"$@\"",
        "sh", path,
      ] + arguments
    process.standardInput = try FileHandle(forReadingFrom: file)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let start = Date()
    try process.run()
    while process.isRunning, Date().timeIntervalSince(start) < Self.waiting * seconds {
      Thread.sleep(forTimeInterval: 0.001)
    }
    let isLate = process.isRunning
    if isLate { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    let taken = Date().timeIntervalSince(start)
    if isLate { return End(kind: .timeout, seconds: taken) }
    let status = process.terminationStatus
    if process.terminationReason == .uncaughtSignal, status == SIGXCPU {
      return End(kind: .timeout, seconds: taken)
    }
    return End(
      kind: process.terminationReason == .uncaughtSignal ? .signal(status) : .status(status),
      seconds: taken)
  }

  /// Keeps an input for a person to look at.
  static func keep(_ input: [UInt8], named name: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gradcheck-fuzz")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("\(name).expr")
    try Data(input).write(to: file)
    return file.path
  }
}
