import Diagnostics
import Judging
import Reporting
import Testing

/// A square orthogonal matrix is a rotation or a reflection, and a claim is judged on both, whatever the seed.
@Suite struct ComponentTests {
  private func verdict(_ text: String, _ name: String, seed: UInt64) throws -> Verdict? {
    let source = SourceText(name: "components.expr", text: text)
    let report = try FileCheck(CheckOptions(seed: seed)).report(on: source).check
    return report?.claims.first { $0.name == name }?.verdict
  }

  private func program(_ condition: String) -> String {
    """
    input x: [2, 2], v: [2, 2] orthogonal
    y = sum(x * v)
    output y
    check dx = dy * v * (1 + \(condition))
    """
  }

  /// Cells that only reflections have, and cells that only rotations have.
  @Test(arguments: [
    "(v[1, 1] - 2 * v[0, 0] > 1.6) * (v[1, 0] < -0.8426)",
    "(v[1, 1] > 0.51) * (v[1, 1] < 0.52) * (v[0, 0] < 0)",
    "(v[1, 1] > 0.51) * (v[1, 1] < 0.52) * (v[0, 0] > 0)",
  ])
  func aCellOfOneKindIsMet(_ condition: String) throws {
    let found = try (1...12).map { try verdict(program(condition), "dx", seed: $0) }
    #expect(found.allSatisfy { $0?.holds == false })
    #expect(found.count(where: isWrong) > 8)
  }

  /// Cells that neither kind has.
  @Test(arguments: [
    "(v[0, 0] > 0.5) * (v[1, 1] < -2)", "(v[0, 0] > 0.9) * (v[0, 1] > 0.9)",
  ])
  func aCellOfNeitherKindIsNotMet(_ condition: String) throws {
    for seed: UInt64 in 1...4 {
      #expect(try verdict(program(condition), "dx", seed: seed)?.holds == true, "seed \(seed)")
    }
  }
}
