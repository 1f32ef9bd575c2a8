import Diagnostics
import ExpressionLanguage
import Testing
import ToolkitTestSupport

/// Files that are made to take long, to grow, or to leave the range of numbers end quickly and without a crash.
@Suite struct ElaborationLimitsTests {
  private static let doublingFunctions =
    (0..<200).reduce("def f0(a) = a + a\n") {
      $0 + "def f\($1 + 1)(a) = f\($1)(a) * f\($1)(2*a)\n"
    } + "y = f200(x)"

  static let files: KeyValuePairs = [
    "functions that double their body": doublingFunctions,
    "squares of squares, by name": (0..<100).reduce("y0 = x\n") {
      $0 + "y\($1 + 1) = y\($1) * y\($1)\n"
    },
    "powers of powers": "y = " + String(repeating: "(", count: 60) + "x"
      + String(repeating: ")**16", count: 60),
    "a long sum": "y = x" + String(repeating: " + x", count: 9_000),
    "a long product": "y = x" + String(repeating: " * x", count: 3_000),
    "a place beyond numbers": "y = x[9223372036854775807]",
    "a place before numbers": "y = x[-9223372036854775807-1]",
    "a power beyond memory": "y = x * 2**(2**40)",
    "an extent beyond numbers": "y = kron(ones(10**10), kron(ones(10**10), x))",
    "a great exponent": "y = x**(10**10)",
    "a great negative exponent": "y = x**(-10**10)",
    "a shape beyond numbers": "y = x.reshape(10**18, 10**18)",
    "a great roll": "y = roll(x, 10**18)",
    "a great identity": "y = eye(10**18)",
    "coefficients beyond numbers":
      "y: [3]\ny[i] += x[9223372036854775807*i+9223372036854775807*j]",
    "coordinates beyond numbers":
      "y: [3]\ny[9223372036854775807*i] += x[i-9223372036854775807]",
    "a product of sums": "y: [3]\ny[i] += " + String(repeating: "(x[i] + 1) * ", count: 30)
      + "x[i]",
    "many sizes": (0..<2000).reduce("") {
      $0 + "dims n\($1)\nparam p\($1): [n\($1) + \($1)]\n"
    } + "y = p9 * 2",
    "many values": (0..<3000).reduce("y0 = x\n") { $0 + "y\($1 + 1) = y\($1) + x\n" },
    "many mistakes": (0..<3000).reduce("") { $0 + "y\($1) = x\($1) @ yy\($1)\n" },
    "a deep value": "y = " + String(repeating: "sin(", count: 150) + "x"
      + String(repeating: ")", count: 150),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: files.map(\.key))
  func filesEndQuickly(name: String) throws {
    let statements = try #require(Self.files.first { $0.key == name }).value
    let (_, diagnostics) = elaborate("input x: [3]\n" + statements + "\n")
    #expect(diagnostics.isEmpty || !diagnostics.rendered().isEmpty)
  }
}
