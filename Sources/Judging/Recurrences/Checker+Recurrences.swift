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
    var unrolling = Unrolling(sizes: numbers)
    let small = program.unrolled(numbers, &unrolling)
    let pass = backward.map { backward in backward.mapped { unrolling($0) } }
    let isShortened = numbers.contains { whole[$0.key] != $0.value }
    var report = try checked(
      small, pass, proved: proved, comparedAt: isShortened ? numbers : nil)
    report = CheckReport(
      program: program, sizes: report.sizes.merging(isShortened ? whole : numbers) { $1 },
      backward: backward, claims: report.claims, selfCheck: report.selfCheck, seed: report.seed,
      remarks: report.remarks, refusal: report.refusal)
    if isShortened { report.selfCheck?.sizes = whole.merging(numbers) { $1 } }
    return report
  }

  private func lengths(
    of program: Program, _ sizes: [String: Int], areProved: Bool
  ) -> [String: Int] {
    let isAtPoint = !options.givenValues.isEmpty || !program.claimFiles.isEmpty
    var result: [String: Int] = [:]
    for name in program.stepNames {
      let own = sizes[name] ?? Self.comparedLength
      // What is proved is proved for all lengths, and is watched over at a short one.
      let longest = areProved ? Self.watchedLength : Self.longestCompared
      let short = areProved ? Self.watchedLength : Self.comparedLength
      result[name] = own <= longest || isAtPoint ? own : short
    }
    return result
  }
}
