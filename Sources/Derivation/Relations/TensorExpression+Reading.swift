import TensorExpressions

/// What a node is, for recognition.
extension TensorExpression {
  /// The terms of a sum; nil for anything else.
  public var asTerms: [TensorExpression]? {
    if case .sum(let terms) = kind { terms } else { nil }
  }

  /// The function that is applied, with its operands; nil for anything else.
  public var application: (function: Elementwise, operands: [TensorExpression])? {
    if case .elementwise(let function, let operands) = kind { (function, operands) } else { nil }
  }

  /// The first operand, where that function is applied.
  public func argument(of function: Elementwise) -> TensorExpression? {
    application.flatMap { $0.function == function ? $0.operands[0] : nil }
  }

  /// x, where the value is 1 − x.
  public var complemented: TensorExpression? {
    guard let terms = asTerms, terms.count == 2,
      let one = terms.firstIndex(where: { $0.asConstant?.isOne ?? false })
    else { return nil }
    return -terms[1 - one]
  }
}

extension Elementwise {
  /// √x.
  public static let squareRoot = row("sqrt")
  /// 1 above 0, else 0.
  public static let positive = row("step")
  /// Quotients that have a name: the function above, the one below, and the name.
  static let quotients = ["tanh": ("sinh", "cosh"), "tan": ("sin", "cos")].map { name, parts in
    (above: row(parts.0), below: row(parts.1), quotient: row(name))
  }
  /// eˣ.
  public static let exponential = row("exp")
  /// The natural logarithm.
  public static let logarithm = row("log")
}
