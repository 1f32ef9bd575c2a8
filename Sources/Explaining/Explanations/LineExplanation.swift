import TensorExpressions

/// What there is to say about one line of a derived backward pass.
package struct LineExplanation {
  /// The line with the dims of its factors.
  package let headline: String
  /// Statements that the line needs before it.
  package let parts: [String]
  /// How the value is used forward, each use with its rules.
  package let uses: [Use]
  /// For each different term: which product it is, and why the shapes allow no other.
  package let products: [Product]
  /// What is said of a line that is only a part of later ones.
  package let remark: String?

  package struct Use {
    package let forwardLine: String
    package let rules: [RuleSentences.Rule]
    /// The value occurs in more ways than are told.
    package let isCut: Bool
  }

  package struct Product {
    /// The term, where the line has several.
    package let term: String?
    package let argument: ShapeArgument
  }
}
