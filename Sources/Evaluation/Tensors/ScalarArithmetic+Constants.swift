import Scalars

extension ScalarArithmetic {
  /// The element that stands for a rational number, or an error that holds the number.
  func number(_ value: Rational) throws(EvaluationError) -> Element {
    do {
      return try constant(value)
    } catch {
      throw .scalarConstant(error, value)
    }
  }
}
