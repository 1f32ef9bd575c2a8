import Derivation
import Diagnostics

/// Why a check gave no report.
public enum CheckFailure: Error, Hashable, Sendable {
  /// The gradients cannot be derived.
  case derivation(DerivationError)
  /// The file cannot be checked as it is, and why, as a sentence.
  case sizes(String)
  /// The point that was given does not fit the file, or lacks what a claim needs.
  case given(Diagnostic)
  /// Two routes of this program disagree: a bug in it, never an answer.
  case internalError(String)
}

extension CheckFailure {
  /// How this program was caught in an error of its own.
  public var internalError: String? {
    if case .internalError(let detail) = self { detail } else { nil }
  }

  /// What is wrong with the user's file; nothing for an error of this program.
  public var diagnostics: [Diagnostic] {
    switch self {
    case .derivation(.notDifferentiable(let function, let operand)):
      [
        Diagnostic(
          code: "not-differentiable",
          "`\(function)` has no derivative by its operand \(operand + 1)")
      ]
    case .derivation(.noFormForAllSteps):
      [
        Diagnostic(
          code: "not-differentiable",
          "a block has no gradient: what one step pulls back has no form for all steps")
      ]
    case .given(let diagnostic): [diagnostic]
    case .sizes(let reason): [Diagnostic(code: "no-sizes", reason)]
    case .internalError: []
    }
  }
}
