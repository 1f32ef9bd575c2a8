import Derivation
import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Calls someone's gradient code at drawn points and holds what it gives against the exact gradients.
struct GradientRuns<Comparison: GradientComparison> {
  let layer: GradientLayer
  let seed: UInt64
  let runs: Int
  let comparison: Comparison

  typealias Computation = (GradientPoint) throws -> [String: [Comparison.Number]]

  /// Does all runs, or one of them.
  func check(only run: Int?, _ compute: Computation) throws {
    for number in run.map({ $0..<$0 + 1 }) ?? 0..<max(runs, 0) {
      try check(run: number, compute)
    }
  }

  private func check(run: Int, _ compute: Computation) throws {
    var generator = SeededGenerator(seed: seed, stream: UInt64(truncatingIfNeeded: run) &* 2)
    let draws = layer.draws
    var found: GradientCase<Comparison>?
    for _ in 0..<64 where found == nil {
      guard let sizes = draws.draw(using: &generator) else { throw GradientCheckError.noSizes }
      found = try gradientCase(sizes, run: run)
    }
    guard let found else { throw GradientCheckError.noSizes }
    guard let failure = try found.failure(compute) else { return }
    let smallest = withoutActuallyEscaping(compute) {
      smallestCase(of: failure.name, from: found, run: run, draws, $0)
    }
    throw GradientMismatch(
      layer: layer.name, name: failure.name, entry: failure.entry, finding: failure.finding,
      differing: failure.differing, total: failure.total,
      cause: found.cause(of: failure), sizes: found.allSizes, run: run, runs: runs, seed: seed,
      smallest: smallest)
  }

  /// The layer at some sizes and a point drawn for a run; nil where the sizes fit no shape.
  private func gradientCase(
    _ sizes: [String: Int], run: Int
  ) throws -> GradientCase<Comparison>? {
    guard let (program, named) = layer.program(at: sizes) else { return nil }
    return try GradientCase(
      program: program, sizes: named, allSizes: sizes, comparison: comparison,
      seed: seed &+ UInt64(truncatingIfNeeded: run) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// The same gradient wrong at the smallest sizes and the simplest values.
  ///
  /// Code that fails in another way at other sizes is not followed there.
  private func smallestCase(
    of name: String, from first: GradientCase<Comparison>, run: Int, _ draws: SizeDraws,
    _ compute: @escaping Computation
  ) -> GradientMismatch.SmallestCase? {
    func failure(_ sizes: [String: Int]) -> (GradientCase<Comparison>, GradientFailure<Comparison>)?
    {
      guard let own = try? gradientCase(sizes, run: run),
        let failure = try? own.failure(compute), failure.name == name
      else { return nil }
      return (own, failure)
    }
    let sizes = SizeShrinking(draws: draws) { failure($0) != nil }.smallest(from: first.allSizes)
    guard let (own, _) = failure(sizes) else { return nil }
    var shrinking = PointShrinking(budget: 300) { point in
      (try? own.moved(to: point)?.failure(compute))?.name == name
    }
    guard let simplest = own.moved(to: shrinking.simplest(from: own.point)),
      let last = try? simplest.failure(compute)
    else { return nil }
    return GradientMismatch.SmallestCase(
      sizes: sizes, values: simplest.valueLines, entry: last.entry, finding: last.finding)
  }
}
