import Diagnostics

/// A statement as it is written. Its range takes no part in equality.
public struct Statement: Hashable, Sendable {
  /// The kinds of statement, each with its parts.
  public enum Kind: Hashable, Sendable {
    case dims(DimsStatement)
    case budget(BudgetStatement)
    case declaration(DeclarationStatement)
    case shape(ShapeStatement)
    case assignment(AssignmentStatement)
    case unpacking(UnpackingStatement)
    case index(IndexStatement)
    case function(FunctionDefinition)
    case loss(LossStatement)
    case output(OutputStatement)
    case check(CheckStatement)
    case assertion(AssertStatement)
    case block(BlockStatement)
    /// A line of a block.
    case step(StepStatement)
  }

  /// What the statement says.
  public let kind: Kind
  /// The statement's text, from its first to its last token.
  public let range: SourceRange

  public init(_ kind: Kind, range: SourceRange = SourceRange(start: 0, end: 0)) {
    self.kind = kind
    self.range = range
  }

  public static func == (a: Statement, b: Statement) -> Bool { a.kind == b.kind }
  public func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}

/// The words that begin statements.
public enum StatementKeyword: String, Hashable, Sendable, CaseIterable {
  case dims, budget, input, param, const, def, loss, output, check
  case assertion = "assert"
}

/// `dims B=4, n, H in 5..9`
public struct DimsStatement: Hashable, Sendable {
  /// The sizes that are declared, in the order in which they are written.
  public let sizes: [SizeDeclaration]
  public init(_ sizes: [SizeDeclaration]) { self.sizes = sizes }
}

/// A size's name and what is said about its number.
public struct SizeDeclaration: Hashable, Sendable {
  /// What is said about a size's number.
  public enum Extent: Hashable, Sendable {
    /// Nothing is said of the number.
    case free
    /// `=4`; constant arithmetic such as `10**12` too.
    case value(SyntaxExpression)
    /// `in 5..9`, both ends included.
    case range(SyntaxExpression, SyntaxExpression)
  }

  /// The size's name.
  public let name: Identifier
  /// What is said about its number.
  public let extent: Extent

  public init(_ name: Identifier, _ extent: Extent) {
    self.name = name
    self.extent = extent
  }
}

/// `budget work=4e10, memory=2**31`: what comparing the file's values may take.
public struct BudgetStatement: Hashable, Sendable {
  /// One word of the statement with its number.
  public struct Limit: Hashable, Sendable {
    /// The word: `work` or `memory`.
    public let name: Identifier
    /// The number, as it is written.
    public let value: SyntaxExpression

    public init(_ name: Identifier, _ value: SyntaxExpression) {
      self.name = name
      self.value = value
    }
  }

  /// The limits, in the order in which they are written.
  public let limits: [Limit]
  public init(_ limits: [Limit]) { self.limits = limits }
}

/// `param W: [I, O], b: [O]`
public struct DeclarationStatement: Hashable, Sendable {
  /// The words that declare tensors.
  public enum Role: String, Hashable, Sendable, CaseIterable {
    /// Differentiable data.
    case input
    /// Differentiable and trained.
    case param
    /// Not differentiated.
    case const
  }

  /// What part all tensors of the statement play.
  public let role: Role
  /// The declared tensors, in order.
  public let declarations: [TensorDeclaration]

  public init(_ role: Role, _ declarations: [TensorDeclaration]) {
    self.role = role
    self.declarations = declarations
  }
}

/// `S: [n, n] symmetric positive`
public struct TensorDeclaration: Hashable, Sendable {
  /// The tensor's name.
  public let name: Identifier
  /// The extents of its axes.
  public let shape: ShapeSyntax
  /// The words behind the shape, in order.
  public let structures: [StructureSyntax]

  public init(_ name: Identifier, _ shape: ShapeSyntax, _ structures: [StructureSyntax] = []) {
    self.name = name
    self.shape = shape
    self.structures = structures
  }
}

