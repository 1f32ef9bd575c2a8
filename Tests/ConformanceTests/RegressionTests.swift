import Diagnostics
import Judging
import Reporting
import Testing

/// Programs on which an earlier version proved what is false, derived a wrong gradient, or did not end.
@Suite struct RegressionTests {
  private func verdicts(_ text: String) throws -> [String] {
    let report = FileCheck(CheckOptions(searchesCauses: false))
      .report(on: SourceText(name: "regression.expr", text: text))
    let check = try #require(
      report.check, "\(report.internalError ?? "")\n\(report.diagnostics.map(\.message))")
    return check.claims.map(\.verdict.word)
  }

  /// What is false for some sizes or values is never proved. A false proof that numbers refute is an internal
  /// error, and there is no report then.
  @Test(arguments: [
    // A logarithm that is padded with zeros: e⁰ is 1.
    "dims n=4\ninput x: [n] positive\nassert exp(pad(log(x), ((1, 1),))) == pad(x, ((1, 1),))\n",
    // The ones of an identity are not in every entry.
    "dims n=4\ninput x: [n, n]\nassert x / (eye(n) + x) == 1 - 1 / (eye(n) + x)\n",
    // Two identities of different extents have the same entries on their diagonals.
    "dims n=4, m=3\ninput x: []\nassert sum(inv(2 * eye(n))) == sum(inv(2 * eye(m)))\n",
    "dims n=4, m=3\ninput x: []\nassert det(2 * eye(n)) == det(2 * eye(m))\n",
  ])
  func falseClaimsAreNotProved(text: String) throws {
    #expect(try verdicts(text + "y = sum(x)\n") == ["wrong"])
  }

  /// A named product that leaves entries out is no name for the whole product.
  @Test(arguments: [
    "y: [n]\ny[i] += x[i] * w[i] for i in range(2)\n", "y: [n - 1]\ny[i] += x[i] * w[i]\n",
    "y: [n + 2]\ny[i] += x[i] * w[i]\n",
  ])
  func productsInPartAreNotTheWhole(definition: String) throws {
    let text =
      "dims n=5\ninput x: [n], w: [n]\n" + definition + "loss z = sum(y * y) + sum((x * w)**2)\n"
      + "check dx = w * (2 * x * w) + grad(sum(y * y), x)\n"
    #expect(["proved", "identical"].contains(try #require(verdicts(text).first)))
  }

  /// A condition that depends on what is differentiated is constant between its jumps.
  @Test func conditionsOfDifferentiatedValues() throws {
    let text = """
      dims a=2, b=3
      input x: [a, b], y: [a, b]
      z = sum(where(x > y, x**2, 3 * y))
      check dx = (x > y) * 2 * x
      check dy = 3 * (1 - (x > y))
      """
    #expect(try verdicts(text) == ["proved", "proved"])
  }

  /// Many equal factors in a named product, which occurs nowhere else as a whole.
  @Test(.timeLimit(.minutes(1))) func manyEqualFactors() throws {
    let product = Array(repeating: "x * w", count: 12).joined(separator: " * ")
    let text = "input x: [2], w: [2]\nloss y = sum(\(product))\ncheck dx = 12 * x**11 * w**12\n"
    #expect(try verdicts(text) == ["proved"])
  }
}
