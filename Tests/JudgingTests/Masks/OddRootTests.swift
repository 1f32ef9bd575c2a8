import Judging
import Testing

/// Roots of numbers of both signs in what masks compare. A field takes an odd root of `-c` for the opposite of that
/// of `c`.
struct OddRootTests {
  private func verdict(_ mask: String, _ claim: String, _ structure: String = "") throws -> Verdict?
  {
    let text =
      "const c: [3]\(structure)\ninput x: [3]\ny = x * (\(mask))\noutput y\ncheck dx = \(claim)\n"
    return try verdicts(text)["dx"]
  }

  @Test(arguments: [
    ("cbrt(c) > 2", "0 * dy"), ("cbrt(c) == 2", "0 * dy"), ("cbrt(c) >= 2", "dy * (cbrt(c) > 2)"),
    ("(c > 0) * abs(c)**(1/3) == 2", "0 * dy"), ("sign(c) * abs(c)**(1/3) > 2", "0 * dy"),
    ("abs(c)**(2/3) == 4", "dy * (c == -8)"), ("abs(c)**(2/3) == 4", "dy * (c == 8)"),
    ("sign(c) * abs(c)**(3/5) > 2", "0 * dy"), ("c * abs(c)**(1/3) == 16", "0 * dy"),
  ])
  func aMaskThatMayHoldIsNotForgotten(_ mask: String, _ claim: String) throws {
    #expect(try verdict(mask, claim)?.holds == false)
  }

  /// The place where a root is a number is known.
  @Test(arguments: [("c**(1/3) == 2", " positive"), ("(1 + abs(c))**(1/3) == 2", "")])
  func aRootIsSolvedFor(_ mask: String, _ structure: String) throws {
    #expect(isWrong(try verdict(mask, "0 * dy", structure)))
    #expect(try verdict(mask, "dy * (\(mask))", structure)?.holds == true)
  }

  @Test func whatHoldsOnAllCellsHolds() throws {
    #expect(try verdict("abs(c)**(2/3) > 4", "dy * (abs(c)**(2/3) > 4)")?.holds == true)
    #expect(isWrong(try verdict("abs(c)**(2/3) > 4", "dy * (c > 8)")))
  }
}
