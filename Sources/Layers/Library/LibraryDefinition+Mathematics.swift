extension LibraryDefinition {
  /// Reductions in terms of sums and means.
  static let reductions: [LibraryDefinition] = [
    LibraryDefinition(
      "var", scope: "the biased variance; a `correction` divides by n - correction instead of n",
      samples: ["input x: [2, 3, 4]\ny = var(x, axis=1)", "input x: [2, 3]\ny = var(x)"],
      """
      def var(x, axis=None, keepdims=False) = (
        mean((x - mean(x, axis=axis, keepdims=True))**2, axis=axis, keepdims=keepdims))
      """),
    LibraryDefinition(
      "std", scope: "without a correction",
      "def std(x, axis=None, keepdims=False) = sqrt(var(x, axis=axis, keepdims=keepdims))"),
    LibraryDefinition(
      "logsumexp",
      """
      def logsumexp(x, axis=None, keepdims=False) = \
      log(sum(exp(x), axis=axis, keepdims=keepdims))
      """),
    LibraryDefinition(
      "norm1",
      "def norm1(x, axis=None, keepdims=False) = sum(abs(x), axis=axis, keepdims=keepdims)"),
    LibraryDefinition(
      "norm2",
      "def norm2(x, axis=None, keepdims=False) = sqrt(sum(x**2, axis=axis, keepdims=keepdims))"),
  ]

  /// Products with names of their own.
  static let products: [LibraryDefinition] = [
    LibraryDefinition("matmul", "def matmul(x, y) = x @ y"),
    LibraryDefinition("dot", "def dot(x, y) = sum(x * y)"),
    LibraryDefinition("inner", "def inner(x, y) = x @ y.T"),
    LibraryDefinition("outer", "def outer(x, y) = x[:, None] * y"),
  ]

  /// Matrix functions in terms of `inv`, `det` and `diag`.
  static let matrices: [LibraryDefinition] = [
    LibraryDefinition("trace", "def trace(x) = sum(diag(x))"),
    LibraryDefinition("logdet", "def logdet(x) = log(det(x))"),
    LibraryDefinition("solve", "def solve(a, b) = inv(a) @ b"),
  ]
}