/// A shape as it is written, such as `[B, 2*H]`; its range holds the brackets and takes no part in
/// equality.
public struct ShapeSyntax: Hashable, Sendable {
  /// One expression for each axis.
  public let extents: [SyntaxExpression]
  /// The text, brackets included.
  public let range: SourceRange

  public init(
    _ extents: [SyntaxExpression], range: SourceRange = SourceRange(start: 0, end: 0)
  ) {
    self.extents = extents
    self.range = range
  }

  public static func == (a: ShapeSyntax, b: ShapeSyntax) -> Bool { a.extents == b.extents }
  public func hash(into hasher: inout Hasher) { hasher.combine(extents) }
}

/// A word of structure or domain, such as `spd`, `symmetric(entries)`, `one_hot(1)` or `index(V, ignore=-100)`.
///
/// Without parentheses there are no arguments.
public struct StructureSyntax: Hashable, Sendable {
  /// The word.
  public let name: Identifier
  /// What stands in the parentheses without a keyword.
  public let arguments: [SyntaxExpression]
  /// What stands behind the arguments under a name of its own: `ignore=-100`.
  public let keywords: [Argument]

  public init(
    _ name: Identifier, _ arguments: [SyntaxExpression] = [], keywords: [Argument] = []
  ) {
    self.name = name
    self.arguments = arguments
    self.keywords = keywords
  }
}

/// `y: [N, O, P]`, to be defined by index statements.
public struct ShapeStatement: Hashable, Sendable {
  /// The name of the value.
  public let name: Identifier
  /// The shape that the index statements fill.
  public let shape: ShapeSyntax

  public init(_ name: Identifier, _ shape: ShapeSyntax) {
    self.name = name
    self.shape = shape
  }
}

/// `y = relu(z)` or `y: [B, O] = relu(z)`
public struct AssignmentStatement: Hashable, Sendable {
  /// The name that the value is given.
  public let name: Identifier
  /// The shape that is stated; nil where none is.
  public let shape: ShapeSyntax?
  /// The right side.
  public let value: SyntaxExpression

  public init(_ name: Identifier, shape: ShapeSyntax? = nil, _ value: SyntaxExpression) {
    self.name = name
    self.shape = shape
    self.value = value
  }
}

/// `p, q = x[:, :2], x[:, 2:]`, or one value that has as many parts.
public struct UnpackingStatement: Hashable, Sendable {
  /// The names of the parts, in order.
  public let names: [Identifier]
  /// The right side: a tuple of as many values, or one value with as many parts.
  public let value: SyntaxExpression

  public init(_ names: [Identifier], _ value: SyntaxExpression) {
    self.names = names
    self.value = value
  }
}

/// `def f(a, b=1) = a * sigmoid(b)`
public struct FunctionDefinition: Hashable, Sendable {
  /// A parameter of a function, with what it is when it is left out.
  public struct Parameter: Hashable, Sendable {
    /// The parameter's name.
    public let name: Identifier
    /// What stands behind `=`; nil for a parameter that every call gives.
    public let defaultValue: SyntaxExpression?

    public init(_ name: Identifier, defaultValue: SyntaxExpression? = nil) {
      self.name = name
      self.defaultValue = defaultValue
    }
  }

  /// The function's name.
  public let name: Identifier
  /// The parameters, in the order in which arguments are given by place.
  public let parameters: [Parameter]
  public let body: SyntaxExpression

  public init(_ name: Identifier, _ parameters: [Parameter], _ body: SyntaxExpression) {
    self.name = name
    self.parameters = parameters
    self.body = body
  }
}

/// `loss L = sum(y**2)`, or `loss L` for a value that has its definition elsewhere.
public struct LossStatement: Hashable, Sendable {
  /// The name of the loss.
  public let name: Identifier
  /// The shape that is stated; nil where none is.
  public let shape: ShapeSyntax?
  /// The right side; nil for a value that has its definition elsewhere.
  public let value: SyntaxExpression?

