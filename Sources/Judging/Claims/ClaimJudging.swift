import Derivation
import Evaluation
import ExpressionLanguage
import TensorExpressions

/// Judges the claims of a program, each by itself.
struct ClaimJudging {
  let program: Program
  let plan: DrawPlan
  let draws: [Draw]
  /// Draws at the ends of ranges, each for the claims at which it fits the limits.
  private let rangeDraws: [Draw]
  let options: CheckOptions
  let expressions: [ClaimExpressions]
  private let domains: ClaimDomains
  private let backward: BackwardPass?
  private let prover: Prover
  /// Which claims are proved, where that is known already.
  private let proved: [Bool]?
  /// The lengths of recurrences, where they are not the file's own.
  private let lengths: [String: Int]?

  init(
    program: Program, backward: BackwardPass?, plan: DrawPlan, draws: [Draw],
    options: CheckOptions, of origin: Checker.Origin? = nil
  ) {
    proved = origin?.proved
    lengths = origin?.lengths
    self.program = program
    domains = ClaimDomains(origin?.unguarded.program ?? program) { a, b in
      EvaluationLimits.current.own.value {
        NumericJudge([Equation(a, b)], draws: draws, options: options).judged()[0].equality.holds
      }
    }
    self.backward = backward
    self.plan = plan
    self.draws = draws
    rangeDraws = plan.rangeDraws(beyond: draws)
    self.options = options
    expressions = program.claimExpressions(backward?.cotangents ?? [:])
    prover = Prover(
      facts: program.facts, aliases: backward?.originals ?? [:],
      forward: Set((backward?.forward ?? []) + program.formulaNames))
  }

  /// What was found of all claims.
  struct Judged {
    var reports: [ClaimReport] = []
    /// For each claim, the draw that shows that it is wrong.
    var witnesses: [Draw?] = []
    /// The first refusal to evaluate a claim at the file's sizes.
    var refusal: SizeRefusal?
  }

  /// A claim on its way to its verdict.
  private struct Case {
    let truth: Equation?
    let isProved: Bool
    let refusal: SizeRefusal?
    var draws: [Draw]
    var finding: EquationJudge.Finding?
    /// What is to be said of a claim that holds.
    var remark: String?
    /// What the claim needs and nothing grants.
    var conditions: [DomainCondition] = []
    /// Why the claim cannot hold: a condition that is broken on a whole cell.
    var brokenOnCell: DomainCondition?

    /// Whether the claim is not decided, and something in it is another formula on other cells.
    var isOpenOnCells: Bool {
      guard case .undecided? = finding?.equality, !isProved, let truth else { return false }
      return FieldTrials.dependsOnCells([truth.left, truth.right])
    }

    /// Whether nothing refutes the claim so far.
    var mayHold: Bool {
      switch finding?.equality {
      case .different, .kink: false
      case .identical, .enclosed, .undecided, nil: truth != nil
      }
    }
  }

  func judged() throws(CheckFailure) -> Judged {
    var cases = expressions.enumerated().map { planned($1, proved?[$0]) }
    find(&cases)
    lookAtDomains(&cases)
    var judged = Judged()
    var wrongLines: [String: Int] = [:]
    for (side, one) in zip(expressions, cases) {
      var verdict = try self.verdict(of: side, one)
      let line = program.source.location(of: side.claim.range.start).line
      if verdict.holds, let culprit = side.uses.first(where: { wrongLines[$0] != nil }),
        let culpritLine = wrongLines[culprit], !side.usesUnfit.isEmpty || isOffByAuthor(side, one)
      {
        verdict = .inherited(from: culprit, line: culpritLine)
      }
      if case .wrong = verdict { wrongLines[side.claim.name] = line }
      if case .inherited(_, let first) = verdict {
        wrongLines[side.claim.name] = wrongLines[side.claim.name] ?? first
      }
      let assumed = one.conditions.map(\.text) + (verdict.unseen.map { [$0] } ?? [])
      judged.reports.append(
        ClaimReport(
          name: side.claim.name, line: line, range: side.claim.range,
          claimedRange: side.claim.claimedRange, verdict: verdict,
          remarks: (verdict.holds ? one.remark : side.claim.note).map { [$0] } ?? [],
          assumptions: verdict.holds ? assumed : []))
      judged.witnesses.append(one.finding?.witness)
      judged.refusal = judged.refusal ?? one.refusal
    }
    return judged
  }

