import Diagnostics
import Testing

/// What the words after a declared shape let a proof use, and what they do not.
@Suite struct StructureTests {
  private static let declarations = """
    dims n=4, b=5
    param X: [n, n] nonsingular, Y: [n, n] nonsingular, T: [n, n], v: [n], z: [b, n]
    param S: [n, n] symmetric, P: [n, n] spd, D: [n, n] diagonal, K: [n, n] lower
    param Q: [n, n] orthogonal, R: [n, 3]
    param w: [n] positive, g: [n] nonnegative, u: [n] unit
    param p: [b, n] simplex, y: [b, n] one_hot(1)

    """

  @Test func assumptionsThatProofsUse() throws {
    let text =
      Self.declarations + """
        assert inv(S) == inv(S).T
        assert D.T == D
        assert D @ S == (S @ D).T
        assert diag(diag(D)) == D
        assert D * S == D * diag(diag(S))
        assert inv(D) == diag(1 / diag(D))
        assert tril(K) == K
        assert Q.T @ Q == eye(n)
        assert Q @ Q.T == eye(n)
        assert inv(Q) == Q.T
        assert inv(Q @ X @ Q.T) == Q @ inv(X) @ Q.T
        assert det(Q)**2 == 1
        assert det(Q @ X @ Q.T) == det(X)
        assert sum((Q @ v)**2) == sum(v**2)
        assert sum(p, axis=1) == ones(b)
        assert sum(p) == b
        assert sum(y, axis=1) == ones(b)
        assert y * y == y
        assert sum(y * z, axis=1)**2 == sum(y * z**2, axis=1)
        assert abs(w) == w
        assert relu(w) == w
        assert sqrt(w**2) == w
        assert sign(w) == ones(n)
        assert abs(g) == g
        assert relu(g) == g
        assert relu(-g) == zeros(n)
        assert sqrt(g**2) == g
        assert relu(1 - u) == 1 - u
        assert abs(u - 1) == 1 - u
        assert (1 - u) / (1 - u) == ones(n)
        assert S == S.T
        assert inv(P) == inv(P).T
        assert det(P) / abs(det(P)) == 1
        assert inv(K) @ K == eye(n)
        assert R.T @ inv(P) @ R == (R.T @ inv(P) @ R).T
        assert inv(K @ K.T) == inv(K).T @ inv(K)
        assert maximum(w, 0) == w
        assert K @ K.T @ inv(K @ K.T) == eye(n)
        """
    for (claim, word) in try verdicts(of: text) { #expect(word == "proved", "\(claim)") }
  }

  @Test func nearMisses() throws {
    let text =
      Self.declarations + """
        assert D @ X == X @ D
        assert D @ X == D * X
        assert tril(K @ X) == K @ X
        assert K == K.T
        assert triu(K) == zeros(n, n)
        assert Q @ Q == eye(n)
        assert Q.T == Q
        assert Q * Q == eye(n)
        assert Q.T @ X @ Q == X
        assert det(Q) == 1
        assert sum(p, axis=0) == ones(n)
        assert sum(p * p, axis=1) == ones(b)
        assert p * p == p
        assert sum(y, axis=0) == ones(n)
        assert sum(y * z, axis=1)**2 == sum(y * z, axis=1)
        assert sum(y, axis=0)**2 == sum(y, axis=0)
        assert sign(g - 2) == ones(n)
        assert relu(-w) == w
        assert relu(1 - w) == 1 - w
        assert relu(u - 1) == 1 - u
        assert relu(1/2 - u) == 1/2 - u
        assert abs(u - 1) == u - 1
        assert S @ P == P @ S
        assert inv(K) == inv(K).T
        assert relu(z * p) == z * p
        assert step(-w) == ones(n)
        assert inv(K @ K.T) == inv(K) @ inv(K).T
        """
    for (claim, word) in try verdicts(of: text) { #expect(word == "wrong", "\(claim)") }
  }

  /// Gradients lie in the space that the declaration allows.
  @Test(arguments: [
    ("symmetric", "(T + T.T) / 2", "T"),
    ("symmetric(entries)", "T + T.T - diag(diag(T))", "(T + T.T) / 2"),
    ("spd", "(T + T.T) / 2", "T + T.T - diag(diag(T))"),
    ("diagonal", "diag(diag(T))", "T"),
    ("lower", "tril(T)", "tril(T, -1)"),
  ])
  func gradientsOfStructuredMatrices(_ word: String, _ right: String, _ wrong: String) throws {
    let text = """
      dims n=4
      param X: [n, n] \(word)
      const T: [n, n]
      loss L = sum(T * X)
      check dX = \(right)
      check dX = \(wrong)
      """
    #expect(try verdicts(of: text).map(\.word) == ["proved", "wrong"])
  }
}
