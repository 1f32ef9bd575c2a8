import Scalars
import TensorExpressions

/// Seeded points for checks: generic rational values for symbols, obeying what is declared of them.
///
/// Numbers are fractions of mixed signs, never 0 or ±1, all different as far as there are enough; what a structure
/// forces (zeros off a diagonal, ones of a one-hot) is the exception. Equal seeds give equal points.
public struct PointDrawing: Sendable {
  public let seed: UInt64
  /// Whether numbers shall be exact in binary floating point. Simplices and orthogonal matrices never are.
  public let isDyadic: Bool

  public init(seed: UInt64, isDyadic: Bool = false) {
    self.seed = seed
    self.isDyadic = isDyadic
  }

  /// Values for symbols; those that are given stay.
  ///
  /// - Throws: ``EvaluationError`` for sizes without a value and tensors that do not fit.
  public func point(
    for symbols: [TensorExpression], sizes: [String: Int],
    given: [TensorExpression: Tensor<Rational>] = [:]
  ) throws(EvaluationError) -> EvaluationPoint<Rational> {
    try draw(symbols, sizes, given, stream: 0) { source, symbol, extents, generator in
      source.value(symbol.structure, extents, using: &generator)
    }
  }

  /// Directions in which symbols may move: tangents of their linear structure (symmetric, diagonal, lower).
  ///
  /// Domains such as `positive` and `simplex` do not bind a tangent.
  public func directions(
    for symbols: [TensorExpression], sizes: [String: Int]
  ) throws(EvaluationError) -> [TensorExpression: Tensor<Rational>] {
    try draw(symbols, sizes, [:], stream: 1) { source, symbol, extents, generator in
      source.direction(symbol.structure, extents, using: &generator)
    }.values
  }

  /// How long drawing a number takes, in multiply-adds.
  private static var workPerEntry: Int { 300 }

  private func draw(
    _ symbols: [TensorExpression], _ sizes: [String: Int],
    _ given: [TensorExpression: Tensor<Rational>], stream: UInt64,
    _ value: (
      inout StructuredDraws, TensorSymbol, [Int], inout SeededGenerator
    ) -> Tensor<Rational>
  ) throws(EvaluationError) -> EvaluationPoint<Rational> {
    var generator = SeededGenerator(seed: seed, stream: stream)
    var budget = MemoryBudget()
    var shapes: [[Int]] = []
    for symbol in symbols {
      let extents = try TensorShape.extents(symbol.shape, sizes)
      budget.take(try budget.bytes(of: extents, RationalArithmetic()))
      // Structures of matrices are made by products of matrices.
      let factor = symbol.hasStructure ? extents.last ?? 1 : 1
      try EvaluationLimits.charge(
        extents.reduce(1, *).saturatingTimes(factor), times: Self.workPerEntry)
      shapes.append(extents)
    }
    let count = shapes.reduce(0) { $0 + $1.reduce(1, *) }
    var source = StructuredDraws(pool: NumberPool(count: count, isDyadic: isDyadic))
    var values = given
    for (node, extents) in zip(symbols, shapes) {
      guard case .symbol(let symbol) = node.kind, values[node] == nil else { continue }
      values[node] = value(&source, symbol, extents, &generator)
    }
    return EvaluationPoint(sizes: sizes, values: values)
  }
}

extension TensorExpression {
  fileprivate var hasStructure: Bool {
    if case .symbol(let symbol) = kind { !symbol.structure.isEmpty } else { false }
  }
}
