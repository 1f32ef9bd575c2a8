import TensorExpressions
import ToolkitTestSupport

/// The same value written differently: operands and terms in another order, indices renumbered and reversed.
struct ReindexedVariant {
  private var generator: ToolkitTestSupport.SeededGenerator

  init(seed: Int) { generator = ToolkitTestSupport.SeededGenerator(seed: seed) }

  mutating func variant(of root: TensorExpression) -> TensorExpression {
    TensorExpression.rebuilding([root]) { node in
      switch node.kind {
      case .sum(let terms):
        return node.space.sum(terms.shuffled(using: &generator), shape: node.shape)
      case .contraction(let contraction):
        return node.space.contraction(rewritten(contraction), shape: node.shape)
      case .symbol, .elementwise, .extremum, .selector, .inverse, .determinant, .cholesky, .named,
        .recurrence:
        return node
      }
    }[0]
  }

  private mutating func rewritten(_ c: Contraction) -> Contraction {
    let order = c.indices.indices.shuffled(using: &generator)
    var place = Array(repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { place[old] = new }
    let isReversed = c.indices.map { _ in Bool.random(using: &generator) }
    func moved(_ affine: Affine) -> Affine {
      affine.substituting { old in
        let new = Affine.index(place[old])
        return isReversed[old] ? new * Size(-1) + (c.indices[old] - 1) : new
      }
    }
    return Contraction(
      coefficient: c.coefficient, indices: order.map { c.indices[$0] },
      output: c.output.map(moved),
      operands: c.operands.shuffled(using: &generator).map {
        .init($0.value, $0.access.map(moved))
      },
      guards: c.guards.shuffled(using: &generator).map {
        .init(moved($0.coordinate), below: $0.extent)
      })
  }
}
