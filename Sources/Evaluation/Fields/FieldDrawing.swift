import Scalars
import TensorExpressions

/// An arithmetic with uniformly distributed random elements: the fields in which identities are tested.
public protocol RandomlyDrawnArithmetic: ScalarArithmetic {
  /// A uniformly distributed element.
  func randomElement(using generator: inout some RandomNumberGenerator) -> Element
  /// As many elements, drawn one after the other.
  func randomElements(count: Int, using generator: inout SeededGenerator) -> [Element]
  /// The element that a seed gives, with a stream of its own for each level of a chain.
  func randomElement(seed: UInt64) -> Element
  /// The element's residue in the field in which identities are tested: equal for equal elements.
  func residue(of element: Element) -> UInt64
  /// The field in which identities are tested.
  var identityField: PrimeFieldArithmetic { get }
}

extension PrimeFieldArithmetic: RandomlyDrawnArithmetic {
  /// The residue that a seed gives in this field, from the stream of its level.
  public func randomElement(seed: UInt64) -> UInt64 {
    var generator = SeededGenerator(seed: seed, stream: UInt64(level))
    return randomElement(using: &generator)
  }

  /// The element itself.
  public func residue(of element: UInt64) -> UInt64 { element }
  /// The field itself.
  public var identityField: PrimeFieldArithmetic { self }
}

extension PrimeTowerArithmetic: RandomlyDrawnArithmetic {
  /// As many elements, each drawn level by level.
  public func randomElements(
    count: Int, using generator: inout SeededGenerator
  ) -> [PrimeTowerElement] {
    (0..<count).map { _ in randomElement(using: &generator) }
  }

  /// The element of the residues that a seed gives in the field of each level.
  public func randomElement(seed: UInt64) -> PrimeTowerElement {
    PrimeTowerElement(residues: fields.map { $0.randomElement(seed: seed) })
  }

  /// The residue in the field of the first level.
  public func residue(of element: PrimeTowerElement) -> UInt64 { element.residue }
  /// The field of the first level.
  public var identityField: PrimeFieldArithmetic { fields[0] }
}

/// Seeded random points of a field.
///
/// Entries are independent and uniform but for what a structure forces by equations: symmetric, diagonal and
/// lower matrices, one-hot classes, rows that sum to 1, orthogonal matrices. Inequalities (`positive`,
/// `unit`) say nothing in a field.
public struct FieldDrawing<A: RandomlyDrawnArithmetic>: Sendable {
  /// The field that values are drawn from.
  public let arithmetic: A
  /// What decides the draws: equal seeds give equal points.
  public let seed: UInt64
  /// Whether one-hot tensors are drawn as random elements that sum to 1, for which what holds holds for every choice
  /// of classes.
  public let hasFormalClasses: Bool
  /// What chooses the component that structured symbols are drawn from, where there are several.
  public let component: UInt64

  public init(
    _ arithmetic: A, seed: UInt64, hasFormalClasses: Bool = false, component: UInt64 = 0
  ) {
    self.arithmetic = arithmetic
    self.seed = seed
    self.hasFormalClasses = hasFormalClasses
    self.component = component
  }

  /// Values for symbols.
  ///
  /// - Parameters:
  ///   - masks: the rational point at which masks were recorded; one-hot tensors are copied from it.
  ///   - fixed: symbols whose values are those of `masks` too, because someone gave them.
  public func point(
    for symbols: [TensorExpression], like masks: EvaluationPoint<Rational>,
    fixed: Set<TensorExpression> = []
  ) throws(EvaluationError) -> EvaluationPoint<A.Element> {
    var values: [TensorExpression: Tensor<A.Element>] = [:]
    var budget = MemoryBudget()
    for node in symbols {
      guard case .symbol(let symbol) = node.kind else { continue }
      let extents = try roomFor(node, masks.sizes, &budget)
      var generator = generator(for: symbol.name, salt: 2)
      let isCopied =
        fixed.contains(node) || symbol.structure.contains(.oneHot) && !hasFormalClasses
      if let given = masks.values[node], isCopied {
        values[node] = try given.converted(to: arithmetic)
      } else {
        values[node] = try value(symbol, extents, using: &generator)
      }
    }
    return EvaluationPoint(sizes: masks.sizes, values: values)
  }

