import Derivation
import ExpressionLanguage
import Judging
import TensorExpressions

/// Holds printed statements against the expressions that they stand for: they are parsed and elaborated in the scope of
/// their program, and the value is compared with the expression, by normal forms, else in prime fields.
struct ReadBack {
  enum Finding: Hashable, Sendable {
    case equal
    /// It does not parse, means something else, or has another shape.
    case different
    /// It was not decided, or would have taken more than the derivation itself.
    case notCompared
  }

  private let program: Program
  private let reader: StatementReader
  private let normalizer: Normalizer
  /// The smallest sizes that the program allows, looked for when a line needs them.
  private lazy var sizes = DrawPlan(program: program, options: CheckOptions()).smallestSizes
  /// What may still be read, in characters: the printed text of a pass is read once, and a few long lines do not make
  /// printing slow.
  private var charactersLeft = ReadBack.characterLimit
  private static let characterLimit = 40_000
  private static let lineLimit = 4_000
  /// What normal forms may take for one line, some milliseconds.
  private static let workLimit = 60_000

  init(program: Program) {
    self.program = program
    reader = StatementReader(of: program)
    normalizer = Normalizer(
      facts: program.facts, expandsNames: false, workLimit: Self.workLimit)
  }

  /// What the statements that print `formula` under a name turn out to say.
  mutating func finding(
    _ statements: [FormulaText.Statement], name: String, formula: TensorExpression
  ) -> Finding {
    let length = statements.reduce(0) { $0 + $1.text.utf8.count }
    guard length <= min(charactersLeft, Self.lineLimit) else { return .notCompared }
    charactersLeft -= length
    var lines = statements.map(\.text)
    if let first = statements.firstIndex(where: { $0.adds(to: name) }) {
      lines.insert("\(name): \(shapeText(formula.shape))", at: first)
    }
    guard let names = Self.names(in: formula),
      let read = reader.value(
        of: name, definedBy: lines.joined(separator: "\n") + "\n", where: names)
    else { return formula.dividesByZero ? .notCompared : .different }
    let parts = Set(statements.compactMap(\.definedName)).subtracting([name])
    // A sequence that is read back alone is an output that its own block reads, which has a name below its own.
    let definition = formula.asRecurrence == nil ? read.definition : read.unnamed
    let value = definition.expanding(parts)
    if value === formula { return .equal }
    guard value.shape == formula.shape else { return .different }
    if normalizer.provesEqual(value, formula) { return .equal }
    guard let sizes else { return .notCompared }
    switch FormulaComparison.compare(value, formula, sizes: sizes, seed: 0) {
    case .equal: return .equal
    case .different: return .different
    case .unknown: return .notCompared
    }
  }

  /// The values that a formula has under names; nil where one name has two.
  private static func names(in formula: TensorExpression) -> [String: TensorExpression]? {
    var result: [String: TensorExpression] = [:]
    var seen: Set<TensorExpression> = []
    var stack = [formula]
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      guard let name = node.name else {
        stack += node.operands
        continue
      }
      guard result.updateValue(node, forKey: name) == nil else { return nil }
    }
    return result
  }
}

extension TensorExpression {
  /// Whether a part is 1/0, so that there is no value anywhere that a line could stand for.
  fileprivate var dividesByZero: Bool {
    TensorExpression.postorder(of: [self]).contains { node in
      guard case .elementwise(let function, let operands) = node.kind,
        function.primitive == .reciprocal
      else { return false }
      return operands[0].isZero
    }
  }

  /// What a named value is defined as, which may be a name again.
  package var definition: TensorExpression {
    if case .named(_, let value) = kind { value } else { self }
  }

  /// The expression with some names replaced by what they stand for; other names are left as they are.
  fileprivate func expanding(_ names: Set<String>) -> TensorExpression {
    if names.isEmpty { return self }
    var memo: [TensorExpression: TensorExpression] = [:]
    var stack = [self]
    while let node = stack.last {
      if memo[node] != nil {
        stack.removeLast()
        continue
      }
      let isPart = if case .named(let name, _) = node.kind { names.contains(name) } else { false }
      if node.name != nil, !isPart {
        memo[node] = node
        continue
      }
      let missing = node.operands.filter { memo[$0] == nil }
      if missing.isEmpty {
        let operands = node.operands.map { memo[$0] ?? $0 }
        memo[node] = isPart ? operands[0] : node.replacingOperands(operands)
      } else {
        stack += missing
      }
    }
    return memo[self] ?? self
  }
}
