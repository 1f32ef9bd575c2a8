import TensorExpressions

/// Inverses and determinants.
///
/// An inverse that occurs is assumed to exist, and a determinant under a fraction not to be 0: the laws here
/// equate what is equal at every value at which both sides are defined.
extension Normalizer {
  /// The form of an inverse: (c·s·A·B)⁻¹ = 1/c · 1/s · B⁻¹·A⁻¹ for square A and B, (X⁻¹)⁻¹ = X, (Xᵀ)⁻¹ = (X⁻¹)ᵀ,
  /// Q⁻¹ = Qᵀ for an orthogonal Q, diag(v)⁻¹ = diag(1/v).
  func inverse(_ form: NormalForm, shape: [Size]) throws(Limit) -> NormalForm {
    guard form.count == 1, let product = form.sorted.first.map(withoutLowerWindows),
      let chain = MatrixChain(product),
      let coefficient = chain.coefficient.reciprocal
    else { return inverseAtom(form, shape: shape) }
    var operands: [NormalForm] = []
    var factors = chain.scalars.map(reciprocalFactor)
    if chain.blocks.count + chain.scalars.count > 1 || !coefficient.isOne { use(.inverseOfProduct) }
    for block in chain.blocks {
      if block.isDiagonal {
        use(.inverseOfDiagonal)
        factors += block.factors.map(reciprocalFactor)
        continue
      }
      factors.append(
        .init(
          atom: -1 - operands.count, shape: shape,
          access: [.index(block.column), .index(block.row)]))
      operands.append(inverse(of: block, shape: shape, indexCount: product.indexCount))
    }
    let result = IndexProduct(
      coefficient: coefficient, output: product.output.reversed(), outputShape: shape,
      factors: factors, windows: [], indexCount: product.indexCount)
    return try multipliedOut(result, operands: operands)
  }

  private func reciprocalFactor(_ factor: IndexProduct.Factor) -> IndexProduct.Factor {
    .init(atom: reciprocalAtom(factor.atom), shape: factor.shape, access: factor.access)
  }

  /// The inverse of one block of a chain, its rows being the block's columns.
  private func inverse(
    of block: MatrixChain.Block, shape: [Size], indexCount: Int
  ) -> NormalForm {
    if let (atom, isTransposed) = block.single {
      if case .inverse(let inner, _) = atoms[atom] {
        use(.inverseOfInverse)
        return isTransposed ? transposed(inner, shape) : inner
      }
      if structures[atom]?.contains(.orthogonal) == true {
        use(.inverseOfOrthogonal)
        let form = single(atom, shape: shape)
        return isTransposed ? form : transposed(form, shape)
      }
    }
    var form = NormalForm()
    insert(block.product(shape, indexCount: indexCount), into: &form)
    return inverseAtom(form, shape: shape)
  }

  /// The inverse as an atom. Of a matrix and its transpose, each with its first term's coefficient taken out, the
  /// lesser stands behind the atom.
  private func inverseAtom(_ form: NormalForm, shape: [Size]) -> NormalForm {
    let (canonical, scale, isTurned) = oriented(form, shape: shape)
    let atom = number(.inverse(canonical, shape))
    if isTurned { use(.inverseOfTranspose) }
    if !scale.isOne { use(.inverseOfProduct) }
    inheritStructure(atom, from: canonical, shape: shape)
    let access = isTurned ? [Affine.index(1), .index(0)] : [.index(0), .index(1)]
    var result = NormalForm()
    insert(
      IndexProduct(
        coefficient: scale.reciprocal ?? .one, output: [.index(0), .index(1)], outputShape: shape,
        factors: [.init(atom: atom, shape: shape, access: access)], windows: [], indexCount: 2),
      into: &result)
    return result
  }

  /// The matrix or its transpose, whichever is less, over its first term's coefficient.
  private func oriented(
    _ form: NormalForm, shape: [Size]
  ) -> (form: NormalForm, scale: Coefficient, isTurned: Bool) {
    let own = monic(form)
    let turned = monic(transposed(form, shape))
    return own.form.text <= turned.form.text
      ? (own.form, own.scale, false) : (turned.form, turned.scale, true)
  }

