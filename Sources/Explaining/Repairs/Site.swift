import Diagnostics
import ExpressionLanguage
import Judging
import TensorExpressions

/// A place of a line at which something else can stand.
struct Site {
  /// Where it stands in the file.
  let range: SourceRange
  let expression: SyntaxExpression
  let fragment: Fragment
  /// How tight a text must be to stand there.
  let needed: Binding
  /// What it means; nil where it is no value.
  let value: LineValue?
  /// The operator in front of it, where it is an operand of a chain.
  let link: ChainOperator?
  /// Whether it decides where a mask is 1.
  var isMasking = false
  /// Where the operator in front of it begins.
  var linkStart: Int?

  /// Whether it is a size or a number, and no tensor.
  var isNumber: Bool { value?.isNumber ?? false }

  /// What the claim may depend on affinely: the site, or for a divisor its reciprocal.
  var isDivisor: Bool { link == .divide }

  /// The edit that puts a name in place of the site, or of the quotient by it.
  func hole(_ name: String) -> Cause.Repair.Edit {
    guard isDivisor, let linkStart else { return edit(Fragment(name, .postfix)) }
    return Cause.Repair.Edit(
      range: SourceRange(start: linkStart, end: range.end), text: "* " + name)
  }

  /// The kind of a slip here.
  func kind(_ kind: Cause.Kind) -> Cause.Kind {
    isMasking && kind != .eps && kind != .edge ? .mask : kind
  }

  /// The text in the file with another fragment at the site.
  func edit(_ fragment: Fragment) -> Cause.Repair.Edit {
    Cause.Repair.Edit(range: range, text: fragment.text(atLeast: needed))
  }
}

/// The places of an expression, outer ones first.
struct SiteWalk {
  let source: SourceText
  private(set) var places: [Place] = []
  private var isMasking = false

  struct Place {
    let expression: SyntaxExpression
    let needed: Binding
    let link: ChainOperator?
    let linkStart: Int?
    let isMasking: Bool
  }

  init(_ root: SyntaxExpression, in source: SourceText) {
    self.source = source
    visit(root, .comparison, nil)
  }

  private mutating func visit(
    _ expression: SyntaxExpression, _ needed: Binding, _ link: ChainLink?
  ) {
    let isParenthesised = Fragment.isParenthesised(expression, in: source)
    places.append(
      Place(
        expression: expression, needed: isParenthesised ? .postfix : needed,
        link: link?.operator, linkStart: link?.operatorRange.start, isMasking: isMasking))
    switch expression.kind {
    case .number, .string, .boolean, .none, .name: break
    case .unary(_, let operand): visit(operand, .sign, nil)
    case .chain(let first, let links):
      let isSum = links.first?.operator.isSum ?? false
      visit(first, isSum ? .sum : .product, nil)
      for link in links { visit(link.operand, isSum ? .product : .sign, link) }
    case .power(let base, let exponent):
      visit(base, .postfix, nil)
      visit(exponent, .sign, nil)
    case .comparison(_, let left, let right):
      let outer = isMasking
      isMasking = true
      visit(left, .sum, nil)
      visit(right, .sum, nil)
      isMasking = outer
    case .call(_, let arguments): visit(arguments)
    case .methodCall(let receiver, let method, let arguments):
      visit(receiver, .postfix, nil)
      if !Self.methodsOfSizes.contains(method.name) { visit(arguments) }
    case .attribute(let receiver, _), .subscripted(let receiver, _):
      visit(receiver, .postfix, nil)
    case .tuple(let elements), .list(let elements):
      for element in elements { visit(element, .comparison, nil) }
    }
  }

  /// Keywords say how a function works; only values can be something else.
  private mutating func visit(_ arguments: [Argument]) {
    for argument in arguments where argument.label == nil {
      visit(argument.value, .comparison, nil)
    }
  }

  /// Methods whose arguments are sizes and axes.
  private static let methodsOfSizes: Set = [
    "reshape", "view", "permute", "transpose", "flatten", "expand", "sum", "mean", "unsqueeze",
    "squeeze", "swapaxes",
  ]
}
