import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import Scalars

/// Checks a file over and over, each time at other sizes and values; failures shrink to the smallest.
///
/// Sizes are drawn from the ranges that `dims` declares, from 1 to 6 where it leaves them free. Everything
/// follows from the text, the seed and the number of the run, so that a run can be cut into parts and
/// repeated alone.
public struct PropertyRun {
  /// How many runs there are, which of them are done, and what each may take.
  public struct Options: Hashable, Sendable {
    /// The runs of all parts together.
    public var runs: Int
    /// What every draw follows from, together with the number of the run.
    public var seed: UInt64
    /// The part of the runs that is done here.
    public var shard: Shard
    /// Whether claims that fail are shrunk.
    public var shrinks: Bool
    /// What each run may take, as in ``CheckOptions``.
    public var workLimit: Int?
    /// How many bytes the tensors of one evaluation may take, as in ``CheckOptions``.
    public var memoryLimit: Int?

    public init(
      runs: Int = 100, seed: UInt64 = 17, shard: Shard = .whole, shrinks: Bool = true
    ) {
      self.runs = runs
      self.seed = seed
      self.shard = shard
      self.shrinks = shrinks
    }
  }

  /// What was asked for.
  public let options: Options
  private let subject: PropertySubject
  private let draws: SizeDraws

  /// Reads a file for runs at many sizes.
  ///
  /// - Parameter loading: the text of a file that a `check from` names.
  /// - Throws: ``PropertyFailure/file(_:)`` for a text that means nothing at any sizes.
  public init(
    _ source: SourceText, options: Options = Options(),
    loading: @escaping (String) throws -> String = { throw FileNotLoaded(name: $0) }
  ) throws(PropertyFailure) {
    self.options = options
    subject = try PropertySubject(source, loading: loading)
    draws = SizeDraws(bindings: subject.bindings)
  }

  /// A file that was asked for where no file can be read.
  public struct FileNotLoaded: Error, Hashable {
    /// The name of the file that was asked for.
    public let name: String

    public init(name: String) { self.name = name }
  }

  /// Runs the runs of this part, in order.
  ///
  /// - Parameter progress: called after each with the number of runs that are done and that there are.
  public func report(
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(PropertyFailure) -> PropertyReport {
    var report = PropertyReport(
      file: subject.file.source.name, seed: options.seed, runs: options.runs,
      shards: [options.shard])
    let numbers = options.shard.runs(of: options.runs)
    let total = numbers.underestimatedCount
    for (done, number) in numbers.enumerated() {
      try run(number, into: &report)
      progress(done + 1, total)
    }
    return report
  }

  private func run(_ number: Int, into report: inout PropertyReport) throws(PropertyFailure) {
    let (program, sizes, all) = try drawnProgram(number)
    for name in draws.drawnNames { report.sawSize(name, all[name]) }
    var check = CheckOptions(seed: seed(of: number), sizes: sizes, searchesCauses: false)
    check.workLimit = options.workLimit
    check.memoryLimit = options.memoryLimit
    let limits = EvaluationLimits(for: program, check)
    let found: CheckReport
    do throws(CheckFailure) {
      found = try limits.scope { () throws(CheckFailure) in
        try Checker(check).check(program)
      }.get()
    } catch {
      throw .check(error)
    }
    report.count(found)
    let wrong = found.claims.enumerated().filter {
      if case .wrong = $0.element.verdict { true } else { false }
    }
    for (position, claim) in wrong {
      var counterexample: Counterexample?
      var cause: String?
      if options.shrinks, report.isNew(claim) {
        var search = check
        search.searchesCauses = true
        let shrinking = ClaimShrinking(
          subject: subject, draws: draws, claim: position, options: check)
        (cause, counterexample) = limits.ofChecks(Self.checksPerFailure).value {
          (self.cause(ofClaim: position, in: program, search), shrinking.counterexample(from: all))
        }
      }
      report.add(
        PropertyReport.Failure(
          run: number, claim: claim.name, line: claim.line, sizes: all, cause: cause,
          counterexample: counterexample))
    }
  }

  /// Finding a failure's cause and its smallest case may take as much as so many checks.
  private static let checksPerFailure = 100

  private func cause(ofClaim position: Int, in program: Program, _ options: CheckOptions) -> String?
  {
    guard let claims = try? Checker.explaining(options).check(program).claims,
      case .wrong(let refutation) = claims[position].verdict
    else { return nil }
    return refutation.cause?.sentence ?? refutation.diagnostic.map { "shape: \($0.message)" }
  }

  /// The program of a run, with the sizes that it still has as names and all that were drawn.
  private func drawnProgram(
    _ number: Int
  ) throws(PropertyFailure) -> (program: Program, named: [String: Int], all: [String: Int]) {
    var generator = SeededGenerator(seed: options.seed, stream: UInt64(number) &* 2)
    var failure = PropertyFailure.noSizes
    for _ in 0..<64 {
      guard let sizes = draws.draw(using: &generator) else { throw .noSizes }
      do throws(PropertyFailure) {
        let (program, named) = try subject.program(at: sizes)
        return (program, named, sizes)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  /// The seed of a run's values.
  private func seed(of number: Int) -> UInt64 {
    var generator = SeededGenerator(seed: options.seed, stream: UInt64(number) &* 2 &+ 1)
    return generator.next()
  }
}
