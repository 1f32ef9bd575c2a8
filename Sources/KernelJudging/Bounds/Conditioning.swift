import Evaluation
import Scalars
import TensorExpressions
import TensorFiles

/// How much a result moves when what it is computed from moves by a few units of roundoff: Σ|∂g/∂v|·|v| for
/// each entry, over the inputs and the named values of the forward pass.
///
/// Formulas that are right and numerically poor, such as E[x²] − E[x]² for a variance, are off by about that.
struct Conditioning {
  let layer: KernelLayer
  let tensors: [StoredTensor]
  let sizes: [String: Int]

  /// The most numbers that are moved, one at a time.
  private static let largestCount = 1500

  /// By entry of the formula; nil where there are too many numbers to move, or no values.
  func terms(of formula: TensorExpression) -> [Double]? {
    let point = layer.point(tensors, sizes) { $0 }
    let nodes = Set(TensorExpression.postorder(of: [formula]))
    let named = layer.backward.forward.filter { nodes.contains($0) && $0.symbol == nil }
    let inputs = layer.inputs.filter { nodes.contains($0) }
    guard let values = try? Evaluator(DoubleArithmetic(), at: point).evaluate(named) else {
      return nil
    }
    let count =
      values.reduce(0) { $0 + $1.count }
      + inputs.reduce(0) { $0 + (point.values[$1]?.count ?? 0) }
    guard count <= Self.largestCount else { return nil }
    var sums: [Double]?
    guard add(formula, at: point, moving: inputs, to: &sums) else { return nil }
    // A named value moves by itself: it stands for a tensor of its own.
    var free = point
    var replacements: [TensorExpression: TensorExpression] = [:]
    var symbols: [TensorExpression] = []
    for (node, value) in zip(named, values) {
      let symbol = node.space.constant("value of \(node.name ?? "")", node.shape)
      replacements[node] = symbol
      free.values[symbol] = value
      symbols.append(symbol)
    }
    let opened = formula.replacingNamed(replacements)
    guard add(opened, at: free, moving: symbols, to: &sums) else { return nil }
    return sums
  }

  private func add(
    _ formula: TensorExpression, at point: EvaluationPoint<Double>,
    moving symbols: [TensorExpression], to sums: inout [Double]?
  ) -> Bool {
    let pushforward = Pushforward(DoubleArithmetic())
    for symbol in symbols {
      guard let value = point.values[symbol] else { continue }
      for place in 0..<value.count where value.elements[place] != 0 {
        let direction = Tensor(
          extents: value.extents,
          elements: value.elements.indices.map { $0 == place ? value.elements[place] : 0 })
        guard
          let result = try? pushforward.evaluate([formula], at: point, along: [symbol: direction])
        else { return false }
        let moved = result[0].tangent.elements.map(\.magnitude)
        sums = sums.map { zip($0, moved).map(+) } ?? moved
      }
    }
    return true
  }
}
