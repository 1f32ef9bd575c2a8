import Scalars

/// What must hold of a value for something that is computed from it to have one.
public struct DomainCondition: Hashable, Sendable {
  /// What is asked of every entry, or of a matrix.
  public enum Relation: Hashable, Sendable {
    /// No entry is 0.
    case nonzero
    /// Every entry is above 0.
    case positive
    /// No entry is below 0.
    case nonnegative
    /// The matrix has an inverse.
    case invertible
    /// The matrix is symmetric and positive definite.
    case positiveDefinite
  }

  /// What is asked of the value.
  public let relation: Relation
  /// What it is asked of.
  public let value: TensorExpression

  public init(_ relation: Relation, _ value: TensorExpression) {
    self.relation = relation
    self.value = value
  }

  /// Whether only an entry that is 0 breaks the condition, or a matrix: single points.
  public var isAboutZero: Bool { relation != .positive && relation != .nonnegative }
  /// Whether an entry that is 0 breaks the condition.
  public var excludesZero: Bool { relation == .nonzero || relation == .positive }
}

extension TensorExpression {
  /// What must hold of the operands for the node to have a value, beside what they need themselves.
  ///
  /// A function without a primitive is what its definition says, and has no conditions of its own.
  public var domainConditions: [DomainCondition] {
    if let primitive = appliedFunction?.primitive { return primitive.conditions(operands) }
    guard let (function, matrix) = asMatrixFunction else { return [] }
    return function.condition.map { [DomainCondition($0, matrix)] } ?? []
  }
}

extension MatrixFunction {
  /// What is asked of the matrix.
  fileprivate var condition: DomainCondition.Relation? {
    self == .inverting ? .invertible : self == .factoring ? .positiveDefinite : nil
  }
}

extension Elementwise.Primitive {
  fileprivate func conditions(_ operands: [TensorExpression]) -> [DomainCondition] {
    let x = operands[0]
    switch self {
    case .elementary(let function): return function.conditions(x)
    case .reciprocal: return [DomainCondition(.nonzero, x)]
    case .power:
      guard let exponent = operands[1].unnamed.asConstant?.asRational else {
        return [DomainCondition(.positive, x)]
      }
      if exponent.signum() < 0 {
        return [DomainCondition(exponent.isInteger ? .nonzero : .positive, x)]
      }
      return exponent.isInteger ? [] : [DomainCondition(.nonnegative, x)]
    case .step, .pi, .stopped, .floor, .round: return []
    }
  }
}

extension ElementaryFunction {
  fileprivate func conditions(_ x: TensorExpression) -> [DomainCondition] {
    switch self {
    case .log, .rsqrt: [DomainCondition(.positive, x)]
    case .log1p: [DomainCondition(.positive, 1 + x)]
    case .sqrt: [DomainCondition(.nonnegative, x)]
    case .asin, .acos: [DomainCondition(.nonnegative, 1 + x), DomainCondition(.nonnegative, 1 - x)]
    case .exp, .expm1, .sin, .cos, .tan, .atan, .sinh, .cosh, .tanh, .sigmoid, .softplus, .erf,
      .gelu, .silu:
      []
    }
  }
}
