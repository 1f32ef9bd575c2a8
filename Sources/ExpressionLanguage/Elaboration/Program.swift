import Diagnostics
import TensorExpressions

/// What a file says once every name and shape in it is understood: the values it declares and computes, what is
/// differentiated, and what its author claims.
public struct Program: Sendable {
  /// The text that all ranges lie in.
  public let source: SourceText
  /// The space of all expressions of the program.
  public let space: ExpressionSpace
  /// The sizes that are declared, in order.
  public var sizes: [NamedSize] = []
  /// What comparing values may take.
  public var budget = Budget()
  /// The conditions on the sizes that shapes rest on, each with the place that needs it.
  public var shapeConditions: [(condition: ShapeCondition, range: SourceRange)] = []
  /// Other assumptions that the report must name, such as an inverse that exists.
  public var assumptions: [String] = []
  /// The declared tensors, in order.
  public var declarations: [Declaration] = []
  /// Every statement that gives a name to a value, forward and backward, in order.
  public var values: [NamedValue] = []
  /// Every statement that gives a name to a number, in order; what such a name is written for is the number.
  public var numbers: [NamedValue] = []
  /// What is differentiated; nil when the file computes nothing.
  public var output: Output?
  /// The claims of `check` and `assert`, in order.
  public var claims: [Claim] = []
  /// For every declared or computed value, by its name, the symbol that `d` + its name stands for in claims and in
  /// the statements of the backward pass. The upstream gradient of an output is such a symbol, too, but a free one.
  public var cotangentSymbols: [String: TensorExpression] = [:]
  /// The files of numbers that claims are held in, in order.
  public var claimFiles: [ClaimFile] = []
  /// What is known of the sizes: bounds of names, and every extent at least 1.
  public var facts = SizeFacts()

  public init(source: SourceText, space: ExpressionSpace) {
    self.source = source
    self.space = space
  }

  /// A size of a `dims` statement.
  public struct NamedSize: Hashable, Sendable {
    /// What is known of a size's number.
    public enum Extent: Hashable, Sendable {
      /// Nothing is said of the number.
      case free
      /// The number is given.
      case fixed(Int)
      /// The number lies in a range, both ends included.
      case range(ClosedRange<Int>)
    }

    /// The size's name.
    public let name: String
    /// The number or the range that is given for it, if one is.
    public let extent: Extent
    /// The name's place in its `dims` statement; empty where no statement declares it.
    public let range: SourceRange

    public init(name: String, extent: Extent, range: SourceRange) {
      self.name = name
      self.extent = extent
      self.range = range
    }
  }

  /// What comparing the file's values may take, where the file says so.
  public struct Budget: Hashable, Sendable {
    /// In multiply-adds.
    public var work: Int?
    /// In bytes, for the tensors of one evaluation.
    public var memory: Int?

    public init(work: Int? = nil, memory: Int? = nil) {
      self.work = work
      self.memory = memory
    }
  }

  /// A declared tensor.
  public struct Declaration: Sendable {
    /// The tensor's symbol, with its name, role, structure and shape.
    public let symbol: TensorExpression
    /// The name's place in its declaration; empty where no statement declares it.
    public let range: SourceRange

    public init(symbol: TensorExpression, range: SourceRange) {
      self.symbol = symbol
      self.range = range
    }
  }

  /// A named line of the program: `value` is a `named` node.
  public struct NamedValue: Sendable {
    /// The name that the statement gives.
    public let name: String
    /// The value under that name.
    public let value: TensorExpression
    /// Whether the line belongs to the backward pass: it uses a gradient, or stands after one that does or after a
    /// claim.
    public let isBackward: Bool
    /// Whether the statement differentiates: `H = hessian(L, x)`.
    public let isDerivative: Bool
    /// The whole statement.
    public let range: SourceRange
    /// The head of the block that the line stands in.
    public var block: SourceRange?
    /// The line before that states its shape alone, `y: [T]`.
    public var shapeLine: SourceRange?

    public init(
      name: String, value: TensorExpression, isBackward: Bool, isDerivative: Bool = false,
      range: SourceRange
    ) {
      self.name = name
      self.value = value
      self.isBackward = isBackward
      self.isDerivative = isDerivative
      self.range = range
    }
  }

  /// What the author says is true.
  public struct Claim: Sendable {
    /// What a claim is about.
    public enum Subject: Sendable {
      /// `check dX = …`: the gradient by the declared or named value `primal`.
      case gradient(primal: TensorExpression)
      /// `assert left == …`.
      case assertion(left: TensorExpression)
    }
    /// `dX`, or `assert`.
    public let name: String
    /// What the claim is about.
    public let subject: Subject
    /// The value by which is differentiated; nil for an assertion.
    package var primal: TensorExpression? {
      if case .gradient(let primal) = subject { primal } else { nil }
    }
    /// The right side, in which `d…` are cotangent symbols; the diagnostic when it does not fit together or has
    /// another shape.
    public let claimed: Result<TensorExpression, ClaimError>
    /// The whole statement.
    public let range: SourceRange
    /// The right side.
    public let claimedRange: SourceRange
    /// What the author may have meant otherwise, to be said where the claim is wrong; nil where nothing is.
    package let note: String?

    /// A claim whose statement has one reading.
    public init(
      name: String, subject: Subject, claimed: Result<TensorExpression, ClaimError>,
      range: SourceRange, claimedRange: SourceRange
    ) {
      self.init(
        name: name, subject: subject, claimed: claimed, range: range, claimedRange: claimedRange,
        note: nil)
    }

    package init(
      name: String, subject: Subject, claimed: Result<TensorExpression, ClaimError>,
      range: SourceRange, claimedRange: SourceRange, note: String?
    ) {
      self.note = note
      self.name = name
      self.subject = subject
      self.claimed = claimed
      self.range = range
      self.claimedRange = claimedRange
    }
  }

  /// Why a claim's right side does not fit.
  public struct ClaimError: Error, Sendable {
    /// What is wrong with the right side.
    public let diagnostic: Diagnostic

    public init(diagnostic: Diagnostic) { self.diagnostic = diagnostic }
  }
}
