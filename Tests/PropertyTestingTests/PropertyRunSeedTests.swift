import Diagnostics
import ExpressionLanguage
import Foundation
import ProgramTestSupport
import Testing
import ToolkitTestSupport

@testable import Judging
@testable import PropertyTesting

/// Nothing right is refused: the right files of every collection, at many seeds.
///
/// The long form, and its parts for several machines:
///
///     GRADCHECK_SEEDS=1000 swift test -c release -Xswiftc -enable-testing --filter PropertyRunSeedTests
///     GRADCHECK_SEEDS=1000 GRADCHECK_SHARD=1/4 swift test …
///
/// Every file gets as many seeds as ``largestWork`` products and entries allow, and at least ``fewestSeeds``: files of
/// less than 50 000 products a draw get all of 1000.
///
/// `GRADCHECK_CORPUS` names further folders of `.expr` files, separated by colons.
@Suite struct PropertyRunSeedTests {
  private static let seeds = environmentNumber("GRADCHECK_SEEDS") ?? 1
  private static let shard =
    ProcessInfo.processInfo.environment["GRADCHECK_SHARD"].flatMap { Shard($0) } ?? .whole

  /// How many products and entries the draws of one file may evaluate in all.
  private static let largestWork = 50_000_000
  private static let fewestSeeds = 5

  /// How many seeds a file gets.
  private static func seeds(of program: Program) -> Int {
    guard let draw = try? DrawPlan(program: program, options: CheckOptions()).draws().first,
      let backward = try? Checker.derive(program)
    else { return seeds }
    let sides = program.claimExpressions(backward.cotangents)
    let work = draw.work(of: sides.flatMap { [$0.exact, $0.claimed ?? $0.exact] })
    return min(seeds, max(fewestSeeds, largestWork / max(1, work)))
  }

  @Test func rightFilesAreAcceptedAtEverySeed() throws {
    let right = ProgramCorpus.files.filter { entry in
      let isFault = entry.name.lowercased().hasPrefix("faults/")
      return isFault
        ? entry.name.hasSuffix(".right.expr")
        : !entry.name.hasSuffix(".wrong.expr") && !entry.name.hasSuffix("-wrong.expr")
          && !entry.name.hasPrefix("Examples/")
    }
    var checks = 0
    var claims: [String: Int] = [:]
    var refused: [String] = []
    var shortened: [String] = []
    for number in Self.shard.runs(of: right.count) {
      let entry = right[number]
      let source = SourceText(name: entry.name, text: entry.text)
      var diagnostics = DiagnosticList(source: source)
      let file = SyntaxFile.parse(source, into: &diagnostics)
      let program = Elaborator.elaborate(
        file, loading: { throw UnreadableFile(name: $0) }, into: &diagnostics)
      if diagnostics.hasErrors {
        refused.append("\(entry.name): \(diagnostics.rendered())")
        continue
      }
      let seeds = Self.seeds(of: program)
      if seeds < Self.seeds { shortened.append("\(entry.name): \(seeds)") }
      for seed in 0..<seeds {
        checks += 1
        do {
          let options = CheckOptions(
            seed: UInt64(seed) &* 0x9E37_79B9 &+ 3, trials: 2, searchesCauses: false)
          let report = try Checker(options).check(program)
          for claim in report.claims {
            claims[claim.verdict.word, default: 0] += 1
            if case .wrong = claim.verdict {
              refused.append(
                "\(entry.name), line \(claim.line), seed \(seed): \(claim.verdict.word)")
            }
          }
          claims["derived \(report.selfCheck?.duals.word ?? "nothing")", default: 0] += 1
        } catch {
          refused.append("\(entry.name), seed \(seed): \(String(describing: error))")
        }
      }
    }
    print("\(right.count) right files, \(checks) checks: \(claims.sorted { $0.key < $1.key })")
    print("fewer seeds for \(shortened.count): \(shortened.joined(separator: ", "))")
    #expect(checks > 20)
    #expect(refused.isEmpty, "\(refused.prefix(50).joined(separator: "\n"))")
  }
}
