import Scalars
import TensorExpressions

/// Brings expressions into the short form that people would write, without expanding products of sums.
///
/// Chains of unnamed contractions become one, equal terms merge, common factors come out, and what a named
/// value stands for is written by its name. Named values are leaves: what is behind a name stays there.
/// Rules, each with its condition, are in the extensions of this type; a rule whose condition is not *proved*
/// does not apply.
public final class Simplifier {
  let facts: SizeFacts
  /// Whether products of sums are multiplied out where that makes formulas shorter. It takes time, and is worth it for
  /// the few formulas of higher derivatives.
  let multipliesOut: Bool
  /// Whether what is the same along an axis is computed without it and repeated.
  let leavesAxesOut: Bool
  var weights = FormulaWeight()
  /// The most operands that a fused contraction may have; chains beyond it stay chains.
  let operandLimit = 12
  private var memo: [TensorExpression: TensorExpression] = [:]
  /// The named value of a definition, by the definition and by its simplified form.
  private var nameOf: [TensorExpression: TensorExpression] = [:]
  /// The definitions that are products entry by entry, to be found inside larger products, by the atom of their first
  /// factor.
  private(set) var namedProducts: [Int: [NamedProduct]] = [:]
  private var atoms: [Int: TensorExpression] = [:]
  /// Values that the forward pass divides by: wherever it has a value, they are not 0.
  private(set) var nonzero: Set<TensorExpression> = []
  /// Whether a matrix is symmetric, for those of which it was asked.
  var matrixStructures: [TensorExpression: TensorStructure] = [:]
  /// What ends the rewriting of a node.
  private(set) var measure: RewritingMeasure

  struct NamedProduct {
    let value: TensorExpression
    let definition: IndexProduct
  }

  /// A simplifier that knows nothing but what holds of the sizes.
  ///
  /// - Parameter multipliesOut: whether products of sums are multiplied out where that makes
  ///   formulas shorter.
  public convenience init(facts: SizeFacts, multipliesOut: Bool = false) {
    self.init(facts: facts, multipliesOut: multipliesOut, measure: RewritingMeasure())
  }

  init(
    facts: SizeFacts, multipliesOut: Bool = false, leavesAxesOut: Bool? = nil,
    measure: RewritingMeasure = RewritingMeasure()
  ) {
    self.facts = facts
    self.leavesAxesOut = leavesAxesOut ?? multipliesOut
    self.multipliesOut = multipliesOut
    self.measure = measure
  }

  /// One step of rewriting, which lowers the measure; where nothing is left of that, the node stays as it is.
  func step(
    orElse node: @autoclosure () -> TensorExpression, _ rewriting: () -> TensorExpression
  ) -> TensorExpression {
    guard measure.lower() else { return node() }
    defer { measure.leave() }
    return rewriting()
  }

  /// What is known when every extent in the expressions is at least 1.
  public static func facts(
    of roots: [TensorExpression], lowerBounds: [String: Int] = [:]
  ) -> SizeFacts {
    var facts = SizeFacts(lowerBounds: lowerBounds)
    for node in TensorExpression.postorder(of: roots) {
      for extent in node.shape { facts.assumePositive(extent) }
    }
    return facts
  }

  /// Lets 1/x be cancelled against x for some more values x, but for those that are zero on whole cells.
  func assumeNonzero(_ values: Set<TensorExpression>) {
    let zeros = CellZeros(isPositive: isPositive, isNonnegative: isNonnegative)
    nonzero.formUnion(values.filter { !zeros.mayHold($0) })
    memo.removeAll()
  }

  /// Makes a named value known: from here on its definition is written by its name.
  public func learn(_ named: TensorExpression) {
    guard case .named(_, let definition) = named.kind, nameOf[definition] == nil else { return }
    let simple = simplified(definition)
    if definition.name == nil { nameOf[definition] = named }
    if simple.name == nil, !simple.operands.isEmpty { nameOf[simple] = named }
    if case .contraction(let c) = simple.kind, c.operands.count >= 2 {
      let product = self.product(c, shape: simple.shape)
      if product.isPlainPointwise, product.isWhole(facts: facts) {
        namedProducts[product.factors[0].atom, default: []].append(
          NamedProduct(value: named, definition: product))
      }
    }
    memo.removeAll()
  }

  /// The expression in its short form.
  public func simplified(_ root: TensorExpression) -> TensorExpression {
    var pending = [root]
    while let node = pending.last {
      if memo[node] != nil {
        pending.removeLast()
        continue
      }
      if let named = nameOf[node], named !== root {
        memo[node] = named
        continue
      }
      if node.name != nil {
        memo[node] = node
        continue
      }
      let missing = node.operands.filter { memo[$0] == nil }
      if missing.isEmpty {
        let rebuilt = rewritten(node.replacingOperands(node.operands.map { memo[$0] ?? $0 }))
        memo[node] = nameOf[rebuilt] ?? rebuilt
      } else {
        pending += missing
      }
    }
    return memo[root] ?? root
  }

  /// One node with simplified operands, rewritten by the rules for its kind.
  private func rewritten(_ node: TensorExpression) -> TensorExpression {
    switch node.kind {
    case .contraction(let contraction): fused(contraction, shape: node.shape, space: node.space)
    case .sum(let terms): collected(terms, shape: node.shape, space: node.space)
    case .elementwise(let function, let operands): rewritten(function, operands)
    case .inverse(let x): rewrittenInverse(of: x)
    case .determinant(let x): rewrittenDeterminant(of: x)
    case .symbol, .extremum, .selector, .cholesky, .named, .recurrence: node
    }
  }

  // MARK: Atoms

  func product(_ contraction: Contraction, shape: [Size]) -> IndexProduct {
    IndexProduct(contraction, shape: shape) { expression in
      atoms[expression.id] = expression
      return expression.id
    }
  }

  func expression(_ atom: Int) -> TensorExpression {
    guard let expression = atoms[atom] else { preconditionFailure("atom \(atom) was never made") }
    return expression
  }

  /// The product as an expression.
  func expression(
    _ product: IndexProduct, space: ExpressionSpace
  ) -> TensorExpression? {
    if product.coefficient.isZero { return space.zeros(product.outputShape) }
    return product.asContraction(expression).map {
      space.contraction($0, shape: product.outputShape)
    }
  }

  func isSymmetric(_ atom: Int) -> Bool { isSymmetricMatrix(expression(atom)) }
}
