import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

extension CheckOptions {
  /// The options with the sizes that the given values have; nil where nothing is given.
  ///
  /// - Throws: ``CheckFailure/given(_:)`` for values that the file does not declare, or not so.
  func taking(_ program: Program) throws(CheckFailure) -> CheckOptions? {
    if givenValues.isEmpty { return nil }
    do throws(PointError) {
      return try sized(for: program, numbers: [])
    } catch {
      throw .given(error.diagnostic)
    }
  }

  /// The options at the point of a file of numbers, those of one claim with it.
  ///
  /// - Throws: ``PointError`` for a point that does not fit the file's declarations.
  package func taking(
    _ file: Program.ClaimFile, for claim: TensorExpression, in program: Program
  ) throws(PointError) -> CheckOptions {
    var result = self
    result.isAtOnePoint = true
    let numbers = file.values.filter { $0.key == claim.name }
    result.givenValues = file.point.merging(numbers) { $1 }.mapValues {
      Tensor(extents: $0.shape, elements: $0.values)
    }
    return try result.sized(for: program, numbers: [claim])
  }

  /// - Parameter numbers: symbols that stand for claimed numbers.
  private func sized(
    for program: Program, numbers: [TensorExpression]
  ) throws(PointError) -> CheckOptions {
    var result = self
    let declared =
      program.declarations.map(\.symbol) + (program.output?.upstreams ?? [])
    let point = GivenPoint(givenValues, of: declared + numbers)
    let given = try point.confirmed(in: program)
    result.sizes = try PointSizes(program: program, overrides: sizes).sizes(for: given)
    for (symbol, tensor) in try GivenPoint.oneHot(given, at: result.sizes) {
      result.givenValues[symbol.name ?? ""] = tensor
    }
    return result
  }
}
