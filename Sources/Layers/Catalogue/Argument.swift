import Scalars
import TensorExpressions

/// The value of an argument of a catalogue function.
public indirect enum Argument: Hashable, Sendable {
  /// A tensor, a scalar one too.
  case tensor(TensorExpression)
  /// A size or an integer; also a number where one is asked for.
  case size(Size)
  /// A number that is no size; it may depend on sizes.
  case number(Coefficient)
  /// A list or a tuple, which are the same.
  case list([Argument])
  /// A string.
  case text(String)
  /// `True` or `False`.
  case flag(Bool)
  /// Python's `None`: the argument is left out.
  case none

  /// The size, when the argument is one or a whole number.
  public var asSize: Size? {
    switch self {
    case .size(let size): size
    case .number(let number): number.denominator.isEmpty ? number.numerator.asSize : nil
    case .tensor, .list, .text, .flag, .none: nil
    }
  }

  /// The number, when the argument is one or a size.
  public var asNumber: Coefficient? {
    switch self {
    case .size(let size): Coefficient(size)
    case .number(let number): number
    case .tensor, .list, .text, .flag, .none: nil
    }
  }

  /// The entries of a list; any other argument is a list of itself.
  var entries: [Argument] {
    if case .list(let entries) = self { entries } else { [self] }
  }
}

extension Argument: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  public init(integerLiteral value: Int) { self = .size(Size(value)) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  public init(arrayLiteral elements: Argument...) { self = .list(elements) }
}
