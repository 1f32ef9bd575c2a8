import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// Words that stand nowhere in the file, made of what stands there.
extension Vocabulary {
  /// Derivatives of functions in terms of their results, by the function's name; `y` stands for the result.
  private static let derivatives = [
    "sigmoid": "y * (1 - y)", "tanh": "1 - y**2", "relu": "y > 0", "sqrt": "2 * y",
  ]

  /// The most names of a line that sums are made of.
  private static let mostSummed = 4

  /// Derivatives of activations, sums of the line's names and along other axes, and products with what a line above
  /// computes and nothing uses.
  mutating func addRelatives(
    of program: Program, _ line: ClaimLine, _ claim: Program.Claim, _ trials: inout LineTrials
  ) {
    for value in program.values where !value.isBackward {
      guard let function = value.value.unnamed.appliedFunction,
        let derivative = Self.derivatives[function.name]
      else { continue }
      let text = Fragment(derivative, .sum).renaming(["y": value.name])
      add(text, at: line, text.length, &trials)
    }
    addSums(line, &trials)
    for helper in unusedHelpers(line, trials) {
      for name in line.root.namesUsed.sorted() + program.values.map(\.name) where name != helper {
        add(
          .times(Fragment(name, .postfix), Fragment(helper, .postfix)), at: line, 3, &trials)
      }
    }
  }

  private mutating func addSums(_ line: ClaimLine, _ trials: inout LineTrials) {
    var texts = Array(line.root.namesUsed.sorted().prefix(Self.mostSummed))
    var stack = [line.root]
    while let expression = stack.popLast() {
      if case .call(let function, let arguments) = expression.kind, function.name == "sum",
        let operand = arguments.first?.value
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
}