  private func planned(_ side: ClaimExpressions, _ proved: Bool?) -> Case {
    // Numbers are compared at their own point alone.
    guard let claimed = side.claimed, program.claimFile(of: side.claim) == nil else {
      return Case(truth: nil, isProved: false, refusal: nil, draws: [])
    }
    let truth = Equation(side.exact, claimed, isIdentity: side.isAssertion, by: side.claim.primal)
    let refusal = SizeRefusal(
      of: [side.exact, claimed], in: program, backward, sizes: draws.first?.sizes ?? [:],
      options: options)
    return Case(
      truth: truth, isProved: proved ?? prover.proves(truth), refusal: refusal,
      draws: refusal.map { $0.smaller.map(plan.draws(at:)) ?? [] }
        ?? draws + plan.affordable(rangeDraws, for: [side.exact, claimed]))
  }

  /// Compares values: of the claims at the file's sizes together, as far as that shows the same, of the others each at
  /// sizes that fit.
  private func find(_ cases: inout [Case]) {
    let whole = cases.indices.filter { cases[$0].truth != nil && cases[$0].refusal == nil }
    for (_, alike) in Dictionary(grouping: whole, by: { cases[$0].draws.map(\.sizes) }) {
      let found = findings(
        alike.compactMap { cases[$0].truth }, alike.map { cases[$0].isProved },
        cases[alike[0]].draws)
      for (i, finding) in zip(alike, found) { cases[i].finding = finding }
    }
    for i in cases.indices {
      guard let truth = cases[i].truth else { continue }
      if cases[i].refusal != nil, !cases[i].draws.isEmpty {
        cases[i].finding = findings([truth], [cases[i].isProved], cases[i].draws)[0]
      }
      if cases[i].isProved, case .undecided? = cases[i].finding?.equality {
        cases[i].finding = atSmallerSizes(truth) ?? cases[i].finding
      }
      judgeWithoutNames(truth, &cases[i])
      lookElsewhere(at: truth, &cases[i])
    }
  }

  /// Judges a claim at the file's sizes alone that is only refuted where equal ones differ. Where it holds as long as
  /// equal sizes stay equal, two of them are mistaken for each other; where it does not, a number stands for a size.
  private func judgeWithoutNames(_ truth: Equation, _ one: inout Case) {
    guard !one.isProved, case .different? = one.finding?.equality, let generic = plan.genericSizes,
      one.finding?.witness?.sizes == generic, let alike = plan.alikeDraw,
      truth.isRefuted(at: alike, options: options)
    else { return }
    one.draws.removeAll { $0.sizes == generic }
    one.finding = findings([truth], [false], one.draws)[0]
  }

  /// Compares values of a claim that holds, and is not proved, at sizes unlike the file's. Where the file allows them a
  /// difference decides; else a number of its text stands for a size, which is said.
  private func lookElsewhere(at truth: Equation, _ one: inout Case) {
    // What is written out step by step takes long.
    guard !one.isProved, one.refusal == nil, one.finding?.equality.holds == true, proved == nil,
      one.draws.allSatisfy(\.given.isEmpty)
    else { return }
    let other = EvaluationLimits.current.own.value {
      plan.explainingDraws.first { truth.isRefuted(at: $0, options: options) }
    }
    guard let other else { return }
    if plan.allows(other.sizes) {
      one.finding = findings([truth], [false], one.draws + [other])[0]
    } else {
      one.remark = "right at these sizes only: at \(other.sizes.sizeText()) it is wrong"
    }
  }

  /// Looks for conditions that nothing grants, and for points of whole cells where one of them is broken.
  private func lookAtDomains(_ cases: inout [Case]) {
    for i in cases.indices where cases[i].mayHold {
      guard let truth = cases[i].truth else { continue }
      cases[i].conditions = domains.open(claim: i)
      guard !truth.isIdentity, cases[i].draws.first?.given.isEmpty != false else { continue }
      cases[i].brokenOnCell = domains.onCells(cases[i].conditions).first
      // What is open is settled by a point off the domain, where masks tell the sides of the domain apart.
      let isOpen = !cases[i].conditions.isEmpty && cases[i].isOpenOnCells
      guard cases[i].brokenOnCell != nil || isOpen else { continue }
      let found = EvaluationLimits.current.own.value {
        EquationJudge.Finding.withoutValue(
          truth, because: { isOpen && !$0.isAboutZero || domains.vanishesOnCells($0.value) },
          draws: Array(cases[i].draws.prefix(2)), forward: program.output?.whole.value,
          options: options)
      }
      cases[i].finding = found ?? cases[i].finding
    }
  }

