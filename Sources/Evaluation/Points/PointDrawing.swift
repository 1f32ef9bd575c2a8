import Scalars
import TensorExpressions

/// Seeded points for checks: generic rational values for symbols, obeying what is declared of them.
///
/// Numbers are fractions of mixed signs, never 0 or ±1, all different as far as there are enough; what a structure
/// forces (zeros off a diagonal, ones of a one-hot) is the exception. Equal seeds give equal points.
public struct PointDrawing: Sendable {
  /// What decides the draws: equal seeds give equal points.
  public let seed: UInt64
  /// Whether numbers shall be exact in binary floating point. Simplices and orthogonal matrices never are.
  public let isDyadic: Bool
  /// What chooses the component that structured symbols are drawn from, where there are several.
  public let component: UInt64

  public init(seed: UInt64, isDyadic: Bool = false, component: UInt64 = 0) {
    self.seed = seed
    self.isDyadic = isDyadic
    self.component = component
  }

  /// Values for symbols; those that are given stay.
  ///
  /// Symbols are drawn one after the other from one supply of numbers.
  ///
  /// - Parameters:
  ///   - count: how many of them are drawn, all where it is nil; the values do not depend on it.
  ///   - supplied: how many of them the supply of numbers is made for, all where it is nil; the values of the
  ///     first ones do not depend on those that come after.
  /// - Throws: ``EvaluationError`` for sizes without a value and tensors that do not fit.
  public func point(
    for symbols: [TensorExpression], count: Int? = nil, supplied: Int? = nil,
    sizes: [String: Int], given: [TensorExpression: Tensor<Rational>] = [:]
  ) throws(EvaluationError) -> EvaluationPoint<Rational> {
    try draw(symbols, count, supplied, sizes, given, stream: 0) {
      source, symbol, extents, generator in
      source.value(
        symbol.structure, extents,
        isReflection: StructureComponent(component).isReflection(symbol.name),
        hasBorders: symbol.role == .constant, using: &generator)
    }
  }

  /// Directions in which symbols may move: tangents of their linear structure (symmetric, diagonal, lower).
  ///
  /// Domains such as `positive` and `simplex` do not bind a tangent.
  public func directions(
    for symbols: [TensorExpression], sizes: [String: Int]
  ) throws(EvaluationError) -> [TensorExpression: Tensor<Rational>] {
    try draw(symbols, nil, nil, sizes, [:], stream: 1) { source, symbol, extents, generator in
      source.direction(symbol.structure, extents, using: &generator)
    }.values
  }

  /// How long drawing a number takes, in multiply-adds.
  private static var workPerEntry: Int { 300 }

  private func draw(
    _ symbols: [TensorExpression], _ count: Int?, _ supplied: Int?, _ sizes: [String: Int],
    _ given: [TensorExpression: Tensor<Rational>], stream: UInt64,
    _ value: (
      inout StructuredDraws, TensorSymbol, [Int], inout SeededGenerator
    ) -> Tensor<Rational>
  ) throws(EvaluationError) -> EvaluationPoint<Rational> {
    var generator = SeededGenerator(seed: seed, stream: stream)
    var budget = MemoryBudget()
    let shapes = try symbols.map { (symbol) throws(EvaluationError) in
      try TensorShape.extents(symbol.shape, sizes)
    }
    let drawn = zip(symbols, shapes).prefix(count ?? symbols.count)
    for (symbol, extents) in drawn {
      budget.take(try budget.bytes(of: extents, RationalArithmetic()))
      // Structures of matrices are made by products of matrices.
      let factor = symbol.hasStructure ? extents.last ?? 1 : 1
      try EvaluationLimits.charge(
        extents.reduce(1, *).saturatingTimes(factor), times: Self.workPerEntry)
    }
    let entries = shapes.prefix(supplied ?? shapes.count).reduce(0) {
      $0.saturatingPlus(TensorShape.count($1) ?? .max)
    }
    var source = StructuredDraws(pool: NumberPool(count: entries, isDyadic: isDyadic))
    var values = given
    for (node, extents) in drawn {
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
