import Scalars
import TensorExpressions

/// Why an expression has no value at a point. Holds data; the sentences are made where errors are shown.
public enum EvaluationError: Error, Hashable, Sendable {
  /// Whether it says how much there is to do or to hold, which may be less for a part of what was asked for.
  var isOfLimits: Bool {
    switch self {
    case .overBudget, .overMemory, .tooLarge: true
    case .size, .coefficient, .emptyExtent, .tooMuchWork, .indexOverflow, .unboundSymbol,
      .shapeMismatch, .scalar, .scalarConstant, .singular, .emptyWindow, .undecidedMask:
      false
    }
  }

  /// A size has no value: a name without a number, an overflow, a division by zero.
  case size(Size, Size.EvaluationError)
  /// A coefficient has no value for the same reasons.
  case coefficient(Coefficient, Size.EvaluationError)
  /// An axis that would have no entries.
  case emptyExtent(Size, value: Int)
  /// A tensor of this shape does not fit the memory that may be used. `bytes` is nil where even the figure leaves
  /// 63 bits; `inUse` is what other tensors take at that moment.
  case tooLarge(extents: [Int], bytes: Int?, inUse: Int, limit: Int)
  /// A contraction would visit so many points that nobody would wait for it. `points` is an upper bound, the largest
  /// number of 63 bits where it leaves them.
  case tooMuchWork(points: Int, limit: Int)
  /// All work together would leave the budget. `needed` is in multiply-adds, what was done before included; the
  /// largest number of 63 bits where it leaves them.
  case overBudget(needed: Int, limit: Int)
  /// All values that are needed at one time would not fit the memory.
  case overMemory(needed: Int, limit: Int)
  /// A coordinate or an index range leaves 62 bits.
  case indexOverflow
  /// A symbol has no value at the point.
  case unboundSymbol(String)
  /// A value of another shape than its symbol's.
  case shapeMismatch(symbol: String, expected: [Int], found: [Int])
  /// The arithmetic has no answer for an entry of a node.
  case scalar(ScalarError, node: TensorExpression, entry: [Int])
  /// A coefficient that the arithmetic cannot hold, such as 1/p modulo p.
  case scalarConstant(ScalarError, Rational)
  /// A matrix without an inverse.
  case singular(node: TensorExpression)
  /// A window that lies outside its tensor entirely has no largest entry.
  case emptyWindow(node: TensorExpression, entry: [Int])
  /// A mask whose argument's sign is not known at the highest precision that was tried.
  case undecidedMask(node: TensorExpression, entry: [Int], precision: Int)
}
