import Scalars
import TensorExpressions

/// Masks as truth values: 0 is false, everything else is true, as in NumPy.
extension CatalogueFunction {
  /// 1 where both are true; also written `a & b`.
  static let logicalAnd = logical("logical_and", "x > 0, y > 0") {
    x, y, assumptions throws(ShapeError) in try x.times(y, assuming: assumptions)
  }

  /// 1 where either is true; also written `a | b`.
  static let logicalOr = logical("logical_or", "x > 0, y > 0") {
    x, y, assumptions throws(ShapeError) in
    1 - (try (1 - x).times(1 - y, assuming: assumptions))
  }

  /// 1 where one is true and the other is not.
  static let logicalXor = logical("logical_xor", "x > 0, y > 0") {
    x, y, assumptions throws(ShapeError) in
    let both = try x.times(y, assuming: assumptions)
    return try x.plus(y, assuming: assumptions).plus(
      both.scaled(by: Coefficient(Rational(-2))), assuming: assumptions)
  }

  /// 1 where it is false; also written `~a`.
  static let logicalNot = CatalogueFunction(
    "logical_not", family: .elementwise, ["x"],
    samples: ["input x: [2, 3]\ny = x * logical_not(x > 0)"]
  ) { arguments throws(ShapeError) in
    1 - (try arguments.truth("x"))
  }

  /// x with a value where the mask is true.
  static let maskedFill = CatalogueFunction(
    "masked_fill", family: .elementwise, ["x", "mask", "value"],
    samples: ["input x: [2, 3]\ny = x.masked_fill(x > 0, -1000)"]
  ) { arguments throws(ShapeError) in
    try arguments.applying(
      "where", [arguments.truth("mask"), arguments.tensor("value"), arguments.tensor("x")])
  }

  private static func logical(
    _ name: String, _ operands: String,
    _ body:
      @escaping @Sendable (TensorExpression, TensorExpression, ShapeAssumptions)
      throws(ShapeError) -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .elementwise, ["x", "y"],
      samples: ["input x: [2, 3], y: [3]\nz = x * \(name)(\(operands))"]
    ) { arguments throws(ShapeError) in
      try body(arguments.truth("x"), arguments.truth("y"), arguments.assumptions)
    }
  }
}

extension BoundArguments {
  /// A mask as it is; of any other tensor the mask of where it is not 0.
  func truth(_ name: String) throws(ShapeError) -> TensorExpression {
    let x = try tensor(name)
    return x.isTruthValue ? x : 1 - (try x.isEqual(to: x.filled(0), assuming: assumptions))
  }
}

extension TensorExpression {
  /// Whether every entry is 0 or 1 by the way it is made: a comparison, its complement, a product or a part of such.
  ///
  /// Where a contraction has several terms for one entry they add up, so that only those count whose output is plain.
  var isTruthValue: Bool {
    switch unnamed.kind {
    case .elementwise(let function, _): function.name == "step" || function.name == "equal"
    case .selector(let extremum): extremum.ties == .first
    case .symbol(let symbol): symbol.structure.contains(.oneHot)
    case .contraction(let c):
      c.coefficient.isOne && c.hasPlainOutput && c.indices.count == c.output.count
        && c.operands.allSatisfy { $0.value.isTruthValue }
    case .sum(let terms): Self.complement(of: terms)?.isTruthValue == true
    case .named, .extremum, .inverse, .determinant, .cholesky, .recurrence: false
    }
  }

  /// What two terms are 1 minus of; nil where they are not.
  private static func complement(of terms: [TensorExpression]) -> TensorExpression? {
    guard terms.count == 2 else { return nil }
    for (one, other) in [(terms[0], terms[1]), (terms[1], terms[0])]
    where one.asConstant?.isOne == true {
      return other.scaled(by: Coefficient(Rational(-1)))
    }
    return nil
  }
}
