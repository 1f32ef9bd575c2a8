import Derivation
import Evaluation
import ExpressionLanguage
import TensorExpressions

extension Checker {
  /// What holding derived gradients against dual numbers may take where nothing else is compared, in multiply-adds:
  /// less than the derivation itself.
  private static let witnessWork = 300_000

  /// The derived gradients against dual numbers in a prime field, one draw at the smallest sizes that the
  /// program allows.
  ///
  /// - Returns: why they were not compared; nil where they agree.
  /// - Throws: ``CheckFailure/internalError(_:)`` where they differ.
  package static func unwitnessed(
    _ backward: BackwardPass, of program: Program
  ) throws(CheckFailure) -> String? {
    let options = CheckOptions()
    guard let output = program.output?.whole else { return "nothing is differentiated" }
    let targets = backward.cotangents.keys.filter { node in
      if case .symbol(let symbol) = node.kind { symbol.isDifferentiable } else { false }
    }.sorted { $0.id < $1.id }
    guard !targets.isEmpty else { return "nothing to differentiate by" }
    guard let sizes = DrawPlan(program: program, options: options).smallestSizes else {
      return "no small sizes were found"
    }
    var unrolling = Unrolling(steps: sizes)
    let value = unrolling(output.value)
    let cotangents = backward.cotangents.mapValues { unrolling($0) }
    let roots = Array(cotangents.values) + [value]
    let memory = EvaluationLimits.current.memory
    guard let estimate = try? WorkEstimate(of: roots, sizes: sizes, memory: memory),
      estimate.work <= witnessWork
    else { return "it would take longer than the derivation" }
    let agreement = WitnessTrial(
      output: Program.Output.Result(value: value, upstream: output.upstream), targets: targets,
      cotangents: cotangents, draw: Draw(sizes: sizes, seed: options.seed, given: [:]),
      options: options
    ).fieldAgreement(0)
    switch agreement {
    case .exact, .enclosed: return nil
    case .disagreement(let what):
      throw .internalError("a derived gradient differs from dual numbers: \(what)")
    case .unknown(let why): return why
    }
  }
}
