import TensorExpressions

/// Values that are defined by derivatives, `H = hessian(L, x)`, as the short formulas that those are.
public struct DerivativeLines: Sendable {
  /// The values under their names, each after the parts that were given names to keep lines short.
  public let lines: [TensorExpression]

  /// The values alone, in the order in which they were given.
  public let valueForms: [TensorExpression]

  /// Writes derivatives as short lines, with names for the parts that would be repeated.
  ///
  /// - Parameters:
  ///   - values: the named values.
  ///   - names: the named values that formulas may refer to.
  ///   - taken: further names that are in use.
  public init(
    of values: [TensorExpression], names: [TensorExpression], avoiding taken: Set<String> = [],
    facts: SizeFacts
  ) {
    let simplifier = Simplifier(facts: facts, multipliesOut: true)
    for name in names.sorted(by: { $0.id < $1.id }) { simplifier.learn(name) }
    var splitting = LineSplitting(avoiding: taken.union((names + values).compactMap(\.name)))
    var lines: [TensorExpression] = []
    var forms: [TensorExpression] = []
    for value in values {
      let split = splitting.split(simplifier.simplified(value.unnamed))
      lines += split.parts
      forms.append(value.space.named(value.name ?? "", split.formula))
      lines.append(forms[forms.count - 1])
    }
    valueForms = forms
    self.lines = lines
  }
}
