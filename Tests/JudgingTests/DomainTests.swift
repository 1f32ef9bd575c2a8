import Diagnostics
import ExpressionLanguage
import Judging
import Testing

/// What claims need beside what their forward pass and the declarations grant is said.
struct DomainTests {
  private func report(_ text: String) throws -> CheckReport {
    let source = SourceText(name: "domain.expr", text: text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    let program = Elaborator.elaborate(file, loading: { _ in "" }, into: &diagnostics)
    #expect(!diagnostics.hasErrors, "\(diagnostics)")
    return try Checker().check(program)
  }

  private func assumptions(_ lines: String...) throws -> [String] {
    let declarations = """
      dims N=3, V=2
      const c: [N], m: [N] mask, p: [N] positive, q: [N] nonnegative, i: [N] index(V)
      input x: [N], z: [N], w: [N]

      """
    let report = try report(declarations + lines.joined(separator: "\n") + "\n")
    for claim in report.claims { #expect(claim.verdict.holds, "\(claim.verdict)") }
    return report.assumptions
  }

  /// A forward pass, a claim, and what the claim needs.
  @Test(arguments: [
    ("y = w * log(x**2)", "dw = dy * 2 * log(x)", ["x > 0"]),
    ("y = w * x", "dw = dy * sqrt(x)**2", ["x ≥ 0"]),
    ("y = x**2 / 2", "dx = dy * exp(log(x))", ["x > 0"]),
    ("y = x * c", "dx = dy * c**2 / c", ["c ≠ 0"]),
    ("y = x * c**3", "dx = dy * (c**1.5)**2", ["c ≥ 0"]),
    ("y = x * sqrt(q)", "dx = dy * q / sqrt(q)", ["q ≠ 0"]),
    ("y = x**2", "dx = 2 * dy * y / x", ["x ≠ 0"]),
    ("y = w * log(x / z)", "dw = dy * (log(x) - log(z))", ["x > 0", "z > 0"]),
    ("y = w * sqrt(x * z)", "dw = dy * sqrt(x) * sqrt(z)", ["x ≥ 0", "z ≥ 0"]),
    ("y = w * x", "dw = dy * sin(asin(x))", ["x ≥ -1", "x ≤ 1"]),
    ("y = w * log1p(x**2 + 2*x)", "dw = dy * 2 * log1p(x)", ["x > -1"]),
    ("y = x * sum(c)", "dx = dy * sum(c)**2 / sum(c)", ["sum(c) ≠ 0"]),
    ("loss y = prod(x)", "dx = y / x", ["x ≠ 0"]),
    ("y = w * x", "dw = dy / (1 / x)", ["x ≠ 0"]),
    ("y = w * x**2", "dw = dy * x**3 / (3 * x)  * 3", ["x ≠ 0"]),
  ])
  func whatIsNarrowerIsSaid(_ forward: String, _ claim: String, _ needed: [String]) throws {
    #expect(try assumptions(forward, "check " + claim) == needed)
  }

  /// What the forward pass needs as well, or declarations and signs grant, is no assumption.
  @Test(arguments: [
    ("y = w * log(x)", "dx = dy * w / x"),
    ("y = w * sqrt(x)", "dx = dy * w / (2 * sqrt(x))"),
    ("y = w * x**1.5", "dx = dy * w * 1.5 * x**0.5"),
    ("y = w * x**1.5", "dw = dy * x * sqrt(x)"),
    ("y = w / x", "dx = -dy * y / x"),
    ("y = w / (2 * x)", "dx = -dy * w / (2 * x**2)"),
    ("y = softmax(x)", "dx = y * (dy - sum(dy * y))"),
    ("y = softmax(x)", "dx = exp(x) / sum(exp(x)) * (dy - sum(dy * y))"),
    ("y = log_softmax(x)", "dx = dy - exp(x) / sum(exp(x)) * sum(dy)"),
    ("y = sigmoid(x)", "dx = dy * exp(-x) / (1 + exp(-x))**2"),
    ("y = exp(x)", "dx = dy * y**2 / y"),
    ("loss y = norm2(x)", "dx = x / y"),
    ("y = x * p", "dx = dy * p**2 / p"), ("y = x * p", "dx = dy * sqrt(p)**2"),
    ("y = x * q", "dx = dy * sqrt(q)**2"), ("y = w * relu(x)", "dw = dy * sqrt(relu(x))**2"),
    ("y = x / (1 + c**2)", "dx = dy * (1 + c**2) / (1 + c**2)**2"),
    ("y = (x - mean(x)) / std(x)", "dx = (dy - mean(dy) - y * mean(dy * y)) / std(x)"),
    (
      "y = (x - mean(x)) / sqrt(var(x) + 1e-5)",
      "dx = (dy - mean(dy) - y * mean(dy * y)) / sqrt(mean((x - mean(x))**2) + 1e-5)"
    ),
    ("y = asin(x)", "dx = dy / sqrt((1 - x) * (1 + x))"),
    ("y = x / sum(c)", "dx = dy / (2 * sum(c)) * 2"), ("y = x", "dx = dy * N / sqrt(N)**2"),
  ])
  func whatIsGrantedIsNot(_ forward: String, _ claim: String) throws {
    #expect(try assumptions(forward, "check " + claim) == [])
  }

  /// A branch is asked for what it needs where it is chosen, and granted what the forward pass needs there.
  @Test(arguments: [
    ("y = relu(x)**1.5", "dx = dy * where(x > 0, 1.5 * x**0.5, 0)", []),
    ("y = x * log(maximum(c, 1))", "dx = dy * where(c > 1, log(c), 0)", []),
    (
      "y = where(abs(x) < 1, asin(x), x**2)",
      "dx = dy * where(abs(x) < 1, 1 / sqrt(1 - x**2), 2 * x)", []
    ),
    ("y = -where(m, log(x), log(1 - x))", "dx = dy * where(m, -1 / x, 1 / (1 - x))", []),
    ("y = w * where(m, x, 0)", "dw = dy * where(m, x**2 / x, 0)", ["x ≠ 0"]),
  ])
  func branches(_ forward: String, _ claim: String, _ needed: [String]) throws {
    #expect(try assumptions(forward, "check " + claim) == needed)
  }

  /// An identity narrows where one side needs what the other does not.
  @Test func identities() throws {
    #expect(
      try assumptions("assert log(x * z) == log(x) + log(z)") == ["x * z > 0", "x > 0", "z > 0"])
    #expect(try assumptions("assert log(x)**2 / log(x) == log(x)") == ["log(x) ≠ 0"])
    #expect(try assumptions("assert 2 * log(x) == log(x) * 2") == [])
    #expect(try assumptions("assert softmax(x) == exp(x) / sum(exp(x))") == [])
  }

  /// On a whole cell it is an error of the claim, shown by a point there.
  @Test(arguments: [
    ("y = x * m", "dx = dy * m / m"), ("y = x * m", "dx = dy * exp(log(m))"),
    ("y = w * relu(x)", "dw = dy * relu(x)**2 / relu(x)"),
    ("y = relu(x)**2", "dx = 2 * dy * y / relu(x)"),
    ("y = x * one_hot(i, V)[:, 0]", "dx = dy * one_hot(i, V)[:, 0]**2 / one_hot(i, V)[:, 0]"),
    ("y = w * (x > 0)", "dw = dy * (x > 0) / (x > 0)"),
  ])
  func wholeCells(_ forward: String, _ claim: String) throws {
    let text = """
      dims N=3, V=2
      const m: [N] mask, i: [N] index(V)
      input x: [N], w: [N]
      \(forward)
      check \(claim)

      """
    let found = try report(text).claims[0].verdict
    guard case .wrong(let refutation) = found else {
      Issue.record("\(found)")
      return
    }
    #expect(refutation.difference?.claimed.hasPrefix("no value") == true)
  }

  /// What the forward pass divides by has no value there either, and is no error.
  @Test func whatHasNoValueAnyway() throws {
    #expect(try assumptions("y = w / relu(x)", "check dw = dy * relu(x) / relu(x)**2") == [])
  }

  /// Where a claim does not hold, nothing is said of what it needs.
  @Test func wrongClaimsAssumeNothing() throws {
    let report = try report(
      """
      dims N=3
      input x: [N], w: [N]
      y = w * log(x**2)
      check dw = dy * 3 * log(x)

      """)
    #expect(isWrong(report.claims[0].verdict))
    #expect(report.assumptions == [])
  }
}
