import Notation
import TensorExpressions

extension TensorExpression {
  /// The formula in the expression language, for sentences.
  var formulaText: String { name ?? "the expression" }
}
