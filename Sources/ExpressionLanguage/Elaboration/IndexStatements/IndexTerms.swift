import Diagnostics
import Layers
import TensorExpressions

/// A product of entries, of which the right side of an index statement is a sum.
struct IndexTerm {
  var coefficient: Coefficient
  var factors: [Factor]
  /// Coordinates that must stay inside their extents, of accesses that were gathered.
  var guards: [IndexRangeInference.Bound]
  let range: SourceRange

  struct Factor {
    let value: TensorExpression
    let coordinates: [Coordinate]
  }

  /// A coordinate by the names of the indices, or an index of the box itself.
  enum Coordinate {
    case named(IndexCoordinate)
    case box(Int)
  }

  static func * (a: IndexTerm, b: IndexTerm) -> IndexTerm {
    IndexTerm(
      coefficient: a.coefficient * b.coefficient, factors: a.factors + b.factors,
      guards: a.guards + b.guards, range: a.range.union(b.range))
  }

  /// The contraction's part of the term in a box.
  func contraction(in box: IndexBox, output: [IndexCoordinate]) -> Contraction {
    Contraction(
      coefficient: coefficient, indices: box.extents, output: output.map { $0.affine(in: box) },
      operands: factors.map { factor in
        Contraction.Operand(
          factor.value,
          factor.coordinates.map { coordinate in
            switch coordinate {
            case .named(let named): named.affine(in: box)
            case .box(let number): .index(number)
            }
          })
      },
      guards: guards.map {
        Contraction.Guard($0.coordinate.affine(in: box), below: $0.extent)
      })
  }
}

extension Elaboration {
  /// The greatest number of terms that a product of sums may come to.
  private static let termLimit = 1024
  private static let longestPower = 16

  /// The right side of an index statement as a sum of products, over the box of its indices.
  mutating func terms(_ expression: SyntaxExpression, _ box: IndexBox) -> [IndexTerm]? {
    if let change = substitution, change.range == expression.range {
      substitution = nil
      defer { substitution = change }
      return terms(change.expression.with(range: change.range), box)
    }
    guard let reading = accessReading else { return nil }
    if let access = reading.accesses[expression.range] {
      let factor = IndexTerm.Factor(
        value: access.value, coordinates: access.coordinates.map { .named($0) })
      return [
        IndexTerm(coefficient: .one, factors: [factor], guards: [], range: expression.range)
      ]
    }
    if reading.accesses(in: expression).isEmpty { return termWithoutAccess(expression) }
    switch expression.kind {
    case .unary(let sign, let operand):
      guard let inner = terms(operand, box) else { return nil }
      return sign == .plus ? inner : inner.map { $0.scaled(by: .minusOne) }
    case .chain(let first, let links):
      return links.first?.operator.isSum == true
        ? sum(first, links, box) : product(first, links, box)
    case .power(let base, let exponent):
      if case .number(let literal) = exponent.kind, let count = literal.integerValue,
        (1...Self.longestPower).contains(count), let inner = terms(base, box), inner.count == 1
      {
        return [Array(repeating: inner[0], count: count - 1).reduce(inner[0], *)]
      }
      return gathered(expression, box)
    case .call, .comparison: return gathered(expression, box)
    case .methodCall, .attribute, .subscripted, .tuple, .list, .name, .number, .string, .boolean,
      .none:
      fail(.index(.notPointwise(text(expression.range))), expression.range)
      return nil
    }
  }

  /// A number, a size or a scalar.
  private mutating func termWithoutAccess(_ expression: SyntaxExpression) -> [IndexTerm]? {
    let saved = accessReading
    accessReading = nil
    defer { accessReading = saved }
    guard let value = evaluate(expression), let numeric = numeric(value, expression) else {
      return nil
    }
    if let number = numeric.asNumber {
      return [IndexTerm(coefficient: number, factors: [], guards: [], range: expression.range)]
    }
    guard let tensor = tensor(numeric, expression) else { return nil }
    guard tensor.rank == 0 else {
      fail(
        .index(.withoutAccess(text(expression.range), shape: tensor.shape)), expression.range)
      return nil
    }
    let factor = IndexTerm.Factor(value: tensor, coordinates: [])
    return [IndexTerm(coefficient: .one, factors: [factor], guards: [], range: expression.range)]
  }

  private mutating func sum(
    _ first: SyntaxExpression, _ links: [ChainLink], _ box: IndexBox
  ) -> [IndexTerm]? {
    var result = terms(first, box)
    for link in links {
      let next = terms(link.operand, box)
      guard let next else {
        result = nil
        continue
      }
      result?.append(
        contentsOf: link.operator == .subtract ? next.map { $0.scaled(by: .minusOne) } : next)
    }
    return result
  }

