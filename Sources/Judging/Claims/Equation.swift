import Evaluation
import Scalars
import TensorExpressions

/// Two expressions of one shape that may be equal.
package struct Equation: Sendable {
  package let left: TensorExpression
  package let right: TensorExpression
  /// Whether it is to hold only where both sides have a value, as an assertion is; else wherever what is
  /// differentiated has one.
  package let isIdentity: Bool
  /// What the left side is the gradient by; nil for another value.
  package let primal: TensorExpression?

  package init(
    _ left: TensorExpression, _ right: TensorExpression, isIdentity: Bool = false,
    by primal: TensorExpression? = nil
  ) {
    self.left = left
    self.right = right
    self.isIdentity = isIdentity
    self.primal = primal
  }
}

/// What was found of an equation by numbers.
package enum Equality: Sendable {
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

extension Equality {
  var isIdentical: Bool { if case .identical = self { true } else { false } }

  /// The same with how it was decided on all cells.
  func decided(_ masks: MaskEvidence) -> Equality {
    // What was compared has the same sign everywhere.
    if masks.masks == 0 { return self }
    switch self {
    case .identical(var evidence):
      evidence.masks = masks
      return .identical(evidence)
    case .enclosed(var evidence):
      evidence.masks = masks
      return .enclosed(evidence)
    case .different, .kink, .undecided: return self
    }
  }

  /// The same with why it was not decided where declared tensors lie on borders of masks.
  func unseen(_ why: String) -> Equality {
    switch self {
    case .identical(var evidence):
      evidence.unseenBorders = why
      return .identical(evidence)
    case .enclosed(var evidence):
      evidence.unseenBorders = why
      return .enclosed(evidence)
    case .different, .kink, .undecided: return self
    }
  }

  /// What two sets of draws show together, this one of them holding.
  func confirmed(by other: Equality) -> Equality {
    switch (self, other) {
    case (.identical(let a), .identical(let b)):
      .identical(
        FieldEvidence(
          trials: a.trials + b.trials, sizes: a.sizes + b.sizes,
          falseAcceptBits: a.falseAcceptBits + b.falseAcceptBits))
    case (.enclosed(let a), .enclosed(let b)):
      .enclosed(
        IntervalEvidence(
          points: a.points + b.points, precision: max(a.precision, b.precision),
          widthBits: max(a.widthBits, b.widthBits)))
    // One draw that is open to proof by values only leaves the weaker evidence.
    case (.enclosed, .identical): self
    case (.identical, .enclosed): other
    case (_, .different), (_, .kink): other
    // A point at which nothing could be decided takes nothing away from those that were.
    case (_, .undecided), (.different, _), (.kink, _), (.undecided, _): self
    }
  }
}

/// How an expression's functions behave in a field, where the law of a function is known only in part.
package struct FunctionProfile {
  /// Functions whose value at a rational number need not be rational.
  package private(set) var isTranscendental = false
  /// Functions other than exp that a field does not model in full, so that a refusal there proves nothing.
  package private(set) var refusalsProveNothing = false
  /// Whether roots occur, which a field knows up to their signs only.
  private(set) var hasRoots = false
  /// Whether a function has no value for some numbers, apart from quotients.
  private(set) var hasPartialFunctions = false
  /// How deeply exponentials are nested.
  private(set) var exponentialDepth = 0
  /// Whether something is compared: a step, an extremum, a function with kinks.
  package private(set) var hasMasks = false

  package init(of roots: [TensorExpression]) {
    var depth: [TensorExpression: Int] = [:]
    for node in TensorExpression.postorder(of: roots) {
      var own = node.operands.reduce(0) { max($0, depth[$1] ?? 0) }
      switch node.kind {
      case .extremum, .selector: hasMasks = true
      case .cholesky:
        isTranscendental = true
        refusalsProveNothing = true
        hasRoots = true
        hasPartialFunctions = true
      case .elementwise(let function, let operands):
        if !function.kinks(operands).isEmpty { hasMasks = true }
        if function.primitive != .reciprocal, !node.domainConditions.isEmpty {
          hasPartialFunctions = true
        }
        if function.roundsToWhole {
          // Of whole numbers a field knows only that equal arguments have equal ones.
          hasMasks = true
          refusalsProveNothing = true
          break
        }
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

  /// How many fields a trial takes: one for each nesting of exponentials below the values' own, while a chain has them.
  package var levelCount: Int { min(1 + exponentialDepth, PrimeFieldChain.largestCount) }

  /// Whether two expressions that differ in a field differ as functions of real numbers: rational functions and
  /// exponentials of rational functions have no laws but those of the field (F. Lindemann, K. Weierstrass; J. Ax, "On
  /// Schanuel's conjectures", 1971).
  var refusalIsProof: Bool {
    !refusalsProveNothing && exponentialDepth < PrimeFieldChain.largestCount
  }
}
