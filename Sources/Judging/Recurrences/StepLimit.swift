import Derivation
import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// A recurrence whose length is a number too large to be written out.
///
/// A length that is a name is compared at few steps; one that is a number has no other value, so that nothing is
/// compared.
struct StepLimit {
  private let steps: Int
  private let parts: Int

  /// The most parts of formulas that recurrences are written out as, some hundred megabytes.
  private static let limit = 100_000

  /// - Returns: nil where every recurrence may be written out.
  init?(of recurrences: Set<Recurrence>, at numbers: [String: Int]) {
    let found = recurrences.compactMap { $0.writtenOut(at: numbers) }
    guard let most = found.max(by: { $0.parts < $1.parts }), most.parts > Self.limit else {
      return nil
    }
    (steps, parts) = most
  }

  var reason: String {
    "\(steps) steps would be written out as \(parts) parts, more than \(Self.limit)"
  }

  private var diagnostic: Diagnostic {
    Diagnostic(
      .warning, code: .overLimit, "values are not compared: \(reason)",
      help: "a length with a name, as in `dims T`, is compared at few steps")
  }

  /// What is known without values.
  func report(
    on program: Program, _ backward: BackwardPass?, proved: [Bool], sizes: [String: Int],
    options: CheckOptions
  ) -> CheckReport {
    let claims = zip(program.claims, proved).map { claim, isProved in
      ClaimReport(
        name: claim.name, line: program.source.location(of: claim.range.start).line,
        range: claim.range, claimedRange: claim.claimedRange,
        verdict: isProved ? .proved : .undecided(reason))
    }
    let unknown = SelfCheck(
      duals: .unknown(reason), draws: 0, sizes: nil, finiteDifferenceError: nil)
    return CheckReport(
      program: program, sizes: sizes, backward: backward, claims: claims,
      selfCheck: backward.map { _ in unknown }, seed: options.seed, remarks: [],
      refusal: diagnostic)
  }
}
