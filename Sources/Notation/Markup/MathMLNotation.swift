import TensorExpressions

/// Expressions in MathML Core.
public struct MathMLNotation: Sendable {
  /// Names that temporaries and indices must not take.
  public var usedNames: Set<String>

  public init(usedNames: Set<String> = []) { self.usedNames = usedNames }

  /// One `math` element a line: what defines temporaries, then `name = …`.
  public func lines(name: String, expression: TensorExpression) -> [String] {
    let line = RecognisedLine(name: name, expression: expression, usedNames: usedNames)
    return line.mathTrees.map(Self.element)
  }

  /// The steps of a block, from the first that is taken to the last.
  public static func steps(_ step: String, _ first: Size, _ last: Size) -> String {
    element(.steps(step, first, last))
  }

  private static func element(_ tree: MathTree) -> String {
    "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\">\(markup(tree))</math>"
  }

  static func markup(_ tree: MathTree) -> String {
    switch tree {
    case .identifier(let symbol): return "<mi>\(escaped(symbol.unicode))</mi>"
    case .number(let text): return "<mn>\(escaped(text))</mn>"
    case .sign(.thinSpace): return "<mspace width=\"0.17em\"/>"
    case .sign(let sign): return "<mo>\(sign.unicode)</mo>"
    case .word(let word): return "<mi mathvariant=\"normal\">\(escaped(word))</mi>"
    case .row(let items): return "<mrow>\(items.map(markup).joined())</mrow>"
    case .superscript(let base, let above):
      return "<msup>\(markup(base))\(markup(above))</msup>"
    case .subscripted(let base, let below):
      return "<msub>\(markup(base))\(markup(below))</msub>"
    case .fraction(let above, let below):
      return "<mfrac>\(markup(above))\(markup(below))</mfrac>"
    case .root(let inner): return "<msqrt>\(markup(inner))</msqrt>"
    case .fenced(let fence, let inner):
      let (open, close) = fence.marks.unicode
      return
        "<mrow><mo fence=\"true\">\(open)</mo>\(markup(inner))<mo fence=\"true\">\(close)</mo></mrow>"
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
