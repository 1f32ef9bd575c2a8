import Diagnostics
import TensorExpressions

/// Finds the change that makes a statement right, by trying.
extension Elaboration {
  /// Statements with more problems than this are not tried.
  static let repairLimit = 4

  mutating func findRepairs(_ statement: Statement) {
    guard problems.count <= Self.repairLimit else { return }
    for position in problems.indices where problems[position].help == nil {
      let repairs = problems[position].repairs
      problems[position].help = repairs.first { passes($0, statement) }?.shown
      if problems[position].help == nil, problems[position].advice == nil {
        problems[position].advice = advice(on: problems[position].problem, statement)
      }
    }
  }

  /// What to do about a problem, where it is another statement that helps.
  private func advice(
    on problem: ElaborationError.Problem, _ statement: Statement
  ) -> String? {
    switch problem {
    case .name(.unknown(let name, isDefinedLater: false)):
      return declaration(of: name, for: statement).map { "declare it first: `\($0)`" }
    case .name(.taken(let name)):
      guard case .assignment(let assignment) = statement.kind, assignment.name.name == name else {
        return nil
      }
      return
        "give the new value another name: `\(freshName(name)) = \(text(assignment.value.range))`"
    case .name(.reservedGradient):
      guard case .assignment = statement.kind else { return nil }
      return "a claim begins with `check`: `check \(text(statement.range))`"
    case .shape(.axis(let axis, let shape), _) where !(-shape.count..<shape.count).contains(axis):
      return "axes count from 0 to \(shape.count - 1), and axis -1 is the last"
    case .argument(.missing(_, let parameter)) where parameter == "lower":
      return "say which triangle: `lower=True`, or `lower=False`"
    case .structure(.unknown("negative")):
      return "say `positive`, and write `-` before the name where it is used"
    case .name, .size, .shape, .argument, .value, .definition, .index, .claim, .structure,
      .budget, .block:
      return nil
    }
  }

  private func freshName(_ name: String) -> String {
    (2...).lazy.map { "\(name)\($0)" }.first { scope.entries[$0] == nil } ?? name
  }

  /// A declaration of an unknown name with which the statement holds: the first shape of at most two sizes that fits.
  private func declaration(of name: String, for statement: Statement) -> String? {
    let isOnlyProblem = problems.allSatisfy {
      if case .name(.unknown(name, isDefinedLater: false)) = $0.problem { true } else { false }
    }
    // A name such as `dW` is more likely the gradient of what is missing.
    let rest = name.dropFirst()
    let isGradient = name.hasPrefix("d") && (rest.count == 1 || rest.first?.isUppercase == true)
    guard isOnlyProblem, !isGradient else { return nil }
    let sizes = program.sizes.prefix(6).map { Size($0.name) }
    let shapes = [[]] + sizes.map { [$0] } + sizes.flatMap { first in sizes.map { [first, $0] } }
    let fitting = shapes.first { shape in
      var trial = trial(of: statement)
      let symbol = space.symbol(TensorSymbol(name, role: .input), shape: shape)
      trial.scope.entries[name] = Scope.Entry(
        meaning: .tensor(symbol), range: statement.range, order: -1)
      trial.perform(statement)
      return trial.problems.isEmpty
    }
    return fitting.map { "input \(name): [\($0.map(\.description).joined(separator: ", "))]" }
  }

  /// Whether the statement has one problem less with the change.
  private func passes(_ repair: Repair, _ statement: Statement) -> Bool {
    var trial = trial(of: statement)
    trial.substitution = (repair.range, repair.replacement)
    trial.perform(statement)
    return trial.problems.count < problems.count
  }

  /// A copy of the state before the statement, which defines nothing.
  private func trial(of statement: Statement) -> Elaboration {
    var trial = self
    for name in statement.definedNames {
      if case .failed? = trial.scope.entries[name]?.meaning { trial.scope.entries[name] = nil }
    }
    if case .function(let function) = statement.kind {
      trial.scope.functions[function.name.name] = nil
    }
    trial.outputRange = nil
    trial.isTrial = true
    trial.problems = []
    trial.claim = nil
    trial.claimedName = nil
    trial.forkAssumptions()
    trial.callResults = [:]
    trial.evaluationSteps = 0
    return trial
  }
}

extension Statement {
  /// The names that the statement gives a meaning to.
  fileprivate var definedNames: [String] {
    switch kind {
    case .dims(let dims): dims.sizes.map(\.name.name)
    case .declaration(let declaration): declaration.declarations.map(\.name.name)
    case .shape(let shape): [shape.name.name]
    case .assignment(let assignment): [assignment.name.name]
    case .unpacking(let unpacking): unpacking.names.map(\.name)
    case .loss(let loss): [loss.name.name]
    case .output(let output): output.parts.map(\.name.name)
    case .block(let block): block.lines.flatMap { $0.kind.definedInBlock.map(\.name) }
    case .budget, .index, .function, .check, .assertion, .step: []
    }
  }
}
