import Derivation
import Diagnostics
import Evaluation
import ExpressionLanguage
import Foundation
import Layers
import ProgramTestSupport
import Scalars
import TensorExpressions

@testable import Judging

/// One program with its derived gradients, at sizes small enough for plain loops.
struct MutationSubject {
  let name: String
  let program: Program
  let backward: BackwardPass
  let sizes: [String: Int]

  /// No program whose loops take more steps than this is looked at.
  private static let largestWork = 60_000

  /// Nil for a text that is wrong, that differentiates nothing, or whose smallest sizes are too large.
  init?(_ entry: ProgramCorpus.Entry, seed: Int) {
    let source = SourceText(name: entry.name, text: entry.text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    var program = Elaborator.elaborate(
      file, loading: { throw UnreadableFile(name: $0) }, into: &diagnostics)
    program.claims = []
    guard !diagnostics.hasErrors, program.output != nil,
      let backward = try? Checker.derive(program), !backward.lines.isEmpty,
      let sizes = Self.sizes(of: program, variant: seed % 3)
    else { return nil }
    let work = TensorExpression.postorder(of: backward.lines.map(\.cotangent)).reduce(0) {
      $0 + ($1.asContraction.flatMap { Self.work($0, sizes) } ?? 1)
    }
    guard work <= Self.largestWork else { return nil }
    name = entry.name
    self.program = program
    self.backward = backward
    self.sizes = sizes
  }

  /// Small sizes that differ, whatever the file says, and the file's own where those do not fit.
  private static func sizes(of program: Program, variant: Int) -> [String: Int]? {
    let roots = program.declarations.map(\.symbol) + program.values.map(\.value)
    let conditions = program.shapeConditions.map(\.condition.sizeBinding)
    let fixed = program.sizes.compactMap { size in
      if case .fixed(let number) = size.extent { (size.name, number) } else { nil }
    }
    let names = program.sizes.map(\.name)
    func bound(_ given: [String: Int]) -> [String: Int]? {
      let known = SizeBindings(for: roots, given: given, conditions: conditions)
      return SizeBindings(
        names: names + known.names.filter { !names.contains($0) }, given: given,
        conditions: known.conditions
      ).chosen(draw: variant)
    }
    return bound([:]) ?? bound(Dictionary(fixed) { first, _ in first })
  }

  private static func work(_ c: Contraction, _ sizes: [String: Int]) -> Int? {
    let extents = c.indices.map { (try? $0.evaluated(sizes)) ?? 1 }
    return TensorShape.count(extents).map { $0 * (c.operands.count + 1) } ?? .max / 1_000_000
  }

  /// A gradient of the backward pass with the value that it is by.
  struct Gradient {
    let name: String
    let primal: TensorExpression
    let cotangent: TensorExpression

    var formula: TensorExpression { cotangent.unnamed }
  }

  /// The gradients by what the output is computed from; parts that only the backward pass names are none of it.
  var gradients: [Gradient] {
    let forward = Set(
      TensorExpression.postorder(of: program.output?.values ?? []))
    return backward.lines.compactMap { line in
      line.primal.flatMap { primal in
        forward.contains(primal)
          ? Gradient(name: line.name, primal: primal, cotangent: line.cotangent) : nil
      }
    }
  }

  /// The values that may stand in each other's place.
  var values: [TensorExpression] {
    program.declarations.map(\.symbol) + program.values.filter { !$0.isBackward }.map(\.value)
      + backward.lines.map(\.cotangent) + (program.output?.upstreams ?? [])
  }
}