  private func monic(_ form: NormalForm) -> (form: NormalForm, scale: Coefficient) {
    guard let scale = form.sorted.first?.coefficient, let inverse = scale.reciprocal else {
      return (form, .one)
    }
    var result = NormalForm()
    result.add(form, scaledBy: inverse)
    return (result, scale)
  }

  func transposed(_ form: NormalForm, _ shape: [Size]) -> NormalForm {
    var result = NormalForm()
    for product in form.sorted {
      insert(
        IndexProduct(
          coefficient: product.coefficient, output: product.output.reversed(),
          outputShape: shape.reversed(), factors: product.factors, windows: product.windows,
          indexCount: product.indexCount), into: &result)
    }
    return result
  }

  /// The inverse of a symmetric matrix is symmetric, that of a positive definite one positive definite, that of a lower
  /// triangular one lower triangular.
  private func inheritStructure(_ atom: Int, from form: NormalForm, shape: [Size]) {
    if transposed(form, shape) == form { symmetricAtoms.insert(atom) }
    if let matrix = wholeAtom(form), let structure = structures[matrix] {
      structures[atom] = structure.intersection([.positiveDefinite, .nonsingular, .lower])
      if structure.contains(.lower) { use(.inverseOfLower) }
    }
  }

  /// The atom that the form is, read as it is, or transposed where it is symmetric.
  func wholeAtom(_ form: NormalForm) -> Int? {
    guard form.count == 1, let product = form.sorted.first.map(withoutLowerWindows),
      product.coefficient.isOne, product.windows.isEmpty, product.factors.count == 1,
      product.hasPlainOutput,
      Set(product.factors[0].access) == Set(product.output)
    else { return nil }
    let atom = product.factors[0].atom
    return product.factors[0].access == product.output || structures[atom]?.contains(.lower) != true
      ? atom : nil
  }

  // MARK: Determinants

  /// How often a number or a scalar that scales a matrix is written as a factor of its determinant.
  private static var longestPower: Int { 16 }

  /// The form of a determinant: det(c·s·A·B) = cⁿ·sⁿ·det A·det B for square A and B, det(Xᵀ) = det X,
  /// det(X⁻¹) = 1/det X. Where n is a name, cⁿ is det(c·I).
  func determinant(_ form: NormalForm, of x: TensorExpression) throws(Limit) -> NormalForm {
    if form.isZero { return form }
    guard form.count == 1, let product = form.sorted.first.map(withoutLowerWindows),
      let chain = MatrixChain(product)
    else {
      let (canonical, scale, isTurned) = oriented(form, shape: x.shape)
      if isTurned { use(.determinantOfTranspose) }
      let factors = [scalarFactor(determinantAtom(canonical, x.shape))]
      return try scaledDeterminant(factors, by: scale, scalars: [], shape: x.shape)
    }
    var factors: [IndexProduct.Factor] = []
    if chain.blocks.count > 1 { use(.determinantOfProduct) }
    for block in chain.blocks {
      factors.append(
        scalarFactor(determinantAtom(of: block, shape: x.shape, indexCount: product.indexCount)))
    }
    return try scaledDeterminant(
      factors, by: chain.coefficient, scalars: chain.scalars, shape: x.shape)
  }

  private func scalarFactor(_ atom: Int) -> IndexProduct.Factor {
    .init(atom: atom, shape: [], access: [])
  }

  /// A product of determinants times the n-th power of what scales the matrix.
  private func scaledDeterminant(
    _ determinants: [IndexProduct.Factor], by coefficient: Coefficient,
    scalars: [IndexProduct.Factor], shape: [Size]
  ) throws(Limit) -> NormalForm {
    var factors = determinants
    var scale = Coefficient.one
    if !coefficient.isOne || !scalars.isEmpty { use(.determinantOfMultiple) }
    if let n = shape[0].asInt, n <= Self.longestPower, let power = coefficient.power(n) {
      scale = power
      factors += Array(repeating: scalars, count: max(n, 0)).flatMap { $0 }
    } else {
      if !coefficient.isOne {
        // det(c·I) and det(I/c) are reciprocals: the atom is that of the greater.
        let inverse = coefficient.asRational.flatMap { value in
          value.magnitude < 1 ? Coefficient(value.reciprocal) : nil
        }
        let atom = scaleAtom(inverse ?? coefficient, [], shape: shape)
        factors.append(scalarFactor(inverse == nil ? atom : reciprocalAtom(atom)))
      }
      for factor in scalars {
        // det(s·I) · det(I/s) = 1.
        if case .reciprocal(let inner) = atoms[factor.atom] {
          let atom = scaleAtom(.one, [scalarFactor(inner)], shape: shape)
          factors.append(scalarFactor(reciprocalAtom(atom)))
        } else {
          factors.append(scalarFactor(scaleAtom(.one, [factor], shape: shape)))
        }
      }
    }
    let product = IndexProduct(
      coefficient: scale, output: [], outputShape: [], factors: factors, windows: [], indexCount: 0)
    var result = NormalForm()
    for reduced in try self.reduced(product) { insert(reduced, into: &result) }
    return result
  }

