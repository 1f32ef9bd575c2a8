import Scalars

/// The constructors of nodes. They keep what they are given as it is, apart from what is trivial: a sum of
/// one term is that term, a contraction that changes nothing is its operand, zero terms vanish.
extension ExpressionSpace {
  /// A declared tensor.
  public func symbol(_ symbol: TensorSymbol, shape: [Size]) -> TensorExpression {
    intern(.symbol(symbol), shape: shape)
  }

  /// A trained tensor.
  public func parameter(
    _ name: String, _ shape: [Size], _ structure: TensorStructure = []
  ) -> TensorExpression {
    symbol(TensorSymbol(name, role: .parameter, structure: structure), shape: shape)
  }

  /// A differentiable tensor of data.
  public func input(
    _ name: String, _ shape: [Size], _ structure: TensorStructure = []
  ) -> TensorExpression {
    symbol(TensorSymbol(name, role: .input, structure: structure), shape: shape)
  }

  /// A tensor that is not differentiated.
  public func constant(
    _ name: String, _ shape: [Size], _ structure: TensorStructure = []
  ) -> TensorExpression {
    symbol(TensorSymbol(name, role: .constant, structure: structure), shape: shape)
  }

  /// The tensor with one number in every entry.
  public func filled(_ value: Coefficient, _ shape: [Size] = []) -> TensorExpression {
    contraction(
      Contraction(
        coefficient: value, indices: shape, output: shape.indices.map(Affine.index), operands: []),
      shape: shape)
  }

  /// A rational number as a scalar.
  public func number(_ value: Rational) -> TensorExpression { filled(Coefficient(value)) }

  /// A size as a scalar.
  public func number(_ size: Size) -> TensorExpression { filled(Coefficient(size)) }

  /// The tensor of zeros of a shape, kept as a sum without terms.
  public func zeros(_ shape: [Size]) -> TensorExpression { intern(.sum([]), shape: shape) }

  /// How many terms a sum may get by taking sums apart: doubling a value again and again stays small as a graph.
  private static var longestFlatSum: Int { 256 }

  /// The sum of terms of shape `shape`; terms that are sums themselves are taken apart, unless that makes too many.
  public func sum(_ terms: [TensorExpression], shape: [Size]) -> TensorExpression {
    if terms.contains(where: \.holdsMinusInfinity) { return pushedSum(terms, shape: shape) }
    var flat: [TensorExpression] = []
    for term in terms {
      precondition(term.shape == shape, "the terms of a sum have its shape")
      if case .sum(let inner) = term.kind,
        inner.count <= 1 || flat.count + inner.count <= Self.longestFlatSum
      {
        flat += inner
      } else if !term.isZero {
        flat.append(term)
      }
    }
    return flat.count == 1 ? flat[0] : intern(.sum(flat), shape: shape)
  }

  /// The contraction as a node of shape `shape`.
  public func contraction(_ contraction: Contraction, shape: [Size]) -> TensorExpression {
    precondition(
      contraction.output.count == shape.count, "an access has one coordinate for each axis")
    if contraction.coefficient.isZero { return zeros(shape) }
    if contraction.operands.contains(where: { $0.value.isZero }) { return zeros(shape) }
    if contraction.operands.contains(where: { $0.value.holdsMinusInfinity }),
      !contraction.isIdentity(of: shape), let value = pushed(contraction, shape: shape)
    {
      return value
    }
    if contraction.isIdentity(of: shape) { return contraction.operands[0].value }
    return intern(.contraction(contraction), shape: shape)
  }

  /// `function` applied entry by entry; the operands have one shape.
  public func elementwise(
    _ function: Elementwise, _ operands: [TensorExpression]
  ) -> TensorExpression {
    precondition(
      operands.count == function.arity && operands.allSatisfy { $0.shape == operands[0].shape },
      "\(function.name) takes \(function.arity) operands of one shape")
    if operands.contains(where: \.holdsMinusInfinity),
      let value = pushed(function, through: operands)
    {
      return value
    }
    return intern(.elementwise(function, operands), shape: operands[0].shape)
  }

