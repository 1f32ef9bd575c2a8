import Testing

/// A file that is extreme in one way.
struct ExtremeInput: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String

  init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }

  var testDescription: String { name }

  static let all: [ExtremeInput] = nested + large + many + numbers

  private static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  private static let nested = [
    ExtremeInput(
      "nested parentheses",
      "input x: [2]\ny = \(repeated("(", 100_000))x\(repeated(")", 100_000))\n"),
    ExtremeInput("open parentheses", "input x: [2]\ny = \(repeated("(", 200_000))"),
    ExtremeInput("open brackets", "input x: [\(repeated("[", 200_000))"),
    ExtremeInput(
      "nested calls", "input x: [2]\ny = \(repeated("exp(", 3000))x\(repeated(")", 3000))\n"),
    ExtremeInput("many minus signs", "input x: [2]\ny = \(repeated("-", 100_000))x\n"),
    ExtremeInput("a tower of powers", "input x: [2]\ny = x\(repeated("**2", 2000))\n"),
    ExtremeInput("a tower of numbers", "input x: [2]\ny = x * 9**9**9**9**9\n"),
    ExtremeInput("squared again and again", "input x: [2]\ny = x\(repeated("**3", 12))\n"),
    ExtremeInput(
      "functions of functions",
      "input x: [2]\n"
        + (0..<60).map { "def f\($0)(a) = \($0 == 0 ? "a + a" : "f\($0 - 1)(f\($0 - 1)(a))")\n" }
        .joined() + "y = f59(x)\n"),
    ExtremeInput("a function of itself", "def f(a) = f(a)\ninput x: [2]\ny = f(x)\n"),
    ExtremeInput(
      "hessian of hessian",
      "input x: [2]\nL = sum(x**4)\ny = hessian(sum(hessian(sum(hessian(L, x)), x)), x)\n"),
  ]

  private static let large = [
    ExtremeInput("a huge size", "dims n=10**12\ninput x: [n]\ny = sum(x**2)\n"),
    ExtremeInput(
      "a huge size with a claim",
      "dims n=10**12\ninput x: [n]\nloss L = sum(x**2)\ncheck dx = 2*x\n"),
    ExtremeInput(
      "a huge size with a wrong claim",
      "dims n=10**12\ninput x: [n]\nloss L = sum(x**2)\ncheck dx = 3*x\n"),
    ExtremeInput(
      "a huge matrix", "dims n=10**6\ninput x: [n, n]\nloss L = sum(x @ x)\ncheck dx = x\n"),
    ExtremeInput("huge literals", "input x: [1000000000000, 1000000000000]\ny = x.reshape(-1)\n"),
    ExtremeInput("a size over 64 bits", "dims n=10**30\ninput x: [n]\ny = x\n"),
    ExtremeInput(
      "sizes that overflow", "dims n=10**12, m=10**12\ninput x: [n*m*n]\ny = x\ncheck dx = dy\n"),
    ExtremeInput(
      "a large product",
      "dims n=4000\ninput x: [n, n], w: [n, n]\nloss L = sum(x @ w)\ncheck dx = w\n"),
    ExtremeInput(
      "a long index range",
      "input x: [2]\ny: []\ny += x[i] * x[j] for i in range(2), j in range(2), k in range(10**9)\n"),
    ExtremeInput(
      "long index ranges that are seen",
      "input x: [2]\ny: [2]\ny[i] += x[i + j - k] for j in range(10**9), k in range(10**9)\ncheck dx = dy\n"
    ),
    ExtremeInput(
      "long index ranges of nothing",
      "input x: [2]\ny: [2]\ny[i+j+k] += x[i] for j in range(10**9), k in range(10**9)\ncheck dx = dy\n"
    ),
    ExtremeInput("a huge identity", "dims n=10**5\ninput x: [n]\ny = eye(n) @ x\ncheck dx = dy\n"),
    ExtremeInput("a huge inverse", "dims n=3000\ninput x: [n, n]\ny = inv(x)\ncheck dx = dy\n"),
    ExtremeInput(
      "an inverse of some size", "dims n=200\ninput x: [n, n]\ny = inv(x)\ncheck dx = dy\n"),
    ExtremeInput(
      "a huge kernel",
      "input x: [1,1,64,64], w: [1,1,64,64]\ny = conv2d(x, w, padding=10**6)\ncheck dx = x\n"),
    ExtremeInput(
      "a huge stride",
      "input x: [1,1,64], w: [1,1,3]\ny = conv1d(x, w, stride=9223372036854775807)\n"),
    ExtremeInput(
      "a huge dilation",
      "input x: [1,1,64], w: [1,1,3]\ny = conv1d(x, w, dilation=4611686018427387904)\n"),
    ExtremeInput("a huge product over entries", "dims n=10**6\ninput x: [n]\ny = prod(x)\n"),
    ExtremeInput("many axes", "input x: [\(repeated("2,", 40))2]\ny = sum(x)\ncheck dx = x\n"),
    ExtremeInput(
      "thousands of axes", "input x: [\(repeated("1,", 5000))1]\ny = sum(x)\ncheck dx = ones(2)\n"),
    ExtremeInput(
      "a long sequence", "input x: [1, 10000, 1]\nparam W: [4, 1], U: [4, 1]\ny = lstm(x, W, U)\n"),
    // What is tried in their place has no next number.
    ExtremeInput(
      "the largest numbers in wrong claims",
      """
      input x: [3]
      loss L = sum(x**2)
      check dx = 9223372036854775807 * x + (x[0] == x[9223372036854775807])
      check dx[i] += 9223372036854775807 * x[i+9223372036854775807]
      check dx[i] += x[9223372036854775807-i]

      """),
    ExtremeInput("a huge stack", "input x: [2]\ny = stack([\(repeated("x,", 3000))x])\n"),
  ]

  private static let many = [
    ExtremeInput(
      "thousands of statements",
      "input x0: [2]\n" + (1..<3000).map { "x\($0) = x\($0 - 1) + x\($0 - 1)*x0\n" }.joined()),
    ExtremeInput(
      "thousands of declarations", (0..<5000).map { "input x\($0): [2]\n" }.joined() + "y = x0\n"),
    ExtremeInput("thousands of terms", "input x: [2]\ny = x\(repeated(" + x", 20_000))\n"),
    ExtremeInput("thousands of factors", "input x: [2]\ny = x\(repeated(" * x", 5_000))\n"),
    ExtremeInput("thousands of errors", repeated("y = undefined_name + 1\n", 20_000)),
    ExtremeInput("ten megabytes of a comment", "# " + repeated("comment ", 1_250_000)),
    ExtremeInput("ten megabytes of lines", repeated("# a line\n", 1_100_000)),
    ExtremeInput("ten megabytes of statements", repeated("input x: [2]\n", 770_000)),
    ExtremeInput("ten megabytes of one name", "y = " + repeated("a", 10_000_000)),
    ExtremeInput("ten megabytes of digits", "y = " + repeated("1234567890", 1_000_000)),
    ExtremeInput("ten megabytes of brackets", repeated("(", 10_000_000)),
    ExtremeInput(
      "a product of sums",
      "input x: [2], w: [2]\ny = \(repeated("(x + w) * ", 40))x\ncheck dx = w\n"),
    ExtremeInput(
      "equal factors",
      "input x: [2], w: [2]\nloss y = sum(\(repeated("x * w * ", 14))x)\ncheck dx = w\n"),
    ExtremeInput(
      "symmetric factors",
      "input s: [3,3] symmetric\nloss y = sum(\(repeated("s @ ", 14))s)\ncheck ds = s\n"),
    ExtremeInput("zero bytes", repeated("\0", 100_000)),
  ]

  private static let numbers = [
    ExtremeInput(
      "a number of a million digits", "input x: [2]\ny = x * \(repeated("9", 1_000_000))\n"),
    ExtremeInput(
      "a number with a huge exponent", "input x: [2]\ny = x * 1e999999999\ncheck dx = dy\n"),
    ExtremeInput(
      "a number with a tiny exponent", "input x: [2]\ny = x * 1e-999999999\ncheck dx = dy\n"),
    ExtremeInput("a huge power of a number", "input x: [2]\ny = x * 10**1000000\ncheck dx = dy\n"),
    ExtremeInput("a huge power", "input x: [2]\ny = x**1000000000\ncheck dx = dy\n"),
    ExtremeInput(
      "a power over 64 bits", "input x: [2]\ny = x**100000000000000000000\ncheck dx = dy\n"),
    ExtremeInput(
      "exponentials of exponentials",
      "input x: [2]\ny = \(repeated("exp(", 7))x\(repeated(")", 7))\ncheck dx = dy\n"),
    ExtremeInput("the least integer", "input x: [4]\ny = x[-9223372036854775808]\n"),
    ExtremeInput("division by zero", "input x: [2]\ny = x / 0\ncheck dx = dy\n"),
    ExtremeInput("nothing defined", "input x: [2]\ny = x / (x - x)\ncheck dx = dy\n"),
    ExtremeInput("an empty file", ""),
  ]
}