  /// Random tangents of the symbols' linear structure (symmetric, diagonal, lower).
  public func directions(
    for symbols: [TensorExpression], sizes: [String: Int]
  ) throws(EvaluationError) -> [TensorExpression: Tensor<A.Element>] {
    var values: [TensorExpression: Tensor<A.Element>] = [:]
    var budget = MemoryBudget()
    for node in symbols {
      guard case .symbol(let symbol) = node.kind else { continue }
      let extents = try roomFor(node, sizes, &budget)
      var generator = generator(for: symbol.name, salt: 3)
      values[node] = linear(symbol.structure, extents, using: &generator)
    }
    return values
  }

  /// The extents of a symbol, once it is known that it fits into memory beside the others.
  private func roomFor(
    _ node: TensorExpression, _ sizes: [String: Int], _ budget: inout MemoryBudget
  ) throws(EvaluationError) -> [Int] {
    let extents = try TensorShape.extents(node.shape, sizes)
    budget.take(try budget.bytes(of: extents, arithmetic))
    try EvaluationLimits.charge(extents.reduce(1, *), times: 10 * arithmetic.productWork)
    return extents
  }

  /// A stream for each name, so that a symbol's value does not depend on what else is drawn.
  private func generator(for name: String, salt: UInt64) -> SeededGenerator {
    // The name's bytes, mixed one after the other: a hash that is the same in every run.
    let stream = name.utf8.reduce(salt) { SeededGenerator.mixed($0 &+ UInt64($1) &+ 1) }
    return SeededGenerator(seed: seed, stream: stream)
  }

  private func value(
    _ symbol: TensorSymbol, _ extents: [Int], using generator: inout SeededGenerator
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let structure = symbol.structure
    if let axis = structure.oneHotAxis, extents.indices.contains(axis) {
      if hasFormalClasses {
        // What may be zero in all places sums to nothing that is known.
        return structure.sumsToOne
          ? formalClasses(axis, extents, using: &generator)
          : ignoringClasses(axis, extents, structure.ignoredIndex, using: &generator)
      }
      return try StructuredDraws.oneHot(axis, extents, structure, using: &generator)
        .converted(to: arithmetic)
    }
    if structure.contains(.orthogonal), extents.count == 2, let size = extents.max() {
      for _ in 0..<8 {
        let count = StructuredDraws.reflections(
          size, StructureComponent(component).isReflection(symbol.name))
        let matrix = StructuredDraws.orthogonal(arithmetic, size, reflections: count) {
          (0..<size).map { _ in arithmetic.randomElement(using: &generator) }
        }
        if let matrix { return matrix.corner(extents) }
      }
    }
    if structure.contains(.positiveDefinite), extents.hasSquareEnd {
      return linear(structure.contains(.diagonal) ? .diagonal : .lower, extents, using: &generator)
        .timesTranspose(arithmetic)
    }
    var tensor = linear(structure, extents, using: &generator)
    if structure.contains(.simplex), let length = extents.last {
      for start in stride(from: 0, to: tensor.count, by: length) {
        let others = tensor.elements[start..<start + length - 1]
          .reduce(arithmetic.zero) { arithmetic.add($0, $1) }
        tensor.elements[start + length - 1] = arithmetic.subtract(arithmetic.one, others)
      }
    }
    return tensor
  }

  /// Random elements that sum to 1 along the axis.
  private func formalClasses(
    _ axis: Int, _ extents: [Int], using generator: inout SeededGenerator
  ) -> Tensor<A.Element> {
    var tensor = linear([], extents, using: &generator)
    for place in tensor.elements.indices {
      var entry = TensorShape.entry(at: place, in: extents)
      guard entry[axis] == extents[axis] - 1 else { continue }
      var last = arithmetic.one
      for other in 0..<extents[axis] - 1 {
        entry[axis] = other
        last = arithmetic.subtract(last, tensor[entry])
      }
      tensor.elements[place] = last
    }
    return tensor
  }

  /// Random elements, zero for the class whose number entries that index nothing have.
  private func ignoringClasses(
    _ axis: Int, _ extents: [Int], _ ignored: Int?, using generator: inout SeededGenerator
  ) -> Tensor<A.Element> {
    var tensor = linear([], extents, using: &generator)
    for place in tensor.elements.indices
    where TensorShape.entry(at: place, in: extents)[axis] == ignored {
      tensor.elements[place] = arithmetic.zero
    }
    return tensor
  }

  private func linear(
    _ structure: TensorStructure, _ extents: [Int], using generator: inout SeededGenerator
  ) -> Tensor<A.Element> {
    var tensor = Tensor(
      extents: extents,
      elements: arithmetic.randomElements(count: extents.reduce(1, *), using: &generator))
    if extents.hasSquareEnd {
      tensor.impose(structure, zero: arithmetic.zero)
    }
    return tensor
  }
}
