import Scalars
import TensorExpressions

/// Evaluates expressions at a point, over any arithmetic.
///
/// Every node is evaluated once, however often it is shared, and its value is dropped as soon as nothing needs it any
/// more.
public struct Evaluator<A: ScalarArithmetic>: Sendable {
  /// The number system that everything is computed in.
  public let arithmetic: A
  /// The numbers of sizes and the values of symbols.
  public let point: EvaluationPoint<A.Element>
  /// Masks that are known already. Steps, extrema and selectors found here are not decided again, which is how a
  /// field without an order evaluates them.
  public var masks: MaskRecord
  /// What stands for masks that are not known; nil where they are decided by signs.
  public var formalMasks: FormalMasks<A.Element>?
  /// What stands for masks that are not known in an arithmetic that computes with them; nil where ``formalMasks`` or
  /// signs say it.
  public var maskModel: MaskModel<A.Element>?
  /// What decides whether a value is zero where its sign is open.
  var zeroTest: ZeroTest?
  /// How many bytes all values may take together.
  public var memoryLimit: Int

  public init(
    _ arithmetic: A, at point: EvaluationPoint<A.Element>, masks: MaskRecord = MaskRecord(),
    formalMasks: FormalMasks<A.Element>? = nil, maskModel: MaskModel<A.Element>? = nil,
    memoryLimit: Int = MemoryBudget.defaultLimit
  ) {
    self.arithmetic = arithmetic
    self.point = point
    self.masks = masks
    self.formalMasks = formalMasks
    self.maskModel = maskModel
    self.memoryLimit = memoryLimit
  }

  /// The values of some expressions, in order.
  ///
  /// - Throws: ``EvaluationError``, with the node and the entry where the arithmetic has no answer.
  public func evaluate(
    _ roots: [TensorExpression]
  ) throws(EvaluationError) -> [Tensor<A.Element>] {
    try evaluateRecordingMasks(roots).values
  }

  /// The value of one expression.
  public func evaluate(_ root: TensorExpression) throws(EvaluationError) -> Tensor<A.Element> {
    try evaluate([root])[0]
  }

  /// The values of some expressions, and every mask that was decided on the way.
  @specialized(where A == DoubleArithmetic)
  @specialized(where A == PrimeFieldArithmetic)
  @specialized(where A == DualArithmetic<PrimeFieldArithmetic>)
  public func evaluateRecordingMasks(
    _ roots: [TensorExpression]
  ) throws(EvaluationError) -> (values: [Tensor<A.Element>], masks: MaskRecord) {
    var unrolling = Unrolling(steps: point.sizes)
    var run = EvaluationRun(self, EvaluationSchedule(roots.map { unrolling($0) }, masks: masks))
    let values = try run.finish()
    return (values, run.masks)
  }

  /// The values of those of some expressions that have one, nil for the others, and the masks that were decided on the
  /// way. Evaluating all of them costs no more than where each has a value.
  ///
  /// - Returns: also whether a sign was left open that more digits might decide.
  /// - Throws: an ``EvaluationError`` of the limits of work and memory alone: fewer expressions may keep within them.
  @specialized(where A == DoubleArithmetic)
  public func evaluateWhereDefined(
    _ roots: [TensorExpression]
  ) throws(EvaluationError) -> (
    values: [Tensor<A.Element>?], masks: MaskRecord, hasOpenSigns: Bool
  ) {
    var unrolling = Unrolling(steps: point.sizes)
    var run = EvaluationRun(self, EvaluationSchedule(roots.map { unrolling($0) }, masks: masks))
    let hasOpenSigns = try run.finishWhereDefined()
    return (run.rootsWhereDefined, run.masks, hasOpenSigns)
  }
}

