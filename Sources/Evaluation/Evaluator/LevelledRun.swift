import Scalars
import TensorExpressions

/// One evaluation at several levels on its way: a run for each, which take the same jobs in step.
struct LevelledRun<Top: LevelledArithmetic> {
  private let schedule: EvaluationSchedule
  private let needs: LevelNeeds
  private var top: EvaluationRun<Top>
  private var below: [EvaluationRun<PrimeFieldArithmetic>]

  init(
    _ top: Evaluator<Top>, _ below: [Evaluator<PrimeFieldArithmetic>],
    _ schedule: EvaluationSchedule
  ) {
    self.schedule = schedule
    needs = LevelNeeds(
      schedule, levelCount: 1 + below.count, hasFormalMasks: top.formalMasks != nil,
      masks: top.masks
    ) { function, level in
      level == 0
        ? top.arithmetic.needsNextLevel(function)
        : below[level - 1].arithmetic.needsNextLevel(function)
    }
    self.top = EvaluationRun(top, schedule, uses: needs.uses[0])
    self.below = []
    for (number, evaluator) in below.enumerated() {
      self.below.append(EvaluationRun(evaluator, schedule, uses: needs.uses[number + 1]))
    }
  }

  mutating func finish() throws(EvaluationError) -> [Tensor<Top.Element>] {
    for number in schedule.jobs.indices {
      for level in 0..<below.count + 1 where needs.isNeeded[level][number] {
        try evaluate(number, level)
      }
      needs.reads(of: number).forEach { release($0) }
    }
    return top.roots
  }

  /// Evaluates what has a value. A job that has none, and what takes its value, are left without.
  mutating func finishWhereDefined() throws(EvaluationError) -> [Tensor<Top.Element>?] {
    for number in schedule.jobs.indices {
      let reads = needs.reads(of: number)
      if reads.allSatisfy(isKnown) {
        for level in 0..<below.count + 1 where needs.isNeeded[level][number] {
          do throws(EvaluationError) {
            try evaluate(number, level)
          } catch {
            if error.isOfLimits { throw error }
          }
        }
      }
      reads.forEach { release($0) }
    }
    return top.rootsWhereDefined
  }

  private func isKnown(_ read: LevelNeeds.Read) -> Bool {
    (read.level == 0 ? top.values[read.job] != nil : below[read.level - 1].values[read.job] != nil)
  }

  private mutating func release(_ read: LevelNeeds.Read) {
    if read.level == 0 {
      top.release(read.job)
    } else {
      below[read.level - 1].release(read.job)
    }
  }

  /// Evaluates a job at one level; all levels share the memory that may be used.
  private mutating func evaluate(_ number: Int, _ level: Int) throws(EvaluationError) {
    let inUse = below.reduce(top.budget.inUse) { $0 + $1.budget.inUse }
    let job = schedule.jobs[number]
    let argument = needs.argument(of: number, level).flatMap { below[level].values[$0] }
    if level == 0 {
      let others = inUse - top.budget.inUse
      top.budget.take(others)
      defer { top.budget.giveBack(others) }
      try Self.evaluate(&top, number, job, argument, next: below.first?.arithmetic)
    } else {
      let others = inUse - below[level - 1].budget.inUse
      below[level - 1].budget.take(others)
      defer { below[level - 1].budget.giveBack(others) }
      below[level - 1].maskKeys = needs.keyed(number).flatMap { operand in
        top.values[operand].map { keys in keys.elements.map(top.residue) }
      }
      let next = below.indices.contains(level) ? below[level].arithmetic : nil
      try Self.evaluate(&below[level - 1], number, job, argument, next: next)
    }
  }

  private static func evaluate<A: LevelledArithmetic>(
    _ run: inout EvaluationRun<A>, _ number: Int, _ job: EvaluationSchedule.Job,
    _ argument: Tensor<UInt64>?, next: PrimeFieldArithmetic?
  ) throws(EvaluationError) {
    if let argument, let next, let operand = run.values[job.operands[0]] {
      run.keep(try run.exponential(job.node, operand, argument: argument, in: next), as: number)
    } else {
      run.keep(try run.value(ofJob: number), as: number)
    }
  }
}

