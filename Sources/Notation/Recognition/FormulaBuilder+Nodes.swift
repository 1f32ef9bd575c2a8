import Scalars
import TensorExpressions

/// Sums and elementwise functions.
extension FormulaBuilder {
  mutating func sum(_ terms: [TensorExpression], shape: [Size]) -> Piece {
    if terms.isEmpty { return Piece(formula: .number(.zero), shape: []) }
    if let piece = concatenation(terms, shape: shape) { return piece }
    let pieces = terms.map { known($0) }
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
    let pieces = operands.map { known($0) }
    let common = (try? TensorExpression.broadcastShape(pieces.map(\.shape))) ?? shape
    let arguments = pieces.map(\.formula)
    return Piece(
      formula: Self.applied(function.name, arguments, isScalar: common.isEmpty), shape: common)
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
    case "pi": return .name("pi")
    case "leaky_relu" where x[1] == .number(Coefficient(Rational(1, 100))):
      return .function(name, [x[0]])
    case "elu" where x[1] == .one: return .function(name, [x[0]])
    case "hardtanh" where x[1] == .number(.minusOne) && x[2] == .one:
      return .function(name, [x[0]])
    default: return .function(name, x)
    }
  }

  /// Terms that lie behind each other along one axis, and are zero elsewhere.
  private func concatenation(_ terms: [TensorExpression], shape: [Size]) -> Piece? {
    guard terms.count >= 2 else { return nil }
    var relations: [Relation] = []
    for term in terms {
      guard let contraction = term.asContraction else { return nil }
      var relation = relation(contraction, shape: shape)
      guard relation.tighten() else { return nil }
      relations.append(relation)
    }
    for axis in shape.indices {
      guard let parts = Self.parts(of: relations, along: axis) else { continue }
      let formulas = parts.compactMap { recognised($0)?.full($0.shape) }
      guard formulas.count == parts.count else { return nil }
      return Piece(formula: .concatenation(formulas, axis: axis), shape: shape)
    }
    return nil
  }

  /// The relations cut to their own stretch of the axis, in its order; nil when they do not fill it exactly.
  private static func parts(of relations: [Relation], along axis: Int) -> [Relation]? {
    var rest = relations
    var ordered: [Relation] = []
    var position = Size.zero
    while let next = rest.firstIndex(where: { $0.output[axis].constant == position }) {
      var part = rest.remove(at: next)
      let coordinate = part.output[axis]
      guard coordinate.terms.count <= 1, coordinate.terms.allSatisfy({ $0.coefficient.isOne })
      else { return nil }
      let extent = coordinate.isConstant ? .one : part.extents[coordinate.terms[0].index]
      part.output[axis] = coordinate + -position
      part.shape[axis] = extent
      position += extent
      ordered.append(part)
    }
    guard rest.isEmpty, position == relations[0].shape[axis] else { return nil }
    return ordered
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
