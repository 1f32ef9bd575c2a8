import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// What rules may know of the line that they change.
struct RepairContext {
  let source: SourceText
  /// The numbers of the file that are no whole numbers, as they are written.
  let literals: [String]
  /// The names of the file's functions.
  let functions: Set<String>
  /// The shape of what is claimed.
  let shape: [Size]?
  /// The meaning of parts of the line, by their text.
  let values: [String: LineValue]

  func fragment(_ expression: SyntaxExpression) -> Fragment { Fragment(expression, in: source) }

  func text(_ argument: ExpressionLanguage.Argument) -> String { source[argument.range] }

  func text(_ arguments: [ExpressionLanguage.Argument]) -> String {
    arguments.map(text).joined(separator: ", ")
  }

  func text(_ item: SubscriptItem) -> String {
    switch item {
    case .index(let index): return fragment(index).text
    case .slice(let start, let stop, let step):
      let parts = [start, stop].map { $0.map { fragment($0).text } ?? "" }
      return parts.joined(separator: ":") + (step.map { ":" + fragment($0).text } ?? "")
    case .ellipsis: return "..."
    case .newAxis: return "None"
    }
  }

  func rank(of expression: SyntaxExpression) -> Int? { values[fragment(expression).text]?.rank }

  func isMask(_ text: String) -> Bool { values[text].map(\.whole.isMaskValue) ?? false }

  /// Whether it is made of numbers alone, and not the same everywhere: zeros and ones that cut something off.
  func isConstantTensor(_ text: String) -> Bool {
    let name = text.prefix { $0 != "[" && $0 != "(" }
    guard let value = values[text] ?? values[String(name)], value.rank > 0,
      value.whole.asConstant == nil
    else { return false }
    return TensorExpression.symbols(of: [value.whole]).isEmpty
  }

  func isSmallNumber(_ text: String) -> Bool { DecimalLiteral(text)?.isSmall ?? false }

  /// A remark where the claim would be right for symmetric matrices.
  func symmetryNote(_ site: Site) -> String {
    guard let shape = site.value?.shape, shape.count == 2, shape[0] == shape[1],
      case .name(let name) = site.expression.kind
    else { return "" }
    return "; right only where `\(name)` is symmetric"
  }

  /// A chain as it stands with one of its links replaced; the link is left out where that is nil.
  func chain(
    _ first: SyntaxExpression, _ links: [ChainLink], replacing place: Int,
    by replacement: (ChainLink) -> (ChainOperator, Fragment)?
  ) -> Fragment {
    var result = fragment(first)
    for (number, link) in links.enumerated() {
      let (operation, operand): (ChainOperator, Fragment)
      if number == place {
        guard let replaced = replacement(link) else { continue }
        (operation, operand) = replaced
      } else {
        (operation, operand) = (link.operator, fragment(link.operand))
      }
      result = joined(result, operation, operand)
    }
    return result
  }

  /// A fragment with links of a chain after it.
  func chain(_ first: Fragment, _ links: [ChainLink]) -> Fragment {
    links.reduce(first) { joined($0, $1.operator, fragment($1.operand)) }
  }

  private func joined(_ a: Fragment, _ operation: ChainOperator, _ b: Fragment) -> Fragment {
    let isSum = operation.isSum
    return Fragment(
      "\(a.text(atLeast: isSum ? .sum : .product)) \(operation.rawValue) "
        + b.text(atLeast: isSum ? .product : .sign),
      isSum ? .sum : .product)
  }
}

extension TensorExpression {
  /// Whether it is made of steps, and numbers and products of them.
  var isMaskValue: Bool {
    switch kind {
    case .named(_, let value): value.isMaskValue
    case .elementwise(let function, _): Self.maskFunctions.contains(function.name)
    case .sum(let terms):
      terms.count > 1 && terms.contains(where: \.isMaskValue)
        && terms.allSatisfy { $0.isMaskValue || $0.asConstant != nil }
    case .contraction(let contraction):
      !contraction.operands.isEmpty && contraction.operands.allSatisfy { $0.value.isMaskValue }
    case .symbol, .extremum, .selector, .inverse, .determinant, .cholesky, .recurrence: false
    }
  }

  /// Functions whose values are 0 and 1.
  private static let maskFunctions = Set("step equal".split(separator: " ").map(String.init))
}
