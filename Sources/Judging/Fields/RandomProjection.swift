import Evaluation
import TensorExpressions

/// The sides of equations, each reduced to one number by a random vector along each of its axes.
///
/// ```
/// left[i, j, …] = right[i, j, …] for all i, j, …     is tested by
/// Σ left[i, j, …]·u[i]·v[j]·… = Σ right[i, j, …]·u[i]·v[j]·…
/// ```
///
/// Where only equality is asked, this asks it without ever forming the sides: the vectors become operands of the
/// contraction that makes a side, and are summed into the smaller operands first.
///
/// The difference of the two sums is a polynomial in the entries of the vectors, of degree 1 in each vector,
/// whose coefficients are the entries of left − right. So where one of these is not zero, the sums differ but
/// for a probability of at most the number of axes, divided by the order of the field.
///
/// - SeeAlso: R. Freivalds, "Probabilistic machines can use less running time" (1977), for one matrix product.
struct RandomProjection {
  /// One number for each side, in their order.
  let sides: [TensorExpression]
  /// The random vectors, which are drawn in the field in which identities are tested.
  let vectors: [TensorExpression]

  init(_ sides: [TensorExpression]) {
    var vectors: [TensorExpression] = []
    self.sides = sides.map { side in
      let own = side.shape.enumerated().map { axis, extent in
        // No name of the language has a space in it.
        side.space.constant("random vector \(axis) of \(extent)", [extent])
      }
      vectors += own.filter { !vectors.contains($0) }
      return Self.projected(side, own)
    }
    self.vectors = vectors
  }

  private static func projected(
    _ side: TensorExpression, _ vectors: [TensorExpression]
  ) -> TensorExpression {
    if vectors.isEmpty { return side }
    switch side.kind {
    case .named(_, let value): return projected(value, vectors)
    case .sum(let terms): return side.space.sum(terms.map { projected($0, vectors) }, shape: [])
    case .contraction(let contraction): return projected(contraction, side.space, vectors)
    case .symbol, .elementwise, .extremum, .selector, .inverse, .determinant, .cholesky,
      .recurrence:
      let coordinates = side.shape.indices.map { Affine.index($0) }
      let whole = Contraction(
        indices: side.shape, output: coordinates,
        operands: [Contraction.Operand(side, coordinates)])
      return projected(whole, side.space, vectors)
    }
  }

  /// Every vector becomes an operand where the output was.
  private static func projected(
    _ contraction: Contraction, _ space: ExpressionSpace, _ vectors: [TensorExpression]
  ) -> TensorExpression {
    space.contraction(
      Contraction(
        coefficient: contraction.coefficient, indices: contraction.indices, output: [],
        operands: contraction.operands
          + zip(vectors, contraction.output).map { Contraction.Operand($0, [$1]) },
        guards: contraction.guards),
      shape: [])
  }
}
