import Diagnostics
import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Values that someone gives for some of a program's symbols.
package struct GivenPoint {
  private let values: [String: Tensor<Rational>]
  private let symbols: [TensorExpression]

  package init(_ values: [String: Tensor<Rational>], of symbols: [TensorExpression]) {
    self.values = values
    self.symbols = symbols
  }

  /// The symbols that have values, with them.
  ///
  /// - Throws: ``PointError`` for a name that none of them has, and for values that break a declaration.
  package func confirmed(
    in program: Program
  ) throws(PointError) -> [(symbol: TensorExpression, tensor: Tensor<Rational>)] {
    let names = symbols.compactMap(\.name)
    for name in values.keys.sorted() where !names.contains(name) {
      if program.values.contains(where: { $0.name == name }) { throw .computed(name) }
      throw .unknownName(name, nearest: SpellingSuggestion.closest(to: name, among: names))
    }
    let given = symbols.compactMap { symbol in
      values[symbol.name ?? ""].map { (symbol: symbol, tensor: $0) }
    }
    for (symbol, tensor) in given {
      guard case .symbol(let declared) = symbol.kind,
        let violation = StructureViolation(of: declared.structure, in: tensor)
      else { continue }
      throw .declaration(declared.name, violation)
    }
    return given
  }

  /// The values with index tensors as one-hot tensors, once the sizes are known.
  ///
  /// - Throws: ``PointError/declaration(_:_:)`` for a number that is no class.
  package static func oneHot(
    _ given: [(symbol: TensorExpression, tensor: Tensor<Rational>)], at sizes: [String: Int]
  ) throws(PointError) -> [(symbol: TensorExpression, tensor: Tensor<Rational>)] {
    var result: [(symbol: TensorExpression, tensor: Tensor<Rational>)] = []
    for (node, tensor) in given {
      guard node.isIndexSymbol, let extent = node.shape.last,
        let count = try? extent.evaluated(sizes)
      else {
        result.append((node, tensor))
        continue
      }
      let ignored = node.structure.ignoredIndex
      let (hot, wrong) = tensor.oneHot(count, ignoring: ignored)
      guard let hot else {
        throw .declaration(
          node.name ?? "", StructureViolation(index: extent, ignored, in: tensor, at: wrong))
      }
      result.append((node, hot))
    }
    return result
  }
}
