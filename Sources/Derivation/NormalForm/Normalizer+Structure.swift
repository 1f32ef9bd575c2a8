import Scalars
import TensorExpressions

/// What the words after a declared shape let a proof use.
extension Normalizer {
  /// The form of a declared tensor. A diagonal matrix is read on its diagonal alone: the form says so.
  func form(of symbol: TensorSymbol, _ node: TensorExpression) -> NormalForm {
    let atom = number(.expression(node.id))
    let structure = symbol.structure
    structures[atom] = structure
    if structure.isSymmetric { symmetricAtoms.insert(atom) }
    if structure.contains(.oneHot) || structure.contains(.mask) { maskAtoms.insert(atom) }
    if symbol.isPositive { positiveAtoms.insert(atom) }
    if structure.contains(.lower), node.rank == 2 {
      use(.lowerRead)
      hasLowerSymbols = true
    }
    if structure.isSymmetric { use(.symmetricRead) }
    guard node.rank == 2, structure.contains(.diagonal) else {
      return single(atom, shape: node.shape)
    }
    use(.diagonalRead)
    let diagonal: [Affine] = [.index(0), .index(0)]
    var form = NormalForm()
    insert(
      IndexProduct(
        coefficient: .one, output: diagonal, outputShape: node.shape,
        factors: [.init(atom: atom, shape: node.shape, access: diagonal)], windows: [],
        indexCount: 1), into: &form)
    return form
  }

  /// For every lower triangular factor, that its column is not above its row.
  func lowerWindows(of product: IndexProduct) -> [IndexProduct.Window] {
    product.factors.compactMap { factor in
      guard factor.access.count == 2, structures[factor.atom]?.contains(.lower) == true else {
        return nil
      }
      return .init(coordinate: factor.access[0] - factor.access[1], extent: factor.shape[0])
    }
  }

  /// The product without the windows that its lower triangular factors imply.
  func withoutLowerWindows(_ product: IndexProduct) -> IndexProduct {
    if !hasLowerSymbols { return product }
    let implied = Set(lowerWindows(of: product).map(\.oriented))
    var result = product
    result.windows.removeAll { implied.contains($0.oriented) }
    return result
  }

  /// Whether no entry of an atom is below 0.
  func isNonnegative(_ atom: Int) -> Bool {
    positiveAtoms.contains(atom) || maskAtoms.contains(atom)
      || structures[atom]?.isNonnegative == true
  }

  /// The laws of single declared words: the entries of a simplex or of a one-hot sum to 1, two entries of a one-hot
  /// exclude each other, QᵀQ = I = QQᵀ, and a·step(a) = a for an `a` that is never below 0.
  func structureLaw(_ product: IndexProduct) -> [IndexProduct]? {
    for (i, factor) in product.factors.enumerated() {
      if let result = ownMaskDropped(i, of: product) {
        use(.ownMaskDropped)
        return [result]
      }
      if let result = summedOverRanks(i, of: product) {
        use(.orderSum)
        return [result]
      }
      guard let structure = structures[factor.atom] else { continue }
      if structure.contains(.simplex), !factor.shape.isEmpty,
        let result = product.summingToOne(i, axis: factor.shape.count - 1)
      {
        use(.simplexSum)
        return [result]
      }
      if let axis = structure.oneHotAxis, factor.shape.indices.contains(axis) {
        if structure.sumsToOne, let result = product.summingToOne(i, axis: axis) {
          use(.oneHotSum)
          return [result]
        }
        for j in product.factors.indices.dropFirst(i + 1) {
          if let result = product.unifyingOneHot(i, j, axis: axis, facts: facts) {
            use(.oneHotExclusive)
            return result
          }
        }
      }
      guard structure.contains(.orthogonal) else { continue }
      for j in product.factors.indices.dropFirst(i + 1)
      where product.factors[j].atom == factor.atom {
        for axis in 0..<2 {
          if let result = product.joining(i, axis: axis, with: j, axis: axis, facts: facts) {
            use(.orthogonalProduct)
            return result
          }
        }
      }
    }
    return nil
  }

  /// The product summed over all ranks of an order, each of which takes another entry.
  private func summedOverRanks(_ position: Int, of product: IndexProduct) -> IndexProduct? {
    guard case .selector(_, _, let windows) = atoms[product.factors[position].atom],
      windows.isRanked, windows.windowExtents.count == 1,
      windows.outputExtents.last == windows.windowExtents[0]
    else { return nil }
    return product.summingToOne(position, axis: windows.outputExtents.count - 1)
  }

  /// The product without the factor step(a) at `position`, where it has the factor `a` as well, which is never below 0.
  private func ownMaskDropped(_ position: Int, of product: IndexProduct) -> IndexProduct? {
    let mask = product.factors[position]
    guard let (own, scale) = argumentFactor(of: mask), scale.hasPositiveTerms,
      isNonnegative(own.atom), product.factors.contains(own)
    else { return nil }
    var result = product
    result.factors.remove(at: position)
    result.windows += zip(mask.access, mask.shape).map {
      IndexProduct.Window(coordinate: $0, extent: $1)
    }
    return result
  }

  /// Whether every entry of the form is below 0, by what is declared: −x for a positive x.
  func isNowhereAboveZero(_ form: NormalForm) -> Bool {
    form.sorted.allSatisfy { term in
      isNowhereNegative(term.scaled(by: .minusOne))
    }
  }

  private func isNowhereNegative(_ product: IndexProduct) -> Bool {
    guard product.coefficient.hasPositiveTerms else { return false }
    var unpaired: Set<IndexProduct.Factor> = []
    for factor in product.factors where !isNonnegative(factor.atom) {
      if unpaired.remove(factor) == nil { unpaired.insert(factor) }
    }
    return unpaired.isEmpty
  }

  /// Whether a form is 1 − x, or more than 1 less a product of entries that all lie inside (0, 1).
  func isComplementOfUnit(_ form: NormalForm) -> Bool {
    let terms = form.sorted
    guard terms.count == 2,
      let one = terms.first(where: { $0.factors.isEmpty && $0.isEntrywise(facts: facts) }),
      let other = terms.first(where: { !$0.factors.isEmpty }), other.isEntrywise(facts: facts),
      let total = one.coefficient.asRational, let slope = other.coefficient.asRational,
      slope.signum() < 0, slope + total >= 0
    else { return false }
    return other.factors.allSatisfy { structures[$0.atom]?.contains(.unitInterval) == true }
  }

  /// Whether the form is one product, entry by entry, of factors none of which is ever 0.
  func isNowhereZero(_ form: NormalForm) -> Bool {
    guard form.count == 1, let product = form.sorted.first, product.isEntrywise(facts: facts) else {
      return false
    }
    return product.coefficient.asRational != nil
      && product.factors.allSatisfy {
        positiveAtoms.contains($0.atom) || nonzeroAtoms.contains($0.atom)
      }
  }
}

extension TensorExpression {
  /// 1/|u| as sign(u)/u: both are defined where u is not 0.
  ///
  /// - Parameter looksThroughNames: whether a name around the magnitude is looked through.
  func reciprocalOfMagnitude(looksThroughNames: Bool) -> TensorExpression? {
    guard case .elementwise(let function, let operands) = kind, function.name == "reciprocal",
      case .elementwise(let inner, let arguments) =
        (looksThroughNames ? operands[0].unnamed : operands[0]).kind,
      inner.name == "abs", let sign = Elementwise.named("sign")
    else { return nil }
    let u = arguments[0]
    return space.elementwise(sign, [u]) * space.elementwise(.reciprocal, [u])
  }
}
