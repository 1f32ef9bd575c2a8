import TensorExpressions

/// Rules for inverses and determinants. An inverse that occurs is assumed to exist, and a determinant that something is
/// divided by not to be 0.
extension Simplifier {
  /// Rules *inverse*: (X⁻¹)⁻¹ = X, (Xᵀ)⁻¹ = (X⁻¹)ᵀ, (c·s·A·B)⁻¹ = 1/(c·s) · B⁻¹·A⁻¹ for square A and B,
  /// diag(v)⁻¹ = diag(1/v), Q⁻¹ = Qᵀ for an orthogonal Q.
  func rewrittenInverse(of x: TensorExpression) -> TensorExpression {
    step(orElse: x.space.inverse(x)) { self.inverted(x) }
  }

  private func inverted(_ x: TensorExpression) -> TensorExpression {
    if case .inverse(let inner) = x.kind { return inner }
    if x.structure.contains(.orthogonal) {
      return x.reindexed([.index(1), .index(0)], to: x.shape)
    }
    guard let (chain, product) = chain(of: x), let coefficient = chain.coefficient.reciprocal,
      !chain.isOneMatrix
    else { return x.space.inverse(x) }
    var operands: [Contraction.Operand] = chain.scalars.map { .init(reciprocal(of: $0), $0.access) }
    for block in chain.blocks {
      if block.isDiagonal {
        operands += block.factors.map { .init(reciprocal(of: $0), $0.access) }
      } else if let (inverse, isTurned) = inverse(of: block, shape: x.shape, product) {
        let access = [Affine.index(block.column), .index(block.row)]
        operands.append(.init(inverse, isTurned ? access.reversed() : access))
      } else {
        return x.space.inverse(x)
      }
    }
    // What is summed inside a block stays inside its inverse.
    let read = NumberSet((product.output + operands.flatMap(\.access)).compactMap(\.asIndex))
    let indices = (0..<product.indexCount).map { index in
      read.contains(index) ? product.plainExtents?[index] ?? .one : .one
    }
    return fused(
      Contraction(
        coefficient: coefficient, indices: indices, output: product.output.reversed(),
        operands: operands), shape: x.shape, space: x.space)
  }

  private func reciprocal(of factor: IndexProduct.Factor) -> TensorExpression {
    rewritten(Elementwise.reciprocal, [expression(factor.atom)])
  }

  /// The inverse of a block, and whether it is to be read transposed.
  private func inverse(
    of block: MatrixChain.Block, shape: [Size], _ product: IndexProduct
  ) -> (TensorExpression, isTurned: Bool)? {
    if let (atom, isTransposed) = block.single {
      return (rewrittenInverse(of: expression(atom)), isTransposed)
    }
    guard let space = block.factors.first.map({ expression($0.atom).space }),
      let matrix = expression(
        block.product(shape, indexCount: product.indexCount), space: space)
    else { return nil }
    return (space.inverse(matrix), false)
  }

  /// Rules *determinant*: det(Xᵀ) = det X, det(X⁻¹) = 1/det X, det(c·X) = cⁿ·det X for a number n, det I = 1.
  func rewrittenDeterminant(of x: TensorExpression) -> TensorExpression {
    step(orElse: x.space.determinant(x)) { self.determinant(of: x) }
  }

  private func determinant(of x: TensorExpression) -> TensorExpression {
    if case .inverse(let inner) = x.kind {
      return rewritten(Elementwise.reciprocal, [rewrittenDeterminant(of: inner)])
    }
    guard let (chain, product) = chain(of: x), !chain.isOneMatrix || chain.blocks[0].isDiagonal
    else { return x.space.determinant(x) }
    if chain.blocks.isEmpty, chain.scalars.isEmpty, chain.coefficient.isOne {
      return x.space.filled(.one)
    }
    if let (atom, isTransposed) = chain.onlyMatrix, chain.coefficient.isOne, isTransposed {
      return rewrittenDeterminant(of: expression(atom))
    }
    if !chain.coefficient.isOne, let n = x.shape[0].asInt, n <= 64,
      let power = chain.coefficient.power(n)
    {
      var unit = product
      unit.coefficient = .one
      if let matrix = expression(unit, space: x.space) {
        return rewrittenDeterminant(of: matrix).scaled(by: power)
      }
    }
    return x.space.determinant(x)
  }

