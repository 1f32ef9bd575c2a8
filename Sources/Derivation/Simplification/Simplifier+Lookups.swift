import Scalars
import TensorExpressions

/// Rules that rest on what a one-hot tensor picks.
extension Simplifier {
  /// Rule *picked*: h[n, v]·f(Σw p[n, w]·h[n, w]) = h[n, v]·f(p[n, v]) for a one-hot h, where f is defined for
  /// all of p.
  func foldPicked(_ product: inout IndexProduct) {
    for (place, factor) in product.factors.enumerated() {
      let value = expression(factor.atom)
      guard let function = value.appliedFunction, value.operands.count == 1,
        let picked = Picked(value.operands[0]),
        function.isDefinedEverywhere || isPositive(picked.table),
        let hot = product.factors.first(where: {
          $0.atom == picked.hot.id && Array($0.access.dropLast()) == factor.access
        }), let last = hot.access.last
      else { continue }
      var own = self.factor(rewritten(function, [picked.table]), factor)
      own.access = picked.access.map { coordinate in
        coordinate.substituting { $0 < factor.access.count ? factor.access[$0] : last }
      }
      product.factors[place] = own
    }
  }

  /// An entry of a table at the place that a one-hot tensor names: q[n] = Σw p[…] · h[n, w].
  private struct Picked {
    let table: TensorExpression
    /// Where the table is read; the index after those of the entry is the class.
    let access: [Affine]
    let hot: TensorExpression

    init?(_ value: TensorExpression) {
      let own = (0..<(value.rank + 1)).map(Affine.index)
      guard let c = value.asContraction, c.coefficient.isOne, c.guards.isEmpty,
        c.operands.count == 2, c.hasPlainOutput, c.indices.count == value.rank + 1,
        let place = c.operands.firstIndex(where: {
          $0.value.structure.sumsToOne && $0.value.structure.oneHotAxis == value.rank
            && $0.access == own && $0.value.shape == c.indices
        })
      else { return nil }
      let other = c.operands[1 - place]
      // What is read outside of a table is 0, and a function of 0 need not be.
      let isInside = zip(other.access, other.value.shape).allSatisfy { coordinate, extent in
        coordinate.asIndex.map { c.indices[$0] == extent } ?? false
      }
      guard isInside else { return nil }
      (table, access, hot) = (other.value, other.access, c.operands[place].value)
    }
  }
}

extension Elementwise {
  /// Whether it has a value at every number.
  fileprivate var isDefinedEverywhere: Bool {
    switch primitive {
    case .elementary(let function): Self.entire.contains(function)
    case .step, .floor, .round: true
    case .reciprocal, .power, .pi, .stopped, nil: false
    }
  }

  private static let entire: Set<ElementaryFunction> = [
    .exp, .expm1, .sin, .cos, .tanh, .sinh, .cosh, .sigmoid, .softplus, .erf, .atan, .gelu, .silu,
  ]
}
