import Derivation
import ExpressionLanguage
import TensorExpressions

extension Checker {
  /// The longest recurrence whose values are compared at the file's own length.
  fileprivate static let longestCompared = 8
  /// The length at which others are.
  private static let comparedLength = 4
  /// The length at which derived gradients are witnessed where every claim is proved.
  private static let watchedLength = 3

  /// Everything found about a program with recurrences: proofs are of the recurrences, values are compared
  /// with the steps written out.
  func checkedByStep(_ program: Program) throws(CheckFailure) -> CheckReport {
    let backward = try Self.derive(program, targets: options.targets)
    let whole = try DrawPlan(program: program, options: options).draws().first?.sizes ?? [:]
    let proved = Self.provedClaims(of: program, backward)
    let numbers = lengths(of: program, whole, areProved: !proved.contains(false))
    var report = try checkedByStep(program, backward, proved, whole, numbers)
    for other in program.endLengths(options, beside: numbers) where report.hasUnproved {
      report = report.confirmed(
        by: try checkedByStep(program, backward, proved, whole, other))
    }
    return report
  }

  private func checkedByStep(
    _ program: Program, _ backward: BackwardPass?, _ proved: [Bool], _ whole: [String: Int],
    _ numbers: [String: Int]
  ) throws(CheckFailure) -> CheckReport {
    let cotangents = backward.map { Array($0.cotangents.values) } ?? []
    let all = program.recurrences.union(
      TensorExpression.postorder(of: cotangents).compactMap { $0.asRecurrence?.recurrence })
    if let limit = StepLimit(of: all, at: whole.merging(numbers) { $1 }) {
      return limit.report(on: program, backward, proved: proved, sizes: whole, options: options)
    }
    // A length that nobody gave is one that was chosen.
    let free = program.freeSizes(options)
    let isShortened = numbers.contains { whole[$0.key] != $0.value && !free.contains($0.key) }
    let unrolled = WrittenOut(program, at: numbers, isOwnLength: !isShortened)
    let plain = (
      program: unrolled.program, backward: backward.map { $0.mapped { unrolled($0) } }
    )
    let written = try unrolled.choosingBranches(plain.backward, options)
    var report = try checked(
      written?.program ?? plain.program, written == nil ? plain.backward : written?.backward,
      of: Origin(
        program: program, backward: backward, written: written ?? unrolled, proved: proved,
        lengths: isShortened ? numbers : nil, unguarded: plain))
    let chosen = numbers.filter { free.contains($0.key) }
    report = report.on(
      program, backward, sizes: report.sizes.merging(isShortened ? whole : numbers) { $1 })
    report.claims = report.claims.map { $0.with($0.verdict.naming(chosen)) }
    if isShortened { report.selfCheck?.sizes = whole.merging(numbers) { $1 } }
    return report
  }

  /// Which claims are proved, for all lengths where the program has recurrences.
  static func provedClaims(of program: Program, _ backward: BackwardPass?) -> [Bool] {
    RecurrenceProver(program: program, backward: backward).proved()
  }

  private func lengths(
    of program: Program, _ sizes: [String: Int], areProved: Bool
  ) -> [String: Int] {
    let isAtPoint = !options.givenValues.isEmpty || !program.claimFiles.isEmpty
    let free = program.freeSizes(options)
    // A step that is named by its number is seen only where it is one.
    let named = NamedPlaces(of: program, options: options).numbers
    var result: [String: Int] = [:]
    for name in program.stepNames {
      let own = sizes[name] ?? Self.comparedLength
      let seen = named[name].map { min($0, NamedPlaces.furthest) + 2 } ?? 0
      // What is proved is proved for all lengths, and is watched over at a short one.
      let longest = max(seen, areProved ? Self.watchedLength : Self.longestCompared)
      let short = max(seen, areProved ? Self.watchedLength : Self.comparedLength)
      result[name] =
        free.contains(name) && !isAtPoint
        ? program.clamped(max(own, seen), name) : own <= longest || isAtPoint ? own : short
    }
    return result
  }
}

extension CheckReport {
  /// Whether a claim holds that is not proved.
  fileprivate var hasUnproved: Bool {
    claims.contains { claim in
      switch claim.verdict {
      case .identical, .enclosed: true
      case .proved, .equalAtPoint, .exact, .rounded, .wrong, .inherited, .kink, .undecided: false
      }
    }
  }

  /// The report in which claims that hold, and are not proved, hold at other lengths of recurrences as well.
  fileprivate func confirmed(by other: CheckReport) -> CheckReport {
    var report = self
    report.claims = zip(claims, other.claims).map { own, further in
      switch (own.verdict, further.verdict) {
      case (.identical(let evidence), .identical(let more)): own.with(.identical(evidence + more))
      case (.identical, .enclosed), (.identical, .wrong), (.identical, .kink), (.enclosed, .wrong),
        (.enclosed, .kink):
        further
      case (.identical, _), (.enclosed, _), (.proved, _), (.equalAtPoint, _), (.exact, _),
        (.rounded, _), (.wrong, _), (.inherited, _), (.kink, _), (.undecided, _):
        own
      }
    }
    return report
  }
}

extension Program {
  /// Numbers of steps at the ends of the ranges that the file gives, where so many are written out.
  fileprivate func endLengths(
    _ options: CheckOptions, beside numbers: [String: Int]
  ) -> [[String: Int]] {
    guard options.givenValues.isEmpty, claimFiles.isEmpty else { return [] }
    let ranges = sizes.reduce(into: [String: ClosedRange<Int>]()) { ranges, size in
      guard numbers[size.name] != nil, options.sizes[size.name] == nil,
        case .range(let range) = size.extent
      else { return }
      ranges[size.name] = range
    }
    let ends = [ranges.mapValues(\.lowerBound), ranges.mapValues(\.upperBound)]
    return ends.map { end in
      numbers.merging(end.filter { $0.value <= Checker.longestCompared }) { $1 }
    }.filter { $0 != numbers }.removingRepetitions()
  }

  /// The sizes whose numbers nobody gave, or only bounds of them.
  fileprivate func freeSizes(_ options: CheckOptions) -> Set<String> {
    let open = sizes.filter { size in
      switch size.extent {
      case .free: true
      case .range(let range): range.count > 1
      case .fixed: false
      }
    }
    return Set(open.map(\.name).filter { options.sizes[$0] == nil })
  }

  /// A number for a size inside of the bounds that the file gives.
  fileprivate func clamped(_ number: Int, _ name: String) -> Int {
    guard case .range(let range)? = sizes.first(where: { $0.name == name })?.extent else {
      return number
    }
    return min(max(number, range.lowerBound), range.upperBound)
  }
}