  private func findings(
    _ equations: [Equation], _ proved: [Bool], _ draws: [Draw]
  ) -> [EquationJudge.Finding] {
    NumericJudge(
      equations, draws: draws, options: options, forward: program.output?.whole.value,
      smallDraw: { plan.smallDraw }
    ).judged(knowing: proved)
  }

  /// What is proved is proved at any size: where comparing values takes more than there may be, it is watched
  /// over at sizes that fit.
  private func atSmallerSizes(_ truth: Equation) -> EquationJudge.Finding? {
    guard let sizes = draws.first?.sizes,
      let smaller = plan.affordableSizes(for: [truth.left, truth.right], below: sizes)
    else { return nil }
    return findings([truth], [true], plan.draws(at: smaller))[0]
  }

  /// Whether the claim's value is another one when the author's own lines are put in.
  private func isOffByAuthor(_ side: ClaimExpressions, _ one: Case) -> Bool {
    guard let author = side.claimedByAuthor, author !== side.claimed, !one.draws.isEmpty else {
      return false
    }
    return !findings(
      [Equation(side.exact, author, isIdentity: side.isAssertion)], [], one.draws)[0].equality.holds
  }

  private func verdict(of side: ClaimExpressions, _ one: Case) throws(CheckFailure) -> Verdict {
    if let file = program.claimFile(of: side.claim) {
      return try EvaluationLimits.current.own.scope { () throws(CheckFailure) in
        try NumberJudge(program: program, options: options).verdict(of: side, in: file)
      }.get()
    }
    guard one.truth != nil else {
      if case .failure(let error) = side.claim.claimed {
        return .wrong(
          Refutation(
            difference: nil, cause: Cause(.shape, error.diagnostic.message),
            diagnostic: error.diagnostic))
      }
      return .undecided("the claim was not understood")
    }
    if one.isProved, one.brokenOnCell == nil {
      if case .different(let difference)? = one.finding?.equality {
        throw .internalError(
          "`\(side.claim.name)` is proved, yet entry \(difference.entry) differs")
      }
      return .proved
    }
    let seen = one.finding.map { atOnePoint(Verdict($0.equality), one) }
    if let refusal = one.refusal { return refusal.verdict(seen: seen) }
    if let lengths, let seen, seen.holds {
      let text = lengths.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      return .undecided(
        "it holds at \(text.joined(separator: ", ")), and is not proved for all lengths")
    }
    if let broken = one.brokenOnCell, one.isProved || seen?.holds == true {
      return .undecided("it has no value where not \(broken.text), on a whole cell")
    }
    return seen ?? .undecided("nothing was evaluated")
  }

  /// What a verdict comes to where every value was given: draws that are all the same point say nothing of others.
  private func atOnePoint(_ seen: Verdict, _ one: Case) -> Verdict {
    guard seen.holds, let truth = one.truth, let draw = one.draws.first, !draw.given.isEmpty
    else { return seen }
    return truth.compared(at: draw, precisionLimit: options.precisionLimit) ?? seen
  }
}

extension ClaimExpressions {
  /// Whether two sides of the file are claimed to be equal, so that nothing is derived.
  package var isAssertion: Bool {
    if case .assertion = claim.subject { true } else { false }
  }
}

extension Verdict {
  /// The verdict on a claim that is not proved.
  fileprivate init(_ equality: Equality) {
    switch equality {
    case .identical(let evidence): self = .identical(evidence)
    case .enclosed(let evidence): self = .enclosed(evidence)
    case .different(let difference):
      self = .wrong(Refutation(difference: difference, cause: nil))
    case .kink(let finding): self = .kink(finding)
    case .undecided(let why): self = .undecided(why)
    }
  }
}
