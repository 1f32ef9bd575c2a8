import TensorExpressions

/// Expressions in the expression language; what is printed parses back to an equal expression.
public struct TextNotation: Sendable {
  /// Names that temporaries and indices must not take: every declared value, size and function of the file.
  public var usedNames: Set<String>
  /// Parts of the lines so far, to be found again in later ones.
  private var shared: [TensorExpression: Piece] = [:]

  public init(usedNames: Set<String> = []) { self.usedNames = usedNames }

  /// The lines that define `name` as `expression`: temporaries where they are needed, then one line
  /// `name = …`, or an index statement, for which `name` must be declared with its shape (which it is in claims).
  ///
  /// A name around the whole expression is looked through when it is `name`.
  public func lines(name: String, expression: TensorExpression) -> [String] {
    var copy = self
    return copy.nextLines(name: name, expression: expression)
  }

  /// The lines of ``lines(name:expression:)`` as one of many: what earlier lines have in common with it is not
  /// recognised again.
  public mutating func nextLines(name: String, expression: TensorExpression) -> [String] {
    let recognised = RecognisedLine(
      name: name, expression: expression, usedNames: usedNames, allowsLayers: true, shared: shared)
    shared.merge(recognised.sharedPieces) { known, _ in known }
    let formula = lines(of: recognised)
    return shorterStatement(than: formula, name: name, expression: expression) ?? formula
  }

  /// How long a line may be before an index statement, which says the same in fewer words, stands for it.
  private static let comfortableWidth = 88

  /// The one index statement that says what long lines say, where every factor of it has a name.
  private func shorterStatement(
    than lines: [String], name: String, expression: TensorExpression
  ) -> [String]? {
    let length = lines.reduce(0) { $0 + $1.count }
    guard length > Self.comfortableWidth || Self.rearrangements(in: lines) >= 2,
      let contraction = expression.unnamed.asContraction, contraction.guards.isEmpty,
      contraction.operands.count > 1, contraction.operands.allSatisfy({ $0.value.name != nil })
    else { return nil }
    let statement = IndexNotation(usedNames: usedNames).lines(name: name, expression: expression)
    return statement.count == 1 && statement[0].count <= min(length, Self.comfortableWidth)
      ? statement : nil
  }

  /// How often values are reshaped, permuted or repeated, which an index statement needs not.
  private static func rearrangements(in lines: [String]) -> Int {
    ["reshape(", "permute(", "broadcast_to("].reduce(0) { count, word in
      count + lines.reduce(0) { $0 + $1.ranges(of: word).count }
    }
  }

  /// The formula alone, without temporaries; nil where only statements can say it.
  public func text(_ expression: TensorExpression) -> String? {
    let recognised = RecognisedLine(
      name: "", expression: expression, usedNames: usedNames, allowsStatement: false,
      allowsLayers: true)
    guard recognised.temporaries.isEmpty, case .formula(let formula) = recognised.body else {
      return nil
    }
    return PythonPrinter(dialect: .language).string(formula)
  }

  /// The shape as a comment on a line, `[B, O]`.
  public static func shape(_ expression: TensorExpression) -> String {
    shapeText(expression.shape)
  }

  func lines(of line: RecognisedLine) -> [String] {
    let printer = PythonPrinter(dialect: .language)
    var result: [String] = []
    for temporary in line.temporaries {
      switch temporary {
      case .formula(let name, let formula): result.append("\(name) = \(printer.string(formula))")
      case .statements(let name, let statements, let shape):
        result.append("\(name): \(shapeText(shape))")
        result += texts(of: statements, name, shape, line.usedNames)
      }
    }
    switch line.body {
    case .formula(let formula): result.append("\(line.name) = \(printer.string(formula))")
    case .statements(let statements):
      result += texts(of: statements, line.name, line.shape, line.usedNames)
    }
    return result
  }

  /// The statements of one value; where it has no terms, the one that adds 0.
  private func texts(
    of statements: [IndexStatement], _ name: String, _ shape: [Size], _ usedNames: Set<String>
  ) -> [String] {
    let all = statements.isEmpty ? [IndexStatement(zeros: name, shape)] : statements
    return all.map { $0.text(usedNames: usedNames) }
  }
}
