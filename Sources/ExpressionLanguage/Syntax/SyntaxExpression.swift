import Diagnostics

/// An expression as it is written, before any name is looked up.
///
/// Its range is the whole text, with the parentheses around it. Ranges take no part in equality: two
/// expressions are equal when they read the same but for spaces and needless parentheses.
///
/// Design note: sums and products are flat chains, so that a sum of ten thousand terms is not ten
/// thousand levels deep. With ``depthLimit`` this makes plain recursion over a tree safe.
public struct SyntaxExpression: Hashable, Sendable {
  /// The greatest depth of a tree that the parser makes.
  public static let depthLimit = 200
  /// The greatest number of operators in one sum or product that the parser accepts.
  public static let chainLimit = 10_000

  /// The kinds of expression, each with its parts.
  public indirect enum Kind: Hashable, Sendable {
    case number(DecimalLiteral)
    /// `"mean"`, without its quotation marks.
    case string(String)
    /// `True` or `False`
    case boolean(Bool)
    /// `None`
    case none
    case name(String)
    case unary(UnaryOperator, SyntaxExpression)
    /// `first op operand op operand …`, from left to right: a sum (`+ -`) or a product (`* @ / //`).
    case chain(SyntaxExpression, [ChainLink])
    /// `x**2`; powers group from the right.
    case power(base: SyntaxExpression, exponent: SyntaxExpression)
    /// `a <= b`
    case comparison(ComparisonOperator, SyntaxExpression, SyntaxExpression)
    /// `f(a, axis=1)`
    case call(Identifier, [Argument])
    /// `x.reshape(B, -1)`
    case methodCall(SyntaxExpression, Identifier, [Argument])
    /// `x.T`
    case attribute(SyntaxExpression, Identifier)
    /// `x[:, 1:-1]`; also the accesses of index statements. There is at least one item.
    case subscripted(SyntaxExpression, [SubscriptItem])
    /// `(B, -1)`
    case tuple([SyntaxExpression])
    /// `[a, b]`
    case list([SyntaxExpression])
  }

  /// What the expression is.
  public let kind: Kind
  /// The expression's text, with the parentheses around it.
  public let range: SourceRange
  /// The levels of the tree below and including this one.
  public let depth: Int

  /// An expression of a kind, which is one level deeper than the deepest of its parts.
  public init(_ kind: Kind, range: SourceRange = SourceRange(start: 0, end: 0)) {
    self.kind = kind
    self.range = range
    depth = 1 + (kind.children.map(\.depth).max() ?? 0)
  }

  /// The same expression with another range.
  public func with(range: SourceRange) -> SyntaxExpression {
    SyntaxExpression(kind, range: range)
  }

  public static func == (a: SyntaxExpression, b: SyntaxExpression) -> Bool { a.kind == b.kind }
  public func hash(into hasher: inout Hasher) { hasher.combine(kind) }

  /// The name, when the expression is nothing else.
  public var nameValue: String? {
    if case .name(let name) = kind { name } else { nil }
  }
}

extension SyntaxExpression.Kind {
  /// The expressions directly below, in the order in which they are written.
  public var children: [SyntaxExpression] {
    switch self {
    case .number, .string, .boolean, .none, .name: []
    case .unary(_, let operand): [operand]
    case .chain(let first, let links): [first] + links.map(\.operand)
    case .power(let base, let exponent): [base, exponent]
    case .comparison(_, let left, let right): [left, right]
    case .call(_, let arguments): arguments.map(\.value)
    case .methodCall(let receiver, _, let arguments): [receiver] + arguments.map(\.value)
    case .attribute(let receiver, _): [receiver]
    case .subscripted(let receiver, let items): items.reduce(into: [receiver]) { $0 += $1.children }
    case .tuple(let elements), .list(let elements): elements
    }
  }
}

/// A name with its place; the place takes no part in equality.
public struct Identifier: Hashable, Sendable {
  /// The name itself.
  public let name: String
  /// The name's place in the text.
  public let range: SourceRange

  public init(_ name: String, range: SourceRange = SourceRange(start: 0, end: 0)) {
    self.name = name
    self.range = range
  }

  public static func == (a: Identifier, b: Identifier) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A sign before an operand.
public enum UnaryOperator: String, Hashable, Sendable, CaseIterable {
  case minus = "-"
  case plus = "+"
}

/// An operator that associates to the left. `+` and `-` make sums, the others products.
public enum ChainOperator: String, Hashable, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case matrixMultiply = "@"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"

  /// Whether the operator makes sums; any other makes products.
  public var isSum: Bool { self == .add || self == .subtract }
}

/// An operator of a chain with the operand to its right; places take no part in equality.
public struct ChainLink: Hashable, Sendable {
  /// The operator.
  public let `operator`: ChainOperator
  /// The operator's place in the text.
  public let operatorRange: SourceRange
  /// The operand to the right of the operator.
  public let operand: SyntaxExpression

  /// An operator with the operand to its right.
  public init(
    _ operator: ChainOperator, _ operand: SyntaxExpression,
    operatorRange: SourceRange = SourceRange(start: 0, end: 0)
  ) {
    self.operator = `operator`
    self.operatorRange = operatorRange
    self.operand = operand
  }

  public static func == (a: ChainLink, b: ChainLink) -> Bool {
    a.operator == b.operator && a.operand == b.operand
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(`operator`)
    hasher.combine(operand)
  }
}

/// An operator that compares two operands entry by entry.
public enum ComparisonOperator: String, Hashable, Sendable, CaseIterable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

/// An argument of a call; keyword arguments follow positional ones and differ in name.
public struct Argument: Hashable, Sendable {
  /// The keyword, as in `axis=1`; nil for a positional argument.
  public let label: Identifier?
  /// The value that is given.
  public let value: SyntaxExpression

  public init(label: Identifier? = nil, _ value: SyntaxExpression) {
    self.label = label
    self.value = value
  }

  /// From the keyword, if there is one, to the end of the value.
  public var range: SourceRange { label.map { $0.range.union(value.range) } ?? value.range }
}

/// What stands between the commas of a subscript.
public enum SubscriptItem: Hashable, Sendable {
  /// `x[i]`
  case index(SyntaxExpression)
  /// `x[start:stop:step]`
  case slice(start: SyntaxExpression?, stop: SyntaxExpression?, step: SyntaxExpression?)
  /// `x[...]`
  case ellipsis
  /// `x[None]`
  case newAxis

  /// The expressions of the item, in the order in which they are written.
  public var children: [SyntaxExpression] {
    switch self {
    case .index(let index): [index]
    case .slice(let start, let stop, let step): [start, stop, step].compactMap { $0 }
    case .ellipsis, .newAxis: []
    }
  }
}
