import Derivation
import Diagnostics
import Evaluation
import ExpressionLanguage
import TensorExpressions

extension Program {
  /// Refuses the check's evaluations before the first where the values, claims and gradients, evaluated even once, are
  /// beyond the limits of the scope.
  ///
  /// - Returns: what was refused, for the report; nil where the check may begin.
  func refusal(
    of expressions: [ClaimExpressions], _ backward: BackwardPass?, sizes: [String: Int]
  ) -> Diagnostic? {
    let limits = EvaluationLimits.current
    guard let meter = limits.meter else { return nil }
    let roots =
      expressions.flatMap { [$0.exact] + ($0.claimed.map { [$0] } ?? []) }
      + (output.map { [$0.value] } ?? []) + (backward.map { Array($0.cotangents.values) } ?? [])
    // What has no size has no estimate; its evaluation says why.
    guard let estimate = try? WorkEstimate(of: roots, sizes: sizes, memory: limits.memory) else {
      return nil
    }
    let error: EvaluationError
    let culprit: TensorExpression?
    if estimate.peakBytes > limits.memory {
      error = .overMemory(needed: estimate.peakBytes, limit: limits.memory)
      culprit = estimate.largest
    } else if estimate.work > meter.limit {
      error = .overBudget(needed: estimate.work, limit: meter.limit)
      culprit = estimate.heaviest
    } else {
      return nil
    }
    meter.close(with: error)
    return error.refusal(at: culprit.flatMap { place(of: $0, backward) })
  }

  /// The statement that an expression is part of: a value's, a declaration's, or that of the value whose gradient it
  /// is part of.
  func place(of node: TensorExpression, _ backward: BackwardPass? = nil) -> SourceRange? {
    func statement(_ value: TensorExpression) -> SourceRange? {
      values.first { $0.value === value }?.range
        ?? declarations.first { $0.symbol === value }?.range
    }
    if let range = statement(node) { return range }
    if let value = values.first(where: { $0.value.unnamed.isMade(with: node) }) {
      return value.range
    }
    if let claim = claims.first(where: { (try? $0.claimed.get())?.isMade(with: node) ?? false }) {
      return claim.range
    }
    let line = backward?.lines.first { $0.formula.isMade(with: node) }
    return line?.primal.flatMap(statement) ?? output.flatMap { statement($0.value) }
  }
}

extension Program {
  /// The statement that has no value, or the output's.
  func place(of error: EvaluationError) -> SourceRange? {
    switch error {
    case .scalar(_, let node, _), .singular(let node), .emptyWindow(let node, _),
      .undecidedMask(let node, _, _):
      place(of: node)
    case .size, .coefficient, .emptyExtent, .tooLarge, .tooMuchWork, .overBudget, .overMemory,
      .indexOverflow, .unboundSymbol, .shapeMismatch, .scalarConstant:
      output.flatMap { place(of: $0.value) }
    }
  }
}

extension TensorExpression {
  /// Whether a node is a part of the expression, not looking behind names.
  fileprivate func isMade(with node: TensorExpression) -> Bool {
    var seen: Set<TensorExpression> = []
    var stack = [self]
    while let next = stack.popLast() {
      if next === node { return true }
      guard seen.insert(next).inserted, next.name == nil else { continue }
      stack += next.operands
    }
    return false
  }
}

extension EvaluationError {
  /// Whether a limit that people may raise was met, and what may be done about it.
  var limitHelp: String? {
    switch self {
    case .overBudget, .tooMuchWork: "smaller sizes, or a larger `--budget`"
    case .overMemory, .tooLarge: "smaller sizes, or more `--memory`"
    case .size, .coefficient, .emptyExtent, .indexOverflow, .unboundSymbol, .shapeMismatch,
      .scalar, .scalarConstant, .singular, .emptyWindow, .undecidedMask:
      nil
    }
  }

  /// What a report says of work that was not begun. The file is right all the same, so that this is no error.
  func refusal(at range: SourceRange?) -> Diagnostic {
    Diagnostic(
      .warning, code: .overLimit, "values are not compared: \(message)", at: range,
      help: limitHelp)
  }
}

extension DiagnosticCode {
  static let overLimit: DiagnosticCode = "over-limit"
}
