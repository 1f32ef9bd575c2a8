import Derivation
import Scalars
import TensorExpressions

/// Contractions as index statements.
extension FormulaBuilder {
  /// The statement `name[…] += …` for a contraction whose operands are built; what is no function of named
  /// tensors entry by entry becomes a temporary.
  mutating func indexStatement(
    name: String, _ contraction: Contraction, shape: [Size]
  ) -> IndexStatement {
    let contraction = contraction.withoutUnitIndices
    var factors: [IndexFormula] = []
    var divisors: [IndexFormula] = []
    var positions: [Int] = []
    let lookups = contraction.lookups
    for (position, operand) in contraction.operands.enumerated() {
      if lookups[position] != nil { continue }
      if case .elementwise(let function, let arguments) = operand.value.kind,
        function.name == "reciprocal"
      {
        divisors.append(entry(arguments[0], operand.access, contraction.indices))
      } else {
        factors.append(entry(operand.value, operand.access, contraction.indices))
        positions.append(position)
      }
    }
    nameSums(&factors, contraction, at: positions)
    for window in contraction.guards {
      let temporary = freshName()
      addOnes(temporary, window.extent)
      factors.append(
        .entry(name: temporary, access: [window.coordinate], shape: [window.extent]))
    }
    // A place without an index, which may lie outside, is no access and would be counted from the end.
    let fixed = contraction.indices.count
    let facts = ExtentFacts(positives: contraction.indices + factors.flatMap(\.extents) + shape)
    let anchored = (factors + divisors).map { $0.anchored(at: fixed, facts) }
    return IndexStatement(
      name: name, anchored == factors + divisors ? contraction : contraction.withUnitIndex,
      factors: Array(anchored.prefix(factors.count)),
      divisors: Array(anchored.dropFirst(factors.count)), shape: shape,
      places: lookups.sorted { $0.key < $1.key }.map(\.value))
  }

  /// Makes temporaries of sums where multiplying them out would give a term without one of the summed indices, which
  /// no statement can say.
  private mutating func nameSums(
    _ factors: inout [IndexFormula], _ contraction: Contraction, at positions: [Int]
  ) {
    let outer = Set(contraction.output.flatMap(\.terms).map(\.index))
    let summed = Set(factors.flatMap(\.indices)).subtracting(outer)
    let held = factors.reduce(into: Set<Int>()) { $0.formUnion($1.indicesOfEveryTerm) }
    if summed.isSubset(of: held) { return }
    for (number, position) in positions.enumerated() {
      guard case .sum = factors[number] else { continue }
      let operand = contraction.operands[position]
      factors[number] = temporaryEntry(operand.value, operand.access)
    }
  }

  private mutating func addOnes(_ name: String, _ extent: Size) {
    guard prefersStatements else {
      add(.formula(name: name, .filled(.ones([extent]))))
      return
    }
    let ones = Contraction(indices: [extent], output: [.index(0)], operands: [])
    let statement = IndexStatement(name: name, ones, factors: [], shape: [extent])
    add(.statements(name: name, [statement], shape: [extent]))
  }

  /// The entry of `node` at `access`, functions pushed down to the entries of named tensors where that changes
  /// nothing: a point outside of `node` must stay outside of a part of every term.
  private mutating func entry(
    _ node: TensorExpression, _ access: [Affine], _ box: [Size]
  ) -> IndexFormula {
    if let name = node.name, !node.isIndexSymbol {
      return .entry(name: name, access: access, shape: node.shape)
    }
    if node.isZero { return .number(.zero) }
    if let number = node.asConstant, access.isEmpty { return .number(number) }
    var trial = self
    guard let formula = trial.pushed(node, access, box) else { return temporaryEntry(node, access) }
    let held = formula.coordinatesOfEveryTerm
    let facts = ExtentFacts(positives: box + node.shape)
    for (coordinate, extent) in zip(access, node.shape) {
      if let index = coordinate.asIndex, facts.isAtMost(box[index], extent) { continue }
      if coordinate == .constant(.zero) { continue }
      guard held.contains(IndexCoordinate(coordinate: coordinate, extent: extent)) else {
        return temporaryEntry(node, access)
      }
    }
    self = trial
    return formula
  }