extension EvaluationRun where A: LevelledArithmetic {
  /// A function that is made from the exponential, whose argument is known at this level and the next.
  fileprivate mutating func exponential(
    _ node: TensorExpression, _ operand: Tensor<A.Element>, argument: Tensor<UInt64>,
    in next: PrimeFieldArithmetic
  ) throws(EvaluationError) -> Tensor<A.Element> {
    guard case .elementwise(let function, _) = node.kind,
      case .elementary(let elementary)? = function.primitive
    else { preconditionFailure("only elementary functions take arguments of the next level") }
    try chargeEntries(of: node)
    _ = try allocating(node)
    var elements: [A.Element] = []
    elements.reserveCapacity(operand.count)
    for (place, x) in operand.elements.enumerated() {
      do {
        elements.append(
          try arithmetic.apply(elementary, x, argument: argument.elements[place], in: next))
      } catch {
        throw .scalar(
          error, node: node, entry: TensorShape.entry(at: place, in: operand.extents))
      }
    }
    return Tensor(extents: operand.extents, elements: elements)
  }

  /// The key of an element by formal masks.
  fileprivate func residue(_ element: A.Element) -> UInt64 {
    formalMasks?.key(element) ?? 0
  }
}

/// At which levels each job of a schedule is needed, and what it reads there.
struct LevelNeeds {
  /// A job's value at a level.
  struct Read {
    let job: Int
    let level: Int
  }

  /// By level and job.
  private(set) var isNeeded: [[Bool]]
  /// By level and job, how often the value is read, by roots too.
  private(set) var uses: [[Int]]
  private let schedule: EvaluationSchedule
  /// By job, whether each level takes its operand from the next level too.
  private var takesArgument: [[Bool]]
  /// By job, whether it is a formal mask, which is keyed by its operand's values at the first level.
  private var isKeyed: [Bool]

  /// - Parameter needsNextLevel: whether a function at a level takes its argument at the next.
  init(
    _ schedule: EvaluationSchedule, levelCount: Int, hasFormalMasks: Bool, masks: MaskRecord,
    needsNextLevel: (ElementaryFunction, Int) -> Bool
  ) {
    let jobs = schedule.jobs
    self.schedule = schedule
    isNeeded = Array(
      repeating: Array(repeating: false, count: jobs.count), count: levelCount)
    uses = Array(repeating: Array(repeating: 0, count: jobs.count), count: levelCount)
    takesArgument = jobs.map { job in
      (0..<levelCount).map { level in
        guard level + 1 < levelCount, job.method == .node,
          case .elementwise(let function, _) = job.node.kind,
          case .elementary(let elementary)? = function.primitive
        else { return false }
        return needsNextLevel(elementary, level)
      }
    }
    isKeyed = jobs.map { hasFormalMasks && $0.isUnrecordedMask(masks) }
    for root in schedule.roots {
      isNeeded[0][root] = true
      uses[0][root] += 1
    }
    // Operands come before what takes them.
    for number in jobs.indices.reversed() {
      for read in reads(of: number) {
        isNeeded[read.level][read.job] = true
        uses[read.level][read.job] += 1
      }
    }
  }

  /// The values that a job takes at all levels at which it is needed.
  func reads(of number: Int) -> [Read] {
    let operands = schedule.jobs[number].operands
    var reads: [Read] = []
    for level in isNeeded.indices where isNeeded[level][number] {
      reads += operands.map { Read(job: $0, level: level) }
      if takesArgument[number][level] { reads.append(Read(job: operands[0], level: level + 1)) }
      if level > 0, isKeyed[number] { reads.append(Read(job: operands[0], level: 0)) }
    }
    return reads
  }

  /// The job whose value at the next level an exponential takes at a level; nil for everything else.
  func argument(of number: Int, _ level: Int) -> Int? {
    takesArgument[number][level] ? schedule.jobs[number].operands[0] : nil
  }

  /// The job whose value at the first level a formal mask is keyed by; nil for everything else.
  func keyed(_ number: Int) -> Int? {
    isKeyed[number] ? schedule.jobs[number].operands[0] : nil
  }
}

extension EvaluationSchedule.Job {
  /// Whether it decides a mask that is not on record.
  fileprivate func isUnrecordedMask(_ masks: MaskRecord) -> Bool {
    guard method == .node, !operands.isEmpty else { return false }
    if let extremum = node.asExtremum { return masks.windows[extremum] == nil }
    return node.isMask
  }
}
