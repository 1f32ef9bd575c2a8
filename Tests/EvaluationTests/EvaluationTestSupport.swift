import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

/// A tensor of generic rationals.
func drawn(_ extents: [Int], _ generator: inout SeededGenerator) -> Tensor<Rational> {
  Tensor(
    extents: extents,
    elements: (0..<extents.reduce(1, *)).map { _ in generator.genericRational() })
}

/// The contraction by its definition: one loop over every point of the box, entry by entry.
func naive(
  _ contraction: ConcreteContraction, _ coefficient: Rational, _ operands: [Tensor<Rational>]
) -> Tensor<Rational> {
  var result = Tensor(extents: contraction.outputExtents, repeating: Rational(0))
  let count = contraction.extents.reduce(1, *)
  for number in 0..<count {
    let point = TensorShape.entry(at: number, in: contraction.extents)
    func entry(_ access: [ConcreteContraction.Coordinate]) -> [Int]? {
      let values = access.map { coordinate in
        zip(coordinate.coefficients, point).reduce(coordinate.constant) { $0 + $1.0 * $1.1 }
      }
      return zip(values, access).allSatisfy { $0 >= 0 && $0 < $1.extent } ? values : nil
    }
    guard let target = entry(contraction.output), entry(contraction.guards) != nil else { continue }
    var product = coefficient
    for (operand, access) in zip(operands, contraction.operands) {
      guard let source = entry(access) else {
        product = 0
        break
      }
      product *= operand[source]
    }
    result[target] += product
  }
  return result
}

extension Tensor where Element == Rational {
  init(_ rows: [[Rational]]) {
    self.init(extents: [rows.count, rows[0].count], elements: rows.flatMap { $0 })
  }

  init(_ entries: [Rational]) { self.init(extents: [entries.count], elements: entries) }
}

/// An affine coordinate from its constant and multiples of indices.
func affine(_ constant: Size = 0, _ terms: (Size, Int)...) -> Affine {
  Affine(constant: constant, terms: terms.map { Affine.Term(index: $0.1, coefficient: $0.0) })
}

func evaluate(
  _ root: TensorExpression, sizes: [String: Int] = [:],
  _ values: [TensorExpression: Tensor<Rational>]
) throws -> Tensor<Rational> {
  try Evaluator(RationalArithmetic(), at: EvaluationPoint(sizes: sizes, values: values))
    .evaluate(root)
}

/// A function of the table applied to operands of one shape.
func function(_ name: String, _ operands: TensorExpression...) throws -> TensorExpression {
  operands[0].space.elementwise(try #require(Elementwise.named(name)), operands)
}
