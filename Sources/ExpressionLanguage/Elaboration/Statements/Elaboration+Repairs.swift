import Diagnostics

/// Finds the change that makes a statement right, by trying.
extension Elaboration {
  /// Statements with more problems than this are not tried.
  static let repairLimit = 4

  mutating func findRepairs(_ statement: Statement) {
    guard problems.count <= Self.repairLimit else { return }
    for position in problems.indices where problems[position].help == nil {
      let repairs = problems[position].repairs
      problems[position].help = repairs.first { passes($0, statement) }?.shown
    }
  }

  /// Whether the statement has one problem less with the change.
  private func passes(_ repair: Repair, _ statement: Statement) -> Bool {
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
    trial.substitution = (repair.range, repair.replacement)
    trial.perform(statement)
    return trial.problems.count < problems.count
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
    case .loss(let loss): [loss.name.name]
    case .output(let output): [output.name.name]
    case .budget, .index, .function, .check, .assertion: []
    }
  }
}
