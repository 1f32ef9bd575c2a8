import Diagnostics
import ExpressionLanguage
import Foundation
import Judging
import Reporting
import TensorExpressions
import Testing

@testable import Derivation

/// The laws, each by its file in `Laws`: samples that it proves, and twins that look like them and are false.
@Suite struct LawTests {
  /// A law's file: declarations, samples, the line `# twins`, twins.
  struct LawFile {
    let law: Law
    let source: SourceText
    /// The line of `# twins`.
    let twinsLine: Int

    init(_ law: Law) throws {
      self.law = law
      let text = try String(contentsOf: Self.url(law.rawValue), encoding: .utf8)
      source = SourceText(name: law.rawValue + ".expr", text: text)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      twinsLine = try #require(lines.firstIndex(of: "# twins"), "\(law) has no twins") + 1
    }

    static var folder: URL {
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Laws")
    }

    static func url(_ name: String) -> URL { folder.appending(path: name + ".expr") }

    /// The two sides of every claim, and whether it is a twin.
    func equations(
      of program: Program
    ) -> [(left: TensorExpression, right: TensorExpression, isTwin: Bool, text: String)] {
      program.claims.compactMap { claim in
        guard case .assertion(let left) = claim.subject, let right = try? claim.claimed.get() else {
          return nil
        }
        let line = source.location(of: claim.range.start).line
        return (left, right, line > twinsLine, source[claim.range])
      }
    }

    func program() throws -> Program {
      var diagnostics = DiagnosticList(source: source)
      return try #require(
        FileCheck().program(of: source, into: &diagnostics), "\(diagnostics.rendered())")
    }
  }

  @Test func everyLawHasAFile() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: LawFile.folder.path)
      .filter { $0.hasSuffix(".expr") }
    #expect(Set(files) == Set(Law.allCases.map { $0.rawValue + ".expr" }))
  }

  @Test(arguments: Law.allCases)
  func provesItsSamplesAndNotItsTwins(law: Law) throws {
    let file = try LawFile(law)
    let program = try file.program()
    let equations = file.equations(of: program)
    #expect(equations.count == program.claims.count)
    #expect(equations.contains { !$0.isTwin } && equations.contains { $0.isTwin })
    for (left, right, isTwin, text) in equations {
      let deep = Normalizer(facts: program.facts)
      let shallow = Normalizer(facts: program.facts, expandsNames: false)
      #expect(deep.provesEqual(left, right) != isTwin, "\(law): \(text)")
      if isTwin { #expect(!shallow.provesEqual(left, right), "\(law): \(text)") }
      if !isTwin { #expect(deep.usedLaws.contains(law), "\(law) is not used in \(text)") }
    }
  }

  /// By numbers, in the fields of three draws, at two sizes; a proof beside another finding is an internal error.
  @Test(arguments: Law.allCases)
  func numbersAgree(law: Law) throws {
    let file = try LawFile(law)
    let given = Dictionary(
      uniqueKeysWithValues: try file.program().sizes.map { size in
        if case .fixed(let number) = size.extent { (size.name, number) } else { (size.name, 2) }
      })
    for sizes in [given, given.mapValues { $0 + 1 }] {
      let options = CheckOptions(sizes: sizes, searchesCauses: false)
      for (line, claim) in try judged(file, options) {
        let isTwin = line > file.twinsLine
        #expect(claim.holds != isTwin, "\(law), line \(line) at \(sizes): \(claim.word)")
        if !isTwin { #expect(claim.word == "proved", "\(law), line \(line) at \(sizes)") }
      }
    }
  }

  private func judged(
    _ file: LawFile, _ options: CheckOptions
  ) throws -> [(line: Int, verdict: Verdict)] {
    let report = FileCheck(options).report(on: file.source)
    #expect(report.internalError == nil, "\(file.law): \(report.internalError ?? "")")
    let check = try #require(report.check)
    return check.claims.map { ($0.line, $0.verdict) }
  }

  /// Short forms and folded forms keep the value of every side, right or wrong as the claim may be.
  @Test(arguments: Law.allCases)
  func shortFormsKeepTheValue(law: Law) throws {
    let file = try LawFile(law)
    let program = try file.program()
    let sizes = try #require(DrawPlan(program: program, options: CheckOptions()).smallestSizes)
    let simplifier = Simplifier(facts: program.facts)
    let thorough = Simplifier(facts: program.facts, multipliesOut: true)
    for (left, right, _, text) in file.equations(of: program) {
      for side in [left, right] {
        let folded = ForwardFolding(in: [side])[side]
        for form in [simplifier.simplified(side), thorough.simplified(side), folded] {
          for seed in 0..<3 as Range<UInt64> {
            let answer = FormulaComparison.compare(side, form, sizes: sizes, seed: seed)
            #expect(answer != .different, "\(law): a short form differs from a side of \(text)")
          }
        }
      }
    }
    #expect(!simplifier.measure.wasExhausted)
    #expect(!thorough.measure.wasExhausted)
  }

  /// Rewriting that has no steps left stops where it is, and every stop keeps the value.
  @Test(arguments: [0, 1, 2, 3, 5, 8])
  func rewritingMayStopAnywhere(steps: Int) throws {
    for law in Law.allCases {
      let file = try LawFile(law)
      let program = try file.program()
      let sizes = try #require(DrawPlan(program: program, options: CheckOptions()).smallestSizes)
      let simplifier = Simplifier(
        facts: program.facts, measure: RewritingMeasure(steps: steps, depth: 2))
      for (left, _, _, text) in file.equations(of: program) {
        let answer = FormulaComparison.compare(
          left, simplifier.simplified(left), sizes: sizes, seed: 1)
        #expect(answer != .different, "\(law): \(text)")
      }
    }
  }
}
