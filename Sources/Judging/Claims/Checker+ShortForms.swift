import Derivation
import ExpressionLanguage
import TensorExpressions

extension Checker {
  /// Holds the short forms in which derivatives are printed against the derivatives.
  ///
  /// - Throws: ``CheckFailure/internalError(_:)`` where they differ.
  func confirmShortForms(of program: Program, draws: [Draw]) throws(CheckFailure) {
    let values = program.derivativeValues.filter { value in
      TensorExpression.symbols(of: [value]).allSatisfy { !$0.isCotangent }
    }
    if values.isEmpty { return }
    let forms = DerivativeLines(of: values, names: program.formulaNames, facts: program.facts)
      .valueForms
    let equations = zip(values, forms).map { Equation($0.unnamed, $1.unnamed) }
    let findings = NumericJudge(equations, draws: draws, options: options).judged()
    for (value, finding) in zip(values, findings) {
      if case .different(let difference) = finding.equality {
        throw .internalError(
          "the short form of `\(value.name ?? "")` differs in entry \(difference.entry)")
      }
    }
  }
}

extension TensorExpression {
  /// Whether the value stands for a gradient that is not known yet.
  fileprivate var isCotangent: Bool {
    declaredSymbol?.role == .cotangent
  }
}
