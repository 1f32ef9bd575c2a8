import Diagnostics
import Explaining
import ExpressionLanguage
import Judging
import Notation
import Reporting

/// Judges a claimed gradient as the program judges a `check` line.
///
/// - Parameters:
///   - claimed: of the gradient's shape, over the layer's tensors and the upstream gradient.
///   - options: sizes and seed of the draws.
/// - Throws: ``GradientError``.
public func judge(
  _ claimed: TensorExpression, against gradient: Gradient, options: CheckOptions = CheckOptions()
) throws(GradientError) -> Judgement {
  try Judgement(of: claimed, against: gradient, options)
}

/// What was found of one claimed gradient.
public struct Judgement: Sendable, CustomStringConvertible {
  /// The program's own verdict, with its evidence.
  public let verdict: Verdict
  /// The report that a person reads.
  public let text: String

  /// Whether the claim is right.
  public var holds: Bool { verdict.holds }

  public var description: String { verdict.word }

  init(
    of claimed: TensorExpression, against gradient: Gradient, _ options: CheckOptions
  ) throws(GradientError) {
    guard claimed.shape == gradient.primal.shape else {
      throw .shape(claimed: shapeText(claimed.shape), gradient: shapeText(gradient.primal.shape))
    }
    let own =
      gradient.pass.program.declarations.map(\.symbol) + [gradient.pass.upstream].compactMap(\.self)
    if let other = TensorExpression.symbols(of: [claimed]).first(where: { !own.contains($0) }) {
      throw .foreignTensor(other.name ?? "")
    }
    let program = Program(
      differentiating: gradient.pass.output, claims: [(gradient.primal, claimed)], named: "layer")
    let report: CheckReport
    do {
      report = try Checker.explaining(options).check(program)
    } catch {
      if let internalError = error.internalError { throw .internalError(internalError) }
      var list = DiagnosticList(source: program.source)
      list.append(contentsOf: error.diagnostics)
      throw .underivable(list.rendered())
    }
    guard let claim = report.claims.first else {
      throw .internalError("a claim was not judged")
    }
    verdict = claim.verdict
    text = TextReport().render(report)
  }
}
