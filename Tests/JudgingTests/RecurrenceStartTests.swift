import Diagnostics
import ExpressionLanguage
import Judging
import Testing

/// Values at steps that a block does not run over, each with a twin that has one slip.
struct RecurrenceStartTests {
  @Test func aStartMayStandOnALineOfItsOwn() throws {
    let forward = """
      dims T=4
      input x: [T], w: []
      h[0] = x[0]
      for t in range(1, T):
          h[t] = w * h[t-1] + x[t]
      y = h
      output y
      for t in reversed(range(T)):
          check dh[t] = dy[t] + w * dh[t+1]

      """
    let right = try verdicts(forward + "check dx = dh\n")
    for name in ["dh", "dx"] { #expect(right[name]?.holds == true, "\(name)") }
    #expect(isWrong(try verdicts(forward + "check dx = concat([zeros(1), dh[1:]])\n")["dx"]))
  }

  /// As in an array that is filled from its end.
  @Test func aStartMayStandBeforeABlockThatRunsBackwards() throws {
    let forward = """
      dims T=4
      input x: [T]
      A[T-1] = x[T-1]
      for t in reversed(range(T-1)):
          A[t] = x[t] + 0.5 * A[t+1]
      loss L = sum(A)

      """
    let right = try verdicts(forward + "check dx = 2 * (1 - 0.5**(arange(T) + 1))\n")
    #expect(right["dx"]?.holds == true)
    // Without the last place.
    let short = "check dx = 2 * (1 - 0.5**(arange(T) + 1)) * (arange(T) < T - 1)\n"
    #expect(isWrong(try verdicts(forward + short)["dx"]))
  }

  /// What a claim says of a place before its first step is a part of it, and is read as what it ought to be.
  @Test(arguments: ["T", "T=4"]) func aClaimMayBeginWithALine(_ length: String) throws {
    let forward = """
      dims \(length)
      input x: [T, 2], w: [2]
      for t in range(T):
          h[t] = w * h[t-1] + x[t]
      y = h
      output y

      """
    let line = "    check dh[t] = dy[t] + w * dh[t+1]\n"
    let own = "for t in reversed(range(T-1)):\n" + line
    #expect(try verdicts(forward + "dh[T-1] = dy[T-1]\n" + own)["dh"]?.holds == true)
    #expect(isWrong(try verdicts(forward + "dh[T-1] = 2 * dy[T-1]\n" + own)["dh"]))
    #expect(isWrong(try verdicts(forward + own)["dh"]))
    let head = "for t in reversed(range(T-1)), dh[T-1] = dy[T-1]:\n" + line
    #expect(try verdicts(forward + head)["dh"]?.holds == true)
  }

  /// A place that the block runs over has its line, and no other value; what is added at every step begins once.
  @Test func aClaimBeginsOnce() throws {
    let forward = "dims T=4\ninput x: [T]\nloss L = sum(x**2)\n"
    let again = "dx[T-1] = 2 * x[T-1]\nfor t in reversed(range(T)):\n    check dx[t] = 2 * x[t]\n"
    let source = SourceText(name: "again.expr", text: forward + again)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    _ = Elaborator.elaborate(file, loading: { _ in "" }, into: &diagnostics)
    #expect(diagnostics.hasErrors)
    let parts = """
      dx[T-1] = 2 * x[T-1]
      for t in reversed(range(T-1)):
          check dx[t] += x[t]
          check dx[t] += x[t]

      """
    #expect(try verdicts(forward + parts)["dx"]?.holds == true)
  }
}
