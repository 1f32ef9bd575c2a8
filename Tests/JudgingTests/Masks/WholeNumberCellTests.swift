import Diagnostics
import ExpressionLanguage
import Judging
import Reporting
import Testing

/// Whole numbers in the conditions of masks: what vanishes where a linear program puts them is not taken for right.
@Suite struct WholeNumberCellTests {
  private func verdict(_ text: String, _ name: String, seed: UInt64) throws -> Verdict? {
    let source = SourceText(name: "whole-numbers.expr", text: text)
    let report = try FileCheck(CheckOptions(seed: seed)).report(on: source).check
    return report?.claims.first { $0.name == name }?.verdict
  }

  /// A program with whole numbers `k` and a cell that `k` and `v` make together.
  private func program(_ condition: String, _ factor: String) -> String {
    """
    const k: [] integer
    param v: []
    loss L = v * log1p(k**2)
    check dv = log1p(k**2) + \(factor) * \(condition) * (v > -0.273) * (v < 0.272)
    """
  }

  /// The true slip vanishes at k = 0, where a program puts k.
  @Test(arguments: [
    ("(k > -2)", "k"), ("(k < 3)", "k"), ("(k > -2) * (k < 1)", "k"),
    ("(k >= 0)", "k * (k - 1)"),
  ])
  func aSlipThatVanishesAtZeroIsSeen(_ condition: String, _ factor: String) throws {
    for seed: UInt64 in 1...8 {
      #expect(isWrong(try verdict(program(condition, factor), "dv", seed: seed)), "seed \(seed)")
    }
  }

  /// Where the only whole number of the cell makes it vanish, nothing is wrong.
  @Test(arguments: [
    ("(k > -1) * (k < 1)", "k"), ("(k > 0) * (k < 2)", "(k - 1)"),
    ("(k > -1) * (k < 2)", "k * (k - 1)"),
  ])
  func whatVanishesOnTheWholeCellIsNotWrong(_ condition: String, _ factor: String) throws {
    for seed: UInt64 in 1...4 {
      let found = try verdict(program(condition, factor), "dv", seed: seed)
      #expect(!isWrong(found), "seed \(seed)")
    }
  }
}
