import Diagnostics
import Testing

@testable import Judging
@testable import Reporting

/// What differs on some cells of the masks only is refused, and what is equal on all of them accepted.
@Suite struct CellTests {
  private static let layer = """
    dims B=4, I=3, O=2
    input x: [B, I], r: [B, I] positive
    param W: [I, O], b: [O]
    z = x @ W + b
    y = relu(z)

    """

  private func words(_ text: String) throws -> [String] { try verdicts(of: text).map(\.word) }

  private func check(_ text: String, seed: UInt64 = 17) throws -> CheckReport {
    let source = SourceText(name: "cells.expr", text: text)
    return try #require(FileCheck(CheckOptions(seed: seed)).report(on: source).check)
  }

  @Test func masksThatAreEqualAreAccepted() throws {
    let claims = [
      "dy * (z > 0)", "dy * (z >= 0)", "dy * (y > 0)", "dy * (3*y > 0)", "dy * sign(y)",
      "dy * (z > 0) * (z > 0)", "dy * (y > 0) * (z > 0)", "where(z > 0, dy, 0)",
      "dy * (1 - (z < 0))",
    ]
    for claim in claims {
      let word = try words(Self.layer + "check dz = \(claim)\n")[0]
      #expect(["proved", "identical"].contains(word), "\(claim)")
    }
  }

  /// Random points are on no slab of this width, and on one side of far masks.
  @Test func masksThatDifferOnASlabAreRefused() throws {
    let claims = [
      "dy * (z > -1e-9)", "dy * (z > 1e-9)", "dy * (z >= -1e-12)", "dy * (1 - (z < 1e-5))",
      "dy * (y > 1e-7)", "dy * (z > 0) * (z < 1000)",
    ]
    for claim in claims {
      #expect(try words(Self.layer + "check dz = \(claim)\n") == ["wrong"], "\(claim)")
    }
    let smooth = "dims n=3\ninput x: [n]\nz = sigmoid(x) - 1/2\ny = relu(z)\n"
    #expect(try words(smooth + "check dz = dy * (z > -1e-9)\n") == ["wrong"])
  }

  /// The claim is off in one entry of one window, where that entry is the smallest.
  @Test(arguments: 1...8) func anEntryOfAWindowIsSeenTaken(seed: Int) throws {
    let text = """
      dims n=2, m=7
      input x: [n, m]
      y = min(x, axis=1)
      s = min_selector(x, axis=1)
      c: [n, m]
      c[0, 3] += 1
      output y: [n]
      check dx[i,j] += dy[i] * s[i,j] + 1/1000 * dy[i] * s[i,j] * s[i,j] * c[i,j]
      """
    #expect(try check(text, seed: UInt64(seed)).claims.map(\.verdict.word) == ["wrong"])
  }

  /// One class of one row has another gradient.
  @Test(arguments: 1...8) func everyClassIsChosen(seed: Int) throws {
    let text = """
      dims B=3, C=5
      input z: [B, C]
      const t: [B, C] one_hot(1)
      c: [B, C]
      c[0, 3] += 1
      loss L = sum(t * z)
      check dz = t + t * t * c / 1000
      check dz = t * t
      """
    #expect(
      try check(text, seed: UInt64(seed)).claims.map(\.verdict.word).map { $0 == "wrong" } == [
        true, false,
      ])
  }

  @Test func aSideThatNoPointHasMattersNot() throws {
    #expect(
      try words(
        "dims n=3\ninput x: [n]\ny = x**2\ncheck dx = 2*dy*x*(x**4 + 1 > 0)*(x**4 + 1 > 0)\n")
        != ["wrong"])
    #expect(
      try words("dims n=3\ninput x: [n]\ny = x*2\ncheck dx = 2*dy*(x < 1000000000000)\n")
        == ["wrong"])
  }

  // MARK: Causes

  private func cause(_ text: String) throws -> String? {
    guard case .wrong(let refutation) = try check(text).claims[0].verdict else { return nil }
    return refutation.cause?.sentence
  }

  @Test func aSlopeTakenForZeroIsNamed() throws {
    let text = "dims n=6\ninput h: [n]\ny = leaky_relu(h, 1e-5)\ncheck dh = dy * (h > 0)\n"
    #expect(
      try cause(text) == "mask: `h > 0` stands where `where(h > 0, 1, 1e-5)` belongs")
  }

  @Test func aSlipAtSaturatedValuesIsNamed() throws {
    let bounded = "dims n=6\ninput x: [n]\ny = hardtanh(x, -50, 50)\n"
    #expect(try cause(bounded + "check dx = dy * (x > -50)\n")?.hasPrefix("mask: ") == true)
    #expect(try cause(bounded + "check dx = dy * (x < 50)\n")?.hasPrefix("mask: ") == true)
  }
}
