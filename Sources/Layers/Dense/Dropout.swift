import Scalars
import TensorExpressions

/// Dropout with a given mask of zeros and ones: x·mask / (1 − p), for the share p of entries that is dropped.
public func dropout(
  _ x: TensorExpression, mask: TensorExpression, p: Coefficient,
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  guard let scale = (Coefficient.one + -p).reciprocal else {
    throw .argument(function: "dropout_mask", name: "p", rule: "is less than 1")
  }
  return try x.times(mask, assuming: assumptions).scaled(by: scale)
}

extension CatalogueFunction {
  static let dropoutMask = CatalogueFunction(
    "dropout_mask", family: .layers, ["x", "mask", .optional("p", number: Rational(1, 2))],
    samples: ["input x: [2, 3]\nconst m: [2, 3] integer\ny = dropout_mask(x, m, p=0.25)"]
  ) { arguments throws(ShapeError) in
    guard let p = arguments["p"].asNumber else { throw arguments.broken("p", "is a number") }
    return try dropout(
      arguments.tensor("x"), mask: arguments.tensor("mask"), p: p, assuming: arguments.assumptions)
  }
}
