import Derivation
import ExpressionLanguage
import Judging
import TensorExpressions

/// Gives wrong claims the slips that explain them, with what repairs them.
struct CauseExplainer: ClaimExplainer {
  func explained(_ claims: JudgedClaims, options: CheckOptions) -> [ClaimReport] {
    let (reports, sides, witnesses) = (claims.reports, claims.sides, claims.witnesses)
    let (program, backward) = (claims.program, claims.backward)
    let cotangents = backward?.cotangents ?? [:]
    let truth = program.cotangentTruth(cotangents)
    let completed = Completion(truth)
    let confirmation = RepairConfirmation(claims, options: options)
    var trials = OnDemand {
      LineTrials(of: program.source, sizes: options.sizes, space: program.space)
    }
    let rounded =
      claims.written.hasSteps
      ? [:]
      : self.rounded(
        reports, sides, program, options, at: confirmation.draws.first, &trials)
    var known: [LineEdit] = []
    return reports.indices.map { place in
      let (report, side) = (reports[place], sides[place])
      let file = program.claimFile(of: side.claim)
      let own = file.flatMap {
        try? options.taking($0, for: side.claimed ?? side.exact, in: program)
      }
      // The values of steps that are written out are those of one length, and no words for others.
      let search =
        claims.written.hasSteps
        ? nil : CauseSearch(program: program, cotangents: cotangents, options: own ?? options)
      switch report.verdict {
      case .wrong(let refutation):
        if let evidence = rounded[place] { return report.with(.rounded(evidence)) }
        if file != nil {
          return report.with(
            .wrong(explained(refutation, side, search, witnesses[place], mayDescribe: true)))
        }
        var repairs = RepairSearch(
          program: program, side: side, truth: truth, options: options, witness: witnesses[place],
          others: reports.indices.filter { reports[$0].verdict.holds }.map { sides[$0] },
          confirmation: confirmation, known: known, completed: completed, trials: trials.value)
        defer { trials.value = repairs.trials }
        if let found = repairs.repair() {
          known.append(found.edit)
          // The words are those of the change: what gives the same values may be another slip.
          let named = refutation.cause.map { $0.repaired(by: found.cause.repair) }
          return report.with(.wrong(refutation.with(named ?? found.cause, derived: nil)))
        }
        let unrepaired = explained(refutation, side, search, witnesses[place], mayDescribe: true)
        return report.with(
          .wrong(unrepaired.with(unrepaired.cause, derived: repairs.derivedLine())))
      case .equalAtPoint, .exact:
        let unseen = own.flatMap {
          UnseenSlips(program: program, options: $0).sentence(of: side.exact)
        }
        return report.with(report.verdict, remarks: unseen.map { [$0] } ?? [])
      case .proved, .identical, .enclosed, .rounded, .inherited, .kink, .undecided: return report
      }
    }
  }

  /// The wrong claims that are right but for rounded literals.
  private func rounded(
    _ reports: [ClaimReport], _ sides: [ClaimExpressions], _ program: Program,
    _ options: CheckOptions, at draw: Draw?, _ trials: inout OnDemand<LineTrials>
  ) -> [Int: RoundedEvidence] {
    let wrong = reports.indices.filter { place in
      guard case .wrong = reports[place].verdict else { return false }
      return program.claimFile(of: sides[place].claim) == nil
    }
    if wrong.isEmpty { return [:] }
    return RoundedLiterals(program: program, options: options, draw: draw)
      .evidence(for: wrong, sides: sides, &trials.value)
  }

  /// A refutation with the slip that its values show, for which there is no repair.
  private func explained(
    _ refutation: Refutation, _ side: ClaimExpressions, _ search: CauseSearch?, _ witness: Draw?,
    mayDescribe: Bool
  ) -> Refutation {
    let cause =
      refutation.cause
      ?? search.flatMap { search in
        search.cause(
          of: side, truth: search.program.cotangentTruth(search.cotangents), witness: witness,
          mayDescribe: mayDescribe)
      }
    return refutation.with(cause.map { $0.repaired(by: nil) }, derived: nil)
  }
}

/// A value that is made when it is first asked for.
private struct OnDemand<Value> {
  private var made: Value?
  private let make: () -> Value

  init(_ make: @escaping () -> Value) { self.make = make }

  var value: Value {
    mutating get {
      if let made { return made }
      let value = make()
      made = value
      return value
    }
    set { made = newValue }
  }
}

extension Refutation {
  fileprivate func with(_ cause: Cause?, derived: Cause.Repair?) -> Refutation {
    Refutation(difference: difference, cause: cause, diagnostic: diagnostic, derived: derived)
  }
}

extension Checker {
  /// A checker that says why claims are wrong.
  public static func explaining(_ options: CheckOptions = CheckOptions()) -> Checker {
    Checker(options, explainer: CauseExplainer())
  }
}