  /// The largest or smallest entries of windows; where the operand holds −∞, by the rules for that
  /// where there is one.
  ///
  /// The shape is that of the windows' places: ``Extremum/outputExtents``.
  public func extremum(_ extremum: Extremum) -> TensorExpression {
    if extremum.operand.holdsMinusInfinity, let value = pushed(extremum) { return value }
    return intern(.extremum(extremum), shape: extremum.outputExtents)
  }

  /// The derivative of an extremum by its windows: 1 at the entry taken, or its share of a tie, and
  /// 0 elsewhere.
  ///
  /// The shape is that of the windows' places, followed by that of one window.
  public func selector(_ extremum: Extremum) -> TensorExpression {
    intern(.selector(extremum), shape: extremum.outputExtents + extremum.windowExtents)
  }

  /// The inverse of a square matrix.
  public func inverse(_ x: TensorExpression) -> TensorExpression {
    precondition(x.rank == 2 && x.shape[0] == x.shape[1], "only square matrices have an inverse")
    return intern(.inverse(x), shape: x.shape)
  }

  /// The determinant of a square matrix.
  public func determinant(_ x: TensorExpression) -> TensorExpression {
    precondition(x.rank == 2 && x.shape[0] == x.shape[1], "only square matrices have a determinant")
    return intern(.determinant(x), shape: [])
  }

  /// The Cholesky factor of a square matrix, which is symmetric wherever it has a value.
  public func cholesky(_ x: TensorExpression) -> TensorExpression {
    precondition(x.rank == 2 && x.shape[0] == x.shape[1], "only square matrices have a factor")
    return intern(.cholesky(x), shape: x.shape)
  }

  /// `value` under a name; where it holds −∞ the name is that of its finite entries.
  public func named(_ name: String, _ value: TensorExpression) -> TensorExpression {
    if let (finite, mask) = value.minusInfinity {
      return named(name, finite).minusInfinity(where: mask)
    }
    return intern(.named(name, value), shape: value.shape)
  }
}

extension Contraction {
  /// Whether it is its only operand, of that shape, as it is.
  fileprivate func isIdentity(of shape: [Size]) -> Bool {
    operands.count == 1 && coefficient.isOne && isPointwise && operands[0].value.shape == shape
      && indices == shape && operands[0].access == output
  }
}

extension TensorExpression {
  /// The node of the same kind with other operands, in the order of ``operands``.
  public func replacingOperands(_ new: [TensorExpression]) -> TensorExpression {
    if new == operands { return self }
    switch kind {
    case .symbol: return self
    case .sum: return space.sum(new, shape: shape)
    case .contraction(let c):
      let operands = zip(c.operands, new).map { Contraction.Operand($1, $0.access) }
      return space.contraction(
        Contraction(
          coefficient: c.coefficient, indices: c.indices, output: c.output, operands: operands,
          guards: c.guards), shape: shape)
    case .elementwise(let function, _): return space.elementwise(function, new)
    case .extremum(let e): return space.extremum(e.replacingOperand(with: new[0]))
    case .selector(let e): return space.selector(e.replacingOperand(with: new[0]))
    case .inverse: return space.inverse(new[0])
    case .determinant: return space.determinant(new[0])
    case .cholesky: return space.cholesky(new[0])
    case .named(let name, _): return space.named(name, new[0])
    case .recurrence(let recurrence, let line):
      return space.recurrence(recurrence.replacingArguments(new), line: line)
    }
  }

  /// `roots` rebuilt bottom-up, each node passed through `change` once its operands are new.
  public static func rebuilding(
    _ roots: [TensorExpression], _ change: (TensorExpression) throws -> TensorExpression
  ) rethrows -> [TensorExpression] {
    var memo: [TensorExpression: TensorExpression] = [:]
    for node in postorder(of: roots) {
      let rebuilt = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
      memo[node] = try change(rebuilt)
    }
    return roots.map { memo[$0] ?? $0 }
  }
}
