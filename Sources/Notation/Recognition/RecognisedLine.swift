import TensorExpressions

/// A named expression as recognised: what every notation prints.
public struct RecognisedLine: Sendable {
  enum Body: Sendable {
    case formula(Formula)
    case statements([IndexStatement])
  }

  let name: String
  let temporaries: [FormulaBuilder.Temporary]
  let body: Body
  /// Names that the line's indices must not take.
  let usedNames: Set<String>
  let shape: [Size]
  /// Parts that read the same in every line (``FormulaBuilder/newlyShared``).
  let sharedPieces: [TensorExpression: Piece]

  /// The expression as a formula.
  ///
  /// - Parameter shared: the ``sharedPieces`` of lines before this one.
  /// - Parameter allowsLayers: whether the expression language's own functions may be used.
  /// - Parameter allowsStatement: whether an index statement may stand for the expression where it is shorter
  ///   than the formula or there is none.
  init(
    name: String, expression: TensorExpression, usedNames: Set<String>,
    allowsStatement: Bool = true, allowsConvolutions: Bool = true, allowsLayers: Bool = false,
    shared: [TensorExpression: Piece] = [:]
  ) {
    self.init(
      name, expression, usedNames, allowsConvolutions: allowsConvolutions,
      allowsLayers: allowsLayers, shared: shared
    ) { builder, root in
      if let contraction = root.asContraction, allowsStatement {
        return builder.line(name: name, contraction, of: root)
      }
      return .formula(builder.piece(of: root).full(root.shape))
    }
  }

  /// The expression as index statements.
  ///
  /// - Parameter prefersStatements: whether its parts are statements, too, wherever they can.
  init(
    name: String, statementsOf expression: TensorExpression, usedNames: Set<String>,
    prefersStatements: Bool = false
  ) {
    self.init(name, expression, usedNames, prefersStatements: prefersStatements) { builder, root in
      .statements(builder.statements(name: name, of: root))
    }
  }

  private init(
    _ name: String, _ expression: TensorExpression, _ usedNames: Set<String>,
    prefersStatements: Bool = false, allowsConvolutions: Bool = true, allowsLayers: Bool = false,
    shared: [TensorExpression: Piece] = [:],
    _ makeBody: (inout FormulaBuilder, TensorExpression) -> Body
  ) {
    var root = expression
    if case .named(let own, let inner) = root.kind, own == name { root = inner }
    var builder = FormulaBuilder(
      for: root, name: name, usedNames: usedNames, prefersStatements: prefersStatements,
      allowsConvolutions: allowsConvolutions, allowsLayers: allowsLayers, shared: shared)
    let body = makeBody(&builder, root)
    self.name = name
    self.body = body
    shape = root.shape
    temporaries = builder.temporaries
    self.usedNames = usedNames
    sharedPieces = builder.newlyShared
  }
}

extension FormulaBuilder {
  /// How much a convolution between permutations may hold before its parts take lines of their own.
  private static let shortWeight = 6

  /// A contraction as the whole of a line, where an index statement may stand by itself.
  fileprivate mutating func line(
    name: String, _ contraction: Contraction, of root: TensorExpression
  ) -> RecognisedLine.Body {
    if layerParts(of: root) != nil { return .formula(piece(of: root).full(root.shape)) }
    for operand in contraction.operands { _ = piece(of: operand.value) }
    if let statement = scatterStatement(name: name, contraction, shape: root.shape) {
      return .statements([statement])
    }
    guard let found = contractionPiece(contraction, shape: root.shape) else {
      return .statements([indexStatement(name: name, contraction, shape: root.shape)])
    }
    let formula = found.full(root.shape)
    if formula.isAwkwardConvolution {
      var trial = self
      let statement = trial.indexStatement(name: name, contraction, shape: root.shape)
      if trial.temporaries.count == temporaries.count || formula.weight() > Self.shortWeight {
        self = trial
        return .statements([statement])
      }
    }
    return .formula(formula)
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
