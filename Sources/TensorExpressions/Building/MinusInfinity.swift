import Scalars

/// −∞, which no arithmetic has: a tensor that holds it in some entries is a pair of a finite tensor and the mask of
/// those entries, and functions are pushed through it when nodes are built.
///
/// What cannot be pushed leaves a node that takes such a pair as its operand: it has no value
/// (``TensorExpression/takesMinusInfinity``), and elaboration reports it where it stands.
extension TensorExpression {
  /// The finite entries, and the mask of those that are −∞; nil where none is.
  public var minusInfinity: (finite: TensorExpression, mask: TensorExpression)? {
    holdsMinusInfinity ? (operands[0], operands[1]) : nil
  }

  /// −∞ where a mask is 1.
  public func minusInfinity(where mask: TensorExpression) -> TensorExpression {
    if mask.isZero || mask.asConstant?.isZero == true { return self }
    if let known = minusInfinity {
      return known.finite.minusInfinity(where: known.mask.or(mask))
    }
    return space.intern(.elementwise(.minusInfinityRow, [self, mask]), shape: shape)
  }

  fileprivate var isOne: Bool { asConstant?.isOne == true }

  fileprivate var complement: TensorExpression {
    if isZero { return filled(1) }
    return isOne ? zero : 1 - self
  }

  /// The mask that is 1 where either is.
  fileprivate func or(_ other: TensorExpression) -> TensorExpression {
    if self == other || other.isZero || isOne { return self }
    if isZero || other.isOne { return other }
    return 1 - (1 - self) * (1 - other)
  }
}

extension Elementwise {
  /// The row that stands for a pair of a finite tensor and the mask of its entries that are −∞.
  static let minusInfinity = "minus_infinity"
}

// MARK: - Functions

extension ExpressionSpace {
  /// A function of operands some of which hold −∞; nil where the result is none that a node can say.
  func pushed(
    _ function: Elementwise, through operands: [TensorExpression]
  ) -> TensorExpression? {
    if function.arity == 1, let (x, mask) = operands[0].minusInfinity,
      let limit = function.limitAtMinusInfinity
    {
      let value = elementwise(function, [x])
      if limit.isZero { return mask.complement * value }
      return elementwise(.selectionRow, [mask, value.filled(limit), value])
    }
    if function == .selectionRow, !operands[0].holdsMinusInfinity {
      return chosen(operands[0], operands[1], operands[2])
    }
    if function == .maximumRow { return larger(operands[0], operands[1]) }
    guard function == .minimumRow else { return nil }
    let finite = elementwise(function, operands.map { $0.minusInfinity?.finite ?? $0 })
    return finite.minusInfinity(where: mask(of: operands))
  }

  private func mask(of operands: [TensorExpression]) -> TensorExpression {
    operands.compactMap { $0.minusInfinity?.mask }.reduce(operands[0].zero) { $0.or($1) }
  }

  /// where(c, a, b); where one side is −∞ throughout, the other's entries are the finite ones.
  private func chosen(
    _ condition: TensorExpression, _ a: TensorExpression, _ b: TensorExpression
  ) -> TensorExpression {
    let (left, right) = (a.minusInfinity, b.minusInfinity)
    let (x, y) = (left?.finite ?? a, right?.finite ?? b)
    let (m, n) = (left?.mask ?? a.zero, right?.mask ?? b.zero)
    if m.isOne { return y.minusInfinity(where: condition.or(n)) }
    if n.isOne { return x.minusInfinity(where: condition.complement.or(m)) }
    let mask = elementwise(.selectionRow, [condition, m, n])
    return elementwise(.selectionRow, [condition, x, y]).minusInfinity(where: mask)
  }

  private func larger(_ a: TensorExpression, _ b: TensorExpression) -> TensorExpression {
    let maximum = Elementwise.maximumRow
    switch (a.minusInfinity, b.minusInfinity) {
    case (let (x, m)?, let (y, n)?):
      let both = elementwise(maximum, [x, y])
      let one = elementwise(.selectionRow, [m, y, elementwise(.selectionRow, [n, x, both])])
      return one.minusInfinity(where: m * n)
    case (let (x, m)?, nil):
      return elementwise(.selectionRow, [m, b, elementwise(maximum, [x, b])])
    case (nil, _?): return larger(b, a)
    case (nil, nil): return elementwise(maximum, [a, b])
    }
  }

  /// The sum of terms some of which hold −∞.
  func pushedSum(_ terms: [TensorExpression], shape: [Size]) -> TensorExpression {
    sum(terms.map { $0.minusInfinity?.finite ?? $0 }, shape: shape)
      .minusInfinity(where: mask(of: terms))
  }
}

// MARK: - Contractions and extrema

extension ExpressionSpace {
  /// A contraction of an operand that holds −∞: every entry is one entry of it times what is positive, or 0. Nil for
  /// any other.
  func pushed(_ contraction: Contraction, shape: [Size]) -> TensorExpression? {
    let holders = contraction.operands.indices.filter {
      contraction.operands[$0].value.holdsMinusInfinity
    }
    guard holders.count == 1, let place = holders.first,
      let (finite, mask) = contraction.operands[place].value.minusInfinity,
      contraction.coefficient.isCertainlyPositive, contraction.reachesEntriesOnce,
      contraction.operands.indices.allSatisfy({
        $0 == place || contraction.operands[$0].value.isCertainlyPositive
      })
    else { return nil }
    let value = self.contraction(contraction.replacingOperand(place, with: finite), shape: shape)
    return value.minusInfinity(where: pattern(contraction, place, mask, shape))
  }

