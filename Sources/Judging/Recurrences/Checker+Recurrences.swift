import Derivation
import ExpressionLanguage
import TensorExpressions

extension Checker {
  /// The longest recurrence whose values are compared at the file's own length.
  private static let longestCompared = 8
  /// The length at which others are.
  private static let comparedLength = 4
  /// The length at which derived gradients are witnessed where every claim is proved.
  private static let watchedLength = 3
  /// The greatest length at which steps are compared because they are named.
  private static let longestNamed = 64

  /// Everything found about a program with recurrences: proofs are of the recurrences, values are compared
  /// with the steps written out.
  func checkedByStep(_ program: Program) throws(CheckFailure) -> CheckReport {
    let backward = try Self.derive(program, targets: options.targets)
    let whole = try DrawPlan(program: program, options: options).draws().first?.sizes ?? [:]
    let proved = RecurrenceProver(program: program, backward: backward).proved()
    let numbers = lengths(of: program, whole, areProved: !proved.contains(false))
    let cotangents = backward.map { Array($0.cotangents.values) } ?? []
    let all = program.recurrences.union(
      TensorExpression.postorder(of: cotangents).compactMap { $0.asRecurrence?.recurrence })
    if let limit = StepLimit(of: all, at: whole.merging(numbers) { $1 }) {
      return limit.report(on: program, backward, proved: proved, sizes: whole, options: options)
    }
    // A length that nobody gave is one that was chosen.
    let free = program.freeSizes(options)
    let isShortened = numbers.contains { whole[$0.key] != $0.value && !free.contains($0.key) }
    let written = WrittenOut(program, at: numbers, isOwnLength: !isShortened)
    var report = try checked(
      written.program, backward.map { backward in backward.mapped { written($0) } },
      of: Origin(
        program: program, backward: backward, written: written, proved: proved,
        lengths: isShortened ? numbers : nil))
    let chosen = numbers.filter { free.contains($0.key) }
    report = CheckReport(
      program: program, sizes: report.sizes.merging(isShortened ? whole : numbers) { $1 },
      backward: backward,
      claims: report.claims.map { $0.with($0.verdict.naming(chosen)) },
      selfCheck: report.selfCheck, seed: report.seed,
      remarks: report.remarks, refusal: report.refusal)
    if isShortened { report.selfCheck?.sizes = whole.merging(numbers) { $1 } }
    return report
  }

  private func lengths(
    of program: Program, _ sizes: [String: Int], areProved: Bool
  ) -> [String: Int] {
    let isAtPoint = !options.givenValues.isEmpty || !program.claimFiles.isEmpty
    let free = program.freeSizes(options)
    // A step that is named by its number is seen only where it is one.
    let named = program.furthestNamedStep.map { min($0 + 2, Self.longestNamed) } ?? 0
    var result: [String: Int] = [:]
    for name in program.stepNames {
      let own = sizes[name] ?? Self.comparedLength
      // What is proved is proved for all lengths, and is watched over at a short one.
      let longest = max(named, areProved ? Self.watchedLength : Self.longestCompared)
      let short = max(named, areProved ? Self.watchedLength : Self.comparedLength)
      result[name] =
        free.contains(name) && !isAtPoint
        ? max(own, named) : own <= longest || isAtPoint ? own : short
    }
    return result
  }
}

extension Program {
  /// The sizes whose numbers nobody gave.
  fileprivate func freeSizes(_ options: CheckOptions) -> Set<String> {
    Set(sizes.filter { $0.extent == .free && options.sizes[$0.name] == nil }.map(\.name))
  }

  /// The largest number that a step is compared with, or read at, in a program with recurrences; nil where there is
  /// none.
  fileprivate var furthestNamedStep: Int? {
    let names = stepNames
    let claimed = claims.compactMap { try? $0.claimed.get() }
    let numbers = TensorExpression.postorder(of: values.map(\.value) + claimed).compactMap {
      $0.asContraction?.furthestPlace(onAxesOf: names)
    }
    return numbers.max()
  }
}

extension Contraction {
  /// The largest number in a place on an axis that is as long as some sizes say, or in a condition on one.
  fileprivate func furthestPlace(onAxesOf names: Set<String>) -> Int? {
    var places: [Affine] = []
    for operand in operands {
      for (coordinate, extent) in zip(operand.access, operand.value.shape)
      where !extent.names.isDisjoint(with: names) {
        places.append(coordinate)
      }
    }
    if indices.contains(where: { !$0.names.isDisjoint(with: names) }) {
      places += guards.map(\.coordinate)
    }
    return places.compactMap { $0.constant.asInt.map(abs) }.max()
  }
}
