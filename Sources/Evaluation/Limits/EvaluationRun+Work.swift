import Scalars
import TensorExpressions

extension EvaluationRun {
  /// What evaluating any node costs beside its entries.
  private static var nodeWork: Int { 2000 }

  /// Counts the work of a node that grows with its entries; contractions and eliminations count their own.
  func chargeEntries(of node: TensorExpression) throws(EvaluationError) {
    switch node.kind {
    case .symbol, .named, .contraction, .inverse, .determinant, .cholesky, .recurrence:
      try EvaluationLimits.charge(Self.nodeWork)
    case .sum(let terms):
      try charge(node.shape, times: arithmetic.productWork.saturatingTimes(max(terms.count, 1)))
    case .elementwise: try charge(node.shape, times: arithmetic.functionWork)
    case .extremum(let extremum), .selector(let extremum):
      try charge(
        extremum.outputExtents + extremum.windowExtents, times: 300 + arithmetic.productWork)
    }
  }

  /// Counts what long fractions take beside the number of operations: lowest terms are found by common
  /// divisors, whose time grows faster than the digits.
  func chargeDigits(of operands: [Tensor<A.Element>]) throws(EvaluationError) {
    guard A.self == RationalArithmetic.self, let operands = operands as? [Tensor<Rational>] else {
      return
    }
    for operand in operands {
      let words = operand.longestBits / 64
      guard words >= Self.longWords else { continue }
      let work = Int(min(Self.digitWork * Double(words) * Double(words).squareRoot(), 1e15))
      try EvaluationLimits.charge(operand.count, times: work)
    }
  }

  /// From how many words on numbers take longer than operations.
  private static var longWords: Int { 8 }
  private static var digitWork: Double { 20 }

  private func charge(_ shape: [Size], times work: Int) throws(EvaluationError) {
    let extents = try TensorShape.extents(shape, point.sizes)
    let count = extents.reduce(1) { $0.saturatingTimes($1) }
    try EvaluationLimits.charge(count.saturatingTimes(work).saturatingPlus(Self.nodeWork))
  }
}

extension ConcreteContraction {
  /// The work of all points, in the way that takes least.
  func work(in arithmetic: some ScalarArithmetic) -> Int {
    engineWork(in: arithmetic) ?? loopWork(in: arithmetic)
  }

  private func loopWork(in arithmetic: some ScalarArithmetic) -> Int {
    pointBound.saturatingTimes(arithmetic.productWork)
  }

  /// The work on the exact engine, which multiplies small integers whatever the arithmetic; nil where the
  /// arithmetic's own products take less, as they do where hardly any entry is used more than once.
  func engineWork(in arithmetic: some ScalarArithmetic) -> Int? {
    guard ExactEngine.isWorthwhile(self), !(arithmetic is IntervalArithmetic) else { return nil }
    let gathered = operands.reduce(0) { $0.saturatingPlus(pointCount(over: $1)) }
    let entries = ([output] + operands).reduce(0) { sum, access in
      sum.saturatingPlus(access.reduce(1) { $0.saturatingTimes($1.extent) })
    }
    let work = pointBound.saturatingTimes(Self.engineWork)
      .saturatingPlus(gathered.saturatingTimes(Self.gatheringWork))
      .saturatingPlus(entries.saturatingTimes(Self.entryWork))
      .saturatingTimes(arithmetic.productCount)
    return work < loopWork(in: arithmetic) ? work : nil
  }

  /// The work of a product on the exact engine: a few residues of each number.
  private static var engineWork: Int { 1 }
  /// The work of gathering one element of an operand for it: one strided access for each residue.
  private static var gatheringWork: Int { 20 }
  /// The work of taking an entry's residues, or of recombining it, and of its share in the certificate.
  private static var entryWork: Int { 25 }

  /// How many points the indices of an access have.
  private func pointCount(over access: [Coordinate]) -> Int {
    let indices = Set(access.flatMap(\.indices))
    return indices.reduce(1) { $0.saturatingTimes(extents[$1]) }
  }
}

extension ContractionEvaluation {
  /// Counts what sums of fractions take beside their products: each term may bring all digits of its
  /// denominator to the sum, and every addition walks over what has come together.
  func chargeGrowth(
    _ contraction: ConcreteContraction, _ factors: [Tensor<A.Element>]
  ) throws(EvaluationError) {
    guard let factors = factors as? [Tensor<Rational>] else { return }
    let bits = factors.reduce(0) { $0 + $1.denominatorBits }
    let points = contraction.pointBound
    let terms = points / max(TensorShape.count(contraction.outputExtents) ?? 1, 1)
    let words = terms.saturatingTimes(bits) / 128
    try EvaluationLimits.charge(points.saturatingTimes(words), times: Self.workPerWord)
  }

  private static var workPerWord: Int { 10 }
}

extension Tensor where Element == Rational {
  /// The bits of the longest of a few entries.
  fileprivate var longestBits: Int {
    let step = max(1, count / 16)
    return stride(from: 0, to: count, by: step).reduce(0) { longest, i in
      max(longest, elements[i].numerator.bitWidth, elements[i].denominator.bitWidth)
    }
  }

  /// The bits of some entry's denominator, of a few that are looked at the longest; 0 where those are whole numbers.
  fileprivate var denominatorBits: Int {
    let step = max(1, count / 16)
    return stride(from: 0, to: count, by: step).reduce(0) { longest, i in
      let denominator = elements[i].denominator
      return denominator.isOne ? longest : max(longest, denominator.bitWidth)
    }
  }
}