  public init(_ name: Identifier, shape: ShapeSyntax? = nil, _ value: SyntaxExpression? = nil) {
    self.name = name
    self.shape = shape
    self.value = value
  }
}

/// `output y: [B, O]`, or several values; shapes and values may be left out.
public struct OutputStatement: Hashable, Sendable {
  /// One of the values that are put out.
  public struct Part: Hashable, Sendable {
    /// What it is called.
    public let name: Identifier
    /// The shape that is stated.
    public let shape: ShapeSyntax?
    /// What it is, where the statement says so.
    public let value: SyntaxExpression?

    /// One value.
    public init(_ name: Identifier, shape: ShapeSyntax? = nil, _ value: SyntaxExpression? = nil) {
      self.name = name
      self.shape = shape
      self.value = value
    }
  }

  /// At least one.
  public let parts: [Part]

  /// Several values.
  public init(_ parts: [Part]) { self.parts = parts }

  /// A single value.
  public init(_ name: Identifier, shape: ShapeSyntax? = nil, _ value: SyntaxExpression? = nil) {
    parts = [Part(name, shape: shape, value)]
  }
}

/// A claim about gradients.
public enum CheckStatement: Hashable, Sendable {
  /// `check dW = x.T @ dz`
  case value(AssignmentStatement)
  /// `check dx[n,c,2*p+k-1] += dy[n,o,p] * w[o,c,k]`
  case index(IndexStatement)
  /// `check dh[t] = dy[t] + dz[t+1] @ U.T`, in a block
  case step(StepStatement)
  /// `check from "grads.json"`; the expression is the string.
  case file(SyntaxExpression)
}

/// `assert left == right`
public struct AssertStatement: Hashable, Sendable {
  /// The left side of `==`.
  public let left: SyntaxExpression
  /// The right side of `==`.
  public let right: SyntaxExpression

  public init(_ left: SyntaxExpression, _ right: SyntaxExpression) {
    self.left = left
    self.right = right
  }
}

/// `y[n,o,p] += x[n,c,2*p+k-1] * w[o,c,k] for k in range(3)`
///
/// The value is an ordinary expression, in which accesses are subscripts of names.
public struct IndexStatement: Hashable, Sendable {
  /// The entry that products are added to.
  public let target: IndexAccess
  /// The sum of products to the right of `+=`.
  public let value: SyntaxExpression
  /// The indices whose ranges are stated, in order.
  public let ranges: [IndexRange]

  public init(_ target: IndexAccess, _ value: SyntaxExpression, _ ranges: [IndexRange] = []) {
    self.target = target
    self.value = value
    self.ranges = ranges
  }
}

/// The left side of an index statement; a scalar has no indices, and its brackets may be left out.
public struct IndexAccess: Hashable, Sendable {
  /// The name of the value that is filled.
  public let name: Identifier
  /// One expression for each axis.
  public let indices: [SyntaxExpression]
  /// The text, from the name to the closing bracket.
  public let range: SourceRange

  public init(
    _ name: Identifier, _ indices: [SyntaxExpression],
    range: SourceRange = SourceRange(start: 0, end: 0)
  ) {
    self.name = name
    self.indices = indices
    self.range = range
  }

  public static func == (a: IndexAccess, b: IndexAccess) -> Bool {
    a.name == b.name && a.indices == b.indices
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(indices)
  }
}

/// `g in range(lower, upper)`, with `upper` left out of the range; `lower` is 0 when it is nil.
public struct IndexRange: Hashable, Sendable {
  /// The index.
  public let index: Identifier
  /// The first value of the index; nil for 0.
  public let lower: SyntaxExpression?
  /// The value that the index stays below.
  public let upper: SyntaxExpression

  public init(_ index: Identifier, lower: SyntaxExpression? = nil, upper: SyntaxExpression) {
    self.index = index
    self.lower = lower
    self.upper = upper
  }
}
