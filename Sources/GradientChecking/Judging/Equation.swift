import TensorExpressions

/// Two expressions of one shape that may be equal.
struct Equation: Sendable {
  let left: TensorExpression
  let right: TensorExpression

  init(_ left: TensorExpression, _ right: TensorExpression) {
    self.left = left
    self.right = right
  }
}

/// What was found of an equation by numbers.
enum Equality: Sendable {
  case identical(FieldEvidence)
  case enclosed(IntervalEvidence)
  case different(Difference)
  /// Not differentiable at every point that could be chosen.
  case kink(KinkFinding)
  case undecided(String)

  var holds: Bool {
    switch self {
    case .identical, .enclosed: true
    case .different, .kink, .undecided: false
    }
  }
}

/// How an expression's functions behave in a field, where the law of a function is known only in part.
struct FunctionProfile {
  /// Functions whose value at a rational number need not be rational.
  private(set) var isTranscendental = false
  /// Functions other than exp that a field does not model in full, so that a refusal there proves nothing.
  private(set) var refusalsProveNothing = false
  /// Whether roots occur, which a field knows up to their signs only.
  private(set) var hasRoots = false
  /// How deeply exponentials are nested.
  private(set) var exponentialDepth = 0
  /// Whether something is compared: a step, an extremum, a function with kinks.
  private(set) var hasMasks = false

  init(of roots: [TensorExpression]) {
    var depth: [TensorExpression: Int] = [:]
    for node in TensorExpression.postorder(of: roots) {
      var own = node.operands.reduce(0) { max($0, depth[$1] ?? 0) }
      switch node.kind {
      case .extremum, .selector: hasMasks = true
      case .elementwise(let function, let operands):
        if !function.kinks(operands).isEmpty { hasMasks = true }
        switch function.name {
        case "reciprocal", "step", "relu", "leaky_relu", "abs", "sign", "maximum", "minimum",
          "clip",
          "hardtanh", "equal", "where":
          break
        case "exp", "expm1", "sinh", "cosh", "tanh", "sigmoid", "silu", "elu", "selu":
          isTranscendental = true
          own += 1
        case "sqrt", "rsqrt", "pow":
          isTranscendental = true
          refusalsProveNothing = true
          hasRoots = true
        case "softplus", "gelu", "erf":
          isTranscendental = true
          refusalsProveNothing = true
          own += 1
        default:
          isTranscendental = true
          refusalsProveNothing = true
        }
      default: break
      }
      depth[node] = own
    }
    exponentialDepth = depth.values.max() ?? 0
  }
}