  private mutating func product(
    _ first: SyntaxExpression, _ links: [ChainLink], _ box: IndexBox
  ) -> [IndexTerm]? {
    var result = terms(first, box)
    for link in links {
      let next: [IndexTerm]?
      switch link.operator {
      case .multiply: next = terms(link.operand, box)
      case .divide: next = reciprocal(link.operand, box)
      case .floorDivide, .remainder, .matrixMultiply, .add, .subtract:
        fail(.index(.operator(link.operator.rawValue)), link.operatorRange)
        next = nil
      }
      guard let factors = next, let left = result else {
        result = nil
        continue
      }
      guard left.count * factors.count <= Self.termLimit else {
        fail(.index(.tooManyTerms(limit: Self.termLimit)), first.range.union(link.operand.range))
        return nil
      }
      result = left.flatMap { a in factors.map { a * $0 } }
    }
    return result
  }

  /// One over an expression, as a single factor.
  private mutating func reciprocal(
    _ expression: SyntaxExpression, _ box: IndexBox
  ) -> [IndexTerm]? {
    guard let reading = accessReading else { return nil }
    if !reading.accesses(in: expression).isEmpty {
      return gathered(expression, box) { $0.reciprocal }
    }
    guard let divisor = termWithoutAccess(expression)?.first else { return nil }
    guard let inverse = divisor.coefficient.reciprocal else {
      fail(.value(.divisionByZero), expression.range)
      return nil
    }
    return [
      IndexTerm(
        coefficient: inverse,
        factors: divisor.factors.map {
          IndexTerm.Factor(value: $0.value.reciprocal, coordinates: [])
        }, guards: [], range: expression.range)
    ]
  }

  /// A part that is no product of entries, such as `exp(x[i] - m[n])`, as one factor.
  ///
  /// Where all its accesses are one and the same entry, the function is applied to the whole tensor and the entry read
  /// from the result. Otherwise it is computed on the whole box, and what lies outside a tensor contributes nothing.
  private mutating func gathered(
    _ expression: SyntaxExpression, _ box: IndexBox,
    _ change: (TensorExpression) -> TensorExpression = { $0 }
  ) -> [IndexTerm]? {
    guard let saved = accessReading else { return nil }
    defer { accessReading = saved }
    let accesses = saved.accesses(in: expression)
    guard let first = accesses.first else { return nil }
    let isSingle = accesses.allSatisfy {
      $0.coordinates == first.coordinates && $0.value.shape == first.value.shape
    }
    accessReading?.mode = isSingle ? .wholeTensor : .gathered(box)
    guard let value = evaluateTensor(expression) else { return nil }
    let shape = isSingle ? first.value.shape : box.extents
    guard let whole = try? value.broadcast(to: shape, assuming: assumptions) else {
      fail(.index(.notPointwise(text(expression.range))), expression.range)
      return nil
    }
    let coordinates: [IndexTerm.Coordinate] =
      isSingle ? first.coordinates.map { .named($0) } : box.ranges.indices.map { .box($0) }
    let guards = accesses.flatMap { access in
      zip(access.coordinates, access.value.shape).map {
        IndexRangeInference.Bound(coordinate: $0, extent: $1)
      }
    }
    return [
      IndexTerm(
        coefficient: .one,
        factors: [IndexTerm.Factor(value: change(whole), coordinates: coordinates)],
        guards: isSingle ? [] : guards, range: expression.range)
    ]
  }
}

extension IndexTerm {
  /// The term where all of some accesses stay inside their tensors, and not only its own: an index of a statement runs
  /// over the values at which every access of the statement does.
  ///
  /// - Parameter implied: whether a bound holds anyway.
  func guarded(
    by bounds: [IndexRangeInference.Bound], unless implied: (IndexRangeInference.Bound) -> Bool
  ) -> IndexTerm {
    var result = self
    let own = factors.flatMap { factor in
      zip(factor.coordinates, factor.value.shape).compactMap { coordinate, extent in
        if case .named(let named) = coordinate {
          IndexRangeInference.Bound(coordinate: named, extent: extent)
        } else {
          nil
        }
      }
    }
    for bound in bounds
    where !own.contains(bound) && !result.guards.contains(bound) && !implied(bound) {
      result.guards.append(bound)
    }
    return result
  }

  fileprivate func scaled(by factor: Coefficient) -> IndexTerm {
    var result = self
    result.coefficient = coefficient * factor
    return result
  }
}