/// One evaluation on its way: the values that are still needed.
struct EvaluationRun<A: ScalarArithmetic> {
  let arithmetic: A
  let point: EvaluationPoint<A.Element>
  var masks: MaskRecord
  let formalMasks: FormalMasks<A.Element>?
  let maskModel: MaskModel<A.Element>?
  let zeroTest: ZeroTest?
  /// The keys of the operand whose formal mask is evaluated next, where another run has them.
  var maskKeys: [UInt64]?
  var budget: MemoryBudget
  private let schedule: EvaluationSchedule
  private(set) var values: [Tensor<A.Element>?]
  private var usesLeft: [Int]
  private var bytes: [Int]
  /// For each job the first that is known to have the same value, and the large contractions that were computed.
  private var firstOf: [Int]
  private var contractions: [ContractionKey: Int] = [:]

  /// - Parameter uses: how often each job's value is taken from this run, where that is not what the schedule says.
  init(_ evaluator: Evaluator<A>, _ schedule: EvaluationSchedule, uses: [Int]? = nil) {
    arithmetic = evaluator.arithmetic
    point = evaluator.point
    masks = evaluator.masks
    formalMasks = evaluator.formalMasks
    maskModel = evaluator.maskModel
    zeroTest = evaluator.zeroTest
    budget = MemoryBudget(limit: evaluator.memoryLimit)
    // The point's values are there the whole time.
    let entries = evaluator.point.values.values.reduce(0) { $0 + $1.count }
    budget.take(entries * evaluator.arithmetic.elementBytes)
    self.schedule = schedule
    values = Array(repeating: nil, count: schedule.jobs.count)
    usesLeft = uses ?? schedule.jobs.map(\.uses)
    bytes = Array(repeating: 0, count: schedule.jobs.count)
    firstOf = Array(schedule.jobs.indices)
  }

  mutating func finish() throws(EvaluationError) -> [Tensor<A.Element>] {
    for number in schedule.jobs.indices { try evaluate(number) }
    return roots
  }

  /// The values of the roots, once everything is evaluated.
  var roots: [Tensor<A.Element>] { schedule.roots.compactMap { values[$0] } }

  /// Evaluates what can be evaluated where some values are irrational, for the masks that are recorded on the
  /// way.
  mutating func finishWhereRational() throws(EvaluationError) {
    for (number, job) in schedule.jobs.enumerated() {
      guard job.operands.allSatisfy({ values[$0] != nil }) else { continue }
      do throws(EvaluationError) {
        try evaluate(number)
      } catch {
        guard case .scalar(.irrational, _, _) = error else { throw error }
      }
    }
  }

  /// Evaluates what has a value. A job that has none, and what takes its value, are left without.
  ///
  /// - Returns: whether a sign was left open that more digits might decide.
  mutating func finishWhereDefined() throws(EvaluationError) -> Bool {
    var hasOpenSigns = false
    for (number, job) in schedule.jobs.enumerated() {
      if job.operands.allSatisfy({ values[$0] != nil }) {
        do throws(EvaluationError) {
          keep(try value(ofJob: number), as: number)
        } catch {
          if error.isOfLimits { throw error }
          if case .scalar(.undecided, _, _) = error { hasOpenSigns = true }
        }
      }
      for operand in job.operands { release(operand) }
    }
    return hasOpenSigns
  }

  /// The values of those roots that have one.
  var rootsWhereDefined: [Tensor<A.Element>?] { schedule.roots.map { values[$0] } }

  private mutating func evaluate(_ number: Int) throws(EvaluationError) {
    let job = schedule.jobs[number]
    keep(try value(ofJob: number), as: number)
    for operand in job.operands { release(operand) }
  }

  /// A job's value from its operands' values, which must be there.
  mutating func value(ofJob number: Int) throws(EvaluationError) -> Tensor<A.Element> {
    let job = schedule.jobs[number]
    return try value(of: job, number, job.operands.compactMap { values[$0] })
  }

