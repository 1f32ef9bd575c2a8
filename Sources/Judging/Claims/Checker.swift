import Derivation
import Diagnostics
import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Derives a program's gradients, judges its claims, and checks itself.
public struct Checker: Sendable {
  /// What is drawn, how far a decision may go, and what is asked for.
  public let options: CheckOptions
  /// Says why claims are wrong; nil where nobody asks.
  private let explainer: (any ClaimExplainer)?

  /// A checker that names no causes; `Checker.explaining` makes one that does.
  public init(_ options: CheckOptions = CheckOptions()) {
    self.init(options, explainer: nil)
  }

  package init(_ options: CheckOptions, explainer: (any ClaimExplainer)?) {
    self.options = options
    self.explainer = explainer
  }

  /// Everything found about `program`.
  ///
  /// - Throws: ``CheckFailure`` when the gradients cannot be derived, or when this program is caught in an error of
  ///   its own.
  public func check(_ program: Program) throws(CheckFailure) -> CheckReport {
    let given = try options.taking(program)
    let report =
      given == nil
      ? try checked(program) : try Checker(given ?? options, explainer: explainer).checked(program)
    return program.hasOpenSizes ? report.seeing(NamedPlaces(of: program, options: options)) : report
  }

  private func checked(_ program: Program) throws(CheckFailure) -> CheckReport {
    if program.holdsRecurrences { return try checkedByStep(program) }
    let backward = try Self.derive(program, targets: options.targets)
    guard let written = try WrittenOut(program).choosingBranches(backward, options) else {
      return try checked(program, backward)
    }
    let report = try checked(
      written.program, written.backward,
      of: Origin(
        program: program, backward: backward, written: written,
        proved: Self.provedClaims(of: program, backward), lengths: nil,
        unguarded: (program, backward)))
    return report.on(program, backward)
  }

  /// - Parameter origin: the program with recurrences that this one has written out.
  func checked(
    _ program: Program, _ backward: BackwardPass?, of origin: Origin? = nil
  ) throws(CheckFailure) -> CheckReport {
    let plan = DrawPlan(program: program, options: options)
    let draws = try plan.draws()
    let sizes = draws.first?.sizes ?? [:]
    let judging = ClaimJudging(
      program: program, backward: backward, plan: plan, draws: draws, options: options, of: origin)
    let judged = try judging.judged()
    let claims = explained(judged, judging, program, backward, origin)
    var refusal = judged.refusal
    // What is witnessed is what is printed.
    let plain = origin?.unguarded ?? (program: program, backward: backward)
    let selfCheck = try plain.backward.map { backward throws(CheckFailure) in
      let checker = SelfChecker(program: plain.program, backward: backward, options: options)
      let tooLarge = SizeRefusal(
        of: checker.roots, in: plain.program, backward, sizes: sizes, options: options)
      refusal = refusal ?? tooLarge
      return try EvaluationLimits.current.own.scope { () throws(CheckFailure) in
        try self.selfCheck(checker, plan, draws, tooLarge)
      }.get()
    }
    try confirmShortForms(of: program, draws: draws)
    var report = CheckReport(
      program: program, sizes: sizes, backward: backward, claims: claims,
      selfCheck: selfCheck, seed: options.seed,
      remarks: refusal == nil ? DrawPlan.remarks(program, draws) : [])
    report.refusal = refusal?.diagnostic
    return report
  }

  /// What was found of the claims, with the causes of wrong ones where someone knows and asks for them.
  private func explained(
    _ judged: ClaimJudging.Judged, _ judging: ClaimJudging, _ program: Program,
    _ backward: BackwardPass?, _ origin: Origin?
  ) -> [ClaimReport] {
    guard options.searchesCauses, let explainer else { return judged.reports }
    let claims = JudgedClaims(
      reports: judged.reports,
      sides: origin.map { $0.program.claimExpressions($0.backward?.cotangents ?? [:]) }
        ?? judging.expressions,
      witnesses: judged.witnesses, program: origin?.program ?? program,
      backward: origin.map(\.backward) ?? backward,
      written: origin?.written ?? WrittenOut(program))
    return EvaluationLimits.current.forSearch().value {
      explainer.explained(claims, options: options)
    }
  }

