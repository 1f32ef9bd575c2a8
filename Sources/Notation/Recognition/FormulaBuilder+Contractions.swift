import Scalars
import TensorExpressions

/// Contractions: from an index relation to a formula.
///
/// 1. Operands become formulas; numbers and scalars leave the relation; indices are narrowed to the values
///    that count (``Relation/tighten()``).
/// 2. Accesses that hold one index become slices and flips of their operand, or padding of the result.
/// 3. What remains is a product of labelled tensors, which ``ProductSearch`` takes apart into pairs. When it
///    finds no way, coordinates such as `a*N + b` are undone by reshaping, and it tries again.
extension FormulaBuilder {
  /// The contraction as a formula; nil when only an index statement says it.
  func contractionPiece(_ contraction: Contraction, shape: [Size]) -> Piece? {
    var relation = relation(contraction, shape: shape)
    guard relation.tighten() else { return nil }
    relation.applyLookups()
    return recognised(relation)
  }

  /// The narrowed relation as a formula.
  func recognised(_ narrowed: Relation) -> Piece? {
    var relation = narrowed
    relation.countUnusedIndices()
    let hasComposites = relation.coordinates.contains { $0.coordinate.terms.count > 1 }
    guard hasComposites else { return assembled(relation, .kept)?.piece }
    return MixedRadix.allCases.compactMap { assembled(relation, $0) }
      .filter { allowsConvolutions || !$0.piece.formula.hasWindows }
      .min { $0.cost < $1.cost }?.piece
  }

  func relation(_ contraction: Contraction, shape: [Size]) -> Relation {
    var positives = contraction.indices + shape
    for operand in contraction.operands { positives += operand.value.shape }
    var outer = FormulaProduct(coefficient: contraction.coefficient, scalars: [], entries: [])
    var guards = contraction.guards
    var factors: [Relation.Factor] = []
    for operand in contraction.operands {
      let piece = known(operand.value)
      let rank = operand.value.rank
      let own = piece.padded(to: rank)
      let missing = rank - piece.shape.count
      var access: [Affine] = []
      for axis in 0..<rank {
        if own[axis] == operand.value.shape[axis], axis >= missing {
          access.append(operand.access[axis])
        } else {
          // Repeated along this axis: any entry will do, as long as the access is inside.
          guards.append(
            Contraction.Guard(operand.access[axis], below: operand.value.shape[axis]))
          if axis >= missing { access.append(.constant(.zero)) }
        }
      }
      if piece.shape.isEmpty {
        outer = outer.times(piece.formula.asScalarProduct)
      } else {
        let formula = piece.formula.withoutScalars(into: &outer)
        factors.append(
          Relation.Factor(
            formula: formula, shape: piece.shape, access: access, isChain: piece.isChain))
      }
    }
    return Relation(
      coefficient: outer.coefficient, scalars: outer.scalars, extents: contraction.indices,
      output: contraction.output, shape: shape, factors: factors, guards: guards,
      facts: ExtentFacts(positives: positives))
  }

  private func assembled(
    _ start: Relation, _ reshaping: MixedRadix
  ) -> (piece: Piece, cost: Int)? {
    var relation = start
    for f in relation.factors.indices {
      guard let plain = relation.plainFactor(relation.factors[f]) else { return nil }
      relation.factors[f] = plain
    }
    guard var views = relation.makeOutputPlain(), reshaping.apply(to: &relation, &views) else {
      return nil
    }
    relation.applyGuards(&views)
    guard let search = ProductSearch(relation), let found = search.best() else { return nil }
    var (piece, cost) = found
    let factor = FormulaProduct(
      coefficient: relation.coefficient, scalars: relation.scalars, entries: [])
    if !views.isEmpty {
      var inner = relation.shape
      var formula = piece.full(inner)
      cost += 4 * views.count
      for view in views.reversed() { formula = formula.rearranged(by: view, shape: &inner) }
      piece = Piece(formula: formula, shape: inner)
    }
    let product = piece.shape.isEmpty ? piece.formula.asScalarProduct : piece.formula.asProduct
    piece.formula = Formula(factor.times(product))
    return (piece, cost)
  }
}

extension Formula {
  /// Whether the formula holds a convolution or pooling that is not behind a name.
  fileprivate var hasWindows: Bool {
    var stack = [self]
    while let next = stack.popLast() {
      switch next {
      case .convolution, .pooling: return true
      default: stack += next.children
      }
    }
    return false
  }

  /// The view of a formula of shape `shape`, which is changed to the view's own.
  fileprivate func rearranged(by view: FormulaView, shape: inout [Size]) -> Formula {
    switch view {
    case .reshape(let target): shape = target
    case .pad(let pairs):
      shape = zip(shape, pairs).map { $0 + $1.before + $1.after }
    case .permute(let axes): shape = axes.map { shape[$0] }
    case .diagonal:
      let n = shape[0]
      shape = [n, n]
      // The diagonal matrix of ones is the identity.
      var outer = FormulaProduct(coefficient: .one, scalars: [], entries: [])
      let tensor = withoutScalars(into: &outer)
      if case .filled(.ones) = tensor { return Formula(outer) * .filled(.identity(n)) }
    case .flip, .roll, .transpose, .matrixTranspose, .slice, .broadcast, .lowerTriangle,
      .upperTriangle:
      break
    }
    return viewed(view)
  }
}
