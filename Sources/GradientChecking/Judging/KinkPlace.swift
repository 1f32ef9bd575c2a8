import Evaluation
import Scalars
import TensorExpressions

/// Where a function has no derivative: which function, at which entry of which argument.
struct KinkPlace {
  let function: String
  let argument: String
  let entry: [Int]
  /// The one-sided derivatives, where they are rational.
  private let sides: (left: Rational, right: Rational, atZero: Rational)?
  private let isTie: Bool

  init(_ kink: MaskRecord.Kink, among roots: [TensorExpression]) {
    entry = kink.entry
    switch kink.place {
    case .extremum(let extremum):
      function = extremum.kind == .maximum ? "max" : "min"
      argument = extremum.operand.formulaText
      sides = (0, 1, 0)
      isTie = true
    case .step(let node):
      let zero = node.operands[0]
      isTie = false
      argument = zero.formulaText
      let owner = TensorExpression.postorder(of: roots).first { candidate in
        guard case .elementwise(let f, let operands) = candidate.kind, f.name != "step" else {
          return false
        }
        return f.kinks(operands).contains { $0 === zero || $0.formulaText == zero.formulaText }
      }
      if let owner, case .elementwise(let f, _) = owner.kind {
        function = f.name
        sides = Self.oneSidedDerivatives(of: f)
      } else {
        function = "step"
        sides = nil
      }
    }
  }

  /// The derivative just left and just right of zero, and what frameworks take at zero, for a function of one operand that is piecewise linear there.
  private static func oneSidedDerivatives(
    of function: Elementwise
  ) -> (left: Rational, right: Rational, atZero: Rational)? {
    guard function.arity == 1 else { return nil }
    let space = ExpressionSpace()
    let x = space.input("x", [])
    let y = space.elementwise(function, [x])
    guard let derivative = function.derivatives([x], y)[0] else { return nil }
    func value(_ at: Rational) -> Rational? {
      let point = EvaluationPoint(values: [x: Tensor(scalar: at)])
      return try? Evaluator(RationalArithmetic(), at: point).evaluate(derivative).elements[0]
    }
    guard let left = value(Rational(-1, 1024)), let right = value(Rational(1, 1024)),
      let atZero = value(0)
    else { return nil }
    return (left, right, atZero)
  }

  /// What it means for an equation that holds on one side only.
  func at(_ equation: Equation, followsConvention: Bool) -> KinkFinding {
    let (lower, upper) = sides.map { (min($0.left, $0.right), max($0.left, $0.right)) } ?? (0, 1)
    let convention: String
    if isTie {
      convention =
        followsConvention
        ? "the claim is right if a tie goes to its first entry, as frameworks do"
        : "the claim would be right if a tie went to its last entry"
    } else {
      let value = followsConvention ? sides?.atZero : sides?.right
      let text = value.map { "\(function)'(0) = \($0)" } ?? "\(function) takes its other side at 0"
      convention =
        followsConvention
        ? "the claim is right with \(text), as frameworks take it"
        : "the claim would be right with \(text)"
    }
    return KinkFinding(
      isTie: isTie, function: function, argument: argument, entry: entry,
      subgradients: sides == nil ? "a jump" : "[\(lower), \(upper)]", convention: convention)
  }
}
