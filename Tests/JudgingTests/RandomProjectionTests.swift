import Evaluation
import Scalars
import TensorExpressions
import Testing

@testable import Judging

/// Comparing along random vectors is comparing Σ side·u·v·…, whatever the side is made of.
@Suite struct RandomProjectionTests {
  let space = ExpressionSpace()
  let field = PrimeFieldArithmetic(chain: PrimeFieldChain(count: 1, seed: 11))

  private func affine(_ constant: Size, _ terms: (Size, Int)...) -> Affine {
    Affine(constant: constant, terms: terms.map { Affine.Term(index: $0.1, coefficient: $0.0) })
  }

  /// y[2p + k − 1, c] += x[p, c]·w[k]: a transposed convolution with a border, some entries of which nothing reaches.
  private func transposedConvolution(
    _ x: TensorExpression, _ w: TensorExpression
  ) -> TensorExpression {
    space.contraction(
      Contraction(
        coefficient: Coefficient(Rational(3, 2)), indices: [4, 5, 2],
        output: [affine(-1, (2, 0), (1, 2)), .index(1)],
        operands: [.init(x, [.index(0), .index(1)]), .init(w, [.index(2)])]),
      shape: [9, 5])
  }

  /// The values of sides and of their projections at one point.
  private func evaluated(
    _ sides: [TensorExpression], seed: UInt64
  ) throws -> (
    whole: [Tensor<UInt64>], numbers: [UInt64], vectors: [TensorExpression: Tensor<UInt64>]
  ) {
    let projection = RandomProjection(sides)
    let point = try FieldDrawing(field, seed: seed)
      .point(for: TensorExpression.symbols(of: sides), like: EvaluationPoint())
    let vectors = try FieldDrawing(field, seed: seed)
      .directions(for: projection.vectors, sizes: [:])
    var projected = point
    projected.values.merge(vectors) { value, _ in value }
    return (
      try Evaluator(field, at: point).evaluate(sides),
      try Evaluator(field, at: projected).evaluate(projection.sides).map { $0.elements[0] }, vectors
    )
  }

  @Test(arguments: UInt64(1)...4) func projectionsAreSumsOverTheWhole(seed: UInt64) throws {
    let (x, w) = (space.input("x", [4, 5]), space.input("w", [2]))
    let (z, s) = (space.input("z", [9, 5]), space.input("s", []))
    let y = transposedConvolution(x, w)
    let reciprocal = try #require(Elementwise.named("reciprocal"))
    let inverse: TensorExpression = space.elementwise(reciprocal, [z])
    let named: TensorExpression = space.named("v", y + z)
    var sides: [TensorExpression] = [y, z, inverse, s, w]
    sides.append(y + z * 2)
    sides.append(y * z)
    sides.append(named * 3 - space.filled(Coefficient(Rational(1)), [9, 5]))
    let (whole, numbers, vectors) = try evaluated(sides, seed: seed)
    func vector(_ axis: Int, _ extent: Int) throws -> [UInt64] {
      let name = "vector \(axis)"
      let found = vectors.first { (key: TensorExpression, value: Tensor<UInt64>) -> Bool in
        (key.name ?? "").contains(name) && value.extents == [extent]
      }
      return try #require(found).value.elements
    }
    for (value, number) in zip(whole, numbers) {
      var sum = field.zero
      for place in value.elements.indices {
        var product = value.elements[place]
        let entry = TensorShape.entry(at: place, in: value.extents)
        for (axis, coordinate) in entry.enumerated() {
          product = field.multiply(product, try vector(axis, value.extents[axis])[coordinate])
        }
        sum = field.add(sum, product)
      }
      #expect(sum == number)
    }
  }

  /// One entry among many is enough, wherever it is.
  @Test func aDifferenceOfOneEntryIsSeen() throws {
    let (x, w) = (space.input("x", [4, 5]), space.input("w", [2]))
    let y = transposedConvolution(x, w)
    for (row, column) in [(0, 0), (8, 4), (5, 2)] {
      let spot = space.contraction(
        Contraction(
          indices: [1], output: [affine(Size(row)), affine(Size(column))], operands: []),
        shape: [9, 5])
      let (_, numbers, _) = try evaluated([y, y + spot, y * 1], seed: 7)
      #expect(numbers[0] != numbers[1])
      #expect(numbers[0] == numbers[2])
    }
  }
}
