import TensorExpressions

/// Expressions in LaTeX's mathematical mode, for `amsmath`.
public struct LaTeXNotation: Sendable {
  /// Names that temporaries and indices must not take.
  public var usedNames: Set<String>

  public init(usedNames: Set<String> = []) { self.usedNames = usedNames }

  /// One formula a line: what defines temporaries, then `name = …`. Each is complete in itself.
  public func lines(name: String, expression: TensorExpression) -> [String] {
    let line = RecognisedLine(name: name, expression: expression, usedNames: usedNames)
    return line.mathTrees.map(Self.markup)
  }

  /// The steps of a block, from the first that is taken to the last.
  public static func steps(_ step: String, _ first: Size, _ last: Size) -> String {
    markup(.steps(step, first, last))
  }

  static func markup(_ tree: MathTree) -> String {
    switch tree {
    case .identifier(let symbol): return symbol.latex
    case .number(let text): return text
    case .sign(let sign): return sign.latex
    case .word(let word): return self.word(word)
    case .row(let items): return items.map(markup).joined(separator: " ")
    case .superscript(let base, let above): return "{\(markup(base))}^{\(markup(above))}"
    case .subscripted(let base, let below):
      // Two subscripts in a row are an error in LaTeX.
      let inner = markup(base)
      if case .subscripted = base { return "{\(inner)}_{\(markup(below))}" }
      return "\(inner)_{\(markup(below))}"
    case .fraction(let above, let below): return "\\frac{\(markup(above))}{\(markup(below))}"
    case .root(let inner): return "\\sqrt{\(markup(inner))}"
    case .fenced(let fence, let inner):
      let (open, close) = fence.marks.latex
      return "\\left\(open) \(markup(inner)) \\right\(close)"
    }
  }

  private static let operators: Set<String> = [
    "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "det", "max", "min",
  ]

  private static func word(_ word: String) -> String {
    if operators.contains(word) { return "\\\(word)" }
    if word == "1" || word == "0" { return "\\mathbf{\(word)}" }
    let escaped = word.replacing("_", with: "\\_")
    let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber }
    return word.count == 1
      ? (word.first?.isLetter == true ? "\\mathrm{\(word)}" : word)
      : isPlain ? "\\operatorname{\(word)}" : "\\text{\(escaped)}"
  }
}

extension RecognisedLine {
  /// The lines in type.
  var mathTrees: [MathTree] {
    let layout = MathLayout()
    func equation(_ name: String, _ formula: Formula) -> MathTree {
      .row([MathNames.tree(name), .sign(.equals)] + layout.tree(formula).items)
    }
    var result: [MathTree] = []
    for temporary in temporaries {
      switch temporary {
      case .formula(let name, let formula): result.append(equation(name, formula))
      case .statements(_, let statements, _):
        result += statements.map { layout.statement($0, usedNames: usedNames) }
      }
    }
    switch body {
    case .formula(let formula): result.append(equation(name, formula))
    case .statements(let statements):
      result += statements.map { layout.statement($0, usedNames: usedNames) }
    }
    return result
  }
}
