import Diagnostics
import Scalars
import Testing
import ToolkitTestSupport

@testable import Explaining
@testable import ExpressionLanguage
@testable import Judging
@testable import Reporting

/// Wrong lines, the words of their cause, and the line that is right. Each repair is applied, and the file judged
/// anew by a
/// checker that knows no causes.
@Suite struct RepairTests {
  /// A slip of one kind.
  struct Slip: CustomStringConvertible {
    let head: String
    let line: String
    let cause: String
    let repaired: String

    var description: String { line }
  }

  private static let dense = """
    dims B=4, I=3, H=5
    input x: [B, I]
    const t: [B, H]
    param W: [I, H], U: [H, H]
    z = x @ W
    a = tanh(z)
    y = a @ U
    loss L = sum((y - t)**2) / B
    check dy = 2 * (y - t) / B
    """

  private static let window = """
    dims B=2, C=3, O=4, N=9
    input x: [B, C, N]
    param w: [O, C, 3]
    y = conv1d(x, w, padding=1, stride=2)
    """

  static let slips: [Slip] = [
    Slip(head: dense, line: "check da = dy @ U", cause: "transpose", repaired: "dy @ U.T"),
    Slip(
      head: dense, line: "check dz = (dy @ U.T) * (1 - z**2)", cause: "activation input",
      repaired: "(dy @ U.T) * (1 - a**2)"),
    Slip(
      head: dense, line: "check dz = (dy @ U.T) * (1 + a**2)", cause: "sign",
      repaired: "(dy @ U.T) * (1 - a**2)"),
    Slip(
      head: dense, line: "check dz = (dy @ U.T) * (1 - a)", cause: "factor",
      repaired: "(dy @ U.T) * (1 - a**2)"),
    Slip(
      head: "dims B=4, D=3\ninput x: [B, D]\nparam b: [D]\ny = x + b",
      line: "check db = sum(dy, axis=1)", cause: "shape", repaired: "sum(dy, axis=0)"),
    Slip(
      head: "dims B=4, D=3\ninput x: [B, D]\nparam b: [D]\ny = x + b",
      line: "check db = mean(dy, axis=0)", cause: "mean for sum", repaired: "sum(dy, axis=0)"),
    Slip(
      head: "dims B=4\ninput x: [B]\ny = relu(x)", line: "check dx = dy * x > 0", cause: "mask",
      repaired: "dy * (x > 0)"),
    Slip(
      head: "dims B=4\ninput x: [B]\ny = relu(x)", line: "check dx = dy * (y >= 0)",
      cause: "mask", repaired: "dy * (y > 0)"),
    Slip(
      head: window, line: "check dw[o,c,k] += dy[n,o,p] * x[n,c,p+2*k-1]",
      cause: "stride and dilation", repaired: "check dw[o,c,k] += dy[n,o,p] * x[n,c,k+2*p-1]"),
    Slip(
      head: window, line: "check dw[o,c,k] += dy[n,o,p] * x[n,c,2*p+k]", cause: "edge",
      repaired: "check dw[o,c,k] += dy[n,o,p] * x[n,c,2*p+k-1]"),
    Slip(
      head: "dims B=4\ninput x: [B], w: [B]\ns = sigmoid(x)\ny = x * s * w",
      line: "check dx = dy * x * s * (1 - s) * w", cause: "missing term",
      repaired: "dy * (x * s * (1 - s) + s) * w"),
    Slip(
      head: "dims T=4\ninput g: [T]\nconst m: [T, T]\nA = exp(g.reshape(T, 1) - g) * m\noutput A",
      line: "check dg = sum(A * dA, axis=1)", cause: "missing term",
      repaired: "sum(A * dA, axis=1) - sum(A * dA, axis=0)"),
    Slip(
      head: "dims B=4, D=3\ninput x: [B, D]\nparam b: [D]\ny = x + b",
      line: "check db = dy[0:1, :].reshape(D)", cause: "missing sum",
      repaired: "sum(dy, axis=0).reshape(D)"),
    Slip(
      head: "dims B=4\nconst t: [B]\ninput x: [B]\nd = x - t\n"
        + "loss L = sum(where(abs(d) < 1, d**2 / 2, abs(d) - 1/2))",
      line: "check dx = sign(d)", cause: "activation input", repaired: "clip(d, -1, 1)"),
    Slip(
      head:
        "dims B=4, D=3\ninput x: [B, D]\nparam g: [D]\ny = (x - mean(x, axis=1, keepdims=True)) * g",
      line: "check dx = g * (dy - mean(dy, axis=1, keepdims=True))", cause: "factor",
      repaired: "(dy * g) - mean((dy * g), axis=1, keepdims=True)"),
    Slip(
      head: "dims B=2\ninput x: [B, 5]\nc = concat([2*ones(2), ones(1)])\ns: [B, 3]\n"
        + "s[b,p] += x[b,2*p+k] for k in range(2)\ny = s / c\noutput y",
      line: "check dx[b,2*p+k] += dy[b,p] / 2 for k in range(2)", cause: "factor",
      repaired: "check dx[b,2*p+k] += dy[b,p] / c[p] for k in range(2)"),
    Slip(
      head: "dims H=4, W=5\ninput X: [H, W]\nparam K: [2, 3]\nY: [H-1, W-2]\n"
        + "Y[p,q] += X[p+i,q+j] * K[i,j]\noutput Y",
      line: "check dX[p+i,q+j] += dY[p,q] * K[1-i,2-j]", cause: "flip",
      repaired: "check dX[p+i,q+j] += dY[p,q] * K[i,j]"),
    Slip(
      head: "dims B=4\ninput x: [B]\nconst t: [B] unit\np = sigmoid(x)\n"
        + "loss L = -sum(t * log(p) + (1 - t) * log(1 - p))",
      line: "check dp = p - t", cause: "missing term", repaired: "(p - t) / (p * (1 - p))"),
    Slip(
      head: "dims B=4, D=3\ninput x: [B, D]\nparam b: [D]\ny = x + b",
      line: "check db = np.sum(dy, axis=1)", cause: "shape", repaired: "np.sum(dy, axis=0)"),
    Slip(
      head: "dims B=4, D=3\ninput x: [B, D]\nparam g: [D]\ny = x * g",
      line: "check dg = np.sum(dy * y, axis=0)", cause: "activation input",
      repaired: "np.sum(dy * x, axis=0)"),
    Slip(
      head: "dims T=5\nconst a: []\ninput x: [T]\ny = x + a * pad(x[:-1], ((1, 0),))\noutput y",
      line: "check dx = dy + a * pad(dy[:-1], ((1, 0),))", cause: "edge",
      repaired: "dy + a * pad(dy[1:], ((0, 1),))"),
    Slip(
      head: "dims T=5\nconst a: []\ninput x: [T]\ny = x + a * concat([zeros(1), x[:-1]])\noutput y",
      line: "check dx = dy + a * concat([zeros(1), dy[:-1]])", cause: "edge",
      repaired: "dy + a * concat([dy[1:], zeros(1)])"),
    Slip(
      head: "dims T=5\ninput x: [T]\ny = cumsum(x, axis=0)\noutput y",
      line: "check dx = cumsum(dy, axis=0)", cause: "edge",
      repaired: "flip(cumsum(flip(dy, axis=0), axis=0), axis=0)"),
    Slip(
      head: """
        dims D=3
        input x: [4, D], g: [4, D]
        h1 = x[0]
        h2 = exp(g[1]) * h1 + x[1]
        h3 = exp(g[2]) * h2 + x[2]
        output h3
        check dh2 = exp(g[2]) * dh3
        """,
      line: "check dg = stack([0 * x[0], dh2 * h2 * exp(g[1]), dh3 * h3 * exp(g[2]), "
        + "0 * x[0]], axis=0)",
      cause: "activation input",
      repaired: "stack([0 * x[0], dh2 * h1 * exp(g[1]), dh3 * h2 * exp(g[2]), 0 * x[0]], axis=0)"),
    Slip(
      head: """
        dims N=4, D=6
        input x: [N, D]
        s = sqrt(var(x, axis=1, keepdims=True) + 1e-5)
        n = (x - mean(x, axis=1, keepdims=True)) / s
        output n
        """,
      line: "check dx = (dn - n * mean(dn * n, axis=1, keepdims=True)) / s", cause: "missing term",
      repaired: "(dn - mean(dn, axis=1, keepdims=True) - n * mean(dn * n, axis=1, "
        + "keepdims=True)) / s"),
    Slip(
      head: "dims N=2, C=2\ninput x: [N, C, 4, 5]\ny = max_pool2d(x, 3, stride=1)\noutput y",
      line: "check dx[n,c,p+i,q+j] += dy[n,c,p,q] for i in range(3), j in range(3)", cause: "mask",
      repaired: "check dx[n,c,p+i,q+j] += dy[n,c,p,q] * (x[n,c,p+i,q+j] == y[n,c,p,q]) "
        + "for i in range(3), j in range(3)"),
  ]

