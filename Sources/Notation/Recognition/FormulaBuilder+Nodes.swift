import Derivation
import Scalars
import TensorExpressions

/// Sums and elementwise functions.
extension FormulaBuilder {
  func sum(_ pieces: [Piece], shape: [Size]) -> Piece {
    if pieces.isEmpty { return Piece(formula: .number(.zero), shape: []) }
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

  /// The parts that lie behind each other along an axis, taken together.
  func joined(_ stitching: Stitching, shape: [Size]) -> Piece {
    let parts = stitching.parts.map { known($0).full($0.shape) }
    if let rolled = Self.rolled(parts, axis: stitching.axis, rank: shape.count) {
      return Piece(formula: rolled, shape: shape)
    }
    return Piece(
      formula: stitching.isStack
        ? .stack(parts, axis: stitching.axis) : .concatenation(parts, axis: stitching.axis),
      shape: shape)
  }

  /// The end of a tensor and then its start, as `roll`.
  private static func rolled(_ parts: [Formula], axis: Int, rank: Int) -> Formula? {
    guard parts.count == 2, case .view(.slice(let end), let x) = parts[0],
      case .view(.slice(let start), x) = parts[1], end.count == start.count,
      end.indices.allSatisfy({ $0 == axis || (end[$0] == .all && start[$0] == .all) }),
      case .range(let cut, let stop, 1, let extent) = end[axis], stop == extent,
      case .range(.zero, cut, 1, extent) = start[axis]
    else { return nil }
    // Counted from the nearer end.
    let isForwards = (extent - cut).asInt.map { $0 > 0 } ?? false
    return .view(.roll(by: isForwards ? extent - cut : -cut, axis: axis, rank: rank), x)
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
