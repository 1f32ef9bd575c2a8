import Diagnostics
import Testing

@testable import Judging
@testable import Reporting

/// Where several masks act together, what holds on all cells is accepted and what fails on one is refused,
/// however small or far away that is. Each right claim has a wrong twin.
@Suite struct MaskDecisionTests {
  /// Statements, a claim that is right, and one that is not.
  struct Twins: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let right: String
    let wrong: String

    var testDescription: String { name }
  }

  private static let twins = [
    Twins(
      name: "narrow clip", text: "input x: [3]\ny = clip(x, 0, 0.001)\noutput y",
      right: "check dx = dy * ((x > 0) - (x > 0.001))", wrong: "check dx = 0 * dy"),
    Twins(
      name: "ramp of two relus", text: "input x: [3]\ny = relu(x) - relu(x - 0.001)\noutput y",
      right: "check dx = dy * (x > 0) * (x < 0.001)", wrong: "check dx = 0 * dy"),
    Twins(
      name: "steep clip", text: "input x: [3]\ny = clip(1000 * x, 0, 1)\noutput y",
      right: "check dx = 1000 * dy * (x > 0) * (x < 0.001)", wrong: "check dx = 0 * dy"),
    Twins(
      name: "sorted numbers",
      text: "input x: [4]\ny = sum(x) * (x[0] > x[1]) * (x[1] > x[2]) * (x[2] > x[3])\noutput y",
      right: """
        check dx = dy * ones(4) * (x[0] > x[1]) * (x[1] > x[2]) * (x[2] > x[3]) * (x[0] > x[3])
        """,
      wrong: """
        check dx = dy * ones(4) * (x[0] > x[1]) * (x[1] > x[2]) * (x[2] > x[3]) * (x[0] < x[3])
        """),
    Twins(
      name: "far threshold", text: "input x: [3]\nloss L = sum(x**2)",
      right: "check dx = 2*x + (x > 1e9) * (x < 0)", wrong: "check dx = 2*x + (x > 1e9)"),
    Twins(
      name: "nested masks", text: "input x: [3]\ny = relu(relu(x) - 1)\noutput y",
      right: "check dx = dy * (x > 1)", wrong: "check dx = dy * (x > 1.0001)"),
    Twins(
      name: "whole numbers",
      text: "input x: [3]\nconst k: [3] integer\ny = x + x * ((k > 0) - (k >= 1))\noutput y",
      right: "check dx = dy", wrong: "check dx = dy * (1 + (k == 0))"),
    Twins(
      name: "a zero among whole numbers",
      text: "input x: [3]\nconst k: [3] integer\ny = x * (k == 0)\noutput y",
      right: "check dx = dy * (k >= 0) * (k <= 0)", wrong: "check dx = 0 * dy"),
    Twins(
      name: "equal to its relu", text: "input x: [3]\ny = x * (relu(x) == x)\noutput y",
      right: "check dx = dy * (x > 0)", wrong: "check dx = 0 * dy"),
    Twins(
      name: "equal to its clip",
      text: "input x: [3], w: [3]\ny = w * (clip(x, -1, 1) == x)\noutput y",
      right: "check dw = dy * (x >= -1) * (x <= 1)", wrong: "check dw = dy * (x > -1)"),
    Twins(
      name: "structural tie",
      text: """
        dims P=2
        input z: [2*P]
        r = relu(z)
        y = max_pool1d(r.reshape(1, 1, 2*P), 2)
        output y
        a = r.reshape(P, 2)[:, 0]
        b = r.reshape(P, 2)[:, 1]
        g = dy.reshape(P)
        """,
      right: "check dr = stack([g * (a >= b), g * (b > a)], axis=1).reshape(2*P)",
      wrong:
        "check dr = stack([g * (a >= b), g * (b > a) * (1 + 2 * (a > 1))], axis=1).reshape(2*P)"),
    Twins(
      name: "selectors", text: "input x: [2, 3]\ny = max(x, axis=1)\noutput y",
      right: "check dx = (x == y.reshape(2, 1)) * dy.reshape(2, 1)",
      wrong: """
        check dx = (x == y.reshape(2, 1)) * dy.reshape(2, 1) * (1 + prod(x > 0, axis=1, keepdims=True))
        """),
    Twins(
      name: "order statistics of three",
      text: """
        input x: [3]
        a = maximum(maximum(x[0], x[1]), x[2])
        b = minimum(minimum(x[0], x[1]), x[2])
        c = sum(x) - a - b
        output c
        """,
      right: """
        check dx = dc * stack([(x[0] > x[1]) * (x[0] < x[2]) + (x[0] < x[1]) * (x[0] > x[2]), \
        (x[1] > x[0]) * (x[1] < x[2]) + (x[1] < x[0]) * (x[1] > x[2]), \
        (x[2] > x[0]) * (x[2] < x[1]) + (x[2] < x[0]) * (x[2] > x[1])])
        """,
      wrong: """
        check dx = dc * stack([(x[0] > x[1]) * (x[0] < x[2]) + (x[0] < x[1]) * (x[0] > x[2]), \
        (x[1] > x[0]) * (x[1] < x[2]) + (x[1] < x[0]) * (x[1] > x[2]), \
        (x[2] > x[0]) * (x[2] < x[1])])
        """),
    Twins(
      name: "clipped objective",
      text: "input r: [3]\nconst A: [3]\nloss L = -sum(minimum(r * A, clip(r, 0.8, 1.2) * A))",
      right: "check dr = -A * ((r < 1.2) * (A > 0) + (r > 0.8) * (A < 0))",
      wrong: "check dr = -A * ((r < 1.2) * (A > 0) + (r > 0.7) * (A < 0))"),
    Twins(
      name: "a border of data",
      text: "input w: [3]\nconst x: [3] nonnegative\ny = w * (x > 0)\noutput y",
      right: "check dw = dy * (1 - (x == 0))", wrong: "check dw = dy"),
    Twins(
      name: "shares", text: "input w: [3]\nconst s: [3] simplex\ny = w * (s > 0.9)\noutput y",
      right: "check dw = dy * (s > 0.9) * (1 - (s[0] > 0.5) * (s[1] > 0.5))",
      wrong: "check dw = dy * (s > 0.95)"),
    Twins(
      name: "classes",
      text: """
        dims B=3, C=4
        input z: [B, C]
        const t: [B, C] one_hot(1)
        y = where(t > 0, z, -z)
        output y
        """,
      right: "check dz = dy * (2*t - 1)",
      wrong: "check dz = dy * (2*t - 1) * (1 + prod(t[:, 0]))"),
    Twins(
      name: "masks in a reciprocal",
      text: "dims n=40\ninput x: [n]\nloss L = sum(x / (1 + (x > 0)))",
      right: "check dx = 1 - (x > 0) / 2", wrong: "check dx = 1 - (x > 0) / 3"),
    Twins(
      name: "overlap of intervals",
      text: """
        dims N=2
        input a: [N], b: [N]
        const c: [N], d: [N]
        y = relu(minimum(b, d) - maximum(a, c))
        output y
        """,
      right: "check da = -dy * (minimum(b, d) > maximum(a, c)) * (a > c) * (b > c)",
      wrong: "check da = -dy * (minimum(b, d) > maximum(a, c)) * (a > c) * (b > d)"),
  ]

  private func verdict(_ text: String, seed: UInt64 = 17) throws -> Verdict {
    let source = SourceText(name: "masks.expr", text: text)
    let check = FileCheck(CheckOptions(seed: seed)).report(on: source).check
    return try #require(check).claims[0].verdict
  }

  @Test(arguments: twins) func theRightOneHolds(_ twins: Twins) throws {
    let found = try verdict(twins.text + "\n" + twins.right + "\n")
    #expect(found.holds, "\(found)")
  }

  @Test(arguments: twins) func theWrongOneDoesNot(_ twins: Twins) throws {
    #expect(try verdict(twins.text + "\n" + twins.wrong + "\n").word == "wrong")
  }

  /// Data may have equal entries, be whole, or lie on another border of a mask, and a claim must be right there as
  /// well: masks of one `const c`, what the claim says of them, and whether that holds everywhere.
  @Test(arguments: [
    ("c: [3]", "(c == max(c))", "(c == max(c))", true),
    ("c: [3]", "(c == max(c))", "one_hot(argmax(c, axis=0), 3)", false),
    ("c: [3]", "one_hot(argmax(c, axis=0), 3)", "one_hot(argmax(c, axis=0), 3)", true),
    ("c: [2]", "one_hot(argmax(c, axis=0), 2)", "stack([c[0] >= c[1], c[0] < c[1]])", true),
    ("c: [2]", "one_hot(argmax(c, axis=0), 2)", "stack([c[0] > c[1], c[0] <= c[1]])", false),
    ("c: [3]", "(max(c) - c > 0)", "(1 - one_hot(argmax(c, axis=0), 3))", false),
    ("c: [3]", "(max(c) - c > 0)", "(c < max(c))", true),
    ("c: [3]", "(max(c) == min(c))", "0", false),
    ("c: [3]", "(max(c) - min(c) > 0)", "1", false),
    ("c: [3]", "(max(c) - mean(c) > 0)", "1", false),
    ("c: [3]", "(max(c) - mean(c) >= 0)", "1", true),
    ("c: [3]", "(sum(c == max(c)) > 1)", "0", false),
    ("c: [3]", "(topk(c, 2).values[1] == max(c))", "0", false),
    ("c: [3]", "(floor(c) == c)", "0", false),
    ("c: [3]", "(c != floor(c))", "1", false),
    ("c: [3] integer", "(c % 2 == 0)", "0", false),
    ("c: [3] integer", "(c % 2 == 0)", "(c % 2 == 0)", true),
    ("c: [3] mask", "(sum(c) % 2 == 0)", "0", false),
  ])
  func bordersOfDataAreSeen(
    _ declaration: String, _ mask: String, _ claimed: String, _ holds: Bool
  ) throws {
    for seed in [17, 1, 2, 3] as [UInt64] {
      let entries = declaration.contains("[2]") ? 2 : 3
      let text = """
        const \(declaration)
        input x: [\(entries)]
        y = x * \(mask)
        output y
        check dx = dy * \(claimed)

        """
      let found = try verdict(text, seed: seed)
      if holds { #expect(found.holds, "\(found)") } else { #expect(!found.holds, "\(found)") }
    }
  }

  /// Borders of data that meet in no entry are looked at apart, so that there may be many; those that do, together.
  @Test func bordersThatMeetAreLookedAtTogether() throws {
    let objective = """
      dims N=8
      const a: [N]
      input r: [N]
      u = r * a
      c = clip(r, 0.8, 1.2) * a
      loss L = -sum(minimum(u, c))

      """
    let right = try verdict(objective + "check dr = -a * (u <= c)\n")
    #expect(right.holds, "\(right)")
    #expect(try verdict(objective + "check dr = -a\n").word == "wrong")
    let meeting = """
      dims N=4
      const a: [N], b: [N], c: [N]
      input x: [N]
      y = x * (a == 7 * b) * (c == 5)
      output y

      """
    #expect(try !verdict(meeting + "check dx = 0 * dy\n").holds)
    #expect(try verdict(meeting + "check dx = dy * (c == 5) * (a == 7 * b)\n").holds)
  }

  /// One cell of 65 536 differs.
  @Test func aProductOfSixteenIsSeen() throws {
    let found = try verdict("input a: [16]\nloss L = prod(relu(a))\ncheck da = 0 * a\n")
    #expect(found.word == "wrong")
  }

  @Test func anotherSubgradientAtATieIsAKink() throws {
    let found = try verdict(
      """
      input z: [2]
      r = relu(z)
      y = max(r)
      output y
      check dr = dy * (r >= y) * stack([1, 1 - (r[0] >= y)])

      """)
    #expect(found.word == "kink")
  }

  @Test func theWayItWasDecidedIsSaid() throws {
    let all = try verdict(
      "input x: [4]\ny = relu(x)\noutput y\ncheck dx = dy * (x > 0) * (x > 0)\n")
    if case .identical(let evidence) = all {
      #expect(evidence.masks?.cells != 0 || evidence.masks?.masks == 4)
    } else {
      #expect(all.word == "proved")
    }
    guard
      case .identical(let evidence) = try verdict(
        "input x: [2]\ny = clip(x, 0, 1)\noutput y\ncheck dx = dy * ((x > 0) - (x > 1))\n")
    else {
      Issue.record("not identical")
      return
    }
    #expect(evidence.masks?.sentence == "whatever its 4 masks")
  }
}
