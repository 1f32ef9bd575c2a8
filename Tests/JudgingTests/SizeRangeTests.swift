import Judging
import Testing

/// At which sizes a claim is judged: those that the file gives, and the ends of what it leaves open.
struct SizeRangeTests {
  private func sizes(_ verdict: Verdict?) -> [[String: Int]] {
    if case .identical(let evidence)? = verdict { evidence.sizes } else { [] }
  }

  /// What holds at the small end of a range alone is wrong, and what holds everywhere names both ends.
  @Test(arguments: [
    ("N in 2..8", "N < 8", "N < 9"), ("N in 2..40", "N < 40", "N <= 40"),
    ("N in 1..3", "N != 1", "N != 4"), ("N", "N < 9", "N > 0"), ("N", "N != 31", "N != 0"),
  ])
  func aRangeIsDrawnAtItsEnds(_ dims: String, _ wrong: String, _ right: String) throws {
    func text(_ mask: String) -> String {
      "dims \(dims)\ninput x: [N]\ny = x**2\noutput y\ncheck dx = 2 * x * dy * (\(mask))\n"
    }
    #expect(isWrong(try verdicts(text(wrong))["dx"]))
    #expect(try verdicts(text(right))["dx"]?.holds == true)
  }

  @Test func bothEndsAreNamed() throws {
    let text = """
      dims N in 2..40
      input A: [N, N]
      loss L = trace(A @ A) * (N > 1)
      check dA = (A + A).T * (N < 41)

      """
    let seen = Set(sizes(try verdicts(text)["dA"]).compactMap { $0["N"] })
    #expect(seen.isSuperset(of: [2, 40]))
  }

  /// A size that is no extent is bound as well.
  @Test func aSizeInANumberIsDrawn() throws {
    func claim(_ factor: String) throws -> Verdict? {
      try verdicts(
        "dims H in 1..3\ninput q: [4]\ny = q * sqrt(H)\noutput y\ncheck dq = dy * \(factor)\n")[
          "dq"]
    }
    #expect(isWrong(try claim("H")))
    #expect(try claim("H / sqrt(H)")?.holds == true)
  }

  /// What sizes are divided by with a rest, and where polynomials in them are zero, is a size that is looked at.
  @Test(arguments: ["1 - N // 20", "1 + (N - 2) * (N - 3) * (N - 4)"])
  func numbersBesideSizesAreSizes(_ factor: String) throws {
    let text = "dims N\ninput x: [N]\nloss L = sum(x)\ncheck dx = ones(N) * (\(factor))\n"
    #expect(isWrong(try verdicts(text)["dx"]))
  }

  /// The lengths of recurrences in a range are looked at, at both of its ends.
  @Test func aLengthIsLookedAtAtItsEnds() throws {
    func claim(_ right: String) throws -> Verdict? {
      try verdicts("dims N in 2..6\ninput x: [N]\nloss L = prod(x)\ncheck dx = \(right)\n")["dx"]
    }
    #expect(isWrong(try claim("flip(x, 0)")))
    #expect(isWrong(try claim("L / x * (1 - (N // 6))")))
    let seen = Set(sizes(try claim("L / x")).compactMap { $0["N"] })
    #expect(seen.isSuperset(of: [2, 6]))
  }

  /// A claim whose number is right at the file's sizes holds there, is never proved, and names them; another number is
  /// wrong.
  @Test(arguments: [
    ("N=5", "mean(x**2)", "2 * x / 5", "2 * x / 4"),
    ("N=64", "sum(x**2) / sqrt(N)", "x / 4", "x / 8"),
    ("N=5", "var(x, correction=1)", "(x - mean(x)) / 2", "2 * (x - mean(x)) / 5"),
    ("N=7", "sum(x**2) * N", "14 * x", "12 * x"),
    ("N=4, M=4", "sum(x**2) / (N * M)", "x / 8", "x / 4"),
    ("N=1, M=6", "sum(x**2) / M", "x / 3", "x / 6"),
  ])
  func aNumberMayStandForASize(
    _ dims: String, _ loss: String, _ right: String, _ wrong: String
  ) throws {
    func claim(_ side: String) throws -> Verdict? {
      try verdicts("dims \(dims)\ninput x: [N]\nloss L = \(loss)\ncheck dx = \(side)\n")["dx"]
    }
    let found = try claim(right)
    #expect(found?.holds == true && !isProved(found))
    #expect(isWrong(try claim(wrong)))
  }

  /// Sizes that are equal, or 1, are not mistaken for each other, whatever numbers stand beside them.
  @Test(arguments: [
    ("N=4, M=4", "sum(x**2) / N", "2 * x / M"), ("N=4, M=4", "sum(x**3) / N", "3 * x**2 / M"),
    ("N=4, M=1", "sum(x**2) / M", "2 * x"),
  ])
  func equalSizesAreToldApart(_ dims: String, _ loss: String, _ wrong: String) throws {
    let text = "dims \(dims)\ninput x: [N, M]\nloss L = \(loss)\ncheck dx = \(wrong)\n"
    #expect(isWrong(try verdicts(text)["dx"]))
  }
}
