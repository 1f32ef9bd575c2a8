import Derivation
import ExpressionLanguage

/// Says why claims are wrong. Judging does not know causes: who does is above it, and is given to a ``Checker``.
package protocol ClaimExplainer: Sendable {
  /// The reports with the causes of wrong claims.
  ///
  /// - Parameter witnesses: for each claim, the draw that shows that it is wrong.
  func explained(
    _ reports: [ClaimReport], _ sides: [ClaimExpressions], witnesses: [Draw?], program: Program,
    backward: BackwardPass?, options: CheckOptions
  ) -> [ClaimReport]
}
