import Diagnostics
import Evaluation
import ExpressionLanguage
import ProgramTestSupport
import Testing

@testable import Judging
@testable import Reporting

@Suite struct LimitTests {
  private static let text = """
    dims n=150
    input x: [n, n], w: [n, n]
    y = x @ w
    loss L = sum(y * y)
    check dx = 2 * y @ w.T
    check dw = x.T @ y
    """

  private func report(work: Int, memory: Int = 1 << 30) -> FileReport {
    var options = CheckOptions()
    options.workLimit = work
    options.memoryLimit = memory
    return FileCheck(options).report(on: SourceText(name: "a.expr", text: Self.text))
  }

  @Test func whatFitsIsChecked() {
    let report = report(work: EvaluationLimits.defaultWork)
    #expect(report.diagnostics.isEmpty)
    #expect(report.check?.claims.map(\.verdict.word) == ["proved", "wrong"])
    #expect(report.outcome == .claimIsWrong)
  }

  /// What is proved for all sizes needs no evaluation at those of the file; what is not proved stays open.
  @Test func workBeyondTheBudgetLeavesOpenWhatIsNotProved() throws {
    let report = report(work: 10_000_000)
    #expect(report.check?.claims.map(\.verdict.word) == ["proved", "undecided"])
    #expect(report.outcome == .undecided)
    let diagnostic = try #require(report.diagnostics.first)
    #expect(report.diagnostics.count == 1)
    #expect(diagnostic.code == "over-limit" && diagnostic.severity == .warning)
    #expect(diagnostic.message.contains("at these sizes"))
    #expect(diagnostic.message.contains("over the budget of 1e7"))
    #expect(diagnostic.range != nil)
    // The witnesses were asked at smaller sizes, and say so.
    let selfCheck = try #require(report.check?.selfCheck)
    #expect(selfCheck.duals == .exact)
    let n = try #require(selfCheck.sizes?["n"])
    #expect(n < 150 && report.check?.sizes["n"] == 150)
    #expect(diagnostic.help == "`--dim n=\(n)` fits, and `--budget` raises the limit")
    // What was seen there is told, and decides nothing.
    guard case .undecided(let why)? = report.check?.claims.last?.verdict else {
      Issue.record("the second claim is judged")
      return
    }
    #expect(why.hasSuffix("over the budget of 1e7; it is wrong at n=\(n)"))
    // Following the help decides the claims.
    var options = CheckOptions(sizes: ["n": n])
    options.workLimit = 10_000_000
    let small = FileCheck(options).report(on: SourceText(name: "a.expr", text: Self.text))
    #expect(small.check?.claims.map(\.verdict.word) == ["proved", "wrong"])
  }

  @Test func nothingFitsTheSmallestBudget() throws {
    let report = report(work: 100)
    // What is proved is proved for all sizes.
    #expect(report.check?.claims.map(\.verdict.word) == ["proved", "undecided"])
    let diagnostic = try #require(report.diagnostics.first)
    #expect(diagnostic.message.contains("over the budget of 100"))
    #expect(diagnostic.help == "smaller sizes, or a larger `--budget`")
  }

  /// Claims that hold at smaller sizes only are not accepted for the file's.
  @Test func smallerSizesDecideNothingAboutTheFiles() {
    let text = "dims n=200\ninput x: [n, n], w: [n, n]\nloss L = sum(x @ w)\n"
    // Right up to 20, and wrong from there on.
    let claim = "check dx[i,j] += w[j,k] for i in range(n), k in range(20)\n"
    let right = FileCheck(CheckOptions(sizes: ["n": 16])).report(
      on: SourceText(name: "a.expr", text: text + claim))
    #expect(right.check?.claims.map(\.verdict.word) == ["identical"])
    var options = CheckOptions()
    options.workLimit = 1_000_000
    let report = FileCheck(options).report(on: SourceText(name: "a.expr", text: text + claim))
    guard case .undecided(let why)? = report.check?.claims.first?.verdict else {
      Issue.record("the claim is judged")
      return
    }
    #expect(why.contains("; it holds at n="))
    #expect(report.outcome == .undecided)
  }

