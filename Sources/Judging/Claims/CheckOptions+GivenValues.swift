import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

extension CheckOptions {
  /// The options with the values that a program's own files give, and with the sizes that all given values have; nil
  /// where nothing is given.
  func taking(_ program: Program) throws(CheckFailure) -> CheckOptions? {
    var result = self
    for (name, tensor) in program.givenPoint.merging(program.givenValues, uniquingKeysWith: { $1 })
    where result.givenValues[name] == nil {
      result.givenValues[name] = Tensor(extents: tensor.shape, elements: tensor.values)
    }
    if result.givenValues.isEmpty { return nil }
    let symbols =
      program.declarations.map(\.symbol)
      + (program.output?.upstream.map { [$0] } ?? [])
    var given: [(symbol: TensorExpression, tensor: Tensor<Rational>)] = []
    for symbol in symbols {
      guard let tensor = result.givenValues[symbol.name ?? ""] else { continue }
      given.append((symbol, tensor))
    }
    let unknown = result.givenValues.keys.filter { name in
      !given.contains { $0.symbol.name == name } && program.givenValues[name] == nil
    }
    if let name = unknown.sorted().first {
      throw .sizes("the point gives `\(name)`, which is not a declared tensor")
    }
    do throws(PointError) {
      result.sizes = try PointSizes(program: program, overrides: sizes).sizes(for: given)
    } catch {
      throw .sizes(error.diagnostic.message)
    }
    return result
  }
}
