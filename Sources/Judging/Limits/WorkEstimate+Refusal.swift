import Derivation
import Diagnostics
import Evaluation
import ExpressionLanguage
import TensorExpressions

/// Sizes at which some expressions, evaluated even once, are beyond the limits of the scope.
struct SizeRefusal {
  let error: EvaluationError
  let diagnostic: Diagnostic
  /// Sizes that the shapes allow as well, at which a check is within the limits.
  let smaller: [String: Int]?

  /// - Returns: nil where the check may begin.
  init?(
    of roots: [TensorExpression], in program: Program, _ backward: BackwardPass?,
    sizes: [String: Int], options: CheckOptions
  ) {
    let limits = EvaluationLimits.current
    guard let meter = limits.meter else { return nil }
    // What has no size has no estimate; its evaluation says why.
    guard let needed = try? WorkEstimate(of: roots, sizes: sizes, memory: limits.memory),
      needed.peakBytes > limits.memory || needed.work > meter.limit
    else { return nil }
    let isMemory = needed.peakBytes > limits.memory
    error =
      isMemory
      ? .overMemory(needed: needed.peakBytes, limit: limits.memory)
      : .overBudget(needed: needed.work, limit: meter.limit)
    let smaller = DrawPlan(program: program, options: options)
      .affordableSizes(for: roots, below: sizes)
    let culprit = isMemory ? needed.largest : needed.heaviest
    var diagnostic = error.refusal(
      at: culprit.flatMap { program.place(of: $0, backward) }, where: " at these sizes")
    if let smaller {
      let option = smaller.filter { $0.value != sizes[$0.key] }.sizeText(prefix: "--dim ")
      let limit = isMemory ? "--memory" : "--budget"
      diagnostic.help = "`\(option)` fits, and `\(limit)` raises the limit"
    }
    self.smaller = smaller
    self.diagnostic = diagnostic
  }
}

extension SizeRefusal {
  /// What is said of a claim that is not proved. What was seen of it at smaller sizes is told, and decides
  /// nothing about the file's.
  func verdict(seen verdict: Verdict?) -> Verdict {
    let place = smaller.map { " at " + $0.sizeText() }
    return switch verdict {
    case .wrong: .undecided(error.message + (place.map { "; it is wrong\($0)" } ?? ""))
    case .identical, .enclosed, .equalAtPoint, .exact, .rounded:
      .undecided(error.message + (place.map { "; it holds\($0)" } ?? ""))
    case .proved, .inherited, .kink, .undecided, nil: .undecided(error.message)
    }
  }
}

extension DrawPlan {
  /// A check seldom takes as much as so many evaluations.
  private static let evaluationsPerCheck = 20

  /// The draws of ranges at which comparing the sides of an equation is within the scope's limits.
  package func rangeDraws(beyond plans: [Draw], for equation: Equation) -> [Draw] {
    affordable(rangeDraws(beyond: plans), for: [equation.left, equation.right])
  }

  /// Those draws at which one more look at some expressions is within the scope's limits.
  func affordable(_ draws: [Draw], for roots: [TensorExpression]) -> [Draw] {
    let limits = EvaluationLimits.current
    return draws.filter { draw in
      guard let needed = try? WorkEstimate(of: roots, sizes: draw.sizes, memory: limits.memory)
      else { return false }
      return needed.peakBytes <= limits.memory
        && needed.work <= (limits.meter?.limit ?? .max) / Self.evaluationsPerCheck
    }
  }

  /// The largest sizes tried at which checking some expressions is within what is left of the scope's limits.
  func affordableSizes(
    for roots: [TensorExpression], below sizes: [String: Int]
  ) -> [String: Int]? {
    let limits = EvaluationLimits.current
    let left = limits.meter.map { ($0.limit - $0.used) / Self.evaluationsPerCheck } ?? .max
    return smallerSizes(than: sizes).first {
      guard let needed = try? WorkEstimate(of: roots, sizes: $0, memory: limits.memory) else {
        return false
      }
      return needed.peakBytes <= limits.memory && needed.work <= left
    }
  }
}

extension Program {
  /// The statement that an expression is part of: a value's, a declaration's, or that of the value whose gradient it
  /// is part of.
  package func place(of node: TensorExpression, _ backward: BackwardPass? = nil) -> SourceRange? {
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
    return line?.primal.flatMap(statement) ?? output.flatMap { statement($0.values[0]) }
  }
}

extension Program {
  /// The statement that has no value, or the output's.
  package func place(of error: EvaluationError) -> SourceRange? {
    switch error {
    case .scalar(_, let node, _), .singular(let node), .emptyWindow(let node, _),
      .undecidedMask(let node, _, _):
      place(of: node)
    case .size, .coefficient, .emptyExtent, .tooLarge, .tooMuchWork, .overBudget, .overMemory,
      .indexOverflow, .unboundSymbol, .shapeMismatch, .scalarConstant:
      output.flatMap { place(of: $0.values[0]) }
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
  package var limitHelp: String? {
    switch self {
    case .overBudget, .tooMuchWork: "smaller sizes, or a larger `--budget`"
    case .overMemory, .tooLarge: "smaller sizes, or more `--memory`"
    case .size, .coefficient, .emptyExtent, .indexOverflow, .unboundSymbol, .shapeMismatch,
      .scalar, .scalarConstant, .singular, .emptyWindow, .undecidedMask:
      nil
    }
  }

  /// What a report says of work that was not begun. The file is right all the same, so that this is no error.
  package func refusal(at range: SourceRange?, where place: String = "") -> Diagnostic {
    Diagnostic(
      .warning, code: .overLimit, "values are not compared\(place): \(message)", at: range,
      help: limitHelp)
  }
}

extension DiagnosticCode {
  package static let overLimit: DiagnosticCode = "over-limit"
}
