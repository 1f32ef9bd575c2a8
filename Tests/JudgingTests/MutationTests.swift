import Derivation
import ExpressionLanguage
import Foundation
import ProgramTestSupport
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

@testable import Judging

/// The checker is checked: formulas that differ from a gradient as functions are refused, those that are only written
/// differently are accepted, and a route that shares nothing with the judge says which is which.
///
/// The short form runs in every test run. The long form:
///
///     GRADCHECK_MUTANTS=5000 swift test -c release --filter MutationTests
///
/// `GRADCHECK_MUTANTS` is the number of mutants, and of rewritten forms; `GRADCHECK_SEED` draws others;
/// `GRADCHECK_CORPUS` names
/// further folders of `.expr` files.
@Suite struct MutationTests {
  private static let wanted = environmentNumber("GRADCHECK_MUTANTS") ?? 300
  private static let seed = environmentNumber("GRADCHECK_SEED") ?? 1

  /// What became of the mutants.
  struct Tally {
    var count = 0
    var refused: [String] = []
    var accepted: [String] = []
    var equalAccepted: [String] = []
    var equalRefused: [String] = []
    var undecided: [String] = []
    var unknown = 0

    mutating func add(_ verdict: Verdict, _ opinion: MutationOracle.Opinion, _ what: String) {
      count += 1
      switch (opinion, verdict) {
      case (.unknown, _): unknown += 1
      case (.different, .wrong): refused.append(what)
      case (.different, .proved), (.different, .identical), (.different, .enclosed),
        (.different, .equalAtPoint), (.different, .exact), (.different, .rounded):
        accepted.append("\(what): \(verdict.word)")
      case (.equal, .proved), (.equal, .identical), (.equal, .enclosed),
        (.equal, .equalAtPoint), (.equal, .exact), (.equal, .rounded):
        equalAccepted.append("\(what): \(verdict.word)")
      case (.equal, .wrong): equalRefused.append("\(what): \(verdict.word)")
      case (_, .kink), (_, .undecided), (_, .inherited):
        undecided.append("\(what): \(Self.reason(verdict))")
      }
    }

    private static func reason(_ verdict: Verdict) -> String {
      if case .undecided(let why) = verdict { return "undecided, \(why)" }
      return verdict.word
    }

    var summary: String {
      "\(count) formulas: \(refused.count) that differ refused, \(accepted.count) accepted;"
        + " \(equalAccepted.count) that are equal accepted, \(equalRefused.count) refused;"
        + " \(undecided.count) undecided; \(unknown) on which the second route had no opinion"
    }
  }

  @Test func mutantsAreRefused() throws {
    let tally = Self.tally(wanted: Self.wanted) { subject, line, _ in
      MutationOperators(region: MutationRegion(line.formula), values: subject.values).all()
    }
    print("mutants: \(tally.summary)")
    print(tally.equalAccepted.map { "equal: " + $0 }.joined(separator: "\n"))
    #expect(tally.count >= min(Self.wanted, 100))
    #expect(tally.accepted.isEmpty, "\(tally.accepted.joined(separator: "\n"))")
    #expect(tally.equalRefused.isEmpty, "\(tally.equalRefused.joined(separator: "\n"))")
    #expect(tally.refused.count > tally.count / 2)
    // What is neither accepted nor refused is not trusted, but a judge that shrugs is of no use.
    #expect(tally.undecided.count <= tally.count / 50, "\(tally.undecided.joined(separator: "\n"))")
  }

  @Test func smallRandomChangesAreRefused() throws {
    let tally = Self.tally(wanted: Self.wanted / 3) { subject, line, generator in
      Self.randomChanges(MutationRegion(line.formula), using: &generator)
    }
    print("random changes: \(tally.summary)")
    print(tally.equalAccepted.map { "equal: " + $0 }.joined(separator: "\n"))
    #expect(tally.accepted.isEmpty, "\(tally.accepted.joined(separator: "\n"))")
    #expect(tally.equalRefused.isEmpty, "\(tally.equalRefused.joined(separator: "\n"))")
    #expect(tally.refused.count > tally.count / 2)
  }

  @Test func rewrittenFormsAreAccepted() throws {
    let tally = Self.tally(wanted: Self.wanted / 2) { subject, line, _ in
      let forward = subject.program.values.filter { !$0.isBackward }.map(\.value)
      return MutationRewrites(region: MutationRegion(line.formula), forward: Set(forward)).all()
    }
    print("rewritten forms: \(tally.summary)")
    // Each was rewritten by a law of arithmetic, so none may differ.
    #expect(tally.refused.isEmpty, "\(tally.refused.joined(separator: "\n"))")
    #expect(tally.accepted.isEmpty, "\(tally.accepted.joined(separator: "\n"))")
    #expect(tally.equalRefused.isEmpty, "\(tally.equalRefused.joined(separator: "\n"))")
    #expect(tally.undecided.isEmpty, "\(tally.undecided.joined(separator: "\n"))")
  }

  // MARK: -

