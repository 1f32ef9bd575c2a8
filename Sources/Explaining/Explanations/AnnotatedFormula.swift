import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// A printed formula with the dims of its factors, `A1.T (7,1) @ dZ2 (1,2)`, and the terms that it is a sum of.
struct AnnotatedFormula {
  let text: String
  let terms: [FormulaTerm]

  init?(_ formula: String, shapes: FormulaShapes) {
    guard let (expression, source) = shapes.syntax(formula) else { return nil }
    let annotation = Annotation(source: source, shapes: shapes)
    text = annotation.text(of: expression)
    terms = Self.terms(of: expression).map {
      FormulaTerm($0, source: source, shapes: shapes)
    }
  }

  private static func terms(of expression: SyntaxExpression) -> [SyntaxExpression] {
    if case .chain(let first, let links) = expression.kind,
      links.first?.operator.isSum == true
    {
      return [first] + links.map(\.operand)
    }
    return [expression]
  }
}

/// One term of a formula: how it is computed, and from what.
struct FormulaTerm {
  let text: String
  let kind: ProductKind
  /// The term's own shape, which may be repeated to the line's; nil for what has none.
  let shape: [Size]?
  /// The tensors that it multiplies, sums or rearranges, with their shapes.
  let factors: [Factor]

  struct Factor {
    let text: String
    let shape: [Size]
  }

  init(_ expression: SyntaxExpression, source: SourceText, shapes: FormulaShapes) {
    var inner = expression
    if case .unary(_, let operand) = inner.kind { inner = operand }
    // A number in front or behind changes no dims.
    let parts = Self.operands(of: inner).filter { part in
      shapes.shape(of: source[part.range]).map { !$0.isEmpty } ?? true
    }
    let isScaled = parts.count == 1 && Self.isProduct(inner)
    if isScaled { inner = parts[0] }
    text = source[inner.range]
    shape = shapes.shape(of: text)
    let kind = ProductKind(inner, source: source)
    self.kind = isScaled && kind == .copy ? .scaling : kind
    factors = Self.operands(of: inner).compactMap { operand in
      let text = source[operand.range]
      guard let shape = shapes.shape(of: text), !shape.isEmpty else { return nil }
      return Factor(text: text, shape: shape)
    }
  }

  private static func isProduct(_ expression: SyntaxExpression) -> Bool {
    if case .chain = expression.kind { true } else { false }
  }

  /// What stands between the signs of a product, or between the commas of a call.
  private static func operands(of expression: SyntaxExpression) -> [SyntaxExpression] {
    switch expression.kind {
    case .chain(let first, let links): [first] + links.map(\.operand)
    case .call(_, let arguments):
      arguments.filter { $0.label == nil }.map(\.value).filter {
        switch $0.kind {
        case .string, .number, .tuple, .none, .boolean: false
        default: true
        }
      }
    case .methodCall(let receiver, _, _), .subscripted(let receiver, _),
      .attribute(let receiver, _):
      [receiver]
    default: [expression]
    }
  }
}

/// Writes the dims behind the factors of a formula.
private struct Annotation {
  let source: SourceText
  let shapes: FormulaShapes

  func text(of expression: SyntaxExpression) -> String {
    switch expression.kind {
    case .chain(let first, let links):
      let isSum = links.first?.operator.isSum == true
      var result = isSum ? text(of: first) : factor(first)
      for link in links {
        let operand = isSum ? text(of: link.operand) : factor(link.operand)
        result += " \(link.operator.rawValue) \(operand)"
      }
      return result
    case .unary(let sign, let operand): return sign.rawValue + text(of: operand)
    case .call(let function, let arguments):
      let parts = arguments.map { argument -> String in
        guard argument.label == nil else { return source[argument.range] }
        return factor(argument.value)
      }
      return "\(function.name)(\(parts.joined(separator: ", ")))"
    default: return factor(expression)
    }
  }

  private func factor(_ expression: SyntaxExpression) -> String {
    let own = source[expression.range]
    switch expression.kind {
    case .string, .number, .tuple, .list, .none, .boolean: return own
    default: break
    }
    guard let shape = shapes.shape(of: own), !shape.isEmpty else { return own }
    return "\(own) \(shapes.dims(shape))"
  }
}
