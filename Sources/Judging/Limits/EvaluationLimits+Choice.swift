import Evaluation
import ExpressionLanguage

extension EvaluationLimits {
  /// What was chosen for the check, else what the file asks for, else the defaults.
  ///
  /// - Parameter progress: called after every piece of work with the multiply-adds so far.
  public init(
    for program: Program, _ options: CheckOptions, progress: (@Sendable (Int) -> Void)? = nil
  ) {
    let work = options.workLimit ?? program.budget.work ?? Self.defaultWork
    let memory = options.memoryLimit ?? program.budget.memory ?? Self.defaultMemory
    self.init(memory: memory, meter: WorkMeter(limit: work, progress: progress))
  }
}

extension EvaluationLimits {
  /// What looking for causes may take: some times the work of judging, since people wait for both.
  func forSearch() -> EvaluationLimits {
    guard let meter else { return self }
    let (work, overflow) = meter.used.multipliedReportingOverflow(by: Self.searchesPerJudging)
    let limit = overflow ? Int.max : max(work, Self.leastSearch)
    return EvaluationLimits(memory: memory, meter: meter.separate(limit: min(limit, meter.limit)))
  }

  private static let searchesPerJudging = 3
  /// A few tenths of a second.
  private static let leastSearch = 300_000_000

  /// The same memory, and work for so many checks.
  package func ofChecks(_ count: Int) -> EvaluationLimits {
    guard let meter else { return self }
    let (work, overflow) = meter.limit.multipliedReportingOverflow(by: count)
    return EvaluationLimits(memory: memory, meter: WorkMeter(limit: overflow ? .max : work))
  }
}
