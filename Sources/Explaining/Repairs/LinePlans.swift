import TensorExpressions

/// What is to be evaluated for the sites of a line on which a claim depends affinely.
struct LinePlans {
  let parts: LineParts
  let plans: [Plan]

  /// What is to be evaluated for one site.
  struct Plan {
    let site: Site
    let value: TensorExpression
    /// The cotangent of the site under random weights.
    let weights: TensorExpression
    let variants: [(variant: Variant, value: TensorExpression)]
  }
}

/// What a change is to bring about: that the claimed side equals the true one.
///
/// Its expressions are those that are evaluated, recurrences written out.
struct Question {
  let exact: TensorExpression
  let claimed: TensorExpression
  /// A tensor of the claim's shape, for random numbers.
  let weights: TensorExpression
  /// An expression with the true gradients in it, as it is evaluated.
  let full: (TensorExpression) -> TensorExpression

  /// What must have a value where changes are tried.
  var roots: [TensorExpression] { [exact, claimed, weights] }

  /// Everything that is evaluated for a line, once.
  func expressions(of plans: LinePlans) -> [TensorExpression] {
    var all = plans.plans.flatMap { [full($0.value), full($0.weights)] }
    all += plans.plans.flatMap { $0.variants.map { full($0.value) } }
    all += plans.parts.words.map { full($0.value.whole) }
    return all.removingRepetitions()
  }
}
