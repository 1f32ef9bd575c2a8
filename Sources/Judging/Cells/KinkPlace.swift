import Evaluation
import Notation
import Scalars
import TensorExpressions

/// Where a function has no derivative: which function, at which entry of which argument.
package struct KinkPlace {
  package let function: String
  package let argument: String
  package let entry: [Int]
  /// The one-sided derivatives, where they are rational.
  private let sides: (left: Rational, right: Rational, atZero: Rational)?
  private let isTie: Bool
  /// Whether the mask compares the opposite of the function's argument.
  private let isReversed: Bool
  private let kink: MaskRecord.Kink

  package init(_ kink: MaskRecord.Kink, among roots: [TensorExpression]) {
    entry = kink.entry
    switch kink.place {
    case .extremum(let extremum):
      function = extremum.kind == .maximum ? "max" : "min"
      argument = extremum.operand.formulaText
      sides = (0, 1, 0)
      isTie = true
      isReversed = false
    case .step(let node):
      let zero = node.operands[0]
      isTie = false
      let owner = Self.owner(of: zero, among: roots)
      argument = (owner?.argument ?? zero).formulaText
      isReversed = owner?.isReversed ?? false
      function = owner?.function.name ?? "step"
      sides = owner.flatMap { Self.oneSidedDerivatives(of: $0.function) }
    }
    self.kink = kink
  }

  /// The function other than a step that has a kink where `zero` is 0, with its argument: `zero`, or its opposite.
  private static func owner(
    of zero: TensorExpression, among roots: [TensorExpression]
  ) -> (function: Elementwise, argument: TensorExpression, isReversed: Bool)? {
    let nodes = TensorExpression.postorder(of: roots)
    for isReversed in [false, true] {
      let wanted = (isReversed ? -zero : zero)
      let text = wanted.formulaText
      for node in nodes {
        guard case .elementwise(let f, let operands) = node.kind, f.name != "step" else { continue }
        if let argument = f.kinks(operands).first(where: {
          $0 === wanted || $0.formulaText == text
        }) {
          return (f, argument, isReversed)
        }
      }
    }
    return nil
  }

  /// Where derivatives are chosen: the ties of extrema, and the zeros of arguments at which a continuous
  /// function has a kink. A comparison has none, its value is what it is.
  struct Choices {
    fileprivate let arguments: Set<String>

    func contains(_ place: MaskRecord.Kink.Place) -> Bool {
      switch place {
      case .extremum: true
      case .step(let node):
        arguments.contains(node.operands[0].formulaText)
          || arguments.contains((-node.operands[0]).formulaText)
      }
    }
  }

  /// The choices that some expressions make.
  static func choices(among roots: [TensorExpression]) -> Choices {
    var arguments: Set<String> = []
    for node in TensorExpression.postorder(of: roots) {
      guard case .elementwise(let function, let operands) = node.kind,
        !jumps.contains(function.name)
      else { continue }
      for argument in function.kinks(operands) {
        arguments.insert(argument.formulaText)
        arguments.insert((-argument).formulaText)
      }
    }
    return Choices(arguments: arguments)
  }

  /// The functions that are constant on both sides of where they jump.
  private static let jumps: Set<String> = ["step", "sign", "equal"]

  /// The derivative just left and just right of zero, and what frameworks take at zero, for a function of one
  /// operand that is piecewise linear there.
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

  /// What it means for an equation that holds on some sides only.
  ///
  /// - Parameters:
  ///   - masks: the cell on which the claim is right; nil where that is another one for other entries.
  ///   - isConvention: whether it is right with what frameworks take.
  package func at(
    _ equation: Equation, following masks: MaskRecord?, isConvention: Bool
  ) -> KinkFinding {
    let (lower, upper) = sides.map { (min($0.left, $0.right), max($0.left, $0.right)) } ?? (0, 1)
    return KinkFinding(
      isTie: isTie, function: function, argument: argument, entry: entry,
      subgradients: sides == nil ? "a jump" : "[\(lower), \(upper)]",
      convention: isConvention ? followed : masks.map(wanted))
  }

  /// The convention that makes a claim right.
  private var followed: String {
    if isTie { return "the claim is right if a tie goes to its first entry, as frameworks do" }
    let text =
      sides.map { "\(function)'(0) = \($0.atZero)" } ?? "\(function) takes its other side at 0"
    return "the claim is right with \(text), as frameworks take it"
  }

  /// The convention that would make a claim right that is right on a cell.
  private func wanted(_ masks: MaskRecord) -> String {
    if isTie { return "the claim would be right if a tie went to its last entry" }
    guard let sides, case .step(let node) = kink.place, let pattern = masks.steps[node],
      pattern.indices.contains(kink.number)
    else { return "the claim would be right if `\(function)` took its other side at 0" }
    let isRight = pattern[kink.number] != isReversed
    return "the claim would be right with \(function)'(0) = \(isRight ? sides.right : sides.left)"
  }
}
