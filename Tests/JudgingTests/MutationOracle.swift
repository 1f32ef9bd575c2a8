import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Decides whether a formula is the gradient of a program by a route that shares nothing with the judge: dual numbers
/// pushed through the forward pass in plain loops, exactly or in intervals, at points of its own.
struct MutationOracle {
  enum Opinion: Hashable {
    case equal
    case different
    /// Neither route could say.
    case unknown
  }

  let output: Program.Output.Result
  let sizes: [String: Int]
  let seed: UInt64
  /// How many points are looked at.
  let points: Int
  /// What values without a structure are multiplied by, in turn: masks that differ by a small or a large constant
  /// differ at small or large values.
  var scales: [Rational] = [1]
  private static let precision = 256

  /// What each formula for the gradient by `primal` is.
  func opinions(
    on formulas: [TensorExpression], of primal: TensorExpression, derived: TensorExpression
  ) -> [Opinion] {
    var opinions = Array(repeating: Opinion.equal, count: formulas.count)
    for point in 0..<points {
      // Neighbouring seeds have different remainders, hence different scales.
      let seed = seed &+ UInt64(point) &* 977 &+ 5
      let found = self.opinions(on: formulas, of: primal, derived: derived, seed: seed) { symbols in
        var point = try self.point(for: symbols, seed)
        for attempt in 1..<8 as Range<UInt64> where try isOnKink(point) {
          point = try self.point(for: symbols, seed &+ attempt &* 7_368_788)
        }
        return point
      }
      for i in opinions.indices {
        switch (opinions[i], found?[i] ?? .unknown) {
        case (.different, _), (_, .different): opinions[i] = .different
        case (.unknown, _), (_, .unknown): opinions[i] = .unknown
        case (.equal, .equal): break
        }
      }
    }
    return opinions
  }

  private func point(
    for symbols: [TensorExpression], _ seed: UInt64
  ) throws -> EvaluationPoint<Rational> {
    try PointDrawing(seed: seed).point(for: symbols, sizes: sizes)
      .scaled(by: scales[Int(seed % UInt64(scales.count))])
  }

  /// Whether the output has no derivative at a point, where each route takes another one.
  private func isOnKink(_ point: EvaluationPoint<Rational>) throws -> Bool {
    try !MaskRecord.recording([output.value], at: point, largestPrecision: Self.precision)
      .kinks.isEmpty
  }

  /// What each formula is at one point; nil where nothing could be evaluated there.
  func opinions(
    on formulas: [TensorExpression], of primal: TensorExpression, derived: TensorExpression,
    seed: UInt64, at point: ([TensorExpression]) throws -> EvaluationPoint<Rational>
  ) -> [Opinion]? {
    let roots = formulas + [output.value, derived] + (output.upstream.map { [$0] } ?? [])
    guard let rational = try? point(TensorExpression.symbols(of: roots + [primal])) else {
      return nil
    }
    return
      (try? compared(formulas, primal, derived, seed, rational, RationalArithmetic()) {
        $0 == $1 ? .equal : .different
      })
      ?? (try? compared(
        formulas, primal, derived, seed, rational, IntervalArithmetic(precision: Self.precision)
      ) { a, b in
        let difference = IntervalArithmetic(precision: Self.precision).subtract(a, b)
        if !difference.containsZero { return .different }
        return (difference.widthExponent ?? -1000) < -100 ? .equal : .unknown
      })
  }

  /// ⟨formula, v⟩ against ⟨ȳ, J·v⟩ for a random tangent v; entries for values of declared structure.
  private func compared<A: ScalarArithmetic>(
    _ formulas: [TensorExpression], _ primal: TensorExpression, _ derived: TensorExpression,
    _ seed: UInt64, _ rational: EvaluationPoint<Rational>, _ arithmetic: A,
    _ same: (A.Element, A.Element) -> Opinion
  ) throws -> [Opinion] {
    let point = try rational.converted(to: arithmetic)
    let loops = MutationLoops(arithmetic, sizes: sizes, values: point.values)
    if case .symbol(let symbol) = primal.kind, !symbol.structure.isEmpty, primal.rank == 2 {
      let wanted = try loops.value(derived).elements
      return formulas.map { formula in
        guard let found = try? loops.value(formula).elements else { return .unknown }
        let entries = zip(wanted, found).map { same($0, $1) }
        return entries.contains(.different)
          ? .different : entries.contains(.unknown) ? .unknown : .equal
      }
    }
    let value = try loops.value(primal)
    let tangent = try direction(value.extents, seed).map { try arithmetic.constant($0) }
    let wanted = try derivative(of: primal, value, tangent, point, arithmetic)
    return formulas.map { formula in
      guard let found = try? loops.value(formula).elements else { return .unknown }
      let product = zip(found, tangent).reduce(arithmetic.zero) {
        arithmetic.add($0, arithmetic.multiply($1.0, $1.1))
      }
      return same(product, wanted)
    }
  }

  private func direction(_ extents: [Int], _ seed: UInt64) -> [Rational] {
    var generator = SeededGenerator(seed: seed, stream: 7)
    return (0..<extents.reduce(1, *)).map { _ in generator.genericRational(bound: 97) }
  }

  private func derivative<A: ScalarArithmetic>(
    of primal: TensorExpression, _ value: Tensor<A.Element>, _ tangent: [A.Element],
    _ point: EvaluationPoint<A.Element>, _ arithmetic: A
  ) throws -> A.Element {
    let duals = DualArithmetic(arithmetic)
    var values: [TensorExpression: Tensor<Dual<A.Element>>] = [:]
    for (symbol, tensor) in point.values {
      values[symbol] = tensor.map { Dual(primal: $0, tangent: arithmetic.zero) }
    }
    values[primal] = Tensor(
      extents: value.extents,
      elements: zip(value.elements, tangent).map { Dual(primal: $0, tangent: $1) })
    let moved = try MutationLoops(duals, sizes: sizes, values: values).value(output.value)
    guard let upstream = output.upstream, let weights = point.values[upstream] else {
      return moved.elements[0].tangent
    }
    return zip(moved.elements, weights.elements).reduce(arithmetic.zero) {
      arithmetic.add($0, arithmetic.multiply($1.0.tangent, $1.1))
    }
  }
}

extension EvaluationPoint where Element == Rational {
  /// The point with everything multiplied that no structure binds.
  fileprivate func scaled(by factor: Rational) -> EvaluationPoint {
    if factor == 1 { return self }
    var result = self
    for (node, value) in values {
      if case .symbol(let symbol) = node.kind, symbol.structure.isEmpty {
        result.values[node] = value.map { $0 * factor }
      }
    }
    return result
  }
}
