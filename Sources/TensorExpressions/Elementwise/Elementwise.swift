import Scalars

/// A function applied entry by entry: one row of the table in `Elementwise+Table.swift`, which holds all that is
/// known about it.
public struct Elementwise: Sendable {
  /// The name in the expression language.
  public let name: String
  /// How many operands the function takes, all of one shape.
  public let arity: Int
  /// How an arithmetic computes it directly; without it, ``definition`` is evaluated.
  public let primitive: Primitive?
  /// The function in terms of other functions, products and sums.
  public let definition: (@Sendable ([TensorExpression]) -> TensorExpression)?
  /// The derivatives by each operand, in terms of the operands `x` and the result `y`; nil where there is none.
  public let derivatives:
    @Sendable (_ x: [TensorExpression], _ y: TensorExpression) -> [TensorExpression?]
  /// The arguments at whose zeros the function has a kink or a jump.
  public let kinks: @Sendable ([TensorExpression]) -> [TensorExpression]
  /// The limit of a function of one operand at −∞, where it has one.
  public let limitAtMinusInfinity: Rational?

  /// What every arithmetic can compute, or say why not.
  public enum Primitive: Hashable, Sendable {
    /// A function that every arithmetic has, or refuses.
    case elementary(ElementaryFunction)
    /// 1/x.
    case reciprocal
    /// 1 above zero, else 0.
    case step
    /// x to a power that is the same rational number in every entry.
    case power
    /// The circle's constant; the operand only gives the shape.
    case pi
    /// The operand, which is taken as a constant where something is differentiated.
    case stopped
    /// The greatest whole number that is not larger.
    case floor
    /// The nearest whole number, of two the even one.
    case round

    /// Whether it is constant between jumps: what decides it is a matter of order.
    public var decidesByOrder: Bool {
      switch self {
      case .step, .floor, .round: true
      case .elementary, .reciprocal, .power, .pi, .stopped: false
      }
    }
  }

  init(
    _ name: String, arity: Int = 1, primitive: Primitive? = nil,
    definition: (@Sendable ([TensorExpression]) -> TensorExpression)? = nil,
    derivatives:
      @escaping @Sendable (_ x: [TensorExpression], _ y: TensorExpression) -> [TensorExpression?],
    kinks: @escaping @Sendable ([TensorExpression]) -> [TensorExpression] = { _ in [] },
    atMinusInfinity limit: Rational? = nil
  ) {
    limitAtMinusInfinity = limit
    self.name = name
    self.arity = arity
    self.primitive = primitive
    self.definition = definition
    self.derivatives = derivatives
    self.kinks = kinks
  }

  /// Whether its values are whole numbers near its operand.
  public var roundsToWhole: Bool { primitive == .floor || primitive == .round }

  /// A smooth function of one operand that every arithmetic knows.
  init(
    _ function: ElementaryFunction, atMinusInfinity limit: Rational? = nil,
    definition: (@Sendable (TensorExpression) -> TensorExpression)? = nil,
    derivative:
      @escaping @Sendable (_ x: TensorExpression, _ y: TensorExpression) -> TensorExpression
  ) {
    var full: (@Sendable ([TensorExpression]) -> TensorExpression)?
    if let definition { full = { definition($0[0]) } }
    self.init(
      function.rawValue, primitive: .elementary(function), definition: full,
      derivatives: { x, y in [derivative(x[0], y)] }, atMinusInfinity: limit)
  }

  /// The row of that name.
  public static func named(_ name: String) -> Elementwise? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: table.map { ($0.name, $0) })
}

extension Elementwise: Hashable {
  public static func == (a: Elementwise, b: Elementwise) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
