import Scalars
import TensorExpressions

/// Gauss–Jordan elimination over any arithmetic.
///
/// A pivot is the entry of largest magnitude in its column where the arithmetic has an order, and the first
/// that is not zero elsewhere.
struct Elimination<A: ScalarArithmetic> {
  private let arithmetic: A
  private let node: TensorExpression
  private let size: Int
  private var rows: [[A.Element]]

  /// Counts the work of eliminating a square matrix of some extent.
  ///
  /// By Hadamard's bound the minors of a rational matrix, which are the numbers on the way, have as many digits as
  /// a row's entries together: a product of two takes longer with every row.
  static func charge(_ arithmetic: A, _ extent: Int) throws(EvaluationError) {
    let growth = arithmetic.isExactlyRational ? 1 + extent.saturatingTimes(extent) / 24 : 1
    let points = extent.saturatingTimes(extent).saturatingTimes(extent).saturatingTimes(2)
    try EvaluationLimits.charge(points.saturatingTimes(growth), times: arithmetic.productWork)
  }

  /// - Precondition: the matrix is square.
  init(_ arithmetic: A, _ matrix: Tensor<A.Element>, node: TensorExpression) {
    precondition(
      matrix.extents.count == 2 && matrix.extents[0] == matrix.extents[1],
      "elimination takes a square matrix")
    let size = matrix.extents[0]
    self.arithmetic = arithmetic
    self.node = node
    self.size = size
    rows = (0..<size).map { Array(matrix.elements[$0 * size..<($0 + 1) * size]) }
  }

  /// The product of the pivots, with the sign of the row exchanges; zero for a singular matrix.
  func determinant() throws(EvaluationError) -> Tensor<A.Element> {
    var rows = rows
    var product = arithmetic.one
    for column in 0..<size {
      guard let pivot = try pivotRow(rows, column) else { return Tensor(scalar: arithmetic.zero) }
      if pivot != column {
        rows.swapAt(pivot, column)
        product = arithmetic.negate(product)
      }
      product = arithmetic.multiply(product, rows[column][column])
      for row in column + 1..<max(size, column + 1)
      where !arithmetic.isZero(rows[row][column]) {
        let factor = try quotient(rows[row][column], rows[column][column], row, column)
        subtract(factor, rows[column], from: &rows[row], startingAt: column)
      }
    }
    return Tensor(scalar: product)
  }

  /// The inverse matrix.
  ///
  /// - Throws: ``EvaluationError/singular(node:)``.
  func inverse(extents: [Int]) throws(EvaluationError) -> Tensor<A.Element> {
    var rows = rows
    for row in 0..<size {
      rows[row] += (0..<size).map { $0 == row ? arithmetic.one : arithmetic.zero }
    }
    for column in 0..<size {
      guard let pivot = try pivotRow(rows, column) else { throw .singular(node: node) }
      rows.swapAt(pivot, column)
      let scale = try quotient(arithmetic.one, rows[column][column], column, column)
      for k in column..<2 * size { rows[column][k] = arithmetic.multiply(rows[column][k], scale) }
      for row in 0..<size where row != column && !arithmetic.isZero(rows[row][column]) {
        subtract(rows[row][column], rows[column], from: &rows[row], startingAt: column)
      }
    }
    return Tensor(extents: extents, elements: rows.flatMap { $0.suffix(size) })
  }

  /// The row, at or below the diagonal, to divide by; nil when the rest of the column is zero.
  ///
  /// - Throws: when there is only what is neither zero nor has an inverse: a dual number with the primal zero, an
  ///   interval around zero.
  private func pivotRow(
    _ rows: [[A.Element]], _ column: Int
  ) throws(EvaluationError) -> Int? {
    var best: Int?
    var refusal: EvaluationError?
    for row in column..<size where !arithmetic.isZero(rows[row][column]) {
      if let current = best {
        if isLarger(rows[row][column], than: rows[current][column]) { best = row }
        continue
      }
      do throws(EvaluationError) {
        _ = try quotient(arithmetic.one, rows[row][column], row, column)
        best = row
      } catch {
        refusal = error
      }
    }
    if best == nil, let refusal { throw refusal }
    return best
  }

  /// Whether |a| > |b| for certain; false in a field and where enclosures overlap.
  private func isLarger(_ a: A.Element, than b: A.Element) -> Bool {
    // |a| > |b| exactly when (a − b)·(a + b) > 0.
    let difference = arithmetic.multiply(arithmetic.subtract(a, b), arithmetic.add(a, b))
    do throws(ScalarError) {
      return try arithmetic.sign(difference) > 0
    } catch {
      return false
    }
  }

  private func quotient(
    _ a: A.Element, _ b: A.Element, _ row: Int, _ column: Int
  ) throws(EvaluationError) -> A.Element {
    do {
      return try arithmetic.divide(a, b)
    } catch {
      throw .scalar(error, node: node, entry: [row, column])
    }
  }

  /// target −= factor · source.
  private func subtract(
    _ factor: A.Element, _ source: [A.Element], from target: inout [A.Element],
    startingAt start: Int
  ) {
    for k in start..<target.count where !arithmetic.isZero(source[k]) {
      target[k] = arithmetic.subtract(target[k], arithmetic.multiply(factor, source[k]))
    }
  }
}

extension ScalarArithmetic {
  /// Whether elements are fractions, which grow as they are multiplied.
  fileprivate var isExactlyRational: Bool {
    self is RationalArithmetic || self is DualArithmetic<RationalArithmetic>
  }
}
