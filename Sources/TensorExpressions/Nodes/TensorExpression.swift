import Scalars

/// A tensor-valued expression: an immutable node that shares its subterms.
///
/// Nodes are interned in an ``ExpressionSpace``: building the same expression twice in one space gives the
/// same object, so that equality and hashing are by identity. Walk an expression with a memo
/// (``postorder(of:)``), never by plain recursion: the sharing makes the tree exponentially larger.
public final class TensorExpression: Sendable {
  /// A number that grows with every node made in the space: operands have smaller ones.
  public let id: Int
  /// What the node is, with its subterms.
  public let kind: Kind
  /// The extents of the axes, in order; empty for a scalar.
  public let shape: [Size]
  /// The direct subterms, in order, with repetitions.
  public let operands: [TensorExpression]
  /// The space in which the node is interned, and in which everything made from it is.
  public let space: ExpressionSpace
  /// Whether some entries may be −∞; see ``minusInfinity``.
  public let holdsMinusInfinity: Bool
  /// Whether a part of the expression would have to compute with −∞, so that there is no value.
  public let takesMinusInfinity: Bool
  /// Whether a recurrence is among the parts.
  public let holdsRecurrences: Bool

  /// The closed list of node types.
  public enum Kind: Hashable, Sendable {
    /// A declared tensor.
    case symbol(TensorSymbol)
    /// Terms of one shape, added.
    case sum([TensorExpression])
    /// Everything that is linear or a product: a sum of products over an index relation.
    case contraction(Contraction)
    /// A function applied entry by entry to operands of one shape.
    case elementwise(Elementwise, [TensorExpression])
    /// The largest or smallest entry of each window.
    case extremum(Extremum)
    /// The derivative of an extremum by its window: 1 at the entry taken (or its share of a tie), 0 elsewhere.
    /// Its axes are the output's, then the window's.
    case selector(Extremum)
    /// The inverse of a square matrix.
    case inverse(TensorExpression)
    /// The determinant of a square matrix.
    case determinant(TensorExpression)
    /// The lower triangular L with a positive diagonal for which L·Lᵀ is a symmetric positive definite matrix.
    case cholesky(TensorExpression)
    /// One of the sequences that a recurrence defines.
    case recurrence(Recurrence, line: Int)
    /// The value under a name: a line of a program, forward or backward.
    case named(String, TensorExpression)
  }

  init(id: Int, kind: Kind, shape: [Size], space: ExpressionSpace) {
    self.id = id
    self.kind = kind
    self.shape = shape
    self.space = space
    operands =
      switch kind {
      case .symbol: []
      case .sum(let terms): terms
      case .contraction(let contraction): contraction.operands.map(\.value)
      case .elementwise(_, let operands): operands
      case .extremum(let extremum), .selector(let extremum): [extremum.operand]
      case .inverse(let x), .determinant(let x), .cholesky(let x), .named(_, let x): [x]
      case .recurrence(let recurrence, _): recurrence.arguments
      }
    holdsMinusInfinity = kind.isMinusInfinity
    takesMinusInfinity = operands.contains { $0.takesMinusInfinity || $0.holdsMinusInfinity }
    let isRecurrence = if case .recurrence = kind { true } else { false }
    holdsRecurrences = isRecurrence || operands.contains(where: \.holdsRecurrences)
  }

  /// The number of axes; 0 for a scalar.
  public var rank: Int { shape.count }
  /// Whether the expression has no axes.
  public var isScalar: Bool { shape.isEmpty }

  /// The expression without the names around it.
  public var unnamed: TensorExpression {
    var result = self
    while case .named(_, let inner) = result.kind { result = inner }
    return result
  }

  /// The name that the expression stands under, or the symbol's own.
  public var name: String? {
    switch kind {
    case .named(let name, _): name
    case .symbol(let symbol): symbol.name
    default: nil
    }
  }

  /// The function of the table that the expression applies, if it applies one.
  public var appliedFunction: Elementwise? {
    if case .elementwise(let function, _) = kind { function } else { nil }
  }

  /// The declared tensor that the expression is, if it is one.
  public var declaredSymbol: TensorSymbol? {
    if case .symbol(let symbol) = kind { symbol } else { nil }
  }

  /// The contraction that the node is, if it is one.
  public var asContraction: Contraction? {
    if case .contraction(let contraction) = kind { contraction } else { nil }
  }

  /// The extremum of a node that is one, or the places of one.
  public var asExtremum: Extremum? {
    switch kind {
    case .extremum(let extremum), .selector(let extremum): extremum
    case .symbol, .sum, .contraction, .elementwise, .inverse, .determinant, .cholesky, .named,
      .recurrence:
      nil
    }
  }

  /// Whether the expression says which entries an extremum takes.
  public var isSelector: Bool {
    if case .selector = kind { true } else { false }
  }

  /// The coefficient, when the expression is the same number in every entry.
  public var asConstant: Coefficient? {
    guard let c = asContraction, c.operands.isEmpty, c.isPointwise(over: shape) else { return nil }
    return c.coefficient
  }

  /// Whether the expression is written as zero: a sum without terms, or a contraction times 0.
  ///
  /// An expression whose value is zero for another reason answers no.
  public var isZero: Bool {
    switch kind {
    case .sum(let terms): terms.isEmpty
    case .contraction(let c): c.coefficient.isZero
    default: false
    }
  }
}

extension TensorExpression: Hashable {
  public static func == (a: TensorExpression, b: TensorExpression) -> Bool { a === b }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension TensorExpression {
  /// Every node that `roots` are made of, operands before what uses them.
  public static func postorder(of roots: [TensorExpression]) -> [TensorExpression] {
    var seen: Set<TensorExpression> = []
    var stack = roots
    var found: [TensorExpression] = []
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      found.append(node)
      stack += node.operands
    }
    // Operands are made before what uses them.
    return found.sorted { $0.id < $1.id }
  }

  /// The declared tensors that `roots` depend on, in order of declaration.
  public static func symbols(of roots: [TensorExpression]) -> [TensorExpression] {
    postorder(of: roots).filter { if case .symbol = $0.kind { true } else { false } }
  }
}
