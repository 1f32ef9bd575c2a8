import Evaluation
import Notation
import Scalars

extension EvaluationError {
  /// Whether the value exists and is not a rational number.
  package var isIrrational: Bool {
    switch self {
    case .scalar(.irrational, _, _), .scalarConstant(.irrational, _): true
    default: false
    }
  }

  /// Whether a higher precision may remove it.
  package var mayVanishWithPrecision: Bool {
    switch self {
    case .scalar(.undecided, _, _), .undecidedMask: true
    default: false
    }
  }

  /// Whether another random point may remove it.
  var mayVanishElsewhere: Bool {
    switch self {
    case .scalar, .singular, .scalarConstant, .undecidedMask, .emptyWindow: true
    case .size, .coefficient, .emptyExtent, .tooLarge, .tooMuchWork, .overBudget, .overMemory,
      .indexOverflow, .unboundSymbol, .shapeMismatch:
      false
    }
  }

  /// The sentence for a report.
  package var message: String {
    switch self {
    case .size(let size, _): "the size \(size) has no value"
    case .coefficient: "a coefficient has no value at these sizes"
    case .emptyExtent(let size, let value): "the extent \(size) would be \(value)"
    case .tooLarge(let extents, let bytes, _, let limit):
      """
      a tensor of shape \(extents) needs \(bytes.map { "\($0 >> 20) MiB" } ?? "too much memory"), \
      over the limit of \(limit >> 20) MiB
      """
    case .tooMuchWork(let points, let limit):
      "a sum of \(points == .max ? "more than 2⁶³" : "\(points)") products is over the limit of \(limit)"
    case .overBudget(let needed, let limit):
      "\(WorkFigure(needed)) are needed, over the budget of \(WorkFigure(limit).number)"
    case .overMemory(let needed, let limit):
      "\(MemoryFigure(needed)) of memory are needed, over the limit of \(MemoryFigure(limit))"
    case .indexOverflow: "an index range is too large"
    case .unboundSymbol(let name): "`\(name)` has no value"
    case .shapeMismatch(let symbol, let expected, let found):
      "the value of `\(symbol)` has shape \(found), not \(expected)"
    case .scalar(let error, let node, let entry):
      "\(error.sentence) in `\(node.formulaText)`" + (entry.isEmpty ? "" : " at entry \(entry)")
    case .scalarConstant(let error, let value): "\(error.sentence) in the number \(value)"
    case .singular: "a matrix that is inverted is singular"
    case .emptyWindow(_, let entry): "the window at \(entry) lies outside its tensor"
    case .undecidedMask(_, let entry, let precision):
      "the sign of a mask's argument at \(entry) is not decided at \(precision) bits"
    }
  }
}

extension ScalarError {
  /// What happened, to be followed by where.
  fileprivate var sentence: String {
    switch self {
    case .divisionByZero: "a division by zero"
    case .unordered: "a comparison in a field, which has no order,"
    case .undecided: "an enclosure too wide to decide"
    case .irrational: "a value that is not rational"
    case .domain(let function?): "`\(function)` outside its domain"
    case .domain(nil): "a fractional power of a negative number"
    case .notASquare, .noRoot: "a root that the field does not have"
    case .overflow: "a number too large to write down"
    case .needsArgumentLevel, .nestingTooDeep: "exponentials nested too deeply for a field"
    }
  }
}
