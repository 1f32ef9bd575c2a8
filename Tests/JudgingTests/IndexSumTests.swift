import Diagnostics
import Testing

@testable import Judging
@testable import Reporting

/// In a sum inside an index statement, an index ranges where every access of the statement stays inside,
/// those of the other terms as well.
@Suite struct IndexSumTests {
  private func words(_ text: String) throws -> [String] {
    let source = SourceText(name: "sum.expr", text: text)
    return try #require(FileCheck(CheckOptions()).report(on: source).check).claims
      .map(\.verdict.word)
  }

  @Test func everyTermKeepsInsideEveryAccess() throws {
    let lines = """
      input x: [2, 4], z: [2]
      y: [2, 4]
      y[i,j+1] += (x[i,j] - z[i])
      output y

      """
    let shifted = "assert y == pad((x - z.reshape(2, 1))[:, :3], ((0, 0), (1, 0)))\n"
    let whole = "assert y == pad(x[:, :3], ((0, 0), (1, 0))) - z.reshape(2, 1)\n"
    let right = try words(lines + shifted + "check dz = -sum(dy[:, 1:], axis=1)")
    #expect(right.allSatisfy { $0 == "proved" || $0 == "identical" }, "\(right)")
    let wrong = try words(lines + whole + "check dz = -sum(dy, axis=1)")
    #expect(wrong == ["wrong", "wrong"])
  }

  @Test func claimsMeanTheSame() throws {
    let lines = "input x: [3, 3]\ny = x[:, 1:] + x[:, :2]\noutput y\n"
    let claims =
      lines + "check dx[i,j] += dy[i,j] for i in range(3), j in range(2)\n"
    #expect(try words(claims + "check dx[i,j+1] += dy[i,j]") == ["proved"])
    #expect(try words(claims) == ["wrong"])
  }

  /// A term without an index of the sum is added once for each of its values: what a claim says is judged, and what may
  /// have been meant is said where it is wrong.
  @Test(arguments: [("c.sum() + 2", true), ("c.sum() + 1", false)])
  func aTermWithoutAnIndexIsAddedForEach(_ factor: String, _ holds: Bool) throws {
    let text = "const c: [2]\ninput x: [3]\ny = x * (\(factor))\noutput y\n"
    let source = SourceText(
      name: "sum.expr", text: text + "check dx[i] += dy[i] * c[j] + dy[i]\n")
    let report = try #require(FileCheck(CheckOptions()).report(on: source).check)
    #expect(report.claims.map(\.verdict.holds) == [holds])
    #expect(report.claims[0].remarks.contains { $0.contains("once for each `j`") } == !holds)
  }
}
