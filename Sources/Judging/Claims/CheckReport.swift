import Derivation
import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// Everything found about one file.
public struct CheckReport: Sendable {
  /// The program whose claims were judged.
  public let program: Program
  /// The sizes that numeric checks used first.
  public let sizes: [String: Int]
  /// The derived backward pass; nil when nothing is differentiated.
  public let backward: BackwardPass?
  /// The claims, each with its verdict, in the order of the file.
  public internal(set) var claims: [ClaimReport]
  /// How the derived gradients compare with their witnesses; nil when nothing is differentiated.
  public internal(set) var selfCheck: SelfCheck?
  /// What every random draw follows from.
  public let seed: UInt64
  /// Remarks on what the check could not see, such as a batch of 1.
  public let remarks: [String]
  /// Why nothing was evaluated, where it would have gone beyond the limits.
  public var refusal: Diagnostic?

  public init(
    program: Program, sizes: [String: Int], backward: BackwardPass?, claims: [ClaimReport],
    selfCheck: SelfCheck?, seed: UInt64, remarks: [String], refusal: Diagnostic? = nil
  ) {
    self.program = program
    self.sizes = sizes
    self.backward = backward
    self.claims = claims
    self.selfCheck = selfCheck
    self.seed = seed
    self.remarks = remarks
    self.refusal = refusal
  }
}

extension CheckReport {
  /// What was found of a program as a report on the one that it was written out from.
  func on(
    _ origin: Program, _ backward: BackwardPass?, sizes: [String: Int]? = nil
  ) -> CheckReport {
    CheckReport(
      program: origin, sizes: sizes ?? self.sizes, backward: backward, claims: claims,
      selfCheck: selfCheck, seed: seed, remarks: remarks, refusal: refusal)
  }

  /// What the verdicts rest on beside the file's declarations, each once.
  public var assumptions: [String] {
    (program.shapeConditions.map { $0.condition.description } + program.assumptions
      + claims.flatMap(\.assumptions))
      .removingRepetitions()
  }
}

/// One claim and its verdict.
public struct ClaimReport: Sendable {
  /// What the claim is about: `dX`, or `assert`.
  public let name: String
  /// The line in the file, from 1.
  public let line: Int
  /// The whole statement.
  public let range: SourceRange
  /// The right side of the statement.
  public let claimedRange: SourceRange
  /// What was found of the claim.
  public let verdict: Verdict
  /// What the check of this claim could not see.
  public let remarks: [String]
  /// Where the claim holds, what it needs that the forward pass and the declarations do not grant: `x > 0`.
  public let assumptions: [String]

  public init(
    name: String, line: Int, range: SourceRange, claimedRange: SourceRange, verdict: Verdict,
    remarks: [String] = [], assumptions: [String] = []
  ) {
    self.assumptions = assumptions
    self.name = name
    self.line = line
    self.range = range
    self.claimedRange = claimedRange
    self.verdict = verdict
    self.remarks = remarks
  }

  /// The report with another verdict, and with further remarks.
  package func with(_ verdict: Verdict, remarks: [String] = []) -> ClaimReport {
    ClaimReport(
      name: name, line: line, range: range, claimedRange: claimedRange, verdict: verdict,
      remarks: self.remarks + remarks, assumptions: assumptions)
  }
}

/// The derived gradients against two witnesses that use no derivation rule.
public struct SelfCheck: Hashable, Sendable {
  /// How derived gradients compare with values that were computed in another way.
  public enum Agreement: Hashable, Sendable {
    /// Equal, exactly.
    case exact
    /// Inside intervals narrower than 2⁻ᵇⁱᵗˢ of the value.
    case enclosed(bits: Int)
    /// Could not be compared, and why.
    case unknown(String)
    /// They differ: an error of this program.
    case disagreement(String)
  }
  /// The derived gradients and dual numbers.
  public let duals: Agreement
  /// How many points were drawn to compare the two at.
  public let draws: Int
  /// The sizes of the draws, where they are not the report's.
  public var sizes: [String: Int]?
  /// The relative difference of central differences in double precision; nil where none could be taken.
  public let finiteDifferenceError: Double?
}