  /// The mask of one operand's entries, where they get to.
  private func pattern(
    _ contraction: Contraction, _ place: Int, _ mask: TensorExpression, _ shape: [Size]
  ) -> TensorExpression {
    let own = contraction.operands[place]
    // A constant mask is read wherever the access stays inside, as the other operands are.
    let others = contraction.operands.enumerated().filter { $0.offset != place || mask.isOne }
    let guards = others.flatMap { _, operand in
      zip(operand.access, operand.value.shape).filter { coordinate, extent in
        coordinate.asIndex.map { contraction.indices[$0] != extent } ?? true
          && !(coordinate.isConstant && coordinate.constant.isZero)
      }.map { Contraction.Guard($0, below: $1) }
    }
    return self.contraction(
      Contraction(
        indices: contraction.indices, output: contraction.output,
        operands: mask.isOne ? [] : [.init(mask, own.access)],
        guards: contraction.guards + guards.filter { !contraction.guards.contains($0) }),
      shape: shape)
  }

  /// A maximum over windows in which entries are −∞: those are never the largest, and stand below the smallest along
  /// the axes that windows extend over.
  /// Where a window has no other entry it has no value, which is for elaboration to rule out.
  func pushed(_ extremum: Extremum) -> TensorExpression? {
    guard extremum.kind == .maximum, let (finite, mask) = extremum.operand.minusInfinity else {
      return nil
    }
    let outer = extremum.outputExtents.count
    let axes = extremum.access.indices.filter { axis in
      extremum.access[axis].terms.contains { $0.index >= outer }
    }
    guard let smallest = try? finite.minimum(axes: axes, keepingAxes: true),
      let floor = try? (smallest - smallest.filled(1)).broadcast(to: finite.shape)
    else { return nil }
    let still = Elementwise.stopped(floor)
    return self.extremum(
      extremum.replacingOperand(with: elementwise(.selectionRow, [mask, still, finite])))
  }
}

extension Contraction {
  /// Whether no two points of the box reach one entry of the output: every index stands in a coordinate, alone or
  /// beside others as a digit of a number.
  fileprivate var reachesEntriesOnce: Bool {
    var told: Set<Int> = []
    for coordinate in output {
      if let index = coordinate.asIndex {
        told.insert(index)
      } else if isMixedRadix(coordinate.terms) {
        told.formUnion(coordinate.terms.map(\.index))
      }
    }
    return indices.indices.allSatisfy(told.contains)
  }

  /// Whether each index counts what the digits behind it can.
  private func isMixedRadix(_ terms: [Affine.Term]) -> Bool {
    var unit = Size.one
    var rest = terms
    while !rest.isEmpty {
      guard let next = rest.firstIndex(where: { $0.coefficient == unit }) else { return false }
      unit = unit * indices[rest.remove(at: next).index]
    }
    return true
  }
}

extension Coefficient {
  /// Whether it is positive for all sizes, every one of which is at least 1.
  fileprivate var isCertainlyPositive: Bool {
    numerator.terms.allSatisfy { $0.coefficient.signum() > 0 } && !isZero
      && denominator.allSatisfy { factor in
        SizePolynomial(factor.size).terms.allSatisfy { $0.coefficient.signum() > 0 }
      }
  }
}

extension TensorExpression {
  /// Whether every entry is above 0, by how it is made.
  fileprivate var isCertainlyPositive: Bool {
    var known: Set<TensorExpression> = []
    for node in TensorExpression.postorder(of: [self]) where node.isPositive(known.contains) {
      known.insert(node)
    }
    return known.contains(self)
  }

  private func isPositive(_ isKnown: (TensorExpression) -> Bool) -> Bool {
    if unnamed !== self { return isKnown(unnamed) }
    if let c = asContraction {
      return c.coefficient.isCertainlyPositive && c.isPointwise(over: shape)
        && c.operands.allSatisfy { isKnown($0.value) && c.staysInside($0) }
    }
    if let function = appliedFunction {
      return Elementwise.positive.contains(function.name)
        || Elementwise.positiveOfPositive.contains(function.name) && isKnown(operands[0])
    }
    return declaredSymbol?.structure.isPositive ?? false
  }
}

extension Contraction {
  /// Whether an operand is read at plain indices of its extents, or at the only entry of an axis.
  fileprivate func staysInside(_ operand: Operand) -> Bool {
    zip(operand.access, operand.value.shape).allSatisfy { coordinate, extent in
      coordinate.asIndex.map { indices[$0] == extent }
        ?? (coordinate.isConstant && coordinate.constant.isZero)
    }
  }
}

extension TensorExpression.Kind {
  /// Whether it is a pair of a finite tensor and the mask of its entries that are −∞.
  var isMinusInfinity: Bool {
    guard case .elementwise(let function, let operands) = self else { return false }
    return operands.count == 2 && function.name == Elementwise.minusInfinity
  }
}
