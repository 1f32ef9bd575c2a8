import TensorExpressions

/// A long short-term memory along a sequence, the gates in the order i, f, g, o.
///
/// ```
/// a = x_t·Wᵀ + h·Uᵀ + b;   i, f, o = σ(aᵢ), σ(a_f), σ(aₒ);   g = tanh(a_g)
/// c ← f·c + i·g;   h ← o·tanh(c)
/// ```
///
/// With shapes as in ``RecurrentCell``: the last h, `[batch, units]`, or with `returningSequences` all of them.
/// Source: S. Hochreiter, J. Schmidhuber (1997), with the forget gate of F. Gers (2000), as in PyTorch and Keras.
public func lstm(
  _ x: TensorExpression, _ w: TensorExpression, _ u: TensorExpression,
  bias: TensorExpression? = nil, h0: TensorExpression? = nil, c0: TensorExpression? = nil,
  returningSequences: Bool = false, assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  let cell = try RecurrentCell("lstm", gates: 4, x, w, u, assumptions)
  var steps = cell.steps([try cell.initialState(c0), try cell.initialState(h0)])
  let a = steps.line(
    try cell.inputPart(&steps, bias).plus(
      cell.statePart(steps.previous(1)), assuming: assumptions))
  let i = steps.line(sigmoid(try cell.gate(0, of: a)))
  let f = steps.line(sigmoid(try cell.gate(1, of: a)))
  let g = steps.line(tanh(try cell.gate(2, of: a)))
  let o = steps.line(sigmoid(try cell.gate(3, of: a)))
  let c = steps.set(0, f * steps.previous(0) + i * g)
  steps.set(1, o * tanh(c))
  return try cell.result(of: steps.sequence(1), returningSequences: returningSequences)
}

extension CatalogueFunction {
  static let lstm = CatalogueFunction(
    "lstm", family: .layers,
    [
      "x", "W", "U", .optional("b", 0), .optional("h0", 0), .optional("c0", 0),
      .optional("return_sequences", false),
    ],
    samples: [
      "input x: [2, 3, 4]\nparam W: [8, 4], U: [8, 2], b: [8]\ny = lstm(x, W, U, b)",
      "input x: [3, 2, 1], h0: [3, 2]\nparam W: [8, 1], U: [8, 2]\n"
        + "y = lstm(x, W, U, h0=h0, return_sequences=True)",
    ]
  ) { arguments throws(ShapeError) in
    try Layers.lstm(
      arguments.tensor("x"), arguments.tensor("W"), arguments.tensor("U"),
      bias: arguments.tensorUnlessZero("b"), h0: arguments.tensorUnlessZero("h0"),
      c0: arguments.tensorUnlessZero("c0"), returningSequences: arguments.flag("return_sequences"),
      assuming: arguments.assumptions)
  }
}
