import TensorExpressions

/// A gated recurrent unit along a sequence, the gates in the order r, z, n.
///
/// ```
/// a = x_t·Wᵀ + b;   s = h·Uᵀ + bₕ;   r, z = σ(aᵣ + sᵣ), σ(a_z + s_z);   n = tanh(aₙ + r·sₙ)
/// h ← (1 − z)·n + z·h
/// ```
///
/// With shapes as in ``RecurrentCell``; the reset gate takes the state's part with its bias, as in PyTorch.
/// Source: K. Cho et al. (2014), in PyTorch's form.
public func gru(
  _ x: TensorExpression, _ w: TensorExpression, _ u: TensorExpression,
  bias: TensorExpression? = nil, h0: TensorExpression? = nil, stateBias: TensorExpression? = nil,
  returningSequences: Bool = false, assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  let cell = try RecurrentCell("gru", gates: 3, x, w, u, assumptions)
  var steps = cell.steps([try cell.initialState(h0)])
  let h = steps.previous(0)
  let a = steps.line(try cell.inputPart(&steps, bias))
  let s = steps.line(try cell.statePart(h, stateBias))
  let r = steps.line(sigmoid(try cell.gate(0, of: a) + cell.gate(0, of: s)))
  let z = steps.line(sigmoid(try cell.gate(1, of: a) + cell.gate(1, of: s)))
  let n = steps.line(tanh(try cell.gate(2, of: a) + r * cell.gate(2, of: s)))
  steps.set(0, (1 - z) * n + z * h)
  return try cell.result(of: steps.sequence(0), returningSequences: returningSequences)
}

extension CatalogueFunction {
  static let gru = CatalogueFunction(
    "gru", family: .layers,
    [
      "x", "W", "U", .optional("b", 0), .optional("h0", 0), .optional("return_sequences", false),
      .optional("bh", 0),
    ],
    samples: [
      "input x: [2, 3, 4]\nparam W: [6, 4], U: [6, 2], b: [6], bh: [6]\n"
        + "y = gru(x, W, U, b, bh=bh)"
    ]
  ) { arguments throws(ShapeError) in
    try Layers.gru(
      arguments.tensor("x"), arguments.tensor("W"), arguments.tensor("U"),
      bias: arguments.tensorUnlessZero("b"), h0: arguments.tensorUnlessZero("h0"),
      stateBias: arguments.tensorUnlessZero("bh"),
      returningSequences: arguments.flag("return_sequences"), assuming: arguments.assumptions)
  }
}
