import Foundation
import Testing
import ToolkitTestSupport

/// The built program on damaged files: every run ends in time, within its memory, with a result or a diagnostic.
///
/// `GRADCHECK_FUZZ=100000 swift test -c release --filter FuzzTests` runs that many inputs, and
/// `GRADCHECK_BINARY` names another program than the one beside the tests. What fails is kept in the folder
/// `gradcheck-fuzz` of the temporary directory.
@Suite(.serialized) struct WholeProgramFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment

  static var count: Int { environment["GRADCHECK_FUZZ"].flatMap(Int.init) ?? 150 }

  /// Debug builds are slower than what people run, and so is a machine that does other things.
  static var secondsAllowed: Double {
    environment["GRADCHECK_FUZZ_SECONDS"].flatMap(Double.init) ?? (FuzzedProgram.isDebug ? 30 : 2)
  }

  @Test func damagedFilesEndInAResult() throws {
    let program = try #require(FuzzedProgram.beside())
    var corpus: [String] = []
    for folder in ["../../ExpressionLanguageTests/Fixtures", "../../../Examples"] {
      for part in ["", "/Cases", "/Faults", "/Vectors"] {
        let files = try? fixtures(in: folder + part, withExtension: "expr")
        corpus += (files ?? []).map(\.text)
      }
    }
    #expect(corpus.count > 100)
    let first = Self.environment["GRADCHECK_FIRST_SEED"].flatMap(Int.init) ?? 0
    // A file that asks for more than the default may take it.
    let mutator = TextMutator(
      corpus: corpus.filter { $0.utf8.count < 4000 && !$0.contains("\nbudget ") })
    var ends: [String: Int] = [:]
    var alone = 0
    for start in stride(from: first, to: first + Self.count, by: Self.batchSize) {
      let seeds = start..<min(start + Self.batchSize, first + Self.count)
      let inputs = seeds.map(mutator.mutant)
      let whole = try program.run(batch: inputs, seconds: Self.secondsAllowed)
      ends[whole.kind.description, default: 0] += 1
      if whole.isAllowed { continue }
      // Something in the batch may be at fault: each by itself.
      for (seed, input) in zip(seeds, inputs) {
        alone += 1
        let end = try program.run(input, seconds: Self.secondsAllowed)
        if end.isAllowed { continue }
        let path = try FuzzedProgram.keep(input, named: "seed-\(seed)")
        Issue.record("seed \(seed): \(end.kind) after \(end.seconds) s, kept in \(path)")
      }
    }
    print(
      "fuzz: \(Self.count) inputs in batches that ended with \(ends), \(alone) run alone,",
      "at most \(FuzzedProgram.largestMemory) MiB")
  }

  /// How many inputs one process takes; far fewer than the time allowed is enough for.
  private static let batchSize = 30

  /// Inputs made to be too deep, too long, too large.
  @Test(arguments: ExtremeInput.all)
  func extremeInputsEndInAResult(input: ExtremeInput) throws {
    let program = try #require(FuzzedProgram.beside())
    let end = try program.run(Array(input.text.utf8), seconds: Self.secondsAllowed)
    if end.isAllowed { return }
    let path = try FuzzedProgram.keep(Array(input.text.utf8), named: input.name)
    // Enclosures of towers of exponentials are not counted yet: seconds in release, half a minute in debug.
    withKnownIssue("the work of enclosing towers of exponentials", isIntermittent: true) {
      Issue.record("\(end.kind) after \(end.seconds) s, kept in \(path)")
    } when: {
      input.name == "exponentials of exponentials"
    }
  }

  /// A kernel that there is not ends as a wrong command line does.
  @Test func anUnknownKernelIsRefused() throws {
    let program = try #require(FuzzedProgram.beside())
    let end = try FuzzedProgram(path: "/usr/bin/env").run(
      [], seconds: 30, arguments: ["GRADCHECK_KERNEL=none", program.path, "library"])
    guard case .status(64) = end.kind else {
      Issue.record("\(end.kind)")
      return
    }
  }

  /// A program that hangs, one that crashes and one that says its error is its own are all refused.
  @Test func theHarnessCanFail() throws {
    let shell = FuzzedProgram(path: "/bin/sh")
    func run(_ script: String, seconds: Double) throws -> FuzzedProgram.End {
      try shell.run(Array(script.utf8), seconds: seconds, arguments: [])
    }
    #expect(try run("sleep 5", seconds: 0.3).isAllowed == false)
    #expect(try run("kill -SEGV $$", seconds: 5).isAllowed == false)
    #expect(try run("exit 70", seconds: 5).isAllowed == false)
    #expect(try run("exit 1", seconds: 5).isAllowed)
  }
}
