import Derivation
import ExpressionLanguage

/// Claims with what was found of them, for who says why some are wrong.
package struct JudgedClaims {
  package let reports: [ClaimReport]
  /// The sides of the claims, recurrences as they are.
  package let sides: [ClaimExpressions]
  /// For each claim, the draw that shows that it is wrong.
  package let witnesses: [Draw?]
  /// The program as the file says it.
  package let program: Program
  package let backward: BackwardPass?
  /// How its values are compared.
  package let written: WrittenOut
}

/// Says why claims are wrong. Judging does not know causes: who does is above it, and is given to a ``Checker``.
package protocol ClaimExplainer: Sendable {
  /// The reports with the causes of wrong claims.
  func explained(_ claims: JudgedClaims, options: CheckOptions) -> [ClaimReport]
}
