import ExpressionLanguage
import Notation
import TensorExpressions

/// A program's derived formulas as text: in the expression language, and as index statements.
struct FormulaText {
  let program: Program

  /// The right side of `name = …`.
  func text(of formula: TensorExpression, in name: String) -> String {
    "…"
  }

  /// The formula as an index statement that defines `name`; nil where one statement cannot say it.
  func indexStatement(of formula: TensorExpression, in name: String) -> String? {
    nil
  }
}

extension TensorExpression {
  /// The formula in the expression language, for sentences.
  var formulaText: String { name ?? "the expression" }
}