  @Test(arguments: slips) func repairIsRight(_ slip: Slip) throws {
    let text = slip.head + "\n" + slip.line + "\n"
    let found = try #require(try RepairCheck.cause(text))
    #expect(found.sentence.hasPrefix(slip.cause + ": "), "\(found.sentence)")
    let repair = try #require(found.repair)
    #expect(repair.text == slip.repaired)
    let mended = RepairCheck.applying(repair.edits, to: text)
    let verdicts = try #require(RepairCheck.report(mended, searches: false).check).claims.map(
      \.verdict)
    let holds = verdicts.allSatisfy { $0.holds }
    #expect(holds, "\(mended)")
  }

  @Test(arguments: slips) func causeIsTheSameAtOtherSeeds(_ slip: Slip) throws {
    let text = slip.head + "\n" + slip.line + "\n"
    let first = try RepairCheck.cause(text)?.sentence
    for seed: UInt64 in 1...2 {
      let other = try RepairCheck.cause(text, seed: seed)?.sentence
      #expect(other == first)
    }
  }

  /// A batch of 2 and the divisor 2 are told apart, since a repair must hold at other sizes.
  @Test func aSizeIsNoNumber() throws {
    let text = """
      dims B=2, D=3
      input x: [B, D]
      loss L = mean(sum(x**2, axis=1))
      check dx = 2 * x
      """
    let repair = try #require(try RepairCheck.cause(text)?.repair)
    #expect(!repair.text.contains("/ 2"))
    #expect(repair.text.contains("B"))
  }

  /// A repair says the name of a size and not its number.
  @Test(arguments: [
    (
      "D=16, T=3\ninput q: [T, D], k: [T, D]\ny = q @ k.T / sqrt(D)\noutput y", "dq = dy @ k / D",
      "sqrt(D)"
    ),
    ("N=5\ninput x: [N]\nloss L = var(x, correction=1)", "dx = 2 * (x - mean(x)) / N", "N - 1"),
  ])
  func aRepairNamesTheSize(_ head: String, _ claim: String, _ name: String) throws {
    let repair = try #require(try RepairCheck.cause("dims \(head)\ncheck \(claim)\n")?.repair)
    #expect(repair.text.contains(name), "\(repair.text)")
    #expect(repair.verdict == "proved")
  }

  /// A number that a size happens to be is not named by the size, though only enclosures tell the two apart.
  @Test func aNumberIsNotNamedByASize() throws {
    let head = """
      dims N=4, D=3
      input x: [N, D]
      y = 0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))
      output y
      t = tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))

      """
    func claim(_ factor: String) -> String {
      head
        + "check dx = dy * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * sqrt(2 / pi) * "
        + "(1 + \(factor)0.044715 * x**2))\n"
    }
    let repair = try #require(try RepairCheck.cause(claim(""))?.repair)
    #expect(!repair.text.contains("D"), "\(repair.text)")
    #expect(try RepairCheck.holds(claim("3 * ")))
    let named = try #require(RepairCheck.report(claim("D * "), searches: false).check)
    let remarks = named.claims[0].remarks
    #expect(remarks.contains { $0.contains("right at these sizes only") }, "\(remarks)")
  }

  /// By what a claim is off is said in the names of sizes, where that is right at two sets of them.
  @Test func aFactorOfSizesIsNamed() throws {
    func words(_ first: Rational, _ second: Rational) -> String? {
      let samples = [(first, ["N": 5, "M": 6]), (second, ["N": 7, "M": 8])].map {
        SizeRatios.Sample(ratio: $0, sizes: $1)
      }
      return SizeRatios(first: samples[0], second: samples[1]).cause?.sentence
    }
    #expect(words(5 / 6, 7 / 8) == "factor: every entry is exactly N/M × the true one")
    #expect(words(-12 / 5, -16 / 7) == "factor: every entry is exactly -(2*M)/N × the true one")
    #expect(words(5 / 6, 5 / 6) == "factor: every entry is exactly 5/6 × the true one")
    #expect(words(-1, -1) == "sign: every entry has the opposite sign")
    #expect(words(1 / 30, 1 / 56)?.contains("the mean over axes M, N stands for the sum") == true)
    #expect(words(6, 8)?.contains("the sum over axis M stands for the mean") == true)
    // A mean over N at the first sizes only.
    #expect(words(1 / 5, 1 / 9) == nil)
  }

  /// What no small change mends gets the derived line, and no cause that is made up.
  @Test func noCauseIsMadeUp() throws {
    let text = """
      dims N=5
      input x: [N]
      y = sin(x) * exp(x)
      check dx = dy * (x**3 + 7 * x)
      """
    #expect(try RepairCheck.holds(RepairCheck.derivedLine(text).mended))
  }

  /// A line that only counts is mended like the claim that counts with it.
  @Test func aCountIsMendedWhereItStands() throws {
    let text = """
      dims N=2, H=2, W=3, C=3
      input X: [N, H, W, C]
      y = X - mean(X, axis=(0, 1, 2))
      v = mean(y**2, axis=(0, 1, 2))
      z = y / sqrt(v + 1e-5)
      output z
      m = N
      s = sqrt(v + 1e-5)
      check dX = (m * dz - sum(dz, axis=(0, 1, 2)) - z * sum(dz * z, axis=(0, 1, 2))) / (m * s)
      """
    let cause = try #require(try RepairCheck.cause(text))
    let repair = try #require(cause.repair)
    let mended = RepairCheck.applying(repair.edits, to: text)
    #expect(mended.contains("m = N * H * W"), "\(mended)")
  }

  /// A slip in a line above the claim is mended there.
  @Test func aLineAboveIsMended() throws {
    let text = """
      dims B=4, D=3
      input x: [B, D]
      param g: [D]
      y = x * g
      m = dy * x
      h = dy + g
      check dg = sum(m, axis=0)
      check dx = h
      """
    let repair = try #require(try RepairCheck.cause(text)?.repair)
    #expect(RepairCheck.applying(repair.edits, to: text).contains("h = dy * g"))
  }
}

