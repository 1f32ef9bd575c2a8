import Derivation
import ExpressionLanguage
import Notation
import TensorExpressions

/// The derived gradient that a claim is about, in words that a line may use.
struct DerivedFormulas {
  let exact: TensorExpression
  let claim: Program.Claim
  let program: Program
  /// What each gradient of the file stands for.
  let truth: [TensorExpression: TensorExpression]
  /// What was said for one of a claim's lines holds for the next.
  let memo = Memo()

  final class Memo {
    fileprivate var formulas: [Set<String>: [TensorExpression]] = [:]
    fileprivate var pathTerms: [TensorExpression]?
    fileprivate var texts: [TensorExpression: String?] = [:]
  }

  /// A formula as text; nil where that is more than one line.
  func text(_ formula: TensorExpression) -> String? {
    if let known = memo.texts[formula] { return known }
    let text = TextNotation().text(formula)
    memo.texts[formula] = .some(text)
    return text
  }

  /// The derived formula, and the same in names that the line may use; for a line of a block what it says at a step.
  func formulas(
    for line: ClaimLine, _ trials: inout LineTrials
  ) -> [TensorExpression] {
    let foreign = Self.foreignGradients(line, claim, program, trials)
    if let steps = trials.steps(at: line.order) {
      let formula = StepFormula(
        line: line.order, step: steps.index, foreign: foreign, sequences: sequences)
      let body = trials.stepAxis(of: claim.name, at: line.order)
        .flatMap { formula.body(of: exact, axis: $0, &trials) }
      return body.map { [Simplifier(facts: program.facts).simplified($0)] } ?? []
    }
    if let known = memo.formulas[foreign] { return known }
    let whole = Simplifier(facts: program.facts).simplified(
      rebuilt { known, name in !foreign.contains(name) && Self.isName(name, of: known) })
    let formulas = whole === exact.unnamed ? [whole] : [exact.unnamed, whole]
    memo.formulas[foreign] = formulas
    return formulas
  }

  /// The terms of the derived formula in the file's names and the gradients by them, each by itself.
  var pathTerms: [TensorExpression] {
    if let known = memo.pathTerms { return known }
    let whole = rebuilt { known, name in Self.isName(name, of: known) }
    let terms = (whole.asTerms ?? []).map { Simplifier(facts: program.facts).simplified($0) }
    memo.pathTerms = terms
    return terms
  }

  /// Whether a name is one of some values, or of the gradient by one: parts of the derived pass have others.
  private static func isName(_ name: String, of known: Set<String>) -> Bool {
    known.contains(name) || name.hasPrefix("d") && known.contains(String(name.dropFirst()))
  }

  /// The gradients that nothing above a line claims, which are answers to it.
  static func foreignGradients(
    _ line: ClaimLine, _ claim: Program.Claim, _ program: Program, _ trials: LineTrials
  ) -> Set<String> {
    let steps = trials.steps(at: line.order)
    let values = program.declarations.compactMap(\.symbol.name) + program.values.map(\.name)
    var foreign = Set(values.map { "d" + $0 }).subtracting(values)
    foreign.subtract(trials.lines[..<line.order].compactMap(\.claimedName))
    foreign.subtract(steps?.claims ?? [])
    foreign.subtract((program.output?.upstreams ?? []).compactMap(\.name))
    for expression in line.statement.expressions { foreign.subtract(expression.namesUsed) }
    // Of its own gradient a line of a block reads the steps that are known before.
    return steps == nil ? foreign.union([claim.name]) : foreign
  }

  /// The names of sequences, which formulas hold without them: of one that is two gradients both.
  private var sequences: [TensorExpression: [String]] {
    let forward = program.values.filter { !$0.isBackward }.map { ($0.value, $0.name) }
    let gradients = truth.compactMap { symbol, value in symbol.name.map { (value, $0) } }
    var result: [TensorExpression: [String]] = [:]
    for (value, name) in forward + gradients.sorted(by: { $0.1 < $1.1 })
    where value.unnamed.asRecurrence != nil {
      result[value.unnamed, default: []].append(name)
    }
    return result
  }

  /// The formula in which only some names stand.
  private func rebuilt(
    keeping isKept: (_ known: Set<String>, _ name: String) -> Bool
  ) -> TensorExpression {
    let known = Set(program.declarations.compactMap(\.symbol.name) + program.values.map(\.name))
    return TensorExpression.rebuilding([exact.unnamed]) { node in
      guard let name = node.name, node.unnamed !== node else { return node }
      return isKept(known, name) ? node : node.unnamed
    }[0]
  }
}
