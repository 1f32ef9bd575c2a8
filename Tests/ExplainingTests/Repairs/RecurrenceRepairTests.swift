import Testing

@testable import Explaining
@testable import Judging
@testable import Reporting

/// Wrong lines of files with recurrences, in blocks and behind them.
@Suite struct RecurrenceRepairTests {
  /// A recurrent layer with its backward pass, of which one line is another.
  private static func layer(
    dh: String = "dy[t] + dz[t+1] @ U.T", dz: String = "dh[t] * (1 - h[t]**2)",
    dU: String = "h[t-1,b,j] * dz[t,b,k]", dx: String = "dz"
  ) -> String {
    """
    dims T=4, B=2, H=3
    input x: [T, B, H]
    param U: [H, H]
    for t in range(T):
        z = x[t] + h[t-1] @ U
        h[t] = tanh(z)
    y = h
    output y
    for t in reversed(range(T)):
        check dh[t] = \(dh)
        check dz[t] = \(dz)
    check dU[j,k] += \(dU)
    check dx = \(dx)

    """
  }

  @Test(arguments: [
    (layer(dh: "dy[t] + dz[t+1] @ U"), "dy[t] + dz[t+1] @ U.T"),
    (layer(dh: "dy[t]"), "dy[t] + dz[t+1] @ U.T"),
    (layer(dz: "dh[t] * (1 - h[t-1]**2)"), "dh[t] * (1 - h[t]**2)"),
    (layer(dU: "h[t,b,j] * dz[t,b,k]"), "check dU[j,k] += h[t,b,j] * dz[t+1,b,k]"),
    (layer(dx: "2 * dz"), "dz"),
  ])
  func lineIsRepaired(_ text: String, _ repaired: String) throws {
    let repair = try #require(try RepairCheck.cause(text)?.repair)
    #expect(repair.text == repaired)
    #expect(repair.verdict == "proved")
    let mended = RepairCheck.applying(repair.edits, to: text)
    #expect(try RepairCheck.holds(mended), "\(mended)")
  }

  /// What no small change mends gets the line as the block says it, in its names and at its step.
  @Test func derivedLineIsOneOfTheBlock() throws {
    let text = Self.layer(dh: "x[t] * x[t] * 7 + sin(x[t])")
    let (line, mended) = try RepairCheck.derivedLine(text)
    #expect(line.text == "dy[t] + dz[t+1] @ U.T")
    #expect(mended == Self.layer())
    #expect(try RepairCheck.holds(mended))
  }

  /// Another line of the block, which a claim behind it reads, is mended where it stands.
  @Test func helperInABlockIsMended() throws {
    let text = """
      dims T=3, B=2
      input x: [T, B]
      param u: [B]
      for t in range(T):
          h[t] = x[t] + h[t-1] * u
      y = h
      output y
      for t in reversed(range(T)):
          g[t] = dy[t] - g[t+1] * u
      check dx = g

      """
    let repair = try #require(try RepairCheck.cause(text)?.repair)
    #expect(RepairCheck.applying(repair.edits, to: text).contains("g[t] = dy[t] + g[t+1] * u"))
  }

  /// A carry stands below the claims that it spoils; one slip is told once, for all of them.
  @Test func carryBelowTheClaimsIsMended() throws {
    let text = """
      dims T=4, N=2
      input x: [T, N]
      param U: [N, N]
      for t in range(T):
          h[t] = tanh(x[t] + U @ h[t-1])
      y = h
      output y
      dn = zeros(N)
      for t in reversed(range(T)):
          g = (dy[t] + dn) * (1 - h[t]**2)
          check dU += outer(g, h[t-1])
          dn = U @ g

      """
    let repair = try #require(try RepairCheck.cause(text)?.repair)
    let mended = RepairCheck.applying(repair.edits, to: text)
    #expect(mended.contains("dn = U.T @ g"), "\(mended)")
    #expect(try RepairCheck.holds(mended), "\(mended)")
  }

  /// A factor that a line of the block lost, read one step further than the forward pass reads it.
  @Test func factorOfTheNextStepIsFound() throws {
    let text = """
      dims T=4, K=2
      param A: [K, K], b: [T, K]
      input h0: [K]
      for t in range(T), h[-1] = h0:
          h[t] = (h[t-1] @ A) * b[t]
      loss L = sum(h[T-1])
      g[T-1] = ones(K)
      for t in reversed(range(T-1)):
          g[t] = A @ g[t+1]
      check dh = g

      """
    let repair = try #require(try RepairCheck.cause(text)?.repair)
    let mended = RepairCheck.applying(repair.edits, to: text)
    #expect(mended.contains("b[t+1]"), "\(mended)")
    #expect(try RepairCheck.holds(mended), "\(mended)")
  }

  /// Four steps and the factor 4 are told apart by one step more.
  @Test func aLengthIsNoNumber() throws {
    let text = """
      dims T=4, B=3
      input x: [T, B]
      param c: [B]
      for t in range(T):
          h[t] = x[t] + h[t-1] + c
      y = h[-1]
      output y
      check dc = dy

      """
    let repair = try #require(try RepairCheck.cause(text)?.repair)
    #expect(repair.text.contains("T"), "\(repair.text)")
    #expect(!repair.text.contains("4"))
  }
}
