import Scalars
import TensorExpressions

/// What is proved of the entries of an expression: the side conditions of rules. What is not known is false.
extension Simplifier {
  /// How deep an expression is looked into.
  private static let depth = 8

  /// Whether 1/x may be cancelled against x: every entry is above 0, or the forward pass divides by it, or it is a
  /// determinant, whose matrix has an inverse wherever it is divided by.
  func isCancellable(_ x: TensorExpression) -> Bool {
    if nonzero.contains(x) { return true }
    if case .determinant = x.unnamed.kind { return true }
    return isPositive(x)
  }

  /// Whether every entry is proved to be above zero.
  func isPositive(_ x: TensorExpression) -> Bool { isPositive(x, depth: Self.depth) }

  /// Whether no entry is below zero, by squares, masks and positive factors.
  func isNonnegative(_ x: TensorExpression) -> Bool { isNonnegative(x, depth: Self.depth) }

  private func isPositive(_ x: TensorExpression, depth: Int) -> Bool {
    if depth == 0 { return false }
    switch x.unnamed.kind {
    case .symbol(let symbol): return symbol.isPositive
    case .determinant(let matrix): return matrix.structure.contains(.positiveDefinite)
    case .elementwise(let function, let operands):
      switch function.name {
      case "exp", "sigmoid", "softplus", "cosh", "pi": return true
      case "sqrt", "rsqrt", "reciprocal": return isPositive(operands[0], depth: depth - 1)
      default: return false
      }
    case .sum(let terms):
      if isComplementOfUnit(terms) { return true }
      return terms.contains { isPositive($0, depth: depth - 1) }
        && terms.allSatisfy { isNonnegative($0, depth: depth - 1) }
    case .contraction(let c):
      // What is read outside its tensor, or never reached, is 0.
      return c.coefficient.hasPositiveTerms
        && c.operands.allSatisfy { isPositive($0.value, depth: depth - 1) }
        && product(c, shape: x.shape).reachesEveryEntry(facts: facts)
    case .extremum, .selector, .inverse, .cholesky, .named, .recurrence: return false
    }
  }

  private func isNonnegative(_ x: TensorExpression, depth: Int) -> Bool {
    if depth == 0 { return false }
    switch x.unnamed.kind {
    case .symbol(let symbol): return symbol.structure.isNonnegative
    case .elementwise(let function, _):
      return ["step", "relu", "abs", "equal", "sqrt"].contains(function.name)
        || isPositive(x, depth: depth)
    case .contraction(let c):
      guard c.coefficient.hasPositiveTerms else { return false }
      var unpaired: Set<Contraction.Operand> = []
      for operand in c.operands where !isNonnegative(operand.value, depth: min(depth - 1, 2)) {
        if unpaired.remove(operand) == nil { unpaired.insert(operand) }
      }
      return unpaired.isEmpty
    case .sum(let terms):
      return isComplementOfUnit(terms)
        || terms.allSatisfy { isNonnegative($0, depth: depth - 1) }
    case .determinant: return isPositive(x, depth: depth)
    case .extremum, .selector, .inverse, .cholesky, .named, .recurrence: return false
    }
  }

  /// Whether the value is c − k·x with c ≥ k > 0 and x inside (0, 1), or 0 where x is not reached.
  private func isComplementOfUnit(_ terms: [TensorExpression]) -> Bool {
    guard terms.count == 2,
      let total = terms.lazy.compactMap({ $0.asConstant?.asRational }).first,
      let other = terms.first(where: { $0.asConstant == nil }),
      case .contraction(let c) = other.kind, c.isPointwise,
      let slope = c.coefficient.asRational, slope.signum() < 0, slope + total >= 0
    else { return false }
    return !c.operands.isEmpty
      && c.operands.allSatisfy { operand in
        if let application = operand.value.unnamed.application {
          return application.function.name == "sigmoid"
        }
        return operand.value.structure.contains(.unitInterval)
      }
  }
}

extension TensorExpression {
  /// Whether every entry is 0 or 1.
  var isMask: Bool {
    switch unnamed.kind {
    case .elementwise(let function, _): function.name == "step" || function.name == "equal"
    case .selector(let extremum): extremum.ties == .first
    case .symbol(let symbol): symbol.structure.contains(.oneHot)
    case .sum, .contraction, .extremum, .inverse, .determinant, .cholesky, .named, .recurrence:
      false
    }
  }
}

extension Coefficient {
  /// Whether it is a sum of positive multiples of products of named sizes, which are at least 1.
  ///
  /// The factors of a denominator are extents, or products of them.
  var hasPositiveTerms: Bool {
    !isZero
      && numerator.terms.allSatisfy {
        $0.coefficient.signum() > 0 && $0.monomial.factors.allSatisfy(\.atom.isName)
      }
      && denominator.allSatisfy { $0.size.asName != nil }
  }
}
