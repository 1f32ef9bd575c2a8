import Judging
import Testing

/// Places on axes that a file names by their numbers, and sizes that it leaves open.
struct NamedPlaceTests {
  /// A step that is named by its number is one of those that are compared, at any length.
  @Test(arguments: ["T", "T=50", "T=41"]) func aNamedStepIsLookedAt(_ length: String) throws {
    let text = """
      dims \(length)
      input x: [T]
      for t in range(T):
          h[t] = h[t-1] * (t != 40) + x[t]
      y = h
      output y
      for t in reversed(range(T)):
          check dh[t] = dy[t] + dh[t+1] * (t != 39)

      """
    #expect(try verdicts(text)["dh"]?.holds == true || length == "T=50")
    #expect(isWrong(try verdicts(text.replacing(" * (t != 39)", with: ""))["dh"]))
  }

  /// A place that is named by its number, or by a function of places, is one where sizes are open; beyond what is
  /// looked at nothing is said.
  @Test(arguments: [
    "t != 20", "t < 30", "t * t != 144", "t % 11 != 10", "t // 10 < 1", "t != T - 9", "t != 100",
  ])
  func anOpenSizeReachesIt(_ mask: String) throws {
    for dims in mask == "t != T - 9" ? ["T"] : ["T", "T in 2..400"] {
      let rows = "dims \(dims)\ninput x: [T]\nt = arange(T)\ny = x * (\(mask))\noutput y\n"
      let steps = """
        dims \(dims)
        input x: [T]
        for t in range(T):
            y[t] = x[t] * (\(mask))
        output y

        """
      for forward in [rows, steps] {
        let found = try #require(verdicts(forward + "check dx = dy\n")["dx"])
        #expect(mask == "t != 100" ? !found.holds : isWrong(found), "\(dims) \(forward)")
        if mask == "t != 100" { continue }
        let right =
          forward + (forward == rows ? "" : "t = arange(T)\n") + "check dx = dy * (\(mask))\n"
        #expect(try verdicts(right)["dx"]?.holds == true, "\(right)")
      }
    }
  }

  /// So it is of what is only enclosed, and of what nobody left open nothing is held back.
  @Test func whatIsEnclosedIsHeldBackAsWell() throws {
    func text(_ dims: String) -> String {
      """
      dims \(dims)
      input x: [T]
      y = x * log(2 + 1 / (1 + x**2)) * (arange(T) != 100)
      output y
      check dx = dy * (log(2 + 1 / (1 + x**2)) - 2 * x**2 / (3 + 5 * x**2 + 2 * x**4))

      """
    }
    for dims in ["T", "T in 2..400"] {
      #expect(try verdicts(text(dims))["dx"]?.holds == false, "\(dims)")
    }
    for dims in ["T=5", "T in 2..50"] {
      #expect(try verdicts(text(dims))["dx"]?.holds == true, "\(dims)")
    }
  }

  /// A place outside of a range of sizes is none.
  @Test func aRangeBoundsWhatIsLookedAt() throws {
    let text = "dims T in 2..4\ninput x: [T]\ny = x * (arange(T) != 9)\noutput y\ncheck dx = dy\n"
    #expect(try verdicts(text)["dx"]?.holds == true)
  }
}
