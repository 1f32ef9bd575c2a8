import Scalars
import TensorExpressions

/// The lower triangular factor of a symmetric positive definite matrix, row by row.
///
/// ```
/// L[i,j] = (A[i,j] − Σₖ L[i,k]·L[j,k]) / L[j,j],   L[j,j] = √(A[j,j] − Σₖ L[j,k]²),   k < j < i
/// ```
///
/// What stands under a root is a pivot of elimination. In a field it has a root in half of all cases, which is one of
/// two: L is known up to the signs of its columns there, and A = L·Lᵀ whichever they are.
struct CholeskyFactor<A: ScalarArithmetic> {
  private let arithmetic: A
  private let node: TensorExpression
  private let matrix: Tensor<A.Element>

  /// - Precondition: the matrix is square.
  init(_ arithmetic: A, _ matrix: Tensor<A.Element>, node: TensorExpression) {
    precondition(
      matrix.extents.count == 2 && matrix.extents[0] == matrix.extents[1],
      "only square matrices have a factor")
    self.arithmetic = arithmetic
    self.node = node
    self.matrix = matrix
  }

  /// - Throws: ``EvaluationError`` with the entry where there is no root, or none that the arithmetic knows.
  func tensor() throws(EvaluationError) -> Tensor<A.Element> {
    let size = matrix.extents[0]
    var factor = Tensor(extents: matrix.extents, repeating: arithmetic.zero)
    for i in 0..<size {
      for j in 0...i {
        var rest = matrix[[i, j]]
        for k in 0..<j {
          rest = arithmetic.subtract(rest, arithmetic.multiply(factor[[i, k]], factor[[j, k]]))
        }
        do throws(ScalarError) {
          factor[[i, j]] =
            i == j
            ? try positiveRoot(rest) : try arithmetic.divide(rest, factor[[j, j]])
        } catch {
          throw .scalar(error, node: node, entry: [i, j])
        }
      }
    }
    return factor
  }

  /// The root of a pivot, which is not 0.
  private func positiveRoot(_ pivot: A.Element) throws(ScalarError) -> A.Element {
    if arithmetic.isZero(pivot) { throw .divisionByZero }
    return try arithmetic.rootOfSquare(pivot)
  }
}