  private func chain(of x: TensorExpression) -> (MatrixChain, IndexProduct)? {
    guard case .contraction(let contraction) = x.kind else { return nil }
    var product = self.product(contraction, shape: x.shape)
    guard product.simplifyWindows(facts: facts), let chain = MatrixChain(product) else {
      return nil
    }
    return (chain, product)
  }

  // MARK: Products with inverses

  /// Rule *identity*: S·S⁻¹ = I = S⁻¹·S, where S⁻¹ occurs and so exists; QᵀQ = I for an orthogonal Q; the entries of a
  /// simplex and of a one-hot sum to 1.
  ///
  /// - Returns: false when the product is zero.
  func reduceMatrices(_ product: inout IndexProduct) -> Bool {
    while let (rest, isZero) = withIdentity(product) {
      if isZero { return false }
      product = rest
      guard product.simplifyWindows(facts: facts) else { return false }
    }
    return true
  }

  private func withIdentity(_ product: IndexProduct) -> (IndexProduct, isZero: Bool)? {
    for (position, factor) in product.factors.enumerated() {
      let value = expression(factor.atom)
      var results: [IndexProduct]?
      if case .inverse(let matrix) = value.kind {
        results = patterns(of: matrix).lazy.compactMap { pattern in
          product.neighbour(of: position, matching: pattern, isSymmetric: self.isSymmetric)
        }.first.flatMap { product.replacingByIdentity($0, facts: facts) }
      } else {
        results = structureLaw(position, of: product, structure: value.structure)
      }
      if let results { return (results.first ?? product, results.isEmpty) }
    }
    return nil
  }

  private func structureLaw(
    _ position: Int, of product: IndexProduct, structure: TensorStructure
  ) -> [IndexProduct]? {
    let factor = product.factors[position]
    if structure.contains(.simplex), !factor.shape.isEmpty {
      return product.summingToOne(position, axis: factor.shape.count - 1).map { [$0] }
    }
    if let axis = structure.oneHotAxis, factor.shape.indices.contains(axis) {
      guard structure.sumsToOne else { return nil }
      return product.summingToOne(position, axis: axis).map { [$0] }
    }
    guard structure.contains(.orthogonal) else { return nil }
    for other in product.factors.indices.dropFirst(position + 1)
    where product.factors[other].atom == factor.atom {
      for axis in 0..<2 {
        if let result = product.joining(position, axis: axis, with: other, axis: axis, facts: facts)
        {
          return result
        }
      }
    }
    return nil
  }

  /// A matrix as it may stand in a product: as one factor, and as the product that it is.
  private func patterns(of matrix: TensorExpression) -> [IndexProduct] {
    let access = [Affine.index(0), .index(1)]
    var whole = self.product(
      Contraction(
        indices: matrix.shape, output: access, operands: [.init(matrix, access)]),
      shape: matrix.shape)
    _ = whole.simplifyWindows(facts: facts)
    guard case .contraction(let contraction) = matrix.kind, contraction.coefficient.isOne else {
      return [whole]
    }
    var inner = self.product(contraction, shape: matrix.shape)
    return inner.simplifyWindows(facts: facts) ? [whole, inner] : [whole]
  }

  // MARK: Triangles

  /// Rule *triangle*: that a lower triangular matrix, or the inverse of one, is read on and below its diagonal says
  /// nothing new.
  func dropLowerWindows(_ product: inout IndexProduct) {
    if product.windows.isEmpty { return }
    let implied = Set(
      product.factors.filter {
        $0.access.count == 2 && matrixStructure(of: expression($0.atom)).contains(.lower)
      }.map {
        IndexProduct.Window(coordinate: $0.access[0] - $0.access[1], extent: $0.shape[0]).oriented
      })
    if !implied.isEmpty { product.windows.removeAll { implied.contains($0.oriented) } }
  }

