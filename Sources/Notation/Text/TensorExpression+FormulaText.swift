import TensorExpressions

extension TensorExpression {
  /// The formula in the expression language, for sentences.
  package var formulaText: String {
    name ?? TextNotation().text(self) ?? Self.unprintable
  }

  /// What stands for a formula that takes more than one statement to write.
  package static let unprintable = "the expression"
}
