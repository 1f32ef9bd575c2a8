import TensorExpressions

/// What there is to say about one line of a derived backward pass.
struct LineExplanation {
  /// The line with the dims of its factors.
  let headline: String
  /// Statements that the line needs before it.
  let parts: [String]
  /// How the value is used forward, each use with its rules.
  let uses: [Use]
  /// For each different term: which product it is, and why the shapes allow no other.
  let products: [Product]
  /// What is said of a line that is only a part of later ones.
  let remark: String?

  struct Use {
    let forwardLine: String
    let rules: [RuleSentences.Rule]
    /// The value occurs in more ways than are told.
    let isCut: Bool
  }

  struct Product {
    /// The term, where the line has several.
    let term: String?
    let argument: ShapeArgument
  }
}
