import Diagnostics
import Testing

@testable import Judging
@testable import Reporting

/// Each claim of a text with its verdict's word.
func verdicts(of text: String) throws -> [(claim: String, word: String)] {
  let source = SourceText(name: "laws.expr", text: text)
  let report = FileCheck(CheckOptions(searchesCauses: false)).report(on: source)
  #expect(report.internalError == nil)
  let check = try #require(
    report.check, "\(report.diagnostics.map { $0.message })")
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  return check.claims.map { (String(lines[$0.line - 1]), $0.verdict.word) }
}

/// Every law of inverses and determinants, stated as people would state it. A proof is checked against exact values by
/// the checker itself: it reports an internal error when a claim is proved and differs.
@Suite struct MatrixLawTests {
  private static let declarations = """
    dims n=4, m=3
    param X: [n, n] nonsingular, Y: [n, n] nonsingular, A: [n, n] nonsingular, T: [n, n]
    param P: [n, n] spd, S: [n, n] symmetric, M: [m, m] nonsingular, R: [n, m]
    param w: [n] positive, c: [] positive, v: [n], u: [n] unit, z: [n]

    """

  @Test func laws() throws {
    let text =
      Self.declarations + """
        assert inv(inv(X)) == X
        assert inv(X @ Y) == inv(Y) @ inv(X)
        assert inv(X @ Y @ A) @ X == inv(A) @ inv(Y)
        assert inv(X.T) == inv(X).T
        assert X @ inv(X) == eye(n)
        assert inv(X) @ X == eye(n)
        assert inv(X + Y) @ X + inv(X + Y) @ Y == eye(n)
        assert X @ inv(X + Y) == eye(n) - Y @ inv(X + Y)
        assert inv(eye(n) + X) @ X == eye(n) - inv(eye(n) + X)
        assert inv(2 * X) == inv(X) / 2
        assert inv(c * X) == inv(X) / c
        assert inv(X @ diag(w) @ Y) == inv(Y) @ diag(1 / w) @ inv(X)
        assert inv(diag(w)) == diag(1 / w)
        assert inv(R.T @ P @ R) == inv(R.T @ P @ R).T
        assert inv(M @ R.T @ P @ R @ M.T) == inv(M.T) @ inv(R.T @ P @ R) @ inv(M)
        assert det(X @ Y) == det(X) * det(Y)
        assert det(X.T) == det(X)
        assert det(inv(X)) == 1 / det(X)
        assert det(X) * det(inv(X)) == 1
        assert det(-X) * det(-Y) == det(X) * det(Y) * det(-eye(n))**2
        assert det(2 * M) == det(2 * M.T)
        assert tr(X @ inv(X)) == n
        assert X @ Y @ inv(X @ Y) == eye(n)
        assert solve(X, Y) == inv(X) @ Y
        assert Y @ solve(Y, X) == X
        assert sqrt(v**2) == abs(v)
        assert det(X)**2 / abs(det(X)) == abs(det(X))
        """
    for (claim, word) in try verdicts(of: text) { #expect(word == "proved", "\(claim)") }
  }

  /// What looks like a law and is none.
  @Test func nearMisses() throws {
    let text =
      Self.declarations + """
        assert inv(X @ Y) == inv(X) @ inv(Y)
        assert inv(X.T) == inv(X)
        assert X.T @ inv(X) == eye(n)
        assert X * inv(X) == eye(n)
        assert X @ inv(Y) == eye(n)
        assert inv(X + Y) @ X + Y @ inv(X + Y) == eye(n)
        assert X @ inv(X + Y) == eye(n) + Y @ inv(X + Y)
        assert inv(2 * X) == inv(X) * 2
        assert inv(c * X) == inv(X) * c
        assert inv(X @ diag(w) @ Y) == inv(Y) @ diag(w) @ inv(X)
        assert inv(X @ diag(w) @ Y) == inv(X) @ diag(1 / w) @ inv(Y)
        assert inv(R.T @ T @ R) == inv(R.T @ T @ R).T
        assert det(X @ Y) == det(X) + det(Y)
        assert det(X + Y) == det(X) + det(Y)
        assert det(inv(X)) == det(X)
        assert det(2 * X) == 2 * det(X)
        assert det(-X) == -det(X) * det(Y) / det(Y) + det(X)
        assert det(c * X) == c * det(X)
        assert tr(X @ inv(X)) == 1
        assert inv(X) @ inv(X) == inv(X)
        assert diag(diag(T)) == T
        assert tril(T) == T
        assert abs(v) == v
        assert relu(v) == v
        assert sqrt(v**2) == v
        assert T == T.T
        assert det(X) / abs(det(X)) == 1
        assert R @ inv(R.T @ R) @ R.T == eye(n)
        """
    for (claim, word) in try verdicts(of: text) { #expect(word == "wrong", "\(claim)") }
  }
}