  /// The derived gradients against their witnesses, at smaller sizes where those of the draws leave the limits.
  private func selfCheck(
    _ checker: SelfChecker, _ plan: DrawPlan, _ draws: [Draw], _ refusal: SizeRefusal?
  ) throws(CheckFailure) -> SelfCheck {
    if let refusal {
      if let smaller = refusal.smaller {
        return try checker.checked(plan.draws(at: smaller), at: smaller)
      }
      EvaluationLimits.current.meter?.close(with: refusal.error)
    }
    let result = try checker.checked(draws)
    guard case .unknown = result.duals, EvaluationLimits.current.meter?.refusal != nil,
      let sizes = draws.first?.sizes,
      let smaller = plan.affordableSizes(for: checker.roots, below: sizes)
    else { return result }
    return try EvaluationLimits.current.own.scope { () throws(CheckFailure) in
      try checker.checked(plan.draws(at: smaller), at: smaller)
    }.get()
  }

  /// The backward pass for the named targets, or for every differentiable symbol and every value that is claimed.
  public static func derive(
    _ program: Program, targets names: [String] = [], joinsLines: Bool = true
  ) throws(CheckFailure) -> BackwardPass? {
    guard let output = program.output else { return nil }
    let symbols = program.declarations.map(\.symbol)
    var targets: [TensorExpression]
    if names.isEmpty {
      targets = symbols.filter {
        if case .symbol(let symbol) = $0.kind { symbol.isDifferentiable } else { false }
      }
    } else {
      let all = symbols + program.values.map(\.value)
      targets = all.filter { names.contains($0.name ?? "") }
    }
    targets += program.claimedPrimals
    do {
      return try BackwardPass(
        output.seeds, targets: targets, names: program.formulaNames,
        avoiding: Set(program.numbers.map(\.name)), facts: program.facts, joinsLines: joinsLines)
    } catch {
      throw .derivation(error)
    }
  }
}

/// Proves equations by normal forms, with the names as atoms first and expanded after that.
package final class Prover {
  private let shallow: Normalizer
  private let deep: Normalizer
  /// With the names of gradients expanded, and those of the forward pass as atoms; nil where there are none.
  private let mixed: Normalizer?

  /// - Parameter forward: the named values of the forward pass.
  package init(
    facts: SizeFacts, aliases: [TensorExpression: TensorExpression] = [:],
    forward: Set<TensorExpression> = []
  ) {
    mixed =
      forward.isEmpty
      ? nil : Normalizer(facts: facts, expandsNames: true, aliases: aliases, opaqueNames: forward)
    shallow = Normalizer(facts: facts, expandsNames: false, aliases: aliases)
    deep = Normalizer(facts: facts, expandsNames: true)
  }

  package func proves(_ equation: Equation) -> Bool {
    if shallow.provesEqual(equation.left.unnamed, equation.right.unnamed) { return true }
    if deep.provesEqual(equation.left, equation.right) { return true }
    return mixed?.provesEqual(equation.left, equation.right) ?? false
  }
}

extension Program {
  /// Whether the number of some size is left open.
  var hasOpenSizes: Bool {
    sizes.contains { size in
      switch size.extent {
      case .free: true
      case .range(let range): range.count > 1
      case .fixed: false
      }
    }
  }

  /// The named values that formulas may refer to: those of the forward pass, and of those that are derivatives the
  /// ones that the output is computed from.
  package var formulaNames: [TensorExpression] {
    let needed = Set(TensorExpression.postorder(of: output?.values ?? []))
    return values.filter { !$0.isBackward && (!$0.isDerivative || needed.contains($0.value)) }
      .map(\.value)
  }

  /// The values that are defined by derivatives and serve nothing else.
  package var derivativeValues: [TensorExpression] {
    let names = Set(formulaNames)
    return values.filter { $0.isDerivative && !names.contains($0.value) }
      .map(\.value)
  }

  /// The values whose gradients are claimed or used in the backward pass.
  var claimedPrimals: [TensorExpression] {
    let claimed = claims.compactMap { claim in
      if case .gradient(let primal) = claim.subject { primal } else { nil }
    }
    let right = claims.compactMap { try? $0.claimed.get() }
    let used = Set(TensorExpression.symbols(of: right).compactMap(\.name))
    let primals = declarations.map(\.symbol) + values.map(\.value)
    return claimed + primals.filter { used.contains("d" + ($0.name ?? "")) }
  }
}
