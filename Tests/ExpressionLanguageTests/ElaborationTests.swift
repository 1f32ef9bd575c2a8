import Derivation
import Diagnostics
import ExpressionLanguage
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

/// What statements mean, each against a second way to say it.
@Suite struct ElaborationTests {
  // MARK: Index statements

  @Test(arguments: [
    // An index statement, its target's shape, and what it is.
    ("y[n,o] += x[n,i] * w[i,o]", "[N, O]", "x @ w"),
    ("y[o,n] += x[n,i] * w[i,o] / 2 - x[n,i] * w[i,o]", "[O, N]", "-(x @ w).T / 2"),
    ("y[n] += x[n,0]", "[N]", "x[:, 0]"),
    ("y[n,2*i+1] += x[n,i]", "[N, 2*I]", "stack([0*x, x], axis=2).reshape(N, 2*I)"),
    ("y[n,i] += x[n,I-1-i]", "[N, I]", "flip(x, axis=1)"),
    ("y[p] += v[p+k] * u[k]", "[8]", "conv1d(v.reshape(1, 1, 10), u.reshape(1, 1, 3)).reshape(8)"),
    (
      "y[p] += v[p+2-j] * u[j]", "[8]",
      "conv1d(v.reshape(1, 1, 10), flip(u).reshape(1, 1, 3)).reshape(8)"
    ),
    (
      "y[p] += v[p+k-1] * u[k]", "[10]",
      "conv1d(v.reshape(1, 1, 10), u.reshape(1, 1, 3), padding=1).reshape(10)"
    ),
    (
      "y[p+k-1] += v[p] * u[k]", "[10]",
      "conv_transpose1d(v.reshape(1, 1, 10), u.reshape(1, 1, 3), padding=1).reshape(10)"
    ),
    ("y[n] += x[n,i] for i in range(1, 3)", "[N]", "sum(x[:, 1:3], axis=1)"),
    ("y[n,i] += exp(x[n,i])", "[N, I]", "exp(x)"),
    ("y[n,i] += 1 / x[n,i]**2", "[N, I]", "1 / x**2"),
    ("y[n,i] += (x[n,i] > 0) * x[n,i]", "[N, I]", "(x > 0) * x"),
    ("y[n,i] += exp(x[n,i] - m[n])", "[N, I]", "exp(x - m.reshape(N, 1))"),
    ("y[n,i] += x[n,i] * N / s", "[N, I]", "x * N / s"),
    ("y[n] += (x[n,i] + x[n,i]**2) * (c[i] - 1)", "[N]", "(x + x**2) @ (c - 1)"),
    ("y[i] += half(c[i])", "[I]", "c / 2"),
    ("y += c[i] * c[i]", "[]", "c @ c"),
    (
      "y[n,g*3+o] += x[n,2*g+k] * q[3*g+o,k] for g in range(2), o in range(3)", "[N, 6]",
      "einsum(\"ngk,gok->ngo\", x.reshape(N, 2, 2), q.reshape(2, 3, 2)).reshape(N, 6)"
    ),
  ])
  func indexStatementsMean(statement: String, shape: String, other: String) throws {
    let (program, diagnostics) = elaborate(
      """
      dims N=5, I=4, O=3
      input x: [N, \(statement.contains("2*g") || statement.contains("range(1") ? "4" : "I")]
      param w: [\(statement.contains("x[n,i]") ? "I" : "4"), O], c: [I], m: [N], s: [], q: [6, 2]
      param v: [10], u: [3]
      def half(a) = a / 2
      y: \(shape)
      \(statement)
      assert y == \(other)
      """)
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    let claim = try #require(program.claims.first)
    guard case .assertion(let left) = claim.subject else { return }
    let right = try claim.claimed.get()
    let normalizer = Normalizer(facts: program.facts)
    #expect(normalizer.provesEqual(left, right), "\(statement) is not \(other)")
    #expect(!normalizer.provesEqual(left, right + right), "\(statement) is proved too easily")
  }

