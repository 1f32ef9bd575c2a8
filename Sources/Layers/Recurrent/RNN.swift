import TensorExpressions

/// Elman's recurrent layer along a sequence: h ← tanh(x_t·Wᵀ + h·Uᵀ + b), with shapes as in ``RecurrentCell``.
public func rnn(
  _ x: TensorExpression, _ w: TensorExpression, _ u: TensorExpression,
  bias: TensorExpression? = nil, h0: TensorExpression? = nil, returningSequences: Bool = false,
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  let cell = try RecurrentCell("rnn", gates: 1, x, w, u, assumptions)
  var steps = cell.steps([try cell.initialState(h0)])
  let a = try cell.inputPart(&steps, bias).plus(
    cell.statePart(steps.previous(0)), assuming: assumptions)
  steps.set(0, tanh(steps.line(a)))
  return try cell.result(of: steps.sequence(0), returningSequences: returningSequences)
}

extension CatalogueFunction {
  static let rnn = CatalogueFunction(
    "rnn", family: .layers,
    [
      "x", "W", "U", .optional("b", 0), .optional("h0", 0), .optional("return_sequences", false),
    ],
    samples: [
      "input x: [2, 3, 4]\nparam W: [5, 4], U: [5, 5], b: [5]\ny = rnn(x, W, U, b)"
    ]
  ) { arguments throws(ShapeError) in
    try Layers.rnn(
      arguments.tensor("x"), arguments.tensor("W"), arguments.tensor("U"),
      bias: arguments.tensorUnlessZero("b"), h0: arguments.tensorUnlessZero("h0"),
      returningSequences: arguments.flag("return_sequences"), assuming: arguments.assumptions)
  }
}
