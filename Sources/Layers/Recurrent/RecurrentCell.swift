import TensorExpressions

/// The shapes of a recurrent layer, and its walk along a sequence.
///
/// | value | shape                            |
/// |-------|----------------------------------|
/// | `x`   | `[batch, length, features]`      |
/// | `W`   | `[gates*units, features]`        |
/// | `U`   | `[gates*units, units]`           |
/// | `b`   | `[gates*units]` or `[]`          |
struct RecurrentCell {
  let function: String
  let x: TensorExpression
  let w: TensorExpression
  let u: TensorExpression
  let units: Size
  let length: Size
  let assumptions: ShapeAssumptions

  init(
    _ function: String, gates: Int, _ x: TensorExpression, _ w: TensorExpression,
    _ u: TensorExpression, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) {
    guard x.rank == 3 else { throw .rank(function: function, expected: "3", found: x.shape) }
    for matrix in [w, u] where matrix.rank != 2 {
      throw .rank(function: function, expected: "2", found: matrix.shape)
    }
    guard assumptions.isAtLeast(x.shape[1], 1) else {
      throw .emptyExtent(function: function, axis: 1, extent: x.shape[1])
    }
    for rows in [w.shape[0], u.shape[0]] {
      guard assumptions.areEqual(rows, u.shape[1] * Size(gates)) else {
        throw .extent(
          function: function, what: "gates", expected: u.shape[1] * Size(gates), found: rows)
      }
    }
    self.function = function
    self.x = x
    self.w = w
    self.u = u
    self.units = u.shape[1]
    length = x.shape[1]
    self.assumptions = assumptions
  }

  /// The state before the first step: given, repeated over the batch, or zero.
  func initialState(_ given: TensorExpression?) throws(ShapeError) -> TensorExpression {
    let shape = [x.shape[0], units]
    return try given?.broadcast(to: shape, assuming: assumptions) ?? x.space.zeros(shape)
  }

  /// x_t·Wᵀ + b.
  func inputPart(
    _ steps: inout SequenceSteps, _ b: TensorExpression?
  ) throws(ShapeError) -> TensorExpression {
    try linear(steps.entry(of: x, axis: 1), w, bias: b, assuming: assumptions)
  }

  /// h·Uᵀ + b.
  func statePart(
    _ h: TensorExpression, _ b: TensorExpression? = nil
  ) throws(ShapeError) -> TensorExpression {
    try linear(h, u, bias: b, assuming: assumptions)
  }

  /// The columns of one gate.
  func gate(_ position: Int, of a: TensorExpression) throws(ShapeError) -> TensorExpression {
    try a.subscripted(
      [.all, .slice(from: units * Size(position), to: units * Size(position + 1), step: 1)],
      assuming: assumptions)
  }

  /// The walk along the sequence, the states being given before it.
  func steps(_ starts: [TensorExpression]) -> SequenceSteps {
    SequenceSteps(length: length, axis: 1, starts: starts)
  }

  /// The last state, or all of them along the axis of the sequence.
  func result(
    of states: TensorExpression, returningSequences: Bool
  ) throws(ShapeError) -> TensorExpression {
    returningSequences ? states : try states.subscripted([.all, .index(length - 1)])
  }
}