  /// Keeps a job's value for as long as something needs it.
  mutating func keep(_ value: Tensor<A.Element>, as number: Int) {
    let job = schedule.jobs[number]
    // A symbol's or an alias's storage is shared with what it was taken from.
    if job.method != .sameAsOperand, !job.isSymbol {
      bytes[number] = value.count * arithmetic.elementBytes
      budget.take(bytes[number])
    }
    values[number] = value
  }

  /// Counts one use of a job's value, which is dropped after the last one.
  mutating func release(_ job: Int) {
    usesLeft[job] -= 1
    guard usesLeft[job] == 0 else { return }
    values[job] = nil
    budget.giveBack(bytes[job])
  }

  private mutating func value(
    of job: EvaluationSchedule.Job, _ number: Int, _ operands: [Tensor<A.Element>]
  ) throws(EvaluationError) -> Tensor<A.Element> {
    switch job.method {
    case .sameAsOperand:
      if !arithmetic.changesNamedValues { firstOf[number] = firstOf[job.operands[0]] }
      return named(operands[0], job.node)
    case .recorded, .node: break
    }
    let node = job.node
    try chargeEntries(of: node)
    try chargeDigits(of: operands)
    switch node.kind {
    case .symbol(let symbol): return try value(of: symbol, node)
    case .sum: return try sum(node, operands)
    case .contraction(let contraction): return try value(of: contraction, number, operands)
    case .elementwise(let function, let arguments):
      return try value(of: function, arguments, node, operands)
    case .extremum(let extremum): return try value(of: extremum, node, operands[0])
    case .selector(let extremum): return try selector(of: extremum, node, operands.first)
    case .inverse:
      let extents = try allocating(node)
      try Elimination<A>.charge(arithmetic, extents[0])
      return try Elimination(arithmetic, operands[0], node: node).inverse(extents: extents)
    case .determinant:
      try Elimination<A>.charge(arithmetic, operands[0].extents[0])
      return try Elimination(arithmetic, operands[0], node: node).determinant()
    case .cholesky:
      try Elimination<A>.charge(arithmetic, operands[0].extents[0])
      return try CholeskyFactor(arithmetic, operands[0], node: node).tensor()
    case .named: return named(operands[0], node)
    case .recurrence: throw .unboundSymbol("recurrence")
    }
  }

  /// A value once it has its name, where the node gives it one.
  private func named(
    _ value: Tensor<A.Element>, _ node: TensorExpression
  ) -> Tensor<A.Element> {
    guard arithmetic.changesNamedValues, case .named = node.kind else { return value }
    return value.map(arithmetic.named)
  }

  /// What the entries of a formal mask's operand are known by.
  func keys(of operand: Tensor<A.Element>, _ masks: FormalMasks<A.Element>) -> [UInt64] {
    maskKeys ?? operand.elements.map(masks.key)
  }

  /// The extents of a node's value, once it is known that there is room for it.
  func allocating(_ node: TensorExpression) throws(EvaluationError) -> [Int] {
    let extents = try TensorShape.extents(node.shape, point.sizes)
    _ = try budget.bytes(of: extents, arithmetic)
    return extents
  }

  private func value(
    of symbol: TensorSymbol, _ node: TensorExpression
  ) throws(EvaluationError) -> Tensor<A.Element> {
    guard let value = point.values[node] else { throw .unboundSymbol(symbol.name) }
    let extents = try TensorShape.extents(node.shape, point.sizes)
    guard value.extents == extents else {
      throw .shapeMismatch(symbol: symbol.name, expected: extents, found: value.extents)
    }
    return value
  }

  private func sum(
    _ node: TensorExpression, _ terms: [Tensor<A.Element>]
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let extents = try allocating(node)
    guard var total = terms.first else {
      return Tensor(extents: extents, repeating: arithmetic.zero)
    }
    for term in terms.dropFirst() { addEntries(of: term, to: &total, arithmetic) }
    return total
  }

