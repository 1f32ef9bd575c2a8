import Diagnostics
import ProgramTestSupport
import Testing

@testable import Judging
@testable import Reporting

/// The formulas that `derive` prints for a text, by their names.
private func formulas(_ text: String) throws -> [String: String] {
  let source = SourceText(name: "short.expr", text: text)
  let check = FileCheck(CheckOptions(searchesCauses: false))
  // The whole check runs as well: it holds every printed form against exact values.
  let report = check.report(on: source)
  #expect(report.internalError == nil)
  #expect(report.outcome == .holds)
  var diagnostics = DiagnosticList(source: source)
  let program = try #require(check.program(of: source, into: &diagnostics))
  let pass = DerivedPass(program, targets: [], diagnostics: diagnostics)
  var result: [String: String] = [:]
  for line in try #require(pass.text()).split(separator: "\n") {
    let statement = line.split(separator: "#")[0]
    if let sign = statement.firstRange(of: " = ") {
      result[trimmed(statement[..<sign.lowerBound])] = trimmed(statement[sign.upperBound...])
    }
  }
  return result
}

private func trimmed(_ text: Substring) -> String {
  var text = text.drop { $0 == " " }
  while text.last == " " { text.removeLast() }
  return String(text)
}

/// Gradients and higher derivatives in the forms that people know.
@Suite struct ShortFormTests {
  @Test(arguments: [
    ("logdet(X)", "inv(X).T"),
    ("log(abs(det(X)))", "inv(X).T"),
    ("log(abs(det(inv(X))))", "-inv(X).T"),
    ("log(det(A @ X @ B))", "inv(X).T"),
    ("tr(solve(X, A))", "-(inv(X) @ A @ inv(X)).T"),
    ("tr(inv(A @ X))", "-(inv(X) @ inv(A) @ inv(X)).T"),
    ("tr(inv(inv(X)) @ A)", "A.T"),
    ("tr(X @ inv(X) @ X)", "eye(n)"),
    ("logdet(Z.T @ Z)", "2 * Z @ inv(Z.T @ Z)"),
    ("logdet(Z.T @ P @ Z)", "2 * P @ Z @ inv(Z.T @ P @ Z)"),
    ("norm_fro(Z @ W - Y)**2", "2 * Z.T @ (Z @ W - Y)"),
    ("sum((Q @ X)**2)", "2 * X"),
  ])
  func gradients(_ loss: String, _ expected: String) throws {
    let text = """
      dims n=4, m=3, k=2
      param X: [n, n] nonsingular, Z: [n, m], W: [m, k]
      const A: [n, n] nonsingular, B: [n, n] nonsingular, P: [n, n] spd, Q: [n, n] orthogonal
      const Y: [n, k]
      loss L = \(loss)
      """
    let found = try formulas(text)
    let name = loss.contains("W") ? "dW" : loss.contains("Z") ? "dZ" : "dX"
    #expect(found[name] == expected)
  }

  /// log det of a product and the determinant itself keep the determinant's name.
  @Test func determinants() throws {
    let declarations = "dims n=4\nparam X: [n, n] nonsingular\nconst A: [n, n] nonsingular\n"
    #expect(try formulas(declarations + "loss L = det(A @ X)")["dX"] == "L * inv(X).T")
    #expect(try formulas(declarations + "loss L = det(inv(X))")["dX"] == "-L * inv(X).T")
    #expect(try formulas(declarations + "loss L = det(X @ X)")["dX"] == "2 * L * inv(X).T")
  }

  @Test(arguments: [
    ("abs(w)", "v"), ("relu(w)", "v"), ("sqrt(w**2)", "v"), ("w * sign(w)", "v"),
  ])
  func signsThatAreKnown(_ value: String, _ expected: String) throws {
    let text = """
      dims n=4
      param w: [n] positive
      const v: [n]
      loss L = v @ (\(value))
      """
    #expect(try formulas(text)["dw"] == expected)
  }

