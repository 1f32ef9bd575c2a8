import TensorExpressions

/// Expressions as index statements of the expression language: one statement for each term of a sum.
public struct IndexNotation: Sendable {
  /// Names that temporaries and indices must not take.
  public var usedNames: Set<String>

  public init(usedNames: Set<String> = []) { self.usedNames = usedNames }

  /// The statements that add up to `expression` in `name`, which is declared with its shape; before them, lines for
  /// parts that are no contractions of named tensors.
  public func lines(name: String, expression: TensorExpression) -> [String] {
    let line = RecognisedLine(
      name: name, statementsOf: expression, usedNames: usedNames)
    return TextNotation(usedNames: usedNames).lines(of: line)
  }
}

extension FormulaBuilder {
  /// A statement for each term.
  mutating func statements(name: String, of root: TensorExpression) -> [IndexStatement] {
    var terms = [root]
    if case .sum(let parts) = root.kind { terms = parts }
    return terms.map { term in
      let axes = term.shape.indices.map(Affine.index)
      let contraction =
        term.asContraction
        ?? Contraction(
          indices: term.shape, output: axes, operands: [Contraction.Operand(term, axes)])
      if !prefersStatements {
        for operand in contraction.operands { _ = piece(of: operand.value) }
      }
      return indexStatement(name: name, contraction, shape: root.shape)
    }
  }
}
