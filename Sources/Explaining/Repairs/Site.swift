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
  /// Whether it is all that the line says.
  var isWholeLine = false
  /// Whether it is a part of a product that stands there without brackets: some factors of several.
  var isGroup = false
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
  /// Every place; groups of factors behind all others.
  var places: [Place] { single + groups }
  private var single: [Place] = []
  private var groups: [Place] = []
  private var isMasking = false

  struct Place {
    let expression: SyntaxExpression
    let needed: Binding
    let link: ChainOperator?
    let linkStart: Int?
    let isMasking: Bool
    var isGroup = false
  }

  init(_ root: SyntaxExpression, in source: SourceText) {
    self.source = source
    visit(root, .comparison, nil)
  }

  private mutating func visit(
    _ expression: SyntaxExpression, _ needed: Binding, _ link: ChainLink?
  ) {
    let isParenthesised = Fragment.isParenthesised(expression, in: source)
    single.append(
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
      addGroups(first, links)
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
      let takesSizes = Self.methodsOfSizes.contains(method.name) && expression.namedCall == nil
      if !takesSizes { visit(arguments) }
    case .attribute(let receiver, _), .subscripted(let receiver, _):
      visit(receiver, .postfix, nil)
    case .tuple(let elements), .list(let elements):
      for element in elements { visit(element, .comparison, nil) }
    }
  }

  /// Factors beside each other, to which a term may belong alone: `a * (b * c + d)` for `a * b * c`.
  private mutating func addGroups(_ first: SyntaxExpression, _ links: [ChainLink]) {
    guard (2...Self.mostFactors).contains(links.count),
      links.allSatisfy({ $0.operator == .multiply || $0.operator == .divide })
    else { return }
    let factors = [first] + links.map(\.operand)
    for start in factors.indices {
      let link = start == 0 ? nil : links[start - 1]
      if let link, link.operator != .multiply { continue }
      for end in factors.indices where end > start && end - start < links.count {
        let range = SourceRange(start: factors[start].range.start, end: factors[end].range.end)
        groups.append(
          Place(
            expression: SyntaxExpression(
              .chain(factors[start], Array(links[start..<end])), range: range),
            needed: link == nil ? .product : .sign, link: link?.operator,
            linkStart: link?.operatorRange.start, isMasking: isMasking, isGroup: true))
      }
    }
  }

  /// The most operators of a product whose groups are looked at.
  private static let mostFactors = 5

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
