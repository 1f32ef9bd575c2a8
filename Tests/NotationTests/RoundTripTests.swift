import Foundation
import Layers
import Notation
import TensorExpressions
import Testing

/// What is printed parses back to an expression that is proved equal. Sequences of a recurrence have no formula: they
/// are printed as blocks, which are read back as statements.
@Suite struct RoundTripTests {
  @Test func catalogueSamples() throws {
    for function in FunctionCatalogue.standard.functions {
      for sample in function.samples {
        guard let results = try? RoundTrip.results(of: sample) else { continue }
        for result in results {
          #expect(
            result.outcome == .proved || result.outcome == .equalInValue,
            "\(function.name): \(result.name) \(result.outcome)\n\(result.lines.joined(separator: "\n"))"
          )
        }
      }
    }
  }

  @Test func catalogueSamplesAsStatements() throws {
    for function in FunctionCatalogue.standard.functions {
      for sample in function.samples {
        for (name, expression) in (try? RoundTrip.expressions(of: sample)) ?? []
        where !expression.holdsRecurrences {
          let result = RoundTrip.check(name, expression, SizeFacts(), byStatements: true)
          #expect(
            result.outcome == .proved || result.outcome == .equalInValue,
            "\(function.name): \(result.name) \(result.outcome)\n\(result.lines.joined(separator: "\n"))"
          )
        }
      }
    }
  }

  /// What lines have in common is recognised once; each still reads as it does by itself.
  @Test func linesOfOneListReadAsTheyDoAlone() throws {
    for function in FunctionCatalogue.standard.functions {
      for sample in function.samples {
        var list = TextNotation()
        for (name, expression) in (try? RoundTrip.expressions(of: sample)) ?? [] {
          let alone = TextNotation().lines(name: name, expression: expression)
          // Once as a line that comes for the first time, and once where all of it is known.
          #expect(list.nextLines(name: name, expression: expression) == alone)
          #expect(list.nextLines(name: name, expression: expression) == alone)
        }
      }
    }
  }

  /// The files of a folder, when one is given.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ROUND_TRIP_FOLDER"] != nil))
  func folder() throws {
    let folder = ProcessInfo.processInfo.environment["ROUND_TRIP_FOLDER"] ?? ""
    let report = ProcessInfo.processInfo.environment["ROUND_TRIP_REPORT"] != nil
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where file.hasSuffix(".expr") && !file.contains(".wrong.") {
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      let results: [RoundTrip.Result]
      do { results = try RoundTrip.results(of: text) } catch {
        Issue.record("\(file): \(error)")
        continue
      }
      for result in results {
        if report {
          print(
            "\(result.outcome == .proved || result.outcome == .equalInValue ? "ok " : "BAD") \(file) \(result.name):"
          )
          for line in result.lines { print("      \(line)") }
          if case .unreadable(let why) = result.outcome { print(why) }
        } else {
          #expect(
            result.outcome == .proved || result.outcome == .equalInValue, "\(file): \(result.lines)"
          )
        }
      }
    }
  }
}
