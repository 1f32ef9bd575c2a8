import Diagnostics
import ExpressionLanguage
import Judging
import Reporting
import Testing

/// Masks of the classes of so many entries that no function is written over all of them: those classes are decided
/// where a slip may hide, one after the other.
@Suite struct ManyClassesTests {
  private func verdict(_ text: String, seed: UInt64) throws -> Verdict? {
    let source = SourceText(name: "many-classes.expr", text: text)
    let options = CheckOptions(seed: seed, searchesCauses: false)
    let report = try FileCheck(options).report(on: source).check
    return report?.claims.last?.verdict
  }

  /// Four labels of three classes, of which some may be ignored: 256 ways together.
  private func program(_ claim: String) -> String {
    """
    dims N=4, C=3
    input z: [N, C]
    const t: [N] index(C, ignore=-100)
    valid = t >= 0
    loss L = cross_entropy(z, t, reduction="sum")
    check dz = (softmax(z) - one_hot(t, C)) * valid[:, None]\(claim)
    """
  }

  /// Right unless every label is ignored, which is drawn once in hundreds of points.
  @Test(arguments: [
    " + (sum(valid) == 0) * z", " + (sum(valid) < 1) * z", " + (max(t) < 0) * z",
    " + prod(1 - valid) * z",
  ])
  func aSlipWhereEveryLabelIsIgnoredIsSeen(_ slip: String) throws {
    for seed: UInt64 in 1...2 {
      let found = try verdict(program(slip), seed: seed)
      #expect(isWrong(found), "seed \(seed): \(String(describing: found))")
    }
  }

  /// No label counts where all are ignored, so that these add nothing.
  @Test(arguments: [
    "", " + (sum(valid) == 0) * valid[:, None] * z", " + (sum(valid) < 0) * z",
    " * (1 - (sum(valid) == 0))",
  ])
  func whatIsZeroOnEveryCellIsNotWrong(_ term: String) throws {
    let found = try verdict(program(term), seed: 1)
    #expect(!isWrong(found), "\(String(describing: found))")
  }

  /// Of eight labels no draw and no cell shows all alike, all ignored or all different.
  @Test(arguments: [
    "(sum(valid) == 0)", "(sum(one_hot(t, C)[:, 0]) == N)", "(sum(one_hot(t, C)[:, C - 1]) == N)",
    "(max(sum(one_hot(t, C), axis=0)) == 2) * (min(sum(one_hot(t, C), axis=0)) == 2)",
  ])
  func aSlipAtACornerOfManyLabelsIsSeen(_ condition: String) throws {
    let text = program(" + z * " + condition).replacing("N=4, C=3", with: "N=8, C=4")
    #expect(isWrong(try verdict(text, seed: 1)))
  }

  /// What adds up for a row of a table that is looked up several times, and four slips that show for few of its uses.
  @Test(arguments: [
    ("dy[i, d]", true), ("dy[i, d] * (later[i] == 0)", false),
    ("dy[i, d] * (1 + (uses[idx[i]] == 3))", false), ("dy[i, d] * (idx[i] < V - 1)", false),
    ("dy[i, d] * (1 + (uses[idx[i]] == N))", false),
  ])
  func aScatterAddsUpEveryUse(_ addend: String, _ isRight: Bool) throws {
    let text = """
      dims N=5, V=4, D=3
      param E: [V, D]
      const idx: [N] index(V)
      y = E[idx]
      output y
      u = one_hot(idx, V)
      n = arange(N)
      uses = sum(u, axis=0)
      later = sum((u @ u.T) * (n[None, :] > n[:, None]), axis=1)
      check dE[idx[i], d] += \(addend)
      """
    for seed: UInt64 in 1...2 {
      let found = try verdict(text, seed: seed)
      #expect(isWrong(found) != isRight, "seed \(seed): \(String(describing: found))")
    }
  }
}
