import Scalars
import TensorExpressions

/// What evaluating some expressions once in a prime field would take, found without evaluating anything.
public struct WorkEstimate: Hashable, Sendable {
  /// In the unit of ``WorkMeter``, the largest number of 63 bits where they leave them.
  public private(set) var work = 0
  /// The bytes of all values that are needed at one time.
  public private(set) var peakBytes = 0
  /// The expression that takes most of the work.
  public private(set) var heaviest: TensorExpression?
  /// The expression whose value is largest.
  public private(set) var largest: TensorExpression?

  /// The arithmetic that work is estimated for: the one that values are compared in first.
  private static let field = PrimeFieldArithmetic()
  private static let leastLookup = LookupContraction<PrimeFieldArithmetic>.leastPointCount
  private static let bytesPerEntry = MemoryLayout<PrimeFieldArithmetic.Element>.stride

  /// Adds up the work of every node, and follows which values are alive at one time.
  ///
  /// - Throws: ``EvaluationError`` for sizes without a value, and extents that leave 62 bits.
  public init(
    of roots: [TensorExpression], sizes: [String: Int], memory: Int
  ) throws(EvaluationError) {
    var unrolling = Unrolling(steps: sizes)
    let schedule = EvaluationSchedule(roots.map { unrolling($0) }, masks: MaskRecord())
    var usesLeft = schedule.jobs.map(\.uses)
    var bytes = Array(repeating: 0, count: schedule.jobs.count)
    var inUse = 0
    var mostWork = -1
    var mostBytes = -1
    for (number, job) in schedule.jobs.enumerated() where job.method != .sameAsOperand {
      let extents = try TensorShape.extents(job.node.shape, sizes)
      let count = TensorShape.count(extents) ?? .max
      bytes[number] = count.saturatingTimes(Self.bytesPerEntry)
      inUse = inUse.saturatingPlus(bytes[number])
      if bytes[number] > mostBytes {
        mostBytes = bytes[number]
        largest = job.node
      }
      let work = try Self.work(of: job.node, count: count, sizes: sizes, memory: memory)
      if work > mostWork {
        mostWork = work
        heaviest = job.node
      }
      self.work = self.work.saturatingPlus(work)
      peakBytes = max(peakBytes, inUse.saturatingPlus(Self.transientBytes(job.node, bytes[number])))
      for operand in job.operands {
        usesLeft[operand] -= 1
        // Declared values are held for the whole evaluation.
        if usesLeft[operand] == 0, !schedule.jobs[operand].node.operands.isEmpty, inUse < .max {
          inUse -= bytes[operand]
        }
      }
    }
  }

  /// What making a value takes beside it: a sum of products stands in up to three words of 64 bits before it
  /// is reduced.
  private static func transientBytes(_ node: TensorExpression, _ bytes: Int) -> Int {
    guard case .contraction(let contraction) = node.kind, contraction.operands.count > 1,
      !contraction.isEntrywise(over: node.shape)
    else { return 0 }
    return bytes.saturatingTimes(3)
  }

  private static func work(
    of node: TensorExpression, count: Int, sizes: [String: Int], memory: Int
  ) throws(EvaluationError) -> Int {
    switch node.kind {
    case .contraction(let contraction) where contraction.isEntrywise(over: node.shape):
      return count.saturatingTimes(contraction.operands.count).saturatingTimes(field.productWork)
    case .contraction(let contraction):
      let concrete = try ConcreteContraction(contraction, shape: node.shape, sizes: sizes)
      let lookups = contraction.lookups
      if !lookups.isEmpty, concrete.pointBound >= leastLookup {
        var reduced = concrete
        for lookup in lookups { reduced.extents[lookup.index] = 1 }
        let entries = reduced.operands.indices.reduce(count) { sum, operand in
          lookups.contains { $0.operand == operand }
            ? sum.saturatingPlus(
              concrete.operands[operand].reduce(1) { $0.saturatingTimes($1.extent) }) : sum
        }
        return reduced.extents.reduce(20) { $0.saturatingTimes($1) }.saturatingPlus(entries)
          .saturatingTimes(field.productWork)
      }
      let order = ContractionOrder(concrete, largestIntermediate: memory / bytesPerEntry)
      return order.steps.reduce(0) { sum, step in
        sum.saturatingPlus(step.contraction.work(in: field))
      }
    case .inverse(let x), .determinant(let x), .cholesky(let x):
      let extent = try TensorShape.number(x.shape[0], sizes)
      return extent.saturatingTimes(extent).saturatingTimes(extent)
        .saturatingTimes(field.productWork)
    case .symbol, .named, .sum, .extremum, .selector, .recurrence:
      return count.saturatingTimes(field.productWork)
    case .elementwise: return count.saturatingTimes(field.functionWork)
    }
  }
}

extension Int {
  /// The product of numbers that are not negative, or the largest number where it leaves 63 bits.
  func saturatingTimes(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  func saturatingPlus(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
