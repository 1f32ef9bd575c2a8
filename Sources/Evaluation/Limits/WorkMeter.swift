import Synchronization

/// Counts the work of evaluations, and refuses what would leave a budget before it is begun.
///
/// The unit is one multiply-add of machine numbers, about a nanosecond; each arithmetic counts its operations
/// as several (``ScalarArithmetic/productWork``). The count depends on the expressions and sizes alone, so
/// that a check comes to the same end on every machine.
public final class WorkMeter: Sendable {
  /// How much work there may be in all.
  public let limit: Int
  private let state = Mutex(State())
  /// Called after every piece of work with the count so far.
  private let progress: (@Sendable (Int) -> Void)?
  /// The meter of the whole, for one that counts a part.
  private let whole: WorkMeter?
  /// Whether the whole's limit binds the part too.
  private let isBoundByWhole: Bool

  private struct State {
    var used = 0
    var needed: Int?
    var closes: EvaluationError?
  }

  public init(limit: Int, progress: (@Sendable (Int) -> Void)? = nil) {
    self.limit = limit
    self.progress = progress
    whole = nil
    isBoundByWhole = false
  }

  /// A meter for a part of the work of another, which counts it as well.
  private init(limit: Int, of whole: WorkMeter, isBoundByWhole: Bool) {
    self.limit = limit
    self.whole = whole
    self.isBoundByWhole = isBoundByWhole
    progress = nil
  }

  /// A meter for a part of this one's work, with a limit of its own.
  public func part(limit: Int) -> WorkMeter {
    WorkMeter(limit: limit, of: self, isBoundByWhole: true)
  }

  /// A meter for work that this one counts and does not bound: what one claim may take does not depend on what others
  /// took.
  public func separate(limit: Int) -> WorkMeter {
    WorkMeter(limit: limit, of: self, isBoundByWhole: false)
  }

  /// The work that was counted.
  public var used: Int { state.withLock(\.used) }

  /// The first refusal, when there was one.
  public var refusal: EvaluationError? {
    state.withLock { state in
      state.closes ?? state.needed.map { .overBudget(needed: $0, limit: limit) }
    }
  }

  /// Counts work that is about to begin.
  ///
  /// - Throws: ``EvaluationError/overBudget(needed:limit:)`` when it would leave the budget, and whatever
  ///   ``close(with:)`` was told.
  func charge(_ work: Int) throws(EvaluationError) {
    let (used, refusal) = state.withLock { state -> (Int, EvaluationError?) in
      if let reason = state.closes { return (state.used, reason) }
      let (needed, overflow) = state.used.addingReportingOverflow(work)
      guard !overflow, needed <= limit else {
        let figure = overflow ? Int.max : needed
        state.needed = state.needed ?? figure
        return (state.used, .overBudget(needed: figure, limit: limit))
      }
      state.used = needed
      return (needed, nil)
    }
    if let refusal { throw refusal }
    if isBoundByWhole { try whole?.charge(work) } else { whole?.count(work) }
    progress?(used)
  }

  /// Counts work whatever the limit.
  private func count(_ work: Int) {
    let used = state.withLock { state in
      state.used = state.used.saturatingPlus(work)
      return state.used
    }
    whole?.count(work)
    progress?(used)
  }

  /// Refuses all work from here on: what was estimated beforehand does not fit.
  public func close(with reason: EvaluationError) {
    state.withLock { $0.closes = $0.closes ?? reason }
  }
}

/// What evaluations in a scope may take.
public struct EvaluationLimits: Sendable {
  /// Bytes for the tensors of one evaluation.
  public var memory: Int
  /// What counts the work and bounds it; nil where none is counted.
  public var meter: WorkMeter?

  public init(memory: Int = unscopedMemory, meter: WorkMeter? = nil) {
    self.memory = memory
    self.meter = meter
  }

  /// For callers of evaluators who choose no limit.
  public static let unscopedMemory = 6 << 30
  /// Bytes for the tensors of one evaluation that a check begins: 256 MiB.
  public static let defaultMemory = 256 << 20
  /// From a fifth of a second to two.
  public static let defaultWork = 2_000_000_000

  /// The limits of the scope; without a scope, no work is counted.
  @TaskLocal public static var current = EvaluationLimits()

  /// Does something within these limits.
  public func scope<Value, Failure: Error>(
    _ body: () throws(Failure) -> Value
  ) -> Result<Value, Failure> {
    Self.$current.withValue(self) { () -> Result<Value, Failure> in
      do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
    }
  }

  /// Does something that cannot fail within these limits.
  public func value<Value>(_ body: () -> Value) -> Value {
    Self.$current.withValue(self, operation: body)
  }

  /// The same limits for one of several things that are judged each by itself, as if there were no other.
  public var own: EvaluationLimits {
    guard let meter else { return self }
    return EvaluationLimits(memory: memory, meter: meter.separate(limit: meter.limit))
  }

  /// The same limits, for a part that may take only so much work.
  public func part(limit: Int) -> EvaluationLimits {
    EvaluationLimits(memory: memory, meter: meter?.part(limit: limit) ?? WorkMeter(limit: limit))
  }

  /// Counts work in the scope.
  static func charge(_ work: Int) throws(EvaluationError) { try current.meter?.charge(work) }

  /// Counts so many operations of the same work each.
  package static func charge(_ count: Int, times work: Int) throws(EvaluationError) {
    let (product, overflow) = count.multipliedReportingOverflow(by: work)
    try charge(overflow ? .max : product)
  }
}