  /// The determinant of a multiple of the identity.
  private func scaleAtom(
    _ coefficient: Coefficient, _ factors: [IndexProduct.Factor], shape: [Size]
  ) -> Int {
    var form = NormalForm()
    insert(
      IndexProduct(
        coefficient: coefficient, output: [.index(0), .index(0)], outputShape: shape,
        factors: factors, windows: [], indexCount: 1), into: &form)
    return determinantAtom(form, shape)
  }

  private func determinantAtom(
    of block: MatrixChain.Block, shape: [Size], indexCount: Int
  ) -> Int {
    if let (atom, _) = block.single, case .inverse(let inner, _) = atoms[atom] {
      use(.determinantOfInverse)
      return reciprocalAtom(determinantAtom(inner, shape))
    }
    var form = NormalForm()
    insert(block.product(shape, indexCount: indexCount), into: &form)
    let (canonical, _, isTurned) = oriented(form, shape: shape)
    if isTurned { use(.determinantOfTranspose) }
    return determinantAtom(canonical, shape)
  }

  /// The atom of the determinant of a matrix that is ``oriented(_:shape:)``.
  private func determinantAtom(_ canonical: NormalForm, _ shape: [Size]) -> Int {
    let atom = number(.determinant(canonical, shape))
    guard let matrix = wholeAtom(canonical), let structure = structures[matrix] else {
      return atom
    }
    if structure.contains(.positiveDefinite) { positiveAtoms.insert(atom) }
    if !structure.isDisjoint(with: [.nonsingular, .orthogonal, .positiveDefinite]) {
      nonzeroAtoms.insert(atom)
    }
    // det(Q)² = 1.
    if structure.contains(.orthogonal) { reciprocalOf[atom] = atom }
    return atom
  }

  /// Whether 1/a may be cancelled against `atom`: it is not 0, or a determinant, whose matrix has an inverse wherever
  /// it is divided by.
  func isCancellable(_ atom: Int) -> Bool {
    if positiveAtoms.contains(atom) || nonzeroAtoms.contains(atom) { return true }
    if case .determinant = atoms[atom] { return true }
    return false
  }

  // MARK: Inverses beside their matrices

  /// S·S⁻¹ = I, for every term of S: where t is the first term of S = c·t + r, t·S⁻¹ = (I − r·S⁻¹)/c.
  func inverseLaw(_ product: IndexProduct) -> [IndexProduct]? {
    let product = withoutLowerWindows(product)
    for (position, factor) in product.factors.enumerated() {
      guard case .inverse(let matrix, _) = atoms[factor.atom] else { continue }
      let terms = matrix.sorted.map(withoutLowerWindows).sorted {
        $0.factors.count > $1.factors.count
      }
      guard let lead = terms.first, let inverse = lead.coefficient.reciprocal,
        let found = product.neighbour(
          of: position, matching: lead, isSymmetric: symmetricAtoms.contains),
        var result = product.replacingByIdentity(found, facts: facts)
      else { continue }
      var rest: [IndexProduct] = []
      for term in terms.dropFirst() {
        guard let replaced = product.replacing(found, by: term, facts: facts) else { return nil }
        rest += replaced.map { $0.scaled(by: .minusOne) }
      }
      result += rest
      use(.inverseTimesMatrix)
      return result.map { $0.scaled(by: inverse) }
    }
    return nil
  }
}

extension IndexProduct {
  func scaled(by factor: Coefficient) -> IndexProduct {
    var result = self
    result.coefficient = coefficient * factor
    return result
  }
}