@Suite struct RoundedLiteralTests {
  private func verdict(_ claim: String, allowed: Bool = false) throws -> Verdict {
    try verdict(of: "dims N=4\ninput x: [N]\ny = 2**x\ncheck dx = \(claim)\n", allowed: allowed)
  }

  private func verdict(of text: String, allowed: Bool) throws -> Verdict {
    var options = CheckOptions()
    options.allowsRounded = allowed
    let report = FileCheck(options).report(on: SourceText(name: "test.expr", text: text))
    return try #require(report.check).claims[0].verdict
  }

  @Test func aRoundedConstantIsNamed() throws {
    guard case .rounded(let evidence) = try verdict("dy * y * 0.69314718") else {
      Issue.record("log(2) in eight digits is rounded")
      return
    }
    #expect(evidence.literals.map(\.number) == ["log(2)"])
    #expect(!evidence.isAccepted)
    let allowed = try verdict("dy * y * 0.69314718", allowed: true)
    #expect(allowed.outcome == .holds)
    let full = try verdict("dy * y * 0.6931471805599453")
    #expect(full.outcome == .holds)
  }

  /// What a formula holds, and sums and products of it: `y = x * …`, and the number as a program prints it.
  @Test(arguments: [
    ("1 / sqrt(80)", "0.11180339887498948"), ("(1 + sqrt(5)) / 2", "1.618033988749895"),
    ("cos(5 * pi / 12)", "0.25881904510252074"), ("1 / sqrt(2 * pi)", "0.3989423"),
    ("sqrt(2 * pi)", "2.5066282746310002"), ("5 / 11", "0.454545454545"),
    ("0.044715 * sqrt(2 / pi)", "0.0356774"),
  ])
  func numbersOfTheFormulaAreKnown(_ factor: String, _ literal: String) throws {
    func found(_ literal: String) throws -> Verdict {
      try verdict(
        of: "input x: [4]\ny = x * (\(factor))\noutput y\ncheck dx = dy * \(literal)\n",
        allowed: true)
    }
    let right = try found(literal)
    #expect(right.word == "rounded", "\(right)")
    // Two units of the tenth digit, or of the last one, are another number.
    let place = min(literal.count, 12) - 1
    var digits = Array(literal)
    let digit = digits[place].wholeNumberValue ?? 0
    digits[place] = Character("\((digit + 4) % 10)")
    #expect(try found(String(digits)).word == "wrong")
  }

  /// Both ends would be 8/3, and nothing between them.
  @Test func theEndsOfANarrowCellAreNotOneNumber() throws {
    let verdict = try verdict(
      of: """
        input x: [3]
        y = x**2
        output y
        check dx = 2 * dy * x + (x > 2.666666) * (x < 2.666667)
        """, allowed: true)
    guard case .wrong = verdict else {
      Issue.record("a term between 2.666666 and 2.666667 is \(verdict.word)")
      return
    }
  }

  /// One unit of the last digit, and no more; and not in five digits.
  @Test(arguments: ["0.69314720", "0.69314817", "0.69315"])
  func whatIsFurtherOffIsWrong(_ literal: String) throws {
    let verdict = try verdict("dy * y * \(literal)", allowed: true)
    guard case .wrong = verdict else {
      Issue.record("\(literal) is \(verdict.word)")
      return
    }
  }
}
