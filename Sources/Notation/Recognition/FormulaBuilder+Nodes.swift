import Scalars
import TensorExpressions

/// Sums and elementwise functions.
extension FormulaBuilder {
  mutating func sum(_ terms: [TensorExpression], shape: [Size]) -> Piece {
    if terms.isEmpty { return Piece(formula: .number(.zero), shape: []) }
    let (numbers, terms) = numbers(in: terms)
    let pieces = numbers + (concatenation(terms, shape: shape) ?? terms.map { known($0) })
    if pieces.count == 1 { return pieces[0] }
    var formulas: [Formula] = []
    for piece in pieces {
      // A sum inside a sum is one sum.
      if case .sum(let inner) = piece.formula {
        formulas += inner
      } else {
        formulas.append(piece.formula)
      }
    }
    // A positive term first, so that `b - a` is not printed as `-a + b`.
    if formulas[0].hasMinus, let first = formulas.firstIndex(where: { !$0.hasMinus }) {
      formulas.insert(formulas.remove(at: first), at: 0)
    }
    let common = (try? TensorExpression.broadcastShape(pieces.map(\.shape))) ?? shape
    return Piece(formula: .sum(formulas), shape: common)
  }

  func elementwise(
    _ function: Elementwise, _ operands: [TensorExpression], shape: [Size]
  ) -> Piece {
    // A number, whose operand only gives the shape.
    if function.name == "pi" { return Piece(formula: circleConstant, shape: []) }
    let pieces = operands.map { known($0) }
    let common = (try? TensorExpression.broadcastShape(pieces.map(\.shape))) ?? shape
    let arguments = pieces.map(\.formula)
    return Piece(
      formula: Self.applied(function.name, arguments, isScalar: common.isEmpty), shape: common)
  }

  /// The circle's constant; where something else is called `pi`, by another definition.
  private var circleConstant: Formula {
    usedNames.contains("pi")
      ? .function("acos", [.number(.minusOne)]) : .function("pi", [])
  }

  /// The function's call, with operators and default arguments as a person writes them.
  private static func applied(_ name: String, _ x: [Formula], isScalar: Bool) -> Formula {
    switch name {
    case "reciprocal":
      let product = isScalar ? x[0].asScalarProduct : x[0].asProduct
      if let inverse = product.inverted() { return Formula(inverse) }
      return .function(name, x)
    case "pow": return .power(x[0], x[1])
    case "sqrt":
      if let vector = x[0].squareSummed { return .function("norm2", [vector]) }
      return .function(name, x)
    case "leaky_relu" where x[1] == .number(Coefficient(Rational(1, 100))):
      return .function(name, [x[0]])
    case "elu" where x[1] == .one: return .function(name, [x[0]])
    case "hardtanh" where x[1] == .number(.minusOne) && x[2] == .one:
      return .function(name, [x[0]])
    default: return .function(name, x)
    }
  }

  /// The terms with those that lie behind each other along one axis, zero elsewhere, taken together.
  private func concatenation(_ terms: [TensorExpression], shape: [Size]) -> [Piece]? {
    var relations: [(position: Int, relation: Relation)] = []
    for (position, term) in terms.enumerated() {
      guard let contraction = term.asContraction, contraction.mayFallShort(of: shape) else {
        continue
      }
      var relation = relation(contraction, shape: shape)
      if relation.tighten() { relations.append((position, relation)) }
    }
    guard relations.count >= 2 else { return nil }
    for axis in shape.indices {
      let partial = relations.filter { $0.relation.stretch(along: axis)?.extent != shape[axis] }
      guard partial.count >= 2,
        let parts = Self.parts(of: partial.map(\.relation), along: axis)
      else { continue }
      let formulas = parts.compactMap { recognised($0)?.full($0.shape) }
      guard formulas.count == parts.count else { continue }
      let taken = Set(partial.map(\.position))
      let joined = Piece(formula: .concatenation(formulas, axis: axis), shape: shape)
      return terms.indices.filter { !taken.contains($0) }.map { known(terms[$0]) } + [joined]
    }
    return nil
  }

  /// The relations cut to their own stretch of the axis, in its order; nil when they do not fill it exactly.
  private static func parts(of relations: [Relation], along axis: Int) -> [Relation]? {
    var rest = relations
    var ordered: [Relation] = []
    var position = Size.zero
    while let next = rest.firstIndex(where: { $0.stretch(along: axis)?.start == position }) {
      var part = rest.remove(at: next)
      guard let stretch = part.stretch(along: axis) else { return nil }
      part.output[axis] = part.output[axis] + -position
      part.shape[axis] = stretch.extent
      position += stretch.extent
      ordered.append(part)
    }
    guard rest.isEmpty, let shape = relations.first?.shape, position == shape[axis] else {
      return nil
    }
    return ordered
  }
}

extension Relation {
  /// Where along an axis of the output the relation has entries, when that is one stretch.
  fileprivate func stretch(along axis: Int) -> (start: Size, extent: Size)? {
    let coordinate = output[axis]
    if coordinate.isConstant { return (coordinate.constant, .one) }
    guard coordinate.terms.count == 1, coordinate.terms[0].coefficient.isOne else { return nil }
    return (coordinate.constant, extents[coordinate.terms[0].index])
  }
}

extension Contraction {
  /// Whether some axis of the output, whose shape is `shape`, may be reached in part only.
  fileprivate func mayFallShort(of shape: [Size]) -> Bool {
    let plain = Set(
      operands.flatMap { operand in
        zip(operand.access, operand.value.shape).compactMap { coordinate, extent in
          coordinate.asIndex.flatMap { indices[$0] == extent ? $0 : nil }
        }
      })
    return zip(output, shape).contains { coordinate, extent in
      guard let index = coordinate.asIndex else { return !extent.isOne }
      return indices[index] != extent || !plain.contains(index)
    }
  }
}

extension Formula {
  /// The tensor of which the formula is the sum of all squares.
  fileprivate var squareSummed: Formula? {
    switch self {
    case .reduction(let reduction, .product(let square))
    where reduction.kind == .sum && reduction.axes == nil && square.scalars.isEmpty
      && square.coefficient.isOne && square.entries.count == 1 && square.entries[0].exponent == 2:
      square.entries[0].base
    // The product of a vector with itself; of a matrix it would not be a scalar, which has a root.
    case .matrixProduct(let factors) where factors.count == 2 && factors[0] == factors[1]:
      factors[0]
    default: nil
    }
  }

  /// Whether the formula as a term is subtracted.
  var hasMinus: Bool {
    switch self {
    case .number(let value): value.leadingSign < 0
    case .product(let product): product.coefficient.leadingSign < 0
    default: false
    }
  }
}
