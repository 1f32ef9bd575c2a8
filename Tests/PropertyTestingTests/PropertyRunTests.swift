import Diagnostics
import Testing
import ToolkitTestSupport

@testable import PropertyTesting

@Suite struct PropertyRunTests {
  private static func run(
    _ text: String, runs: Int = 20, seed: UInt64 = 5, shard: Shard = .whole, shrinks: Bool = true
  ) throws -> PropertyReport {
    try PropertyRun(
      SourceText(name: "layer.expr", text: text),
      options: .init(runs: runs, seed: seed, shard: shard, shrinks: shrinks)
    ).report()
  }

  private static let right = """
    dims N in 1..3, C in 1..3, O in 1..3, H in 4..8, K in 1..3, S in 1..3, P in 1..2
    input x: [N, C, H]
    param w: [O, C, K]
    y = conv1d(x, w, stride=S, padding=P-1)
    output y
    check dx = conv_transpose1d(dy, w, stride=S, padding=P-1, output_size=H)
    """

  @Test func stridesAndPaddingsAreDrawn() throws {
    let report = try Self.run(Self.right, runs: 40)
    #expect(report.outcome == .holds)
    #expect(report.done == 40)
    #expect(report.claims[0].verdicts == ["proved": 40])
    #expect(report.selfChecks == ["exact": 40])
    let strides = try #require(report.sizes.first { $0.name == "S" })
    #expect(strides.smallest == 1 && strides.largest == 3)
  }

  @Test func equalSeedsGiveEqualReports() throws {
    let first = try Self.run(ShrinkingSample.all[0].text)
    #expect(try Self.run(ShrinkingSample.all[0].text) == first)
    #expect(try Self.run(ShrinkingSample.all[0].text, seed: 6) != first)
  }

  @Test func partsMergeToTheWhole() throws {
    let text = ShrinkingSample.all[1].text
    let whole = try Self.run(text, runs: 12)
    let parts = try (1...3).map { number in
      try Self.run(text, runs: 12, shard: #require(Shard("\(number)/3")))
    }
    #expect(parts.map(\.done) == [4, 4, 4])
    // Through JSON, as a CI matrix would.
    let read = try parts.map { part in
      try PropertyReport(json: JSONValue.parse(SourceText(name: "", text: part.json.text())))
    }
    #expect(read == parts)
    let merged = try PropertyReport.merging(Array(read.reversed()))
    #expect(merged.claims == whole.claims)
    #expect(merged.sizes == whole.sizes)
    #expect(merged.failures == whole.failures)
    #expect(merged.done == 12)
    #expect(throws: PropertyMergeError.self) { try PropertyReport.merging([parts[0], parts[0]]) }
    #expect(throws: PropertyMergeError.nothing) { try PropertyReport.merging([]) }
  }

  @Test func theCommandRepeatsOneRun() throws {
    let text = ShrinkingSample.all[2].text
    let report = try Self.run(text, runs: 12)
    let failure = try #require(report.failures.last)
    let command = report.command(repeating: failure.run)
    #expect(
      command
        == "gradcheck property layer.expr --runs 12 --seed 5 --shard \(failure.run + 1)/12")
    let again = try Self.run(text, runs: 12, shard: #require(Shard("\(failure.run + 1)/12")))
    #expect(again.done == 1)
    #expect(again.failures.map(\.run) == [failure.run])
    #expect(again.failures.map(\.sizes) == [failure.sizes])
  }

  @Test func progressCountsEveryRun() throws {
    var seen: [Int] = []
    _ = try PropertyRun(
      SourceText(name: "a.expr", text: "dims n\ninput x: [n]\nloss L = sum(x**2)\ncheck dx = 2*x"),
      options: .init(runs: 5)
    ).report { done, total in
      #expect(total == 5)
      seen.append(done)
    }
    #expect(seen == [1, 2, 3, 4, 5])
  }

  @Test func numbersAreTakenWhereAFunctionNeedsThem() throws {
    let text = """
      dims B in 1..2, T in 1..3, F in 1..2, R in 1..2
      input x: [B, T, F]
      param W: [R, F], U: [R, R]
      y = rnn(x, W, U)     # T steps
      output y
      check dx = 0 * x
      """
    let report = try Self.run(text, runs: 4)
    #expect(report.claims[0].verdicts == ["wrong": 4])
    withKnownIssue("a counterexample with a recurrence is not made small") {
      let smallest = try #require(report.failures[0].counterexample)
      #expect(smallest.sizes == ["B": 1, "T": 1, "F": 1, "R": 1])
      #expect(smallest.text.contains("input x: [1, 1, 1]"))
      #expect(smallest.text.contains("# T steps"))
    }
  }

  @Test func aFileThatMeansNothingIsRefused() throws {
    #expect(throws: PropertyFailure.self) { try Self.run("dims n in 2..3\ny = z") }
    #expect(throws: PropertyFailure.self) { try Self.run("input x: [") }
  }

  @Test(arguments: ["0/3", "4/3", "1", "a/b", "1/0", "/", "-1/2"])
  func aPartThatIsNoneIsRefused(_ text: String) { #expect(Shard(text) == nil) }

  @Test func partsAreDisjointAndComplete() throws {
    let runs = try (1...4).flatMap { Array(try #require(Shard("\($0)/4")).runs(of: 30)) }
    #expect(runs.sorted() == Array(0..<30))
  }

  @Test func theReportShowsTheSmallestCase() throws {
    let report = try Self.run(ShrinkingSample.all[0].text, runs: 6)
    let text = report.text()
    #expect(text.contains("✗ dW"))
    #expect(text.contains("the smallest case that was found"))
    #expect(text.contains("repeat run"))
    #expect(report.outcome == .claimIsWrong)
  }
}
