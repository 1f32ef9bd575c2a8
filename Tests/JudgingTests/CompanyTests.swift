import Diagnostics
import Testing

@testable import Judging
@testable import Reporting

/// A claim comes out the same alone and beside others.
@Suite struct CompanyTests {
  private func words(_ text: String, workLimit: Int? = nil) throws -> [String] {
    var options = CheckOptions()
    options.workLimit = workLimit
    let source = SourceText(name: "company.expr", text: text)
    return try #require(FileCheck(options).report(on: source).check).claims.map(\.verdict.word)
  }

  /// The domain of `log(x)` hides what a gradient is for negative numbers, if it is shared.
  @Test func aDomainIsNotShared() throws {
    let lines = "input x: [4]\nloss L = sum(exp(leaky_relu(x, 0.1)))\n"
    let narrow = "assert sqrt(x) * sqrt(x) == x\n"
    #expect(try words(lines + "check dx = exp(x)") == ["wrong"])
    #expect(try words(lines + narrow + "check dx = exp(x)").last == "wrong")
    #expect(try words(lines + narrow).count == 1)
    let right = "check dx = exp(leaky_relu(x, 0.1)) * (0.1 + 0.9 * (x > 0))"
    #expect(try words(lines + right) == ["proved"])
    #expect(try words(lines + narrow + right).last == "proved")
  }

  /// A claim that is always on a kink, beside one that is not.
  @Test func aKinkIsNotShared() throws {
    let lines = "input x: [3], z: [3]\ny = z**3 + relu(x - x * 1)\noutput y\n"
    let alone = try words(lines + "check dz = 3 * z**2 * dy * (z > 0) + 3 * z**2 * dy * (z <= 0)")
    let beside = try words(
      lines + "check dx = 0 * dy\ncheck dz = 3 * z**2 * dy * (z > 0) + 3 * z**2 * dy * (z <= 0)")
    #expect(alone == [try #require(beside.last)])
    #expect(alone != ["wrong"])
  }

  /// What a claim may take does not depend on what others took.
  @Test func aBudgetIsNotShared() throws {
    let lines = "dims n=40\ninput a: [n, n], b: [n, n]\ny = a @ b @ a\noutput y\n"
    let claim = "check db = (a.T @ dy @ a.T) * 2 / 2 + 0 * b**3 * b"
    func numbered(_ count: Int) -> String {
      (0..<count).map { "assert sum((a @ b)**2) * \($0 + 1) == sum(b.T @ (a.T @ a) * b.T) * 2\n" }
        .joined()
    }
    for limit in [3_000_000, 30_000_000, 300_000_000] {
      let alone = try words(lines + claim, workLimit: limit)
      let beside = try words(lines + numbered(6) + claim, workLimit: limit)
      #expect(alone.last == beside.last, "at \(limit)")
    }
  }

  /// A proof holds at any size, also where no value fits the budget; a wrong twin is undecided there, never proved.
  @Test func aProofNeedsNoBudget() throws {
    let lines = "dims n=400\ninput a: [n, n], b: [n, n]\ny = a @ b\noutput y\n"
    #expect(try words(lines + "check da = dy @ b.T", workLimit: 1_000_000) == ["proved"])
    #expect(try words(lines + "check da = dy @ b", workLimit: 1_000_000) == ["undecided"])
    #expect(try words(lines + "check da = dy @ b") == ["wrong"])
  }
}
