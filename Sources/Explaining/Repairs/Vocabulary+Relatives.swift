import Diagnostics
import ExpressionLanguage
import Notation
import TensorExpressions

/// Words that stand nowhere in the file, made of what stands there.
extension Vocabulary {
  /// The most names of a line that sums are made of.
  private static let mostSummed = 4

  /// Derivatives of activations, sums of the line's names and along other axes, and products with what a line above
  /// computes and nothing uses.
  mutating func addRelatives(
    of program: Program, _ line: ClaimLine, _ claim: Program.Claim, _ trials: inout LineTrials
  ) {
    for value in program.values where !value.isBackward {
      guard let derivative = Self.derivative(of: value), let text = TextNotation().text(derivative)
      else { continue }
      let fragment = Fragment(text, .comparison)
      add(fragment, at: line, fragment.length, &trials)
    }
    addSums(line, &trials)
    addReducedFactors(line, &trials)
    for helper in unusedHelpers(line, trials) {
      for name in line.root.namesUsed.sorted() + program.values.map(\.name) where name != helper {
        add(
          .times(Fragment(name, .postfix), Fragment(helper, .postfix)), at: line, 3, &trials)
      }
    }
  }

  /// The derivative of a named function of one value where its result says it: `y * (1 - y)` for a sigmoid.
  private static func derivative(of value: Program.NamedValue) -> TensorExpression? {
    let definition = value.value.unnamed
    guard let function = definition.appliedFunction, let operand = definition.operands.first,
      definition.operands.count == 1
    else { return nil }
    let result = operand.space.symbol(
      TensorSymbol(value.name, role: .step), shape: definition.shape)
    guard let derivative = function.derivatives([operand], result)[0],
      !TensorExpression.postorder(of: [derivative]).contains(operand)
    else { return nil }
    return derivative
  }

  private mutating func addSums(_ line: ClaimLine, _ trials: inout LineTrials) {
    var texts = Array(line.root.namesUsed.sorted().prefix(Self.mostSummed))
    var stack = [line.root]
    while let expression = stack.popLast() {
      if let call = expression.namedCall, call.function.name == "sum",
        let operand = call.arguments.first?.value
      {
        texts.append(Fragment(operand, in: source).text)
      }
      stack += expression.kind.children
    }
    for text in texts.removingRepetitions() {
      guard let rank = trials.value(of: text, at: line.order)?.rank, (2...3).contains(rank) else {
        continue
      }
      for axis in 0..<rank {
        for keeping in ["", ", keepdims=True"] {
          let sum = Fragment("sum(\(text), axis=\(axis)\(keeping))", .postfix)
          add(sum, at: line, sum.length, &trials)
        }
      }
    }
  }

  /// What the line reduces along the same axes, without one of the factors: `mean(g, axis=2)` beside
  /// `mean(g * x, axis=2)`.
  private mutating func addReducedFactors(_ line: ClaimLine, _ trials: inout LineTrials) {
    var stack = [line.root]
    while let expression = stack.popLast() {
      stack += expression.kind.children
      guard let operand = expression.namedCall?.arguments.first?.value,
        case .chain(let first, let links) = operand.kind,
        links.allSatisfy({ $0.operator == .multiply })
      else { continue }
      let text = source[expression.range]
      let start = text.utf8.count - (expression.range.end - operand.range.start)
      for factor in [first] + links.map(\.operand) {
        let head = text.utf8.prefix(start)
        let tail = text.utf8.dropFirst(start + operand.range.count)
        let reduced = Fragment(
          String(decoding: head + Array(source[factor.range].utf8) + tail, as: UTF8.self), .postfix)
        add(reduced, at: line, reduced.length, &trials)
      }
    }
  }

  /// The names of lines above that no line reads.
  private func unusedHelpers(_ line: ClaimLine, _ trials: LineTrials) -> [String] {
    let used = trials.lines.reduce(into: Set<String>()) { names, statement in
      for expression in statement.expressions { names.formUnion(expression.namesUsed) }
    }
    return trials.lines[..<line.order].flatMap { statement -> [String] in
      if case .assignment = statement.kind {
        statement.valueNames.filter { !used.contains($0) }
      } else {
        []
      }
    }
  }

  /// What lines of blocks read at one step, at the steps beside it as well: `B[:, k[t+1]]` where `B[:, k[t]]` is read.
  mutating func addReads(at line: ClaimLine, _ claim: Program.Claim, _ trials: inout LineTrials) {
    guard let step = trials.steps(at: line.order)?.index else { return }
    var stack = trials.lines[..<(line.order + 1)].flatMap(\.expressions)
    while let expression = stack.popLast() {
      stack += expression.kind.children
      guard case .subscripted = expression.kind, expression.namesUsed.contains(step),
        isAnswerless(expression)
      else { continue }
      let read = Fragment(expression, in: source)
      add(read, at: line, 2, &trials)
      // A step that is away already has neighbours of its own.
      guard !read.text.contains(step + "+"), !read.text.contains(step + "-") else { continue }
      for other in ["+1", "-1"] {
        add(read.renaming([step: step + other]), at: line, 3, &trials)
      }
    }
  }
}
