import TensorExpressions

/// Divisors that are zero on whole cells of masks.
///
/// That something is divided by says that it is not zero, but of what is zero on a whole cell, such as a mask, this is
/// said of the cell as well: `where(m, x / m, 0)` has a value where m is 0.
extension Normalizer {
  /// The most masks of which every way to fall is looked at.
  private static var mostMasks: Int { 6 }

  /// Whether an atom may be zero on a whole cell. What is not known answers yes.
  func mayVanishOnCells(_ atom: Int) -> Bool {
    if let known = cellZerosOfAtoms[atom] { return known }
    let answer = mayVanish(atom)
    cellZerosOfAtoms[atom] = answer
    return answer
  }

  private func mayVanish(_ atom: Int) -> Bool {
    if positiveAtoms.contains(atom) || nonzeroAtoms.contains(atom) { return false }
    if maskAtoms.contains(atom) { return true }
    if let named = namedAtoms[atom] {
      guard cellZeros.mayHold(named.unnamed) else { return false }
      return !((try? form(of: named.unnamed)).map(isPositive) ?? false)
    }
    switch atoms[atom] {
    case .expression, .reciprocal, .exponential: return false
    case .form(let form, _): return mayVanishOnCells(form)
    case .function(_, let arguments, _): return arguments.contains(where: mayVanishOnCells)
    case .extremum(_, _, let windows), .selector(_, _, let windows):
      return holdsMasks(windows.operand)
    case .inverse(let form, _), .determinant(let form, _), .cholesky(let form, _):
      return holdsMasks(form)
    case .recurrence: return true
    }
  }

  /// Whether a form is another one on other cells.
  private func holdsMasks(_ form: NormalForm) -> Bool {
    form.sorted.contains {
      $0.factors.contains { maskAtoms.contains($0.atom) || holdsMasks($0.atom) }
    }
  }

  private func holdsMasks(_ atom: Int) -> Bool {
    if let known = atomsWithMasks[atom] { return known }
    let answer =
      switch atoms[atom] {
      case .expression: namedAtoms[atom].map { cellZeros.jumps($0) } ?? false
      case .form(let form, _), .inverse(let form, _), .determinant(let form, _),
        .cholesky(let form, _), .exponential(let form, _):
        holdsMasks(form)
      case .function(_, let arguments, _): arguments.contains(where: holdsMasks)
      case .reciprocal(let base): holdsMasks(base)
      case .extremum, .selector, .recurrence: true
      }
    atomsWithMasks[atom] = answer
    return answer
  }

  /// Whether a form may be zero on a whole cell, for all ways in which its masks fall.
  func mayVanishOnCells(_ form: NormalForm) -> Bool {
    if isPositive(form) { return false }
    let terms = form.sorted
    let masks = Set(terms.flatMap { term in term.factors.filter { isMask($0, in: term) } })
      .sorted { ($0.atom, "\($0.access)") < ($1.atom, "\($1.access)") }
    guard masks.count <= Self.mostMasks else { return true }
    return (0..<(1 << masks.count)).contains { state in
      let falling = Set(masks.indices.filter { state >> $0 & 1 == 0 }.map { masks[$0] })
      var rest = NormalForm()
      for term in terms where falling.isDisjoint(with: term.factors) {
        var own = term
        own.factors.removeAll(where: masks.contains)
        insert(own, into: &rest)
      }
      if rest.isZero { return true }
      // A single product is zero where a factor is.
      let left = rest.sorted
      return left.count == 1
        && left[0].factors.contains { factor in
          !masks.contains(factor) && (left[0].sumsNothing || !isOfPlaces(factor.atom))
            && mayVanishOnCells(factor.atom)
        }
    }
  }

  /// Whether a factor is 0 or 1, and no one-hot tensor all of whose classes are added up.
  private func isMask(_ factor: IndexProduct.Factor, in term: IndexProduct) -> Bool {
    // What places alone decide falls in one way, so that a sum over them is no sum of fewer on some cell.
    guard maskAtoms.contains(factor.atom), !isOfPlaces(factor.atom) else { return false }
    guard let structure = structures[factor.atom], structure.sumsToOne,
      let axis = structure.oneHotAxis, factor.access.indices.contains(axis),
      let index = factor.access[axis].asIndex
    else { return true }
    return term.output.contains { $0.terms.contains { $0.index == index } }
  }

  /// Whether an atom is made of numbers that only places tell apart.
  private func isOfPlaces(_ atom: Int) -> Bool {
    func isFixed(_ form: NormalForm) -> Bool {
      form.sorted.allSatisfy { term in term.factors.allSatisfy { isOfPlaces($0.atom) } }
    }
    switch atoms[atom] {
    case .expression:
      return namedAtoms[atom].map { TensorExpression.symbols(of: [$0]).isEmpty } ?? false
    case .function(_, let arguments, _): return arguments.allSatisfy(isFixed)
    case .form(let form, _): return isFixed(form)
    case .reciprocal(let base): return isOfPlaces(base)
    case .exponential(let form, _): return isFixed(form)
    case .extremum, .selector, .inverse, .determinant, .cholesky, .recurrence: return false
    }
  }
}
