import Diagnostics
import Reporting
import Testing
import ToolkitTestSupport

/// What is said about the claims of the examples.
struct ExampleVerdictTests {
  /// Files whose claims all hold. Those with large layers are checked by `Scripts/examples`, in a release build.
  static let right = [
    "relu-two-layer", "jacobian-of-Wx", "mlp-sigmoid", "tensordot", "linear-projection",
    "conv2d-single-filter", "conv2d-backward-by-hand", "conv-as-matrix", "deconv-output-shape",
    "deconv-is-conv-backward", "checkerboard", "gan-losses", "lstm-vs-conv1d",
  ]

  @Test func rightClaimsHold() {
    withEvery("file", in: Self.right) { file in
      let report = FileCheck().report(on: try ExampleFiles.source(file))
      let claims = try #require(report.check?.claims, Trace.comment)
      #expect(!claims.isEmpty, Trace.comment)
      for claim in claims {
        #expect(claim.verdict.holds, "\(file), line \(claim.line): \(claim.verdict.word)")
      }
      #expect(report.outcome == .holds, Trace.comment)
    }
  }

  @Test func wrongClaimsAreRefused() {
    let wrong = [
      "relu-two-layer-wrong": ["wrong", "wrong"],
      "mlp-sigmoid-wrong": ["proved", "proved", "wrong", "inherited", "inherited"],
      "conv2d-channels-averaged-wrong": ["wrong"],
      "conv2d-backward-by-hand-wrong": ["wrong", "proved"],
      "permute-vs-reshape": ["proved", "wrong"],
    ]
    withEvery("file", in: wrong.keys.sorted()) { file in
      let report = FileCheck().report(on: try ExampleFiles.source(file))
      #expect(report.check?.claims.map(\.verdict.word) == wrong[file], Trace.comment)
      #expect(report.outcome == .claimIsWrong, Trace.comment)
    }
  }

  @Test func filesThatDoNotFitAreRefused() {
    let codes = [
      "dense-head-wrong": "shape-contraction", "flatten-head-wrong": "shape-contraction",
      "reshape-mnist-wrong": "shape-reshape", "deconv-output-shape-wrong": "shape-output",
    ]
    withEvery("file", in: codes.keys.sorted()) { file in
      let report = FileCheck().report(on: try ExampleFiles.source(file))
      #expect(report.diagnostics.map(\.code.name) == [codes[file]], Trace.comment)
      #expect(report.outcome == .fileIsWrong, Trace.comment)
    }
  }

  /// The first entry at which permute and reshape differ.
  @Test func permuteDiffersFromReshape() throws {
    let report = FileCheck().report(on: try ExampleFiles.source("permute-vs-reshape"))
    let claim = try #require(report.check?.claims.last)
    guard case .wrong(let refutation) = claim.verdict else {
      Issue.record("expected wrong, got \(claim.verdict.word)")
      return
    }
    #expect(refutation.difference?.entry == [0, 1])
  }

  @Test func everyExampleCanBeDerived() {
    withEvery("file", in: ExampleFiles.all.keys.sorted()) { file in
      var diagnostics = DiagnosticList(source: try ExampleFiles.source(file))
      guard let program = FileCheck().program(of: diagnostics.source, into: &diagnostics) else {
        #expect(file.hasSuffix("-wrong"), "\(diagnostics.rendered())")
        return
      }
      let pass = DerivedPass(program, targets: [], diagnostics: diagnostics)
      #expect(pass.text()?.isEmpty == false, Trace.comment)
    }
  }

  /// What other checkers have accepted or refused by mistake.
  @Test func trapsHaveTheirVerdicts() throws {
    let kinked = ["relu-at-zero": ["proved", "kink", "identical"]]
    let right: Set = ["abs-at-zero", "relu-near-zero", "max-pool-tie", "black-background"]
    #expect(ExampleFiles.traps.count >= 16)
    withEvery("trap", in: ExampleFiles.traps.keys.sorted()) { name in
      let source = try #require(ExampleFiles.traps[name])
      let verdicts = try #require(FileCheck().report(on: source).check, Trace.comment)
        .claims.map(\.verdict)
      if let expected = kinked[name] {
        #expect(verdicts.map(\.word) == expected, Trace.comment)
      } else if right.contains(name) {
        #expect(verdicts.count { !$0.holds } == 0, Trace.comment)
      } else {
        #expect(name.hasSuffix("-wrong"), Trace.comment)
        #expect(verdicts.contains { $0.word == "wrong" }, Trace.comment)
      }
    }
  }
}