  private mutating func value(
    of contraction: Contraction, _ number: Int, _ operands: [Tensor<A.Element>]
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let node = schedule.jobs[number].node
    let coefficient: Rational
    do {
      coefficient = try contraction.coefficient.evaluated(point.sizes)
    } catch {
      throw .coefficient(contraction.coefficient, error)
    }
    if !operands.isEmpty, contraction.isEntrywise(over: node.shape) {
      return try entrywiseProduct(node, operands, coefficient)
    }
    let concrete = try ConcreteContraction(contraction, shape: node.shape, sizes: point.sizes)
    if let value = try lookedUp(contraction, concrete, operands, coefficient) { return value }
    let key = key(of: concrete, number, coefficient)
    if let key, let known = contractions[key], let value = values[known] {
      firstOf[number] = known
      return value
    }
    let value = try ContractionEvaluation(arithmetic: arithmetic, budget: budget)
      .contract(concrete, coefficient: coefficient, operands: operands)
    if let key { contractions[key] = number }
    return value
  }

  /// What a large contraction computes, by which it is found when it is asked for again in another form; nil where that
  /// takes longer than to compute it, or where a sum depends on the order of its terms.
  private func key(
    of contraction: ConcreteContraction, _ number: Int, _ coefficient: Rational
  ) -> ContractionKey? {
    guard contraction.pointBound >= Self.largeContraction,
      arithmetic is PrimeFieldArithmetic || arithmetic is DualArithmetic<PrimeFieldArithmetic>
    else { return nil }
    return ContractionKey(
      contraction, operands: schedule.jobs[number].operands.map { firstOf[$0] },
      coefficient: coefficient)
  }

  private static var largeContraction: Int { 1 << 14 }
}

extension EvaluationRun {
  /// coefficient · x₁ · x₂ · …, entry by entry.
  private func entrywiseProduct(
    _ node: TensorExpression, _ factors: [Tensor<A.Element>], _ coefficient: Rational
  ) throws(EvaluationError) -> Tensor<A.Element> {
    _ = try budget.bytes(of: factors[0].extents, arithmetic)
    try EvaluationLimits.charge(
      factors[0].count.saturatingTimes(factors.count), times: arithmetic.productWork)
    var product = factors[0]
    for factor in factors.dropFirst() { multiplyEntries(of: &product, by: factor, arithmetic) }
    return try ContractionEvaluation(arithmetic: arithmetic, budget: budget)
      .scaled(product, by: coefficient)
  }
}

extension Contraction {
  /// Whether it is the product of tensors of one shape, entry by entry.
  func isEntrywise(over shape: [Size]) -> Bool {
    isPointwise && indices == shape
      && operands.allSatisfy { $0.value.shape == shape && $0.access == output }
  }
}

extension EvaluationSchedule.Job {
  fileprivate var isSymbol: Bool { if case .symbol = node.kind { true } else { false } }
}

/// total += term, entry by entry.
@specialized(where A == DoubleArithmetic)
@specialized(where A == PrimeFieldArithmetic)
@specialized(where A == RationalArithmetic)
@specialized(where A == RoundingErrorArithmetic)
@specialized(where A == DualArithmetic<PrimeFieldArithmetic>)
func addEntries<A: ScalarArithmetic>(
  of term: Tensor<A.Element>, to total: inout Tensor<A.Element>, _ arithmetic: A
) {
  for i in total.elements.indices {
    total.elements[i] = arithmetic.add(total.elements[i], term.elements[i])
  }
}

/// product *= factor, entry by entry.
@specialized(where A == DoubleArithmetic)
@specialized(where A == PrimeFieldArithmetic)
@specialized(where A == RationalArithmetic)
@specialized(where A == RoundingErrorArithmetic)
@specialized(where A == DualArithmetic<PrimeFieldArithmetic>)
func multiplyEntries<A: ScalarArithmetic>(
  of product: inout Tensor<A.Element>, by factor: Tensor<A.Element>, _ arithmetic: A
) {
  for i in product.elements.indices {
    product.elements[i] = arithmetic.multiply(product.elements[i], factor.elements[i])
  }
}