  private mutating func pushed(
    _ node: TensorExpression, _ access: [Affine], _ box: [Size]
  ) -> IndexFormula? {
    switch node.kind {
    case .elementwise(let function, let operands):
      let parts = operands.map { operand in
        operand.asConstant.map { IndexFormula.number($0) } ?? entry(operand, access, box)
      }
      switch function.name {
      case "pow": return .power(parts[0], parts[1])
      case "reciprocal": return .multiplying(.one, [], divisors: parts)
      case "pi":
        return usedNames.contains("pi") ? .call("acos", [.number(.minusOne)]) : .call("pi", [])
      default: return .call(function.name, parts)
      }
    case .sum(let terms) where !terms.isEmpty && Stitching(node) == nil:
      return .sum(terms.map { $0.asConstant.map { .number($0) } ?? entry($0, access, box) })
    case .contraction(let inner)
    where inner.isTotalPointwise(node.shape, allowsSlices: prefersStatements):
      let factors = inner.operands.map { operand in
        entry(
          operand.value,
          operand.access.map { coordinate in coordinate.substituting { access[$0] } }, box)
      }
      return .multiplying(inner.coefficient, factors)
    case .contraction, .sum, .symbol, .named, .extremum, .selector, .inverse, .determinant,
      .cholesky,
      .recurrence:
      return nil
    }
  }

  private mutating func temporaryEntry(
    _ node: TensorExpression, _ access: [Affine]
  ) -> IndexFormula {
    if let name = temporaryNames[node] {
      return .entry(name: name, access: access, shape: node.shape)
    }
    if prefersStatements, node.isSumOrContraction {
      let name = freshName()
      let statements = statements(name: name, of: node)
      add(.statements(name: name, statements, shape: node.shape))
      temporaryNames[node] = name
      return .entry(name: name, access: access, shape: node.shape)
    }
    let piece = prefersStatements || !isKnown(node) ? piece(of: node) : known(node)
    if case .name(let name) = piece.formula, piece.shape == node.shape {
      return .entry(name: name, access: access, shape: node.shape)
    }
    let name = freshName()
    add(.formula(name: name, piece.full(node.shape)))
    remember(node, Piece(formula: .name(name), shape: node.shape))
    return .entry(name: name, access: access, shape: node.shape)
  }
}

extension TensorExpression {
  fileprivate var isSumOrContraction: Bool {
    switch kind {
    case .sum(let terms): !terms.isEmpty
    case .contraction: true
    case .symbol, .named, .elementwise, .extremum, .selector, .inverse, .determinant, .cholesky,
      .recurrence:
      false
    }
  }
}

extension Contraction {
  /// The same relation with every index of extent 1 read as 0.
  var withoutUnitIndices: Contraction {
    let ones = Set(indices.indices.filter { indices[$0].isOne })
    if ones.isEmpty { return self }
    let change: (Affine) -> Affine = { coordinate in
      coordinate.substituting { ones.contains($0) ? .constant(.zero) : .index($0) }
    }
    return Contraction(
      coefficient: coefficient, indices: indices, output: output.map(change),
      operands: operands.map { Operand($0.value, $0.access.map(change)) },
      guards: guards.map { Guard(change($0.coordinate), below: $0.extent) })
  }

  /// The same relation with one more index, of extent 1.
  fileprivate var withUnitIndex: Contraction {
    Contraction(
      coefficient: coefficient, indices: indices + [.one], output: output, operands: operands,
      guards: guards)
  }

  /// Whether every entry of the output, whose shape is `shape`, is a product of entries that exist.
  ///
  /// - Parameter allowsSlices: whether an axis may be read at other places than its own, too.
  fileprivate func isTotalPointwise(_ shape: [Size], allowsSlices: Bool) -> Bool {
    guard isPointwise, indices == shape, !operands.isEmpty else { return false }
    let facts = ExtentFacts(positives: indices)
    return operands.allSatisfy { operand in
      if operand.value.isIndexSymbol { return false }
      return zip(operand.access, operand.value.shape).allSatisfy { coordinate, extent in
        if let index = coordinate.asIndex, indices[index] == extent { return true }
        if coordinate == .constant(.zero) || StepPlace.holds(coordinate) { return true }
        return allowsSlices && coordinate.staysInside(extent, extents: indices, facts)
      }
    }
  }
}
