import Diagnostics
import ExpressionLanguage
import Testing
import ToolkitTestSupport

/// Lines of other languages, and mistakes that many make: each is refused, and what its help says is accepted.
@Suite struct MisuseTests {
  private struct Misuse {
    /// The lines below the declarations; the last one is repaired.
    let lines: [String]
    /// A part of the help.
    let help: String
    /// The last line as the help has it; nil where it is left out.
    let repaired: String?

    init(_ lines: String..., help: String, repaired: String?) {
      self.lines = lines
      self.help = help
      self.repaired = repaired
    }
  }

  private static let declarations = """
    dims N=3, D=4, V=5
    input x: [N, D], w: [N], s: [N, D]
    const k: [N] index(V), m: [N, D] mask
    param E: [V, D]

    """

  private static let misuses = [
    Misuse("let y = 2 * x", help: "`y = 2 * x`", repaired: "y = 2 * x"),
    Misuse("y := 2 * x", help: "`y = 2 * x`", repaired: "y = 2 * x"),
    Misuse("y <- 2 * x", help: "`y = 2 * x`", repaired: "y = 2 * x"),
    Misuse("y = relu x", help: "`relu(x)`", repaired: "y = relu(x)"),
    Misuse("y = 3 x", help: "`3 * x`", repaired: "y = 3 * x"),
    Misuse("y = |x|", help: "`abs(x)`", repaired: "y = abs(x)"),
    Misuse("y = x > 0 ? x : s", help: "where(", repaired: "y = where(x > 0, x, s)"),
    Misuse("y = ln(x**2 + 1)", help: "log(", repaired: "y = log(x**2 + 1)"),
    Misuse("y = map(exp, x)", help: "`exp(x)`", repaired: "y = exp(x)"),
    Misuse("y = nn.ReLU()(x)", help: "`relu(x)`", repaired: "y = relu(x)"),
    Misuse("y = nn.L1Loss()(x, s)", help: "`l1_loss(x, s)`", repaired: "y = l1_loss(x, s)"),
    Misuse("y = np.vectorize(exp)(x)", help: "`exp(x)`", repaired: "y = exp(x)"),
    Misuse("y = x.T()", help: "`x.T`", repaired: "y = x.T"),
    Misuse("y = x.transpose", help: "`x.transpose()`", repaired: "y = x.transpose()"),
    Misuse("y = x.shape(0) * x", help: "`x.shape[0]`", repaired: "y = x.shape[0] * x"),
    Misuse("y = concat(x, s)", help: "concat([x, s])", repaired: "y = concat([x, s])"),
    Misuse(
      "y = x / x.sum(1)", help: "x.sum(1, keepdims=True)",
      repaired: "y = x / x.sum(1, keepdims=True)"),
    Misuse(
      "y = x - mean(x, axis=1)", help: "keepdims=True",
      repaired: "y = x - mean(x, axis=1, keepdims=True)"),
    Misuse("y = x + w", help: "w[:, None]", repaired: "y = x + w[:, None]"),
    Misuse("y = E(k)", help: "`E[k]`", repaired: "y = E[k]"),
    Misuse("y = x[m]", help: "x * (m)", repaired: "y = x * (m)"),
    Misuse(
      "y = sum(x[i]**2 for i in range(N))", help: "`sum(x**2)`", repaired: "y = sum(x**2)"),
    Misuse("y = x", "print(y)", help: "leave the line out", repaired: nil),
    Misuse("y = x", "y.backward()", help: "leave the line out", repaired: nil),
    Misuse("y = x", "// the gradient", help: "`#`", repaired: "# the gradient"),
    Misuse("y = x", "check dx == dy", help: "`check dx = dy`", repaired: "check dx = dy"),
    Misuse("y = x", "check grad(x) = dy", help: "`check dx = dy`", repaired: "check dx = dy"),
    Misuse("y = x", "check x.grad = dy", help: "`check dx = dy`", repaired: "check dx = dy"),
    Misuse("y = x", "assert y = x", help: "`assert y == x`", repaired: "assert y == x"),
    Misuse("y = x", "output y * 2", help: "`output out = y * 2`", repaired: "output out = y * 2"),
    Misuse("parameter u: [N]", help: "`param`", repaired: "param u: [N]"),
    Misuse("input u: N, D", help: "[N, D]", repaired: "input u: [N, D]"),
    Misuse("input u: [N][D]", help: "[N, D]", repaired: "input u: [N, D]"),
    Misuse("input u: [N D]", help: "[N, D]", repaired: "input u: [N, D]"),
    Misuse("const u: [N] bool", help: "`mask`", repaired: "const u: [N] mask"),
    Misuse(
      "input u: [N] index(V)", help: "`const u: [N] index(V)`",
      repaired: "const u: [N] index(V)"),
    Misuse(
      "for t in range(N-1, -1, -1): h[t] = x[t] + h[t+1]", help: "`reversed(range(N))`",
      repaired: "for t in reversed(range(N)): h[t] = x[t] + h[t+1]"),
    Misuse(
      "for t in range(N): h[t] = x[t] + h[t]", help: "`h[t-1]`",
      repaired: "for t in range(N): h[t] = x[t] + h[t-1]"),
    Misuse(
      "z: [N, D]", "for i in range(N): for j in range(D): z[i, j] = 2 * x[i, j]",
      help: "`z[i, j] += 2 * x[i, j]`", repaired: "z[i, j] += 2 * x[i, j]"),
  ]

  @Test func whatTheHelpSaysIsAccepted() {
    for misuse in Self.misuses {
      let (_, refused) = elaborate(Self.text(misuse.lines))
      let helps = refused.diagnostics.compactMap(\.help)
      #expect(refused.hasErrors, "\(misuse.lines) is accepted")
      #expect(
        helps.contains { $0.contains(misuse.help) }, "\(misuse.lines): \(refused.rendered())")
      let before = misuse.lines.dropLast()
      let (_, accepted) = elaborate(Self.text(before + [misuse.repaired].compactMap { $0 }))
      #expect(!accepted.hasErrors, "\(misuse.repaired ?? ""): \(accepted.rendered())")
    }
  }

  /// A help that would be wrong is not given.
  @Test func noHelpIsBetterThanAWrongOne() {
    for line in [
      "y = sum(x[i] * i for i in range(N))", "y = 1.2.3", "y = (x + s)[0](w)",
      "for t in range(N): for j in range(D): h[t, j] = x[t, j] + h[t-1, j]",
    ] {
      let (_, diagnostics) = elaborate(Self.text([line]))
      #expect(diagnostics.hasErrors, "\(line) is accepted")
      for help in diagnostics.diagnostics.compactMap(\.help) {
        #expect(!help.contains("sum(x"), "\(line): \(help)")
        #expect(!help.contains("+="), "\(line): \(help)")
        #expect(!help.contains("a product"), "\(line): \(help)")
      }
    }
  }

  private static func text(_ lines: some Sequence<String>) -> String {
    declarations + lines.joined(separator: "\n") + "\n"
  }
}