  private static func tally(
    wanted: Int,
    _ forms: (MutationSubject, MutationSubject.Gradient, inout Scalars.SeededGenerator) -> [Mutant]
  ) -> Tally {
    var generator = Scalars.SeededGenerator(seed: UInt64(seed))
    let entries = (ProgramCorpus.catalogue + ProgramCorpus.files).shuffled(using: &generator)
    var tally = Tally()
    // Rounds over the whole corpus, a few formulas of each program, until there are enough.
    let share = max(2, wanted / max(1, entries.count) + 1)
    for (position, entry) in entries.enumerated() where tally.count < wanted {
      guard let subject = MutationSubject(entry, seed: seed + position) else { continue }
      var all: [(MutationSubject.Gradient, Mutant)] = []
      for line in subject.gradients {
        all += forms(subject, line, &generator).map { (line, $0) }
      }
      judge(subject, Array(all.shuffled(using: &generator).prefix(2 * share)), &tally)
    }
    return tally
  }

  private static func judge(
    _ subject: MutationSubject, _ mutants: [(MutationSubject.Gradient, Mutant)],
    _ tally: inout Tally
  ) {
    guard let output = subject.program.output?.whole, !mutants.isEmpty else { return }
    var options = CheckOptions(seed: UInt64(seed) &* 31 &+ 7, searchesCauses: false)
    options.sizes = subject.sizes
    var program = subject.program
    program.claims = mutants.map { line, mutant in
      Program.Claim(
        name: line.name, subject: .gradient(primal: line.primal),
        claimed: .success(mutant.expression), range: .init(start: 0, end: 0),
        claimedRange: .init(start: 0, end: 0))
    }
    let verdicts: [Verdict]
    do {
      verdicts = try Checker(options).check(program).claims.map(\.verdict)
    } catch {
      Issue.record("\(subject.name): \(String(describing: error))")
      return
    }
    let oracle = MutationOracle(
      output: output, sizes: subject.sizes, seed: UInt64(seed) &* 7919, points: 2)
    // A difference behind a mask shows at some points only.
    let patient = MutationOracle(
      output: output, sizes: subject.sizes, seed: UInt64(seed) &* 104_729, points: 24,
      scales: [1, 1, Rational(1, 1_000_000), 100])
    for line in subject.gradients {
      let own = mutants.indices.filter { mutants[$0].0.name == line.name }
      if own.isEmpty { continue }
      let opinions = oracle.opinions(
        on: own.map { mutants[$0].1.expression }, of: line.primal, derived: line.cotangent)
      for (i, first) in zip(own, opinions) {
        var opinion = first
        if opinion == .equal {
          opinion =
            patient.opinions(
              on: [mutants[i].1.expression], of: line.primal, derived: line.cotangent)[0]
        }
        if opinion == .equal, case .wrong = verdicts[i],
          let atWitness = opinionAtWitness(patient, mutants[i].1.expression, line, options)
        {
          opinion = atWitness
        }
        tally.add(
          verdicts[i], opinion, "\(subject.name), \(line.name), \(mutants[i].1.label)")
      }
    }
  }

  /// What the second route finds at the very point by which the judge refuses a formula, which may lie on a slab that
  /// no random point meets; nil where the judge names no point.
  private static func opinionAtWitness(
    _ oracle: MutationOracle, _ formula: TensorExpression, _ line: MutationSubject.Gradient,
    _ options: CheckOptions
  ) -> MutationOracle.Opinion? {
    var draws: [Draw] = []
    for number in 0..<3 {
      draws.append(
        Draw(sizes: oracle.sizes, seed: options.seed &+ UInt64(number) &* 7, given: [:]))
    }
    let equation = Equation(line.cotangent, formula)
    let findings = NumericJudge(
      [equation], draws: draws, options: options, forward: oracle.output.value
    ).judged()
    guard let witness = findings[0].witness else { return nil }
    return oracle.opinions(
      on: [formula], of: line.primal, derived: line.cotangent, seed: witness.seed
    ) { symbols in
      try witness.rationalPoint(for: FieldTrials.symbols(of: symbols), attempt: 0)
    }?[0]
  }

  /// Coefficients a little off, accesses moved, a value in one entry only.
  private static func randomChanges(
    _ region: MutationRegion, using generator: inout Scalars.SeededGenerator
  ) -> [Mutant] {
    var result: [Mutant] = []
    for node in region.nodes {
      let factor = Rational(1) + Rational(1, Int.random(in: 1000...100_000, using: &generator))
      result.append(
        Mutant(
          label: "a part times \(factor)",
          expression: region.replacing(node, by: node.scaled(by: Coefficient(factor)))))
      guard case .contraction(let c) = node.kind, !c.indices.isEmpty else { continue }
      let number = Int.random(in: 0..<c.indices.count, using: &generator)
      let step = Size(Bool.random(using: &generator) ? 1 : -1)
      for position in c.operands.indices where !c.operands[position].access.isEmpty {
        var access = c.operands[position].access
        let axis = Int.random(in: 0..<access.count, using: &generator)
        access[axis] = access[axis] + Affine(terms: [.init(index: number, coefficient: step)])
        result.append(
          Mutant(
            label: "an index added to an access",
            expression: region.replacing(node, by: c.withAccess(position, access).node(like: node)))
        )
      }
      // One corner entry of the node's own value changed.
      let corner = Contraction(
        coefficient: Coefficient(factor - 1), indices: node.shape,
        output: node.shape.indices.map(Affine.index),
        operands: [.init(node, node.shape.indices.map(Affine.index))],
        guards: node.shape.indices.map { .init(.index($0), below: .one) })
      result.append(
        Mutant(
          label: "one entry a little off",
          expression: region.replacing(node, by: node + corner.node(like: node))))
    }
    return result
  }
}
