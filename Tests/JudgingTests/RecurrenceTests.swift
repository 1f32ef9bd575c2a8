import Diagnostics
import ExpressionLanguage
import Judging
import TensorExpressions
import Testing

/// Blocks that define sequences step by step, each with a twin that has one slip.
struct RecurrenceTests {
  private static let forward = """
    dims T=4, B=2, I=3, H=5
    input x: [T, B, I], h0: [B, H]
    param W: [I, H], U: [H, H], b: [H]
    for t in range(T), h[-1] = h0:
        z = x[t] @ W + h[t-1] @ U + b
        h[t] = tanh(z)
    y = h
    output y

    """

  @Test func aPassThroughTimeIsProvedLineByLine() throws {
    let found = try verdicts(
      Self.forward + """
        for t in reversed(range(T)), dz[T] = 0:
            check dh[t] = dy[t] + dz[t+1] @ U.T
            check dz[t] = dh[t] * (1 - h[t]**2)
            check dU += h[t-1].T @ dz[t]
        check dh0 = dz[0] @ U.T

        """)
    for name in ["dh", "dz", "dU", "dh0"] { #expect(isProved(found[name]), "\(name)") }
  }

  @Test func aSlipInALineIsFoundThere() throws {
    let found = try verdicts(
      Self.forward + """
        for t in reversed(range(T)), dz[T] = 0:
            check dh[t] = dy[t] + dz[t+1] @ U
            check dz[t] = dh[t] * (1 - h[t]**2)
            check dU += h[t].T @ dz[t]
        check dh0 = dz[-1] @ U.T

        """)
    #expect(isWrong(found["dh"]))
    #expect(!isWrong(found["dz"]))
    #expect(isWrong(found["dU"]))
    #expect(isWrong(found["dh0"]))
  }

  private static let fromItsFirst = """
    dims T=4, B=2
    input x: [T, B]
    param w: [B]
    for t in range(1, T), h[0] = x[0]:
        h[t] = h[t-1] * w + x[t]
    y = h
    output y

    """

  /// A start that is a place of the sequence has a gradient there, as every other place.
  @Test func aStartInsideHasItsGradient() throws {
    let found = try verdicts(
      Self.fromItsFirst + """
        for t in reversed(range(T)):
            check dh[t] = dy[t] + dh[t+1] * w
        check dx = dh

        """)
    #expect(found["dh"]?.holds == true)
    #expect(found["dx"]?.holds == true)
  }

  @Test func aGradientWithoutItsFirstStepIsWrong() throws {
    let found = try verdicts(
      Self.fromItsFirst + """
        for t in reversed(range(1, T)):
            check dh[t] = dy[t] + dh[t+1] * w

        """)
    #expect(isWrong(found["dh"]))
  }

  @Test func aRunningMaximumBeginsAtMinusInfinity() throws {
    let forward = """
      dims B=2, T=4
      input x: [T, B]
      for t in range(T), m[-1] = -inf:
          m[t] = maximum(m[t-1], x[t])
      y = m
      output y
      assert m == cummax(x, axis=0)

      """
    let right = try verdicts(
      forward + """
        for t in reversed(range(T)):
            check dm[t] = dy[t] + dm[t+1] * (x[t+1] <= m[t])
            check dx[t] = dm[t] * (x[t] == m[t])

        """)
    #expect(right.count == 3)
    for (name, verdict) in right { #expect(verdict.holds, "\(name)") }
    let wrong = try verdicts(
      forward + """
        for t in reversed(range(T)):
            check dm[t] = dy[t] + dm[t+1] * (x[t+1] >= m[t])
            check dx[t] = dy[t] * (x[t] == m[t])

        """)
    #expect(isWrong(wrong["dm"]))
    #expect(isWrong(wrong["dx"]))
  }

  /// A length that is a number and too large to be written out decides nothing, quickly.
  @Test func whatIsNotWrittenOutIsUndecided() throws {
    let forward = """
      input x: [100000]
      for t in range(100000):
          h[t] = tanh(h[t-1] + x[t])
      y = h
      output y

      """
    let found = try verdicts(
      forward + """
        for t in reversed(range(100000)):
            check dh[t] = dy[t] + dh[t+1]
        check dx = dh * (1 - h**2)

        """)
    for name in ["dh", "dx"] { #expect(found[name].map { !isWrong($0) } == true, "\(name)") }
    #expect(found["dh"]?.holds == false)
  }

  /// Long sequences are compared by what one step says, and a slip that shows at the last step alone is one.
  @Test func longSequencesAreComparedByTheirSteps() throws {
    let text = """
      input x: [5000]
      for t in range(5000):
          h[t] = h[t-1] * x[t] + x[t] * (t == 4999)
      for t in range(5000):
          k[t] = x[t] * (k[t-1] + (t == 4999))
      for t in range(5000):
          l[t] = x[t] * (l[t-1] + (t == 4998))
      for t in range(5000), m[-1] = 1:
          m[t] = x[t] * (m[t-1] + (t == 4999))

      """
    let source = SourceText(name: "long.expr", text: text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    let program = Elaborator.elaborate(file, loading: { _ in "" }, into: &diagnostics)
    func answer(_ a: String, _ b: String) throws -> FormulaComparison.Answer {
      func value(_ name: String) throws -> TensorExpression {
        try #require(program.values.first { $0.name == name }).value.unnamed
      }
      return FormulaComparison.compare(try value(a), try value(b), sizes: [:], seed: 1)
    }
    #expect(try answer("h", "k") == .equal)
    #expect(try answer("h", "l") != .equal)
    #expect(try answer("h", "m") != .equal)
  }

  @Test func aCarryIsTheStepBefore() throws {
    let carried = """
      dhnext = zeros(B, H)
      for t in reversed(range(T)):
          s = dy[t] + dhnext
          g = s * (1 - h[t]**2)
          dhnext = g @ U.T

      """
    let right = try verdicts(Self.forward + carried + "check dx = g @ W.T\ncheck dh0 = dhnext\n")
    #expect(right["dx"]?.holds == true)
    #expect(right["dh0"]?.holds == true)
    let wrong = try verdicts(
      Self.forward + carried + "check dx = g @ W.T + 1\ncheck dh0 = g[0] @ U\n")
    #expect(isWrong(wrong["dx"]))
    #expect(isWrong(wrong["dh0"]))
  }

  @Test func severalStartsReachTheirReads() throws {
    let forward = """
      dims T=5, B=2
      input x: [T, B], p: [B], q: [B]
      param a: [], c: []
      for t in range(T), s[-1] = p, s[-2] = q: s[t] = a * s[t-1] + c * s[t-2] + x[t]
      y = s
      output y
      for t in reversed(range(T)): check ds[t] = dy[t] + a * ds[t+1] + c * ds[t+2]

      """
    let right = try verdicts(
      forward + "check dp = a * ds[0] + c * ds[1]\ncheck dq = c * ds[0]\n")
    for name in ["ds", "dp", "dq"] { #expect(right[name]?.holds == true, "\(name)") }
    let wrong = try verdicts(forward + "check dp = a * ds[0]\ncheck dq = c * ds[1]\n")
    for name in ["dp", "dq"] { #expect(isWrong(wrong[name]), "\(name)") }
  }

  @Test func theLayerIsTheBlock() throws {
    let text = """
      dims B=2, T=3, I=2, H=2
      input x: [B, T, I]
      param W: [H, I], U: [H, H], b: [H]
      for t in range(T):
          h[:, t] = tanh(x[:, t] @ W.T + h[:, t-1] @ U.T + b)
      y = rnn(x, W, U, b)
      output y: [B, H]
      assert h[:, -1] == rnn(x, W, U, b)

      """
    #expect(try verdicts(text)["assert"]?.holds == true)
    let slip = text.replacing("@ U.T + b)", with: "@ U + b)")
    #expect(isWrong(try verdicts(slip)["assert"]))
  }

  /// Where a range does not begin at 0, a plain name and a carry stand at their steps all the same.
  @Test func aPlainNameStandsAtItsStep() throws {
    let forward = """
      dims T=4
      input e: [T], s: []
      for t in range(1, T), a[0] = s:
          u = e[t] + 3
          a[t] = u * a[t-1]
      loss L = a[T-1] + u[2]

      """
    let right = try verdicts(
      forward + """
        check ds = (e[1] + 3) * (e[2] + 3) * (e[3] + 3)
        w = s * (e[1] + 3) * (e[2] + 3) * (e[3] + 3)
        check de = where(arange(T) > 0, w / (e + 3), 0) + (arange(T) == 2)

        """)
    #expect(right["ds"]?.holds == true)
    #expect(right["de"]?.holds == true)
    #expect(isWrong(try verdicts(forward + "check ds = 0\n")["ds"]))
    #expect(isWrong(try verdicts(forward + "check ds = (e[1] + 3) * (e[2] + 3)\n")["ds"]))
  }

  @Test(arguments: ["range(1, T)", "reversed(range(1, T))"])
  func aCarryBeginsWhereTheRangeDoes(_ range: String) throws {
    let forward = """
      dims T=4
      input e: [T], s: []
      p = s
      for t in \(range):
          p = (e[t] + 1) * p
      loss L = p

      """
    #expect(try verdicts(forward + "check ds = prod(e[1:] + 1)\n")["ds"]?.holds == true)
    #expect(isWrong(try verdicts(forward + "check ds = prod(e + 1)\n")["ds"]))
  }

  @Test func aLengthThatWasChosenIsNamed() throws {
    let text = """
      dims T
      input x: [T]
      for t in range(T):
          h[t] = relu(h[t-1]) * h[t-1] + x[t]
      y = h
      output y
      for t in reversed(range(T)):
          check dh[t] = dy[t] + 2 * dh[t+1] * h[t] * (h[t] > 0) * (h[t] > 0)

      """
    let verdict = try #require(verdicts(text)["dh"])
    guard case .identical(let evidence) = verdict else {
      #expect(isProved(verdict))
      return
    }
    #expect(evidence.sizes.allSatisfy { $0["T"] != nil })
  }

  /// The running maximum begins with −∞, and what its users read of it at the first step is 0 times something.
  @Test func aRunningSoftmaxBeginsWithMinusInfinity() throws {
    let forward = """
      dims T=3
      input s: [T], v: [T]
      for t in range(T), m[-1] = -inf:
          m[t] = maximum(m[t-1], s[t])
          l[t] = l[t-1] * exp(m[t-1] - m[t]) + exp(s[t] - m[t])
          a[t] = a[t-1] * exp(m[t-1] - m[t]) + exp(s[t] - m[t]) * v[t]
      y = a[T-1] / l[T-1]
      output y
      p = softmax(s)

      """
    #expect(try verdicts(forward + "check dv = p * dy\n")["dv"]?.holds == true)
    #expect(isWrong(try verdicts(forward + "check dv = p[T-1] * ones(T) * dy\n")["dv"]))
  }

  /// A row that a step looks up is the step of the rows that are looked up, and adds up into its table.
  @Test(arguments: ["[T]", "[T, B]"]) func aStepLooksUpARow(_ shape: String) throws {
    let state = shape == "[T]" ? "[D]" : "[B, D]"
    let forward = """
      dims T=3, B=2, V=3, D=2
      const k: \(shape) index(V)
      param E: [V, D], W: [D, D], h0: \(state)
      for t in range(T), h[-1] = h0:
          e = E[k[t]]
          h[t] = e * (h[t-1] @ W)
      y = h
      output y
      for t in reversed(range(T)):
          check dh[t] = dy[t] + (de[t+1] * E[k[t+1]]) @ W.T
          g = dh[t] * (h[t-1] @ W)

      """.replacing("(de[t+1] * E[k[t+1]])", with: "(dh[t+1] * E[k[t+1]])")
    let right = try verdicts(
      forward + "    check dE[k[t]] += g\ncheck de = g\n")
    for name in ["dh", "dE", "de"] { #expect(right[name]?.holds == true, "\(name): \(right)") }
    let wrong = try verdicts(forward + "    check dE[k[t-1]] += g\ncheck de = g * E[k]\n")
    for name in ["dE", "de"] { #expect(isWrong(wrong[name]), "\(name): \(wrong)") }
  }

  @Test func aProductRunsAlongAnAxisWithAName() throws {
    let text = "dims T\ninput x: [T]\nloss L = prod(x)\n"
    #expect(try verdicts(text + "check dx = prod(x) / x\n")["dx"]?.holds == true)
    #expect(isWrong(try verdicts(text + "check dx = prod(x)\n")["dx"]))
  }

  @Test(arguments: [
    "for t in range(T): h[t] = tanh(h[t+1]) + x[t]",
    "for t in range(T), h[-1] = 0, h[-3] = 0: h[t] = h[t-2] + x[t]",
    "for t in range(T): h[t] = h[t-1]",
    "for t in range(T): h[2*t] = x[t]",
    "for t in range(T), k[-1] = 0: h[t] = x[t] + h[t-1]",
    "for t in range(1, T), h[0] = -inf: h[t] = maximum(h[t-1], x[t])",
    "h[0] = x[0]\nfor t in range(1, T), h[0] = x[1]: h[t] = h[t-1] + x[t]",
    "s = 1 * x[0]\nfor t in range(T):\n    s += s * x[t]\n    h[t] = x[t]",
    "s = 1 * x[0]\nfor t in range(T):\n    h[t] = s * x[t]\n    s += x[t]",
    "s = 1 * x[0]\nfor t in range(T):\n    s += x[t]\n    s = s * 2\n    h[t] = x[t]",
  ])
  func aBlockThatIsNoneIsRefused(_ line: String) {
    let source = SourceText(
      name: "recurrence.expr", text: "dims T=4\ninput x: [T]\n\(line)\ny = h\noutput y\n")
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    _ = Elaborator.elaborate(file, loading: { _ in "" }, into: &diagnostics)
    #expect(diagnostics.hasErrors)
  }
}
