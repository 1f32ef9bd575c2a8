import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// The sizes of a program at a point: those that were asked for, those of the file, those that the given
/// tensors have, and generic ones for the rest.
package struct PointSizes {
  package let program: Program
  /// Numbers for sizes, over those of the file.
  package let overrides: [String: Int]

  package init(program: Program, overrides: [String: Int]) {
    self.program = program
    self.overrides = overrides
  }

  package func sizes(
    for given: [(symbol: TensorExpression, tensor: Tensor<Rational>)]
  ) throws(PointError) -> [String: Int] {
    var known = overrides
    var ranges: [String: ClosedRange<Int>] = [:]
    for size in program.sizes where known[size.name] == nil {
      switch size.extent {
      case .fixed(let value): known[size.name] = value
      case .range(let range): ranges[size.name] = range
      case .free: break
      }
    }
    for (symbol, tensor) in given { try read(tensor, of: symbol, into: &known) }
    let bindings = SizeBindings(
      for: program.declarations.map(\.symbol) + program.values.map(\.value), given: known,
      ranges: ranges.filter { known[$0.key] == nil },
      conditions: program.shapeConditions.map(\.condition.sizeBinding))
    guard let sizes = bindings.chosen() else { throw .noSizes }
    try confirm(given, at: sizes)
    return sizes
  }

  /// Takes the names of axes from a tensor's extents.
  private func read(
    _ tensor: Tensor<Rational>, of symbol: TensorExpression, into known: inout [String: Int]
  ) throws(PointError) {
    let shape = symbol.declaredShape
    guard tensor.extents.count == shape.count else { throw mismatch(symbol, tensor) }
    for (size, extent) in zip(shape, tensor.extents) {
      guard let name = size.asName else { continue }
      if let number = known[name], number != extent {
        throw .conflict(size: name, first: number, second: extent)
      }
      known[name] = extent
    }
  }

  private func confirm(
    _ given: [(symbol: TensorExpression, tensor: Tensor<Rational>)], at sizes: [String: Int]
  ) throws(PointError) {
    for (symbol, tensor) in given {
      let extents = symbol.declaredShape.map { try? $0.evaluated(sizes) }
      if extents != tensor.extents { throw mismatch(symbol, tensor) }
    }
  }

  private func mismatch(_ symbol: TensorExpression, _ tensor: Tensor<Rational>) -> PointError {
    .shape(symbol.name ?? "", declared: symbol.declaredShape, found: tensor.extents)
  }
}

extension ShapeCondition {
  /// The condition as the choice of sizes takes it.
  package var sizeBinding: SizeBindings.Condition {
    switch self {
    case .divisible(let condition): .divisible(condition.dividend, by: condition.divisor)
    case .atLeast(let size, let bound): .atLeast(size, bound)
    }
  }
}