  @Test func hessiansOfLosses() throws {
    let found = try formulas(
      """
      dims m=5, n=4
      param w: [n]
      const X: [m, n], y: [m], S: [n, n] symmetric, v: [n]
      s = sigmoid(y * (X @ w))
      loss L = -sum(log(s))
      H = hessian(L, w)
      q = exp(-(w - v) @ S @ (w - v))
      K = hessian(q, w)
      r = norm2(w)
      N = hessian(r, w)
      M = hessian(norm2(X @ w - y)**2 / 2, w)
      assert H == X.T @ diag(y**2 * s * (1 - s)) @ X
      """)
    #expect(
      found["H"] == "X.T @ diag(y**2 * s * (1 - s)) @ X"
        || found["H"] == "X.T @ (X * (y**2 * s * (1 - s)).reshape(m, 1))")
    withKnownIssue(
      "names behind the loss belong to the backward pass, and stand in no second derivative"
    ) {
      #expect(found["K"] == "q * (4 * outer(S @ (v - w), S @ (v - w)) - 2 * S)")
      #expect(found["N"] == "eye(n) / r - outer(w, w) / r**3")
    }
    #expect(found["M"] == "X.T @ X")
  }

  /// δᵢⱼ(VᵀV)ₐᵦ, and not as a matrix of m·k rows.
  @Test func hessianOfAFactorisation() throws {
    let text = """
      dims m=5, n=4, k=3
      param U: [m, k]
      const T: [m, n], V: [n, k]
      loss L = norm_fro(T - U @ V.T)**2
      H = hessian(L, U)
      assert H == 2 * einsum("ij,ab->iajb", eye(m), V.T @ V)
      """
    let found = try formulas(text)["H"]
    withKnownIssue("an index statement is preferred, which is no shorter") {
      let found = try #require(found)
      #expect(found.contains("V.T @ V") && found.contains("eye(m)") && found.count < 70)
    }
  }

  @Test func jacobiansOfSoftmax() throws {
    let found = try formulas(
      """
      dims n=5
      param x: [n]
      p = softmax(x, axis=0)
      J = jacobian(p, x)
      loss L = log(sum(exp(x)))
      H = hessian(L, x)
      K = jacobian(log_softmax(x), x)
      """)
    #expect(found["J"] == "diag(p) - outer(p, p)")
    #expect(found["H"] == "diag(p) - outer(p, p)")
    #expect(found["K"] == "eye(n) - p")
  }

  /// A softmax is one step of a backward pass, in the forms of the textbooks.
  @Test(arguments: [
    ("-(y @ log(softmax(x, axis=0)))", "p * sum(y) - y"),
    ("-(y @ log_softmax(x))", "p * sum(y) - y"),
    ("logsumexp(x)", "softmax(x)"),
    ("-log(softmax(2 * x))[0]", nil),
    ("-(y @ log(p))", "p * sum(y) - y"),
    ("y @ p**2", "p * (dp - dp @ p)"),
  ])
  func softmax(_ loss: String, _ expected: String?) throws {
    let found = try formulas(
      "dims n=4\nparam x: [n]\nconst y: [n]\np = softmax(x, axis=0)\nloss L = \(loss)\n")
    if let expected {
      #expect(found["dx"] == expected)
    } else {
      #expect(try #require(found["dx"]).contains("softmax(2 * x)"))
    }
  }

  /// Along any axis, and inside other layers: no exponential is left.
  @Test func softmaxInLayers() throws {
    let batch = try formulas(
      """
      dims B=3, K=4, m=2
      param W: [K, m]
      input x: [B, m]
      const t: [B, K]
      z = x @ W.T
      loss L = cross_entropy(z, t)
      """)
    #expect(batch["dz"] == "(softmax(z) * sum(t, axis=1, keepdims=True) - t) / B")
    let attention = try formulas(
      """
      dims B=2, T=3, d=4
      input q: [B, T, d], k: [B, T, d], v: [B, T, d]
      s = q @ k.mT / sqrt(d)
      p = softmax(s)
      y = p @ v
      output y
      """)
    #expect(attention["dp"] == "dy @ v.mT")
    #expect(attention["ds"] == "p * (dp - sum(dp * p, axis=2, keepdims=True))")
    let columns = try formulas(
      """
      dims B=3, K=4
      param x: [B, K]
      const y: [B, K]
      loss L = sum(y * softmax(x, axis=0)**2)
      """)
    #expect(columns["dx"] == "v1 * (dv1 - sum(dv1 * v1, axis=0))")
  }

  /// The logistic loss has the gradient of the textbooks, however it is written.
  @Test(arguments: [
    ("sum(log(1 + exp(-y * (X @ w))))", "-X.T @ (y * sigmoid(-y * (X @ w)))"),
    ("sum(log(exp(X @ w) + 1))", "X.T @ sigmoid(X @ w)"),
    ("sum(1 / (1 + exp(-(X @ w))))", "X.T @ (sigmoid(X @ w) * (1 - sigmoid(X @ w)))"),
  ])
  func logistic(_ loss: String, _ expected: String) throws {
    let found = try formulas(
      "dims m=5, n=4\nparam w: [n]\nconst X: [m, n], y: [m]\nloss L = \(loss)\n")
    #expect(found["dw"] == expected)
  }

  /// σ in all its disguises, and near misses.
  @Test func logisticLaws() throws {
    let declarations =
      "dims m=5, n=4\nparam w: [n]\nconst X: [m, n], y: [m]\nz = X @ w\nloss L = sum(z)\n"
    let right = [
      "sigmoid(-z) == exp(-z) / (1 + exp(-z))", "sigmoid(z) == exp(z) / (1 + exp(z))",
      "1 / (1 + exp(z)) == 1 - sigmoid(z)", "1 / (2 + 3 * exp(-z)) == exp(z) / (2 * exp(z) + 3)",
      "exp(-z)**2 / (1 + exp(-z)) == exp(-z) - sigmoid(-z)",
      "sigmoid(-y * z) == exp(-y * z) / (1 + exp(-y * z))",
      "X.T @ (y * sigmoid(-z)) == X.T @ (y * exp(-z) / (1 + exp(-z)))",
    ]
    let wrong = [
      "sigmoid(-z) == exp(z) / (1 + exp(-z))", "1 / (1 + exp(z)) == 1 - sigmoid(-z)",
      "1 / (2 + 3 * exp(-z)) == exp(z) / (3 * exp(z) + 2)",
      "exp(-z)**2 / (1 + exp(-z)) == exp(-z) - sigmoid(z)",
    ]
    for (claims, expected) in [(right, "proved"), (wrong, "wrong")] {
      let text = declarations + claims.map { "assert \($0)\n" }.joined()
      for (claim, word) in try verdicts(of: text) { #expect(word == expected, "\(claim)") }
    }
  }

  /// What looks like a softmax and is none is differentiated as it stands: `formulas` holds it against exact values.
  @Test(arguments: [
    "exp(x) / sum(exp(2 * x))", "exp(x) / sum(exp(x)[:3])", "exp(x) / sum(exp(W), axis=0)",
    "exp(W) / sum(exp(W))", "exp(W) / sum(exp(W), axis=1)", "exp(W.T) / sum(exp(W), axis=0)",
    "x - log(sum(exp(-x)))", "W - logsumexp(W, axis=1)", "log(sum(exp(W), axis=(0, 1)))",
    "exp(x)**2 / sum(exp(x))", "exp(x) / sum(exp(x))**2", "exp(x) / (2 * sum(exp(x)))",
  ])
  func nearlySoftmax(_ value: String) throws {
    let found = try formulas(
      "dims n=4\nparam x: [n], W: [n, n]\nconst y: [n]\nloss L = sum(y * (\(value))**2)\n")
    #expect(!found.isEmpty)
  }

  /// The Hessian of a strided convolution layer is a statement over the kernel's places.
  @Test func hessianOfAStridedConvolution() throws {
    let source = SourceText(
      name: "conv.expr",
      text: """
        dims S=10, k=3
        param K: [k]
        const x: [S], T: [(S-k)//2+1]
        y = conv1d(x.reshape(1,1,S), K.reshape(1,1,k), stride=2).reshape(-1)
        loss L = sum((y - T)**2)
        H = hessian(L, K)
        """)
    let check = FileCheck()
    var diagnostics = DiagnosticList(source: source)
    let program = try #require(check.program(of: source, into: &diagnostics))
    let text = DerivedPass(program, targets: [], diagnostics: diagnostics).text()
    #expect(text?.contains("H[c,i] += 2 * x[2*p+i] * x[2*p+c]") == true)
    #expect(check.report(on: source).outcome == .holds)
  }

  /// Derivatives of every order, in every way of asking for them.
  @Test func everyOrder() throws {
    let text = """
      dims n=4, m=3
      param x: [n], W: [m, n]
      const A: [n, n], v: [n], u: [m], S: [n, n] symmetric
      f = sum((x @ A @ x) * x**2)
      y = sigmoid(W @ x)
      loss L = sum(y**2)
      assert hessian(f, x) == jacobian(grad(f, x), x)
      assert hessian(f, x) == hessian(f, x).T
      assert jvp(grad(f, x), x, v) == hessian(f, x) @ v
      assert vjp(grad(f, x), x, v) == v @ hessian(f, x)
      assert grad(grad(f, x) @ v, x) == hessian(f, x) @ v
      assert jacobian(hessian(sum(x**3), x), x) == einsum("ij,jk->ijk", 6 * eye(n), eye(n))
      assert jacobian(y, x) == diag(y * (1 - y)) @ W
      assert jvp(y, x, v) == jacobian(y, x) @ v
      assert vjp(y, x, u) == u @ jacobian(y, x)
      assert hessian(x @ S @ x, x) == 2 * S
      assert jvp(jvp(f, x, v), x, v) == v @ hessian(f, x) @ v
      """
    for (claim, word) in try verdicts(of: text) { #expect(word == "proved", "\(claim)") }
    let wrong = """
      dims n=4
      param x: [n]
      const A: [n, n], v: [n]
      loss f = sum((x @ A @ x) * x**2)
      assert hessian(f, x) == 2 * jacobian(grad(f, x), x)
      assert jvp(grad(f, x), x, v) == hessian(f, x) @ x
      assert hessian(x @ A @ x, x) == 2 * A
      """
    for (claim, word) in try verdicts(of: wrong) { #expect(word == "wrong", "\(claim)") }
  }
}
