import Derivation
import ExpressionLanguage
import TensorExpressions
import Testing
import ToolkitTestSupport

/// Spellings of NumPy, PyTorch and JAX mean what the frameworks' documentation says.
@Suite struct SpellingTests {
  /// Declarations; a spelling; the same in words that mean one thing.
  private static let pairs: [(declarations: String, spelled: String, canonical: String)] = [
    ("input x: [N, D]; param w: [D, M]", "np.dot(x, w)", "x @ w"),
    ("input x: [N, D]; param w: [D, M]", "x.dot(w)", "x @ w"),
    ("input x: [N, D]", "jnp.exp(x)", "exp(x)"),
    ("input x: [N, D]", "torch.nn.functional.softmax(x, dim=0)", "softmax(x, axis=0)"),
    ("input x: [N, D]", "torch.var(x, dim=1)", "var(x, axis=1, correction=1)"),
    ("input x: [N, D]", "x.var(dim=1)", "var(x, axis=1, correction=1)"),
    ("input x: [N, D]", "np.var(x, axis=1)", "var(x, axis=1)"),
    ("input x: [N, D]", "x.transpose(0, 1)", "x.T"),
    ("input x: [N, D, M]", "np.transpose(x, (2, 0, 1))", "x.permute(2, 0, 1)"),
    ("input x: [N, D, M]", "x.transpose(1, 2)", "x.permute(0, 2, 1)"),
    ("input x: [N, D]", "x.unsqueeze(0).squeeze(0)", "x"),
    ("input x: [N, D]", "x[:, np.newaxis]", "x.reshape(N, 1, D)"),
    ("input x: [N, D]", "x.view(x.size(0), -1) / x.shape[1]", "x / D"),
    ("input x: [N, 6]", "p, q = np.split(x, 2, axis=1); p - q", "x[:, :3] - x[:, 3:]"),
    ("input x: [N, 6]", "p, q = torch.split(x, 4, dim=1); q", "x[:, 4:]"),
    ("input x: [N, D]", "n, d = x.shape; x * n", "N * x"),
    ("input x: [N, D]", "z = 2 * x; z += x; z", "3 * x"),
    ("input x: [N, D]", "x * ((x > 0) & ~(x > 1))", "x * (x > 0) * (1 - (x > 1))"),
    ("input x: [N, D]", "x * ((x > 0) | (x > 1))", "x * (1 - (1 - (x > 0)) * (1 - (x > 1)))"),
    ("input x: [N, D]", "np.cumsum(x, axis=0)", "tril(ones(N, N)) @ x"),
    (
      "input x: [N, D]", "np.repeat(x, 2, axis=0)",
      "broadcast_to(x[:, None], N, 2, D).reshape(2*N, D)"
    ),
    (
      "input x: [N, D]", "torch.tile(x, (2, 1))",
      "broadcast_to(x[None], 2, N, D).reshape(2*N, D)"
    ),
    ("input x: [N, D]", "(x > 0).float() * x.clone()", "(x > 0) * x"),
    ("input x: [N, D]", "F.layer_norm(x, (D,), eps=1e-3)", "layer_norm(x, eps=1e-3)"),
    ("input x: [N, D], t: [N, D]", "F.huber_loss(x, t)", "huber_loss(x, t)"),
    ("input x: [N, D]", "F.pad(x, (1, 0))", "concat([zeros(N, 1), x], axis=1)"),
    ("input x: [N, D]", "F.pad(x, (0, 0, 2, 0))", "concat([zeros(2, D), x], axis=0)"),
    ("input x: [N, D]", "jax.nn.gelu(x)", "gelu(x, approximate=\"tanh\")"),
    ("input x: [N, D]", "x.sum() / x.size", "sum(x) / (N*D)"),
    ("input x: [N, D]", "x.sum(0) / len(x) + x.numel()", "sum(x, axis=0) / N + N*D"),
    ("input x: [N, D]", "N, D = x.shape; x / N", "x / N"),
    ("input x: [N, N]", "x[range(N), range(N)]", "diag(x)"),
    ("input x: [N, N]", "x.diagonal(-1)", "diag(x[1:, :-1])"),
    ("input x: [N, D]", "np.maximum.accumulate(x, axis=1)", "cummax(x, axis=1)"),
    ("input x: [N, D]", "np.add.reduce(x)", "sum(x, axis=0)"),
    (
      "input x: [N, D]; const k: [N] index(M)", "g = zeros(M, D); np.add.at(g, k, x); g",
      "segment_sum(x, k, M)"
    ),
    (
      "input x: [N, D], g: [M, D]; const k: [N] index(M)", "g.at[k].add(x)",
      "g + segment_sum(x, k, M)"
    ),
    ("input x: [N, D]", "torch.max(x, dim=1)[0]", "max(x, axis=1)"),
    ("input x: [N, D]", "v, i = x.max(1); v", "max(x, axis=1)"),
    ("input x: [N, D]", "torch.sort(x, dim=1)[0]", "sort(x, axis=1)"),
    ("input x: [N, D]", "cummax(x, axis=0).values", "cummax(x, axis=0)"),
    ("input x: [N, D]", "jax.lax.clamp(-1, x, 1)", "clip(x, -1, 1)"),
    ("input x: [N, D]", "jax.lax.cumsum(x)", "cumsum(x, axis=0)"),
    ("input x: [N, D]", "scipy.special.softmax(x)", "exp(x) / sum(exp(x))"),
    ("input x: [N, D]", "torch.norm(x, p=1)", "sum(abs(x))"),
    ("input x: [N, D]", "np.linalg.norm(x, 1)", "max(sum(abs(x), axis=0), axis=0)"),
    ("input x: [N, D]; param g: [D]", "F.rms_norm(x, (D,), g, 1)", "rms_norm(x, g, eps=1)"),
    (
      "input x: [N, D]; const m: [D], v: [D] positive", "F.batch_norm(x, m, v, eps=1)",
      "(x - m) / sqrt(v + 1)"
    ),
    ("input x: [N, D]", "x.where(x > 0, 2 * x)", "where(x > 0, x, 2 * x)"),
    ("input x: [N, D]", "torch.zeros(N, D).add_(x)", "x"),
    ("input x: [N, D]", "x * (x > 0).bool() + x * x.gt(0).to(x.dtype)", "2 * x * (x > 0)"),
    ("input x: [N, D, M]", "np.moveaxis(x, 0, -1)", "x.permute(1, 2, 0)"),
    ("input x: [N, D]", "x.narrow(1, 1, 2) - x.select(1, 0)[:, None]", "x[:, 1:3] - x[:, :1]"),
  ]