  @Test func severalIndexStatementsAdd() throws {
    let text = """
      input x: [6]
      y: [5]
      y[i] += x[i]
      y[i] += x[i+1]
      z = x[:-1] + x[1:]
      """
    let (program, diagnostics) = elaborate(text)
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    #expect(program.values.map(\.name) == ["y", "z"])
    #expect(
      Normalizer(facts: program.facts).provesEqual(
        program.values[0].value, program.values[1].value))
  }

  // MARK: What is differentiated

  @Test func theLastForwardStatementIsTheOutput() throws {
    let (program, diagnostics) = elaborate(
      "input x: [4]\ny = 2 * x\nz = exp(y)\ncheck dy = dz * z\nw = dz + 1\nv = x\n")
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    let output = try #require(program.output?.whole)
    #expect(output.value.name == "z")
    #expect(output.upstream == program.cotangentSymbols["z"])
    #expect(program.values.map(\.isBackward) == [false, false, true, true])
    #expect(Self.role(program.cotangentSymbols["z"]) == .upstream)
    #expect(Self.role(program.cotangentSymbols["y"]) == .cotangent)
    #expect(Self.role(program.cotangentSymbols["x"]) == .cotangent)
  }

  @Test(arguments: ["loss L = sum(x)", "L = sum(x)", "L = sum(x)\nloss L", "loss L\nL = sum(x)"])
  func scalarsAreLosses(statement: String) throws {
    let (program, diagnostics) = elaborate("input x: [4]\n\(statement)\ny = dL * x\n")
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    let output = try #require(program.output?.whole)
    #expect(output.value.name == "L")
    #expect(output.upstream == nil)
    #expect(Self.role(program.cotangentSymbols["L"]) == .cotangent)
  }

  private static func role(_ expression: TensorExpression?) -> TensorSymbol.Role? {
    guard case .symbol(let symbol)? = expression?.kind else { return nil }
    return symbol.role
  }

  // MARK: Sizes

  @Test func sizesStaySymbolic() throws {
    let (program, diagnostics) = elaborate(
      """
      dims n=3, h in 5..9, free
      input x: [n, 2*h]
      N = n * h
      y = x.reshape(N, -1) / N + sqrt(free)
      """)
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    #expect(program.sizes.map(\.extent) == [.fixed(3), .range(5...9), .free])
    #expect(program.values.map(\.name) == ["y"])
    #expect(program.values[0].value.shape == [Size("n") * Size("h"), 2])
  }

  @Test func numbersAreGivenFromOutside() {
    let text = "dims n=3\ninput x: [n]\ny = x.reshape(2, -1)\n"
    #expect(elaborate(text).diagnostics.diagnostics.map(\.code) == ["size-condition"])
    let (program, diagnostics) = elaborate(text, sizes: ["n": 4])
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    #expect(program.sizes.map(\.extent) == [.fixed(4)])
    #expect(program.shapeConditions.map(\.condition.description) == ["n is even"])
    #expect(elaborate(text, sizes: ["m": 4]).diagnostics.hasErrors)
  }

  @Test func shapesThatFitByChanceDoNotFit() {
    let (_, diagnostics) = elaborate("dims m=3, n=3\ninput x: [m], y: [n]\nz = x + y\n")
    #expect(diagnostics.diagnostics.map(\.code) == ["shape-broadcast"])
  }

  @Test func hugeSizesAreNoWork() {
    let (_, diagnostics) = elaborate(
      "dims n=10**12\ninput x: [n, n]\ny = sum((x @ x)**2) / n + x[n-1, 0]\n")
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
  }

  // MARK: Claims

  @Test func onlyTheShapeOfAClaimMakesItWrong() throws {
    let (program, diagnostics) = elaborate(
      """
      dims B=4, I=3
      input x: [B, I]
      param W: [I, I]
      y = x @ W
      check dW = x @ dy
      check dx = dy @ W.T
      check dx[b,i] += dy[b,j] * W[i,j]
      """)
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    #expect(program.claims.map(\.name) == ["dW", "dx", "dx"])
    #expect(throws: Program.ClaimError.self) { try program.claims[0].claimed.get() }
    #expect(throws: Never.self) { try program.claims[1].claimed.get() }
  }

  @Test func aBroadcastShapeIsAnotherShape() throws {
    let (program, _) = elaborate("input x: [4, 3]\ny = x\ncheck dx = dy[0:1]\ncheck dx = 0\n")
    for claim in program.claims {
      #expect(throws: Program.ClaimError.self) { try claim.claimed.get() }
    }
    #expect(program.claims.count == 2)
  }

  @Test func aWrongClaimAssumesNothingForOthers() throws {
    let (program, diagnostics) = elaborate(
      "dims n=3\ninput x: [n]\ny = x\ncheck dx = x[0:5]\ncheck dx = dy[0:5]\nz = y + 1\n")
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    #expect(program.claims.count == 2)
    #expect(program.shapeConditions.isEmpty)
  }

  @Test func claimsAreReadFromFiles() throws {
    let (program, diagnostics) = elaborate(
      "dims n=2\ninput x: [n, 2]\nparam w: [2]\ny = x @ w\ncheck from \"grads.json\"\n",
      files: [
        "grads.json":
          #"{"at": {"x": [[1, 2], ["1/3", 0.5]]}, "dw": [1, "-2/7"], "dx": [[1, 2]]}"#
      ])
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    let file = try #require(program.claimFiles.first)
    #expect(file.point["x"]?.values == [1, 2, Rational(1, 3), Rational(1, 2)])
    #expect(file.point["x"]?.isRounded == [false, false, false, true])
    #expect(program.claims.map(\.name) == ["dw", "dx"])
    let symbol = try program.claims[0].claimed.get()
    let given = try #require(file.values[symbol.name ?? ""])
    #expect(given.shape == [2])
    #expect(given.values == [1, Rational(-2, 7)])
    #expect(throws: Program.ClaimError.self) { try program.claims[1].claimed.get() }
  }

  /// Decimals are what was rounded to a `Double`; everything else is the number that it says.
  @Test func numbersAreWhatTheyAreStoredAs() throws {
    func read(_ text: String) throws -> Program.GivenTensor? {
      Program.GivenTensor(try JSONValue.parse(SourceText(name: "numbers.json", text: text)))
    }
    let given = try #require(try read(#"[3, -7, "2/3", "0.1", "0x1.8p3", "-0x.1", 0.1, 1e2]"#))
    #expect(given.values[0...1] == [3, -7])
    #expect(given.values[2...3] == [Rational(2, 3), Rational(1, 10)])
    #expect(given.values[4...5] == [12, Rational(-1, 16)])
    // 0.1 is 3602879701896397 / 2⁵⁵ as IEEE 754 rounds it.
    #expect(given.values[6] == Rational(3_602_879_701_896_397, 1 << 55))
    #expect(given.values[7] == 100)
    #expect(given.isRounded == [false, false, false, false, false, false, true, true])
    for text in [#"["x"]"#, "[1, [2]]", "[1e999]", "[true]", #"["0x"]"#, #"["0x1p99999999"]"#] {
      #expect(try read(text) == nil, "\(text)")
    }
  }

  // MARK: Functions and single expressions

  @Test func functionsSeeTheirParametersFirst() throws {
    let (program, diagnostics) = elaborate(
      """
      input x: [4], a: [4]
      def f(a, k=2) = k * a + x
      def g(b) = f(b, k=3) * f(a)
      y = g(2 * x)
      z = 7 * x * (2 * a + x)
      """)
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    #expect(
      Normalizer(facts: program.facts).provesEqual(
        program.values[0].value, program.values[1].value))
  }

  @Test func anExpressionAloneIsAProgram() throws {
    let source = SourceText(name: "-e", text: "sum((x @ W - 1)**2)")
    var diagnostics = DiagnosticList(source: source)
    let expression = try #require(SyntaxFile.parseExpression(source, into: &diagnostics))
    let program = Elaborator.elaborate(
      expression, in: source,
      declaring: [.init("x", ["B", "I"], role: .input), .init("W", ["I", "O"])],
      into: &diagnostics)
    #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
    #expect(program.output?.names.first == "y")
    #expect(program.sizes.map(\.name) == ["B", "I", "O"])
    #expect(program.declarations.count == 2)
  }

  @Test func invertibilityIsAnAssumption() {
    let (program, _) = elaborate(
      "input X: [4, 4], Y: [4, 4] nonsingular, S: [4, 4] spd\ny = inv(X.T @ X) + inv(Y) + inv(S)\n")
    #expect(program.assumptions == ["`X.T @ X` has an inverse"])
  }
}