  /// A sum of three thousand fractions has thousands of digits; they are counted, and a decimal is shown.
  @Test func sumsOfFractionsCountTheirDigits() throws {
    let text = """
      dims B=3000
      input x: [B, 2]
      const t: [B]
      param w: [2]
      y = x @ w
      loss L = sum(1 / (y - t))
      check dw = x.T @ (1 / (y - t)**2)
      """
    func verdict(_ work: Int) throws -> Verdict {
      var options = CheckOptions(searchesCauses: false)
      options.workLimit = work
      let report = FileCheck(options).report(on: SourceText(name: "a.expr", text: text))
      return try #require(report.check?.claims.first?.verdict)
    }
    guard case .wrong(let refutation) = try verdict(1_000_000_000),
      let shown = refutation.difference?.exact
    else {
      Issue.record("not refused")
      return
    }
    // Nobody reads thousands of digits.
    #expect(!shown.contains("/") && shown.count < 20)
    // A small budget says that it is one.
    guard case .undecided(let reason) = try verdict(40_000_000) else {
      Issue.record("decided")
      return
    }
    #expect(reason.contains("over the budget of 4e7"))
  }

  @Test func aFileAsksForMore() {
    func words(_ budget: String, _ options: CheckOptions = CheckOptions()) -> [String]? {
      let text = budget + "\n" + Self.text
      return FileCheck(options).report(on: SourceText(name: "a.expr", text: text)).check?.claims
        .map(\.verdict.word)
    }
    #expect(words("budget work=1e7") == ["proved", "undecided"])
    #expect(words("budget work=1e9, memory=2**24") == ["proved", "wrong"])
    #expect(words("budget memory=20000") == ["proved", "undecided"])
    // The command line has the last word.
    var options = CheckOptions()
    options.workLimit = 1_000_000_000
    #expect(words("budget work=1e7", options) == ["proved", "wrong"])
    options.workLimit = 10_000_000
    #expect(words("budget work=1e9", options) == ["proved", "undecided"])
  }

  @Test func memoryIsRefusedWithTheFigure() throws {
    let report = report(work: EvaluationLimits.defaultWork, memory: 20_000)
    let diagnostic = try #require(report.diagnostics.first)
    #expect(diagnostic.message.contains("of memory are needed, over the limit of 20 KiB"))
    #expect(diagnostic.help?.hasSuffix("fits, and `--memory` raises the limit") == true)
    #expect(report.outcome == .undecided)
  }

  @Test func sizesNearTheLargestIntegerAreRefused() {
    let text =
      "dims n=9223372036854775807\nparam x: [n]\nconst D: [n, n]\n"
      + "loss L = sum(D @ x)\ncheck dx = x\n"
    let report = FileCheck().report(on: SourceText(name: "a.expr", text: text))
    #expect(report.outcome == .undecided)
  }

  @Test func figuresAreRoundedUp() {
    #expect(WorkFigure(999_999).number == "999999")
    #expect(WorkFigure(1_000_000).number == "1e6")
    #expect(WorkFigure(1_234_567).number == "1.3e6")
    #expect(WorkFigure(9_990_000).number == "1e7")
    #expect(WorkFigure(64_000_000_000).description == "6.4e10 multiply-adds")
    #expect(MemoryFigure(1000).description == "1000 bytes")
    #expect(MemoryFigure(320 << 20).description == "320 MiB")
    #expect(MemoryFigure((320 << 20) + 1).description == "321 MiB")
  }

  @Test func whatHasNoValueIsSaidInWords() throws {
    let source = SourceText(name: "a.expr", text: "input x: [2]\ny = log(x)\nloss L = sum(y)\n")
    let diagnostic = try #require(try Self.refusal(of: source, at: #"{"x": [-1, 2]}"#))
    #expect(diagnostic.message == "`log` outside its domain in `log(x)` at entry [0]")
    let range = try #require(diagnostic.range)
    #expect(source[range] == "y = log(x)")
  }

  @inline(never)
  private static func refusal(of source: SourceText, at point: String) throws -> Diagnostic? {
    var diagnostics = DiagnosticList(source: source)
    guard let program = FileCheck().program(of: source, into: &diagnostics) else { return nil }
    let point = try PointFile(SourceText(name: "p.json", text: point))
    do throws(PointEvaluation.Failure) {
      _ = try PointEvaluation(at: point).evaluate(program)
      return nil
    } catch {
      guard case .evaluation(let reason) = error else { return nil }
      return reason.diagnostic(in: program)
    }
  }
}
