import Evaluation
import Scalars
import TensorExpressions

/// One set of sizes with a seed: all random points of a trial follow from it.
package struct Draw: Sendable {
  package let sizes: [String: Int]
  package var seed: UInt64
  /// Values that someone gave, by symbol name; everything else is drawn.
  package let given: [String: Tensor<Rational>]
  /// What drawn values are multiplied by, where no structure bounds them: large ones reach masks that saturate.
  package var scale: Rational = 1
  /// The symbols in the order in which they are drawn, others after them, and the attempt that counts as the first: a
  /// symbol's value does not depend on what else is asked for, and what a draw has shown of some expressions, it shows
  /// of their parts too.
  private var order: [TensorExpression] = []
  private var firstAttempt = 0
  /// Where the rational point is, for symbols that are not drawn.
  private var placed: [TensorExpression: Tensor<Rational>] = [:]
  /// What the primes of its fields follow from.
  private let fieldSeed: UInt64
  private let memo: DrawMemo

  /// - Parameter order: the symbols in the order in which they are drawn.
  package init(
    sizes: [String: Int], seed: UInt64, given: [String: Tensor<Rational>], scale: Rational = 1,
    order: [TensorExpression] = []
  ) {
    self.sizes = sizes
    self.seed = seed
    self.given = given
    self.scale = scale
    self.order = order
    fieldSeed = seed
    memo = DrawMemo()
  }

  /// The same draw with larger or smaller values.
  package func scaled(by factor: Rational) -> Draw {
    var result = self
    result.scale = factor
    return result
  }

  /// The draw whose first rational point is this one's at an attempt for `symbols`, whichever of them are asked for.
  package func fixed(to symbols: [TensorExpression], attempt: Int) -> Draw {
    var result = self
    result.order = ordered(symbols)
    result.firstAttempt = firstAttempt + attempt
    return result
  }

  /// The draw with its rational point at a place that was searched for. In a field it is drawn as before.
  func placed(at values: [TensorExpression: Tensor<Rational>]) -> Draw {
    var result = self
    result.placed = values
    return result
  }

  /// The draw with other symbols in place of some.
  func renaming(_ names: [TensorExpression: TensorExpression]) -> Draw {
    var result = self
    result.order = order.map { names[$0] ?? $0 }.removingRepetitions()
    result.placed = Dictionary(placed.map { (names[$0] ?? $0, $1) }) { first, _ in first }
    return result
  }

  /// How many products of residues evaluating some expressions at the draw's sizes is worth; the most there are
  /// where sizes make no sense.
  package func work(of roots: [TensorExpression]) -> Int {
    let memory = EvaluationLimits.current.memory
    guard let estimate = try? WorkEstimate(of: roots, sizes: sizes, memory: memory) else {
      return .max
    }
    return estimate.work / PrimeFieldArithmetic().productWork
  }

  /// Whether evaluating some expressions once takes so long that it is not done in vain.
  func isLarge(for roots: [TensorExpression]) -> Bool {
    let memory = EvaluationLimits.current.memory
    let estimate = try? WorkEstimate(of: roots, sizes: sizes, memory: memory)
    return (estimate?.work ?? 0) > 10_000_000
  }

  /// Another draw at the same sizes.
  package func sibling(_ number: Int) -> Draw {
    var result = self
    result.seed = seed &+ UInt64(number) &* 0xA24B_AED4_963E_E407
    return result
  }

  private func given(among symbols: [TensorExpression]) -> [TensorExpression: Tensor<Rational>] {
    var result: [TensorExpression: Tensor<Rational>] = [:]
    for symbol in symbols { result[symbol] = given[symbol.name ?? ""] }
    return result
  }

  /// The values that someone gave, as a point.
  func givenPoint(for symbols: [TensorExpression]) -> EvaluationPoint<Rational> {
    EvaluationPoint(sizes: sizes, values: given(among: symbols))
  }

  /// The seed of an attempt; symbols are drawn from it by name, so that one symbol has one value in all roots.
  private func seed(_ attempt: Int) -> UInt64 {
    seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(truncatingIfNeeded: attempt + firstAttempt)
  }

  /// What chooses among the components of structures; every draw has its own.
  private var component: UInt64 { seed }

  /// Which of some orthogonal matrices have the determinant −1 at this draw.
  func reflections(among symbols: [TensorExpression]) -> Set<TensorExpression> {
    let chosen = StructureComponent(component)
    return Set(
      symbols.filter { $0.isRotationOrReflection && chosen.isReflection($0.name ?? "") })
  }

  /// All symbols in the order in which they are drawn.
  private func ordered(_ symbols: [TensorExpression]) -> [TensorExpression] {
    let known = Set(order)
    return order + symbols.filter { !known.contains($0) }
  }

  /// Whether the numbers of an attempt are all positive. Where the first attempts found no value, every other
  /// one of the rest is: logarithms and roots of many numbers hardly ever have one else.
  private func isPositive(_ attempt: Int) -> Bool {
    let number = attempt + firstAttempt
    return number >= 6 && number % 2 == 1
  }

  /// Small generic rationals that obey every declared structure.
  package func rationalPoint(
    for symbols: [TensorExpression], attempt: Int
  ) throws(EvaluationError) -> EvaluationPoint<Rational> {
    let all = ordered(symbols)
    let needed = Set(symbols)
    let count = (all.lastIndex { needed.contains($0) } ?? -1) + 1
    let supplied = order.isEmpty ? all.count : order.count
    let key = DrawMemo.PointKey(
      seed: seed(attempt), sizes: sizes, order: all, count: count, supplied: supplied)
    var point = try memo.point(key) { () throws(EvaluationError) in
      try PointDrawing(seed: key.seed, component: component).point(
        for: all, count: count, supplied: supplied, sizes: sizes, given: given(among: all))
    }
    if !placed.isEmpty {
      point.values.merge(placed) { _, placed in placed }
      return point
    }
    let isPositive = isPositive(attempt)
    if scale.isOne, !isPositive { return point }
    for symbol in symbols where given[symbol.name ?? ""] == nil && symbol.isScalable {
      point.values[symbol] = point.values[symbol]?.map {
        scale * (isPositive ? $0.magnitude : $0)
      }
    }
    return point
  }

  /// Uniformly random elements of fields; one-hot classes and given values are those of the rational point.
  package func levelledPoint(
    for symbols: [TensorExpression], in levels: FieldLevels, like point: EvaluationPoint<Rational>?,
    attempt: Int, hasFormalClasses: Bool = false
  ) throws(EvaluationError) -> LevelledPoint {
    var rational = point ?? EvaluationPoint<Rational>(sizes: sizes)
    rational.values.merge(given(among: symbols)) { _, given in given }
    return try levels.point(
      for: symbols, like: rational, fixed: Set(symbols.filter { given[$0.name ?? ""] != nil }),
      seed: seed(attempt), hasFormalClasses: hasFormalClasses, component: component)
  }

  /// The fields of a trial. Their primes follow from the seed, which nobody who writes a file knows
  /// beforehand; siblings share them.
  package func levels(
    for profile: FunctionProfile, attempt: Int, roots: RootModel
  ) -> FieldLevels {
    let chain = memo.chain(count: profile.levelCount, seed: fieldSeed)
    return FieldLevels(
      chain: chain, count: profile.levelCount, seed: seed &+ UInt64(truncatingIfNeeded: attempt),
      roots: roots)
  }

  /// Random tangents within the symbols' linear structure.
  func fieldDirections<A: RandomlyDrawnArithmetic>(
    for symbols: [TensorExpression], in field: A, attempt: Int
  ) throws(EvaluationError) -> [TensorExpression: Tensor<A.Element>] {
    try FieldDrawing(field, seed: seed(attempt)).directions(for: symbols, sizes: sizes)
  }

  func rationalDirections(
    for symbols: [TensorExpression], attempt: Int
  ) throws(EvaluationError) -> [TensorExpression: Tensor<Rational>] {
    try PointDrawing(seed: seed(attempt)).directions(for: symbols, sizes: sizes)
  }

  /// How every mask in `roots` falls at a rational point, with that point; where nothing is compared, the classes of
  /// one-hot symbols only.
  func maskedPoint(
    of roots: [TensorExpression], hasMasks: Bool, symbols: [TensorExpression],
    options: CheckOptions, attempt: Int
  ) throws(EvaluationError) -> (MaskRecord, EvaluationPoint<Rational>?) {
    if !hasMasks {
      let classes = symbols.filter(\.isOneHot)
      let point = classes.isEmpty ? nil : try rationalPoint(for: classes, attempt: attempt)
      return (MaskRecord(), point)
    }
    let point = try rationalPoint(for: symbols, attempt: attempt)
    return (
      try MaskRecord.recording(roots, at: point, largestPrecision: options.precisionLimit), point
    )
  }
}

extension TensorExpression {
  /// Whether multiples of the symbol's values obey its structure as well.
  fileprivate var isScalable: Bool {
    guard case .symbol(let symbol) = kind else { return false }
    return symbol.structure.isDisjoint(with: [
      .unitInterval, .simplex, .oneHot, .mask, .integer, .orthogonal, .positiveDefinite,
    ])
  }
}
