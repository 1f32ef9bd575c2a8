import ArgumentParser
import Diagnostics
import Evaluation
import Judging
import PropertyTesting
import Reporting

/// `gradcheck fd FILE`: finite differences against the exact gradient.
struct FiniteDifferenceCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "fd",
    abstract: "Compare finite differences of many steps with the exact gradient.",
    discussion: """
      The error falls with the step while truncation rules, and rises again when rounding does; a kink \
      between the two points breaks the curve.
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var derivation: DerivationOptions
  @OptionGroup var draws: DrawOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "Move one entry only, such as W[0,2]; a drawn direction moves all otherwise.",
      valueName: "entry"))
  var entry: TensorEntry?

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    let options = limits.limiting(
      CheckOptions(seed: draws.seed, sizes: input.overrides, targets: derivation.names))
    let loaded = try LoadedInput(input, options: options)
    var outcome = Outcome.holds
    var tables: [JSONValue] = []
    var failed: [FileReport] = []
    for (number, item) in loaded.items.enumerated() {
      if number > 0, output.format == .text { try result.write("\n") }
      switch try table(of: item, options: options) {
      case .success(let table):
        tables.append(table.json)
        if output.format == .text {
          try result.write(table.text(style: output.style(for: .output)))
        }
      case .failure(let failure):
        failed.append(failure.report)
        outcome = max(outcome, failure.report.outcome)
        if output.format == .text {
          try result.write(
            TextReport(style: output.style(for: .output)).render(failure.report))
        }
      }
    }
    if output.format == .json {
      var object = JSONReport.head
      object["files"] = .array(tables)
      object["diagnostics"] = JSONReport.json(failed)["diagnostics"]
      try result.write(.object(object))
    }
    return outcome
  }

  private struct Failure: Error {
    let report: FileReport
  }

  private func table(
    of item: LoadedInput.Item, options: CheckOptions
  ) throws(UsageError) -> Result<FiniteDifferenceTable, Failure> {
    switch item {
    case .failed(let report): return .failure(Failure(report: report))
    case .program(let program, _):
      let direction = entry.map { DifferenceDirection.entry($0.name, $0.place) } ?? .drawn
      do throws(DifferenceFailure) {
        let table = EvaluationLimits(for: program, options).scope { () throws(DifferenceFailure) in
          try FiniteDifferenceTable(of: program, direction: direction, options: options)
        }
        return .success(try table.get())
      } catch {
        func report(_ diagnostics: [Diagnostic], internalError: String? = nil) -> Failure {
          Failure(
            report: FileReport(
              source: program.source, diagnostics: diagnostics, check: nil,
              internalError: internalError))
        }
        switch error {
        case .check(let error):
          return .failure(report(error.diagnostics, internalError: error.internalError))
        case .evaluation(let error):
          return .failure(report([error.diagnostic(in: program)]))
        case .nothingToDifferentiate:
          return .failure(
            report([Diagnostic(code: "nothing-to-differentiate", "the file computes no value")]))
        case .unknownName(let name):
          throw UsageError(message: "--entry: no differentiable tensor is called `\(name)`")
        case .noSuchEntry(let name, let entry, let extents):
          throw UsageError(
            message: "--entry: `\(name)` has the extents \(extents), and no entry \(entry)")
        }
      }
    }
  }
}

/// `W[0,2]`: one entry of a tensor; a scalar is a name alone.
struct TensorEntry: ExpressibleByArgument, Hashable, Sendable {
  let name: String
  let place: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: "[", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.first, !name.isEmpty else { return nil }
    self.name = String(name)
    guard parts.count == 2 else {
      place = []
      return
    }
    guard parts[1].hasSuffix("]") else { return nil }
    let numbers = parts[1].dropLast().split(separator: ",").map { text in
      Int(String(text.filter { $0 != " " }))
    }
    guard numbers.allSatisfy({ ($0 ?? -1) >= 0 }) else { return nil }
    place = numbers.compactMap { $0 }
  }
}
