import TensorExpressions

/// Expressions in the expression language; what is printed parses back to an equal expression.
public struct TextNotation: Sendable {
  /// Names that temporaries and indices must not take: every declared value, size and function of the file.
  public var usedNames: Set<String>

  public init(usedNames: Set<String> = []) { self.usedNames = usedNames }

  /// The lines that define `name` as `expression`: temporaries where they are needed, then one line
  /// `name = …`, or an index statement, for which `name` must be declared with its shape (which it is in claims).
  ///
  /// A name around the whole expression is looked through when it is `name`.
  public func lines(name: String, expression: TensorExpression) -> [String] {
    let recognised = RecognisedLine(name: name, expression: expression, usedNames: usedNames)
    return lines(of: recognised)
  }

  /// The formula alone, without temporaries; nil where only statements can say it.
  public func text(_ expression: TensorExpression) -> String? {
    let recognised = RecognisedLine(
      name: "", expression: expression, usedNames: usedNames, allowsStatement: false)
    guard recognised.temporaries.isEmpty, case .formula(let formula) = recognised.body else {
      return nil
    }
    return PythonPrinter(dialect: .language).string(formula)
  }

  /// The shape as a comment on a line, `[B, O]`.
  public static func shape(_ expression: TensorExpression) -> String {
    shapeText(expression.shape)
  }

  private func lines(of line: RecognisedLine) -> [String] {
    let printer = PythonPrinter(dialect: .language)
    var result: [String] = []
    for temporary in line.temporaries {
      switch temporary {
      case .formula(let name, let formula): result.append("\(name) = \(printer.string(formula))")
      case .statement(let statement, let shape):
        result.append("\(statement.name): \(shapeText(shape))")
        result.append(statement.text(usedNames: line.usedNames))
      }
    }
    switch line.body {
    case .formula(let formula): result.append("\(line.name) = \(printer.string(formula))")
    case .statement(let statement): result.append(statement.text(usedNames: line.usedNames))
    }
    return result
  }
}

/// A named expression as recognised: what every notation prints.
public struct RecognisedLine: Sendable {
  enum Body: Sendable {
    case formula(Formula)
    case statement(IndexStatement)
  }

  let name: String
  let temporaries: [FormulaBuilder.Temporary]
  let body: Body
  let usedNames: Set<String>
  let shape: [Size]

  /// - Parameter allowsStatement: whether an index statement may stand for the expression where that is shorter
  ///   than its formula or there is none.
  init(
    name: String, expression: TensorExpression, usedNames: Set<String>,
    allowsStatement: Bool = true
  ) {
    var root = expression
    if case .named(let own, let inner) = root.kind, own == name { root = inner }
    var used = usedNames.union([name])
    for node in TensorExpression.postorder(of: [root]) {
      if let text = node.name { used.insert(text) }
      for size in node.shape { used.formUnion(size.names) }
    }
    var builder = FormulaBuilder(usedNames: used)
    self.name = name
    shape = root.shape
    if let contraction = root.asContraction, allowsStatement {
      body = builder.line(name: name, contraction, of: root)
    } else {
      body = .formula(builder.piece(of: root).full(root.shape))
    }
    temporaries = builder.temporaries
    for temporary in builder.temporaries {
      switch temporary {
      case .formula(let name, _): used.insert(name)
      case .statement(let statement, _): used.insert(statement.name)
      }
    }
    self.usedNames = used
  }
}

extension FormulaBuilder {
  /// A contraction as the whole of a line, where an index statement may stand by itself.
  fileprivate mutating func line(
    name: String, _ contraction: Contraction, of root: TensorExpression
  ) -> RecognisedLine.Body {
    for operand in contraction.operands { _ = piece(of: operand.value) }
    guard let found = contractionPiece(contraction, shape: root.shape) else {
      return .statement(indexStatement(name: name, contraction, shape: root.shape))
    }
    let formula = found.full(root.shape)
    if formula.isAwkwardConvolution, contraction.operands.allSatisfy({ known($0.value).isName }) {
      return .statement(indexStatement(name: name, contraction, shape: root.shape))
    }
    return .formula(formula)
  }
}

extension Piece {
  fileprivate var isName: Bool {
    if case .name = formula { true } else { false }
  }
}

extension Formula {
  /// Whether the formula is a convolution between permutations, as weight gradients are.
  fileprivate var isAwkwardConvolution: Bool {
    var formula = self
    if case .product(let product) = formula, product.entries.count == 1 {
      formula = product.entries[0].base
    }
    var views = 0
    while case .view(_, let inner) = formula {
      formula = inner
      views += 1
    }
    guard case .convolution(let c) = formula else { return false }
    if case .view = c.kernel { return views > 0 }
    return false
  }
}