  // MARK: Symmetry

  /// Whether a matrix equals its transpose: by declaration, as the inverse of such a matrix, or because its
  /// terms say so.
  func isSymmetricMatrix(_ x: TensorExpression) -> Bool {
    matrixStructure(of: x).contains(.symmetric)
  }

  /// Whether a matrix is symmetric, and whether it is known to be zero above its diagonal.
  func matrixStructure(of x: TensorExpression) -> TensorStructure {
    if let known = matrixStructures[x] { return known }
    let result = computedStructure(of: x)
    matrixStructures[x] = result
    return result
  }

  private func computedStructure(of x: TensorExpression) -> TensorStructure {
    guard x.rank == 2, x.shape[0] == x.shape[1] else { return [] }
    switch x.kind {
    case .symbol(let symbol):
      let lower = symbol.structure.intersection(.lower)
      return symbol.structure.isSymmetric ? lower.union(.symmetric) : lower
    case .named(_, let inner), .inverse(let inner): return matrixStructure(of: inner)
    case .cholesky: return .lower
    case .contraction: return hasSymmetricTerms([x]) ? .symmetric : []
    case .sum(let terms): return hasSymmetricTerms(terms) ? .symmetric : []
    case .elementwise(_, let operands):
      return operands.allSatisfy(isSymmetricMatrix) ? .symmetric : []
    case .extremum, .selector, .determinant, .recurrence: return []
    }
  }

  /// Whether the transposes of the terms are the terms again.
  private func hasSymmetricTerms(_ terms: [TensorExpression]) -> Bool {
    guard terms.count <= 8 else { return false }
    var difference: [ProductKey: Coefficient] = [:]
    for term in terms {
      let product = asProduct(term)
      let turned = product.transposed
      let own = product.canonicalized(isSymmetric: isSymmetric, facts: facts).key
      let other = turned.canonicalized(isSymmetric: isSymmetric, facts: facts).key
      difference[own] = (difference[own] ?? .zero) + product.coefficient
      difference[other] = (difference[other] ?? .zero) + -product.coefficient
    }
    return difference.values.allSatisfy(\.isZero)
  }

  /// Rule *orientation*: along the chain of matrices from the output's first axis to its last, a symmetric
  /// matrix is read as it stands and not transposed.
  func orientSymmetricFactors(_ product: inout IndexProduct) {
    guard product.factors.contains(where: { isSymmetric($0.atom) }),
      var index = product.output.first?.asIndex
    else { return }
    var visited: Set<Int> = []
    while let position = product.factors.indices.first(where: { position in
      let access = product.factors[position].access
      return !visited.contains(position) && access.count == 2
        && access.contains { $0 == .index(index) }
    }) {
      visited.insert(position)
      let factor = product.factors[position]
      if factor.access[1] == .index(index), isSymmetric(factor.atom) {
        product.factors[position].access.reverse()
      }
      guard let other = factor.access.first(where: { $0 != .index(index) })?.asIndex else { return }
      index = other
    }
  }
}

extension MatrixChain {
  /// Whether the matrix is one block and nothing else, and not a transpose.
  fileprivate var isOneMatrix: Bool {
    scalars.isEmpty && coefficient.isOne && blocks.count == 1 && !blocks[0].isDiagonal
      && blocks[0].single?.isTransposed != true
  }

  /// The matrix that the chain is a multiple of, when it is one factor.
  fileprivate var onlyMatrix: (atom: Int, isTransposed: Bool)? {
    scalars.isEmpty && blocks.count == 1 ? blocks[0].single : nil
  }
}

extension IndexProduct {
  /// The product with the axes of its output in reverse order.
  var transposed: IndexProduct {
    IndexProduct(
      coefficient: coefficient, output: output.reversed(), outputShape: outputShape.reversed(),
      factors: factors, windows: windows, indexCount: indexCount)
  }
}
