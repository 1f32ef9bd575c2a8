import Diagnostics
import Testing

@testable import Judging
@testable import Reporting

/// Claims about layers that look up: what is right holds, and slips that only rare index data show
/// are refused at every seed.
@Suite struct LookupTests {
  private func verdicts(_ text: String, seed: UInt64 = 17) throws -> [Verdict] {
    let source = SourceText(name: "lookup.expr", text: text)
    return try #require(FileCheck(CheckOptions(seed: seed)).report(on: source).check).claims
      .map(\.verdict)
  }

  private static let embedding = """
    dims N=5, V=4, D=2
    const idx: [N] index(V)
    param E: [V, D]
    x = E[idx]
    output x

    """

  private static let labels = """
    dims N=4, C=3
    const t: [N] index(C, ignore=-100)
    input s: [N, C]
    loss L = cross_entropy(s, t)
    n = sum(one_hot(t, C))

    """

  static let right: [String] = [
    embedding + "check dE[idx[n], d] += dx[n, d]",
    embedding + "check dE = segment_sum(dx, idx, V)",
    embedding + "check dE = one_hot(idx, V).T @ dx",
    embedding + "check dE = index_add(zeros(V, D), 0, idx, dx)",
    labels + "check ds = (softmax(s) * (t >= 0)[:, None] - one_hot(t, C)) / n",
    labels
      + "check ds = (softmax(s) - one_hot(t, C)) * sum(one_hot(t, C), axis=1, keepdims=True) / n",
    "input x: [3, 4]\ny, i = topk(x, 2)\noutput y\ncheck dx[n, i[n,k]] += dy[n, k]",
    "input x: [3, 4]\ny, i = sort(x, axis=0)\noutput y\ncheck dx[i[k,n], n] += dy[k, n]",
    "input x: [3, 4]\ny = max(x, axis=1)\noutput y\ncheck dx = one_hot(argmax(x, axis=1), 4) * dy[:, None]",
    "input x: [3, 4]\noutput y = sum(sort(x))\ncheck dx = dy * ones(3, 4)",
    "input x: [5]\nparam m: [] positive\noutput y = x % m\ncheck dx = dy\ncheck dm = -sum(dy * (x // m))",
    "const i: [4] index(3, ignore=0)\nparam E: [3]\noutput y = E[i]\ncheck dE[i[n]] += dy[n]",
    "const i: [4] index(3, ignore=0)\nparam E: [3]\noutput y = E[i]\ncheck dE = segment_sum(dy * (i != 0), i, 3)",
    """
    dims N=4, V=3
    const j: [N] index(V, ignore=1)
    input z: [N, V]
    loss L = cross_entropy(z, j)
    check dz = (softmax(z) - one_hot(j, V)) * (j != 1)[:, None] / sum(j != 1)
    """,
    """
    input x: [1, 1, 4]
    y = interpolate(x, size=7, mode="linear", align_corners=True)
    output y
    check dx = dy @ relu(1 - abs((arange(7) / 2)[:, None] - arange(4)))
    """,
  ]

  /// An order beside a block, whose steps are written out: it stays one.
  static let besideABlock = """
    input x: [4], a: [3]
    const w: [4]
    h: [3]
    for t in range(3):
        h[t] = a[t] * h[t-1] + x[t+1]
    k = argsort(x)
    loss L = sum(sort(x) * w) + h[2]

    """

  @Test func ordersBesideBlocksStayOrders() throws {
    let end = "+ pad(stack([a[1] * a[2], a[2], ones(1)[0]]), ((1, 0),))"
    let right = try verdicts(Self.besideABlock + "g: [4]\ng[k[r]] += w[r]\ncheck dx = g \(end)")
    #expect(right.allSatisfy { $0.holds }, "\(right)")
    let wrong = try verdicts(Self.besideABlock + "check dx = w \(end)")
    #expect(wrong.contains { $0.word == "wrong" }, "\(wrong)")
  }

  @Test(arguments: right) func rightClaimsHold(_ text: String) throws {
    for verdict in try verdicts(text) { #expect(verdict.holds, "\(text): \(verdict)") }
  }

  static let wrong: [String] = [
    // Another row than the one that is ignored.
    "const i: [4] index(3, ignore=0)\nparam E: [3]\noutput y = E[i]\ncheck dE = segment_sum(dy * (i != 1), i, 3)",
    // The last use of a row alone, or each use as if there were no other.
    embedding
      + "check dE = segment_sum(dx, idx, V) / maximum(segment_sum(ones(N), idx, V), 1)[:, None]",
    // Right up to two uses of a row.
    embedding + """
      n = segment_sum(ones(N), idx, V)
      check dE = segment_sum(dx, idx, V) * where(n > 2, 2, 1)[:, None]
      """,
    // Wrong for the last row, and when nothing else is.
    embedding
      + "check dE = segment_sum(dx, idx, V) * (1 - one_hot(V - 1 + arange(1), V)[0])[:, None]",
    labels + "check ds = (softmax(s) - one_hot(t, C)) / n",
    labels + "check ds = (softmax(s) * (t >= 0)[:, None] - one_hot(t, C)) / N",
    "input x: [3, 4]\ny, i = topk(x, 2)\noutput y\ncheck dx[n, i[n,k]] += dy[n, 1-k]",
    "const i: [4] index(3, ignore=0)\nparam E: [3]\noutput y = E[i]\ncheck dE[i[n]] += dy[n]\ncheck dE = zeros(3)",
  ]

  @Test(arguments: wrong) func wrongClaimsAreRefusedAtEverySeed(_ text: String) throws {
    for seed in UInt64(0)..<8 {
      let verdicts = try verdicts(text, seed: seed)
      #expect(verdicts.contains { $0.word == "wrong" }, "\(text), seed \(seed): \(verdicts)")
    }
  }

  /// A slip that shows only when one label is left: it is refused or left open, and never holds.
  @Test func aSlipOfRareLabelsNeverHolds() throws {
    let text =
      Self.labels + """
        check ds = (softmax(s) * (t >= 0)[:, None] - one_hot(t, C)) / n + where(n < 1.5, s, 0)
        """
    for seed in UInt64(0)..<8 {
      for verdict in try verdicts(text, seed: seed) { #expect(!verdict.holds, "seed \(seed)") }
    }
  }

  /// A number that names a place is that place in an index statement, and no index of its own.
  @Test(arguments: ["k", "t"]) func aNumberIsAPlace(_ name: String) throws {
    let forward = """
      dims N=4
      const \(name): [] index(N)
      input x: [N], w: []
      loss L = x[\(name)] * w

      """
    #expect(try verdicts(forward + "check dx[\(name)] += w\n").allSatisfy(\.holds))
    let all =
      "dims N=4\nconst k: [] index(N)\ninput x: [N], w: []\nloss L = sum(x) * w + 0 * x[k]\n"
    #expect(try verdicts(all + "check dx[k] += w\n").allSatisfy { !$0.holds })
    let output =
      "dims N=4\nconst k: [] index(N)\ninput x: [N]\ny = x[k]\noutput y\ncheck dx[k] += dy\n"
    #expect(try verdicts(output).allSatisfy(\.holds))
  }
}
