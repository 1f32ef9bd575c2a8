import Scalars
import TensorExpressions

/// Writes a layer's lines as calls of an array library, without loops over entries.
struct ArrayWriter {
  let dialect: Dialect
  /// An argument whose element type new arrays take.
  let reference: String?
  /// Names that no index, temporary or part may take.
  private(set) var usedNames: Set<String>
  private var number = 0

  init(_ dialect: Dialect, reference: String?, usedNames: Set<String>) {
    self.dialect = dialect
    self.reference = reference
    self.usedNames = usedNames
  }

  var printer: PythonPrinter { PythonPrinter(dialect: dialect, reference: reference) }

  mutating func freshName() -> String {
    repeat { number += 1 } while !usedNames.insert("u\(number)").inserted
    return "u\(number)"
  }

  /// The lines that compute a value.
  mutating func lines(_ line: CodePlan.Line) -> [String] {
    switch line.expression.kind {
    case .symbol where line.expression.isIndexSymbol:
      return [oneHotLine(line.name, of: line.expression)]
    case .extremum(let extremum) where extremum.isRanked:
      return orderedLines(extremum, name: line.name)
    case .selector(let extremum) where extremum.isRanked:
      return rankLines(extremum, name: line.name)
    case .extremum(let extremum) where !extremum.isReduction:
      return pooling(line) ?? extremumLines(extremum, name: line.name)
    case .selector(let extremum): return selectorLines(extremum, name: line.name)
    case .symbol, .sum, .contraction, .elementwise, .extremum, .inverse, .determinant, .cholesky,
      .named,
      .recurrence:
      return recognised(line)
    }
  }

  private func recognisedLine(_ line: CodePlan.Line) -> RecognisedLine {
    let formula = recognisedFormula(line)
    guard line.expression.asContraction?.addsUpPlaces ?? false, formula.holdsOneHot else {
      return formula
    }
    return RecognisedLine(
      name: line.name, statementsOf: line.expression, usedNames: usedNames)
  }

  private func recognisedFormula(_ line: CodePlan.Line) -> RecognisedLine {
    RecognisedLine(
      name: line.name, expression: line.expression, usedNames: usedNames, allowsStatement: false,
      allowsConvolutions: dialect != .numpy)
  }

  /// A maximum over windows where the library has it.
  private func pooling(_ line: CodePlan.Line) -> [String]? {
    let recognised = recognisedLine(line)
    guard dialect != .numpy, recognised.temporaries.isEmpty,
      case .formula(let formula) = recognised.body, case .pooling(let pooling) = formula,
      dialect == .jax || !pooling.isChannelsLast, !pooling.hangsOver
    else { return nil }
    return ["\(line.name) = \(printer.string(formula))"]
  }

  private mutating func recognised(_ line: CodePlan.Line) -> [String] {
    let recognised = recognisedLine(line)
    var result: [String] = []
    var temporaries = recognised.temporaries
    var body = recognised.body
    if case .formula(.name(let only)) = body,
      case .statements(only, let statements, _)? = temporaries.last
    {
      // The line is what the temporary is.
      temporaries.removeLast()
      body = .statements(statements.map { $0.renamed(line.name) })
    }
    for temporary in temporaries {
      switch temporary {
      case .formula(let name, let formula):
        usedNames.insert(name)
        result.append("\(name) = \(string(formula, shape: nil))")
      case .statements(let name, let statements, let shape):
        usedNames.insert(name)
        result += lines(of: statements, name: name, shape: shape)
      }
    }
    switch body {
    case .formula(let formula):
      result.append("\(line.name) = \(string(formula, shape: line.shape))")
    case .statements(let statements):
      result += lines(of: statements, name: line.name, shape: line.shape)
    }
    return result
  }

  /// A formula; a plain number as an array where one of that shape is wanted.
  private func string(_ formula: Formula, shape: [Size]?) -> String {
    let text = printer.string(formula)
    guard shape?.isEmpty == true, !formula.holdsTensor else { return text }
    return printer.call("\(dialect.module)full", ["()", text] + printer.elementType)
  }

  /// The statements of one value, added up.
  private mutating func lines(
    of statements: [IndexStatement], name: String, shape: [Size]
  ) -> [String] {
    if statements.isEmpty { return ["\(name) = \(printer.filled(.zeros(shape)))"] }
    var result: [String] = []
    for (number, statement) in statements.enumerated() {
      let part = self.statement(statement)
      result += part.lines
      result.append(number == 0 ? "\(name) = \(part.text)" : "\(name) = \(name) + \(part.text)")
    }
    return result
  }
}

extension RecognisedLine {
  /// Whether the one-hot tensor of an index tensor is made in full.
  fileprivate var holdsOneHot: Bool {
    guard case .formula(let formula) = body else { return false }
    return formula.contains { part in
      if case .function("one_hot", _) = part { true } else { false }
    }
  }
}