  @Test func spellingsMeanWhatTheyDo() throws {
    for (declarations, spelled, canonical) in Self.pairs {
      #expect(try Self.isProved(declarations, spelled, canonical), "\(spelled)")
      // What is said is a value and not the shape alone.
      #expect(try !Self.isProved(declarations, spelled, "2 * (\(canonical)) + 1"), "\(spelled)")
    }
  }

  /// What frameworks understand differently is refused without a prefix, and so are casts that change values.
  @Test func ambiguousAndChangingSpellingsAreRefused() {
    for line in [
      "p, q = split(x, 3)", "y = x.repeat(2)", "y = x.max(dim=1)", "y = x.astype(int)",
      "y = x.long()", "y = np.no_such(x)", "a, b, c = x.shape", "x += 1", "y = x.max(1)[0]",
      "y = torch.sort(x, dim=1)", "y = x.shape(0)", "D, N = x.shape", "y = F.pad(x, 1)",
      "y = np.linalg.norm(x, 2)", "y = torch.linalg.norm(x, 2)", "y = F.softmax(x[None])",
      "y = F.batch_norm(x)", "y = torch.cross(x[:, :3], x[:, :3])", "v, i = np.sort(x, axis=1)",
      "y = (2 * x).bool()", "y = jax.lax.select(x, 1)",
    ] {
      let (_, diagnostics) = elaborate("dims N=3, D=6\ninput x: [N, D]\n" + line + "\n")
      #expect(!diagnostics.isEmpty, "\(line) is accepted")
    }
  }

  /// A value of the file wins over a prefix.
  @Test func valuesWinOverPrefixes() {
    let (program, diagnostics) = elaborate(
      "dims N=3, D=4\ninput F: [N, D]\ny = F.exp()\nassert y == exp(F)\n")
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    #expect(program.claims.count == 1)
  }

  private static func isProved(
    _ declarations: String, _ spelled: String, _ canonical: String
  ) throws -> Bool {
    var lines = spelled.split(separator: "; ").map(String.init)
    let last = lines.removeLast()
    let text =
      (["dims N=3, D=4, M=2"] + declarations.split(separator: "; ").map(String.init) + lines
      + ["assert (\(last)) == (\(canonical))"]).joined(separator: "\n") + "\n"
    let (program, diagnostics) = elaborate(text)
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    guard let claim = program.claims.first, case .success(let right) = claim.claimed,
      case .assertion(let left) = claim.subject
    else { return false }
    return Normalizer(facts: program.facts).provesEqual(left, right)
  }
}
