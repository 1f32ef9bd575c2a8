import Scalars
import TensorExpressions

/// Square roots and other roots, of which the arguments are where they are defined.
extension Normalizer {
  /// The form of a square root: numbers are taken out as far as they are squares, squares of factors as magnitudes, and
  /// the root of a product of factors that are nowhere below 0 is the product of their roots.
  func squareRoot(of form: NormalForm, shape: [Size]) throws(Limit) -> NormalForm {
    try chargeStep()
    if let value = constant(form)?.asRational, value.signum() >= 0 {
      let (outside, inside) = value.squareParts
      if !outside.isOne || inside.isOne { use(.rootOfNumber) }
      if inside.isOne {
        return constantForm(Coefficient(outside), shape: shape)
      }
      var result = NormalForm()
      let radicand = constantForm(Coefficient(inside), shape: shape)
      result.add(rootAtom(of: radicand, shape: shape), scaledBy: Coefficient(outside))
      return result
    }
    if let result = try withoutSquares(form, shape: shape) { return result }
    if let result = try split(form, shape: shape) { return result }
    return rootAtom(of: form, shape: shape)
  }

  private func rootAtom(of form: NormalForm, shape: [Size]) -> NormalForm {
    let (result, atom) = atomForm([form], shape: shape) { .function("sqrt", $0, $1) }
    if isPositive(form) || isComplementOfUnit(form) { positiveAtoms.insert(atom) }
    return result
  }

  /// √(c·a²·b) = √c·|a|·√b, entry by entry; nil when no factor occurs twice.
  private func withoutSquares(_ form: NormalForm, shape: [Size]) throws(Limit) -> NormalForm? {
    guard form.count == 1, var product = form.sorted.first, product.isEntrywise(facts: facts) else {
      return nil
    }
    var outside: [IndexProduct.Factor] = []
    var inside: [IndexProduct.Factor] = []
    for factor in product.factors {
      if let twin = inside.firstIndex(of: factor) {
        inside.remove(at: twin)
        outside.append(factor)
      } else {
        inside.append(factor)
      }
    }
    if outside.isEmpty { return nil }
    use(.rootOfSquare)
    var rest = NormalForm()
    product.factors = inside
    // The axes that only the outer factors had are bounded by the output.
    insert(product, into: &rest)
    var result = try squareRoot(of: rest, shape: shape)
    for factor in outside {
      let magnitude = try magnitude(of: factor, in: product)
      result = try multiplied(result, magnitude, shape: shape)
    }
    return result
  }

  /// |a| for a factor of a product entry by entry: a itself, or a·(step(a) − step(−a)).
  private func magnitude(
    of factor: IndexProduct.Factor, in product: IndexProduct
  ) throws(Limit) -> NormalForm {
    let entry = self.entry(of: factor, in: product)
    if isNonnegative(factor.atom) { return entry }
    let shape = product.outputShape
    var negative = NormalForm()
    negative.add(entry, scaledBy: .minusOne)
    var sign = try step(of: entry, shape: shape)
    sign.add(try step(of: negative, shape: shape), scaledBy: .minusOne)
    return try multiplied(entry, sign, shape: shape)
  }

  private func entry(of factor: IndexProduct.Factor, in product: IndexProduct) -> NormalForm {
    var form = NormalForm()
    insert(
      IndexProduct(
        coefficient: .one, output: product.output, outputShape: product.outputShape,
        factors: [factor], windows: [], indexCount: product.indexCount), into: &form)
    return form
  }

  /// √(c·a·b) = √c·√a·√b for factors that are nowhere below 0, and √(1/a) = 1/√a.
  private func split(_ form: NormalForm, shape: [Size]) throws(Limit) -> NormalForm? {
    guard form.count == 1, let product = form.sorted.first, product.isEntrywise(facts: facts),
      let scale = product.coefficient.asRational, scale.signum() > 0,
      product.factors.allSatisfy({ isNonnegative($0.atom) }),
      product.factors.contains(where: { isReciprocal($0.atom) })
        || product.factors.count + (scale.isOne ? 0 : 1) > 1
    else { return nil }
    use(.rootOfProduct)
    var result = try squareRoot(
      of: constantForm(product.coefficient, shape: shape), shape: shape)
    for factor in product.factors {
      var root: NormalForm
      if isReciprocal(factor.atom) {
        let base = IndexProduct.Factor(
          atom: reciprocalAtom(factor.atom), shape: factor.shape, access: factor.access)
        root = reciprocal(
          of: rootAtom(of: expandedAtoms(entry(of: base, in: product)), shape: shape), shape: shape)
      } else {
        root = rootAtom(of: entry(of: factor, in: product), shape: shape)
      }
      result = try multiplied(result, root, shape: shape)
    }
    return result
  }

  private func isReciprocal(_ atom: Int) -> Bool {
    if case .reciprocal = atoms[atom] { true } else { false }
  }

  /// √u·√u = u and 1/√u·1/√u = 1/u, where the same entry of the same root occurs twice.
  func squareRootLaw(_ product: IndexProduct) -> [IndexProduct]? {
    for (i, factor) in product.factors.enumerated() {
      let isInverse = isReciprocal(factor.atom)
      let root = isInverse ? reciprocalAtom(factor.atom) : factor.atom
      guard case .function("sqrt", let arguments, let shape) = atoms[root],
        let j = product.factors.indices.first(where: { $0 > i && product.factors[$0] == factor })
      else { continue }
      let value = isInverse ? reciprocal(of: arguments[0], shape: shape) : arguments[0]
      return replacing([i, j], of: product, by: value, law: .rootSquared)
    }
    return nil
  }

  /// The product in which some factors that are read alike are one form, read as they are; nil where it
  /// cannot be put there.
  private func replacing(
    _ positions: [Int], of product: IndexProduct, by value: NormalForm, law: Law
  ) -> [IndexProduct]? {
    var copy = product
    let factor = product.factors[positions[0]]
    copy.factors = product.factors.enumerated().filter { !positions.contains($0.offset) }
      .map(\.element)
    copy.factors.append(factor)
    var result: [IndexProduct] = []
    for term in value.sorted {
      var next = copy
      switch next.compose(term, at: next.factors.count - 1, facts: facts) {
      case .solved: result.append(next)
      case .empty: continue
      case .stuck: return nil
      }
    }
    use(law)
    return result
  }

  // MARK: Other roots

  /// x^(p/q) = xᵏ·rᵐ with r = x^(1/q) and 0 < m < q; nil for an exponent that is no such fraction.
  func fractionalPower(
    of base: NormalForm, _ exponent: NormalForm, shape: [Size]
  ) throws(Limit) -> NormalForm? {
    guard let value = constant(exponent)?.asRational, let q = value.denominator.asInt,
      let p = value.numerator.asInt, (2...Self.longestRoot).contains(q),
      p.magnitude <= UInt(Self.longestRoot * Self.longestRoot)
    else { return nil }
    let one = constantForm(Coefficient(Rational(1, q)), shape: shape)
    let (root, atom) = atomForm([base, one], shape: shape) { .function("pow", $0, $1) }
    if isPositive(base) { positiveAtoms.insert(atom) }
    var result = constantForm(.one, shape: shape)
    let whole = IndexProduct.floored(p, q)
    let step = whole < 0 ? reciprocal(of: base, shape: shape) : base
    for _ in 0..<abs(whole) { result = try multiplied(result, step, shape: shape) }
    for _ in 0..<(p - whole * q) { result = try multiplied(result, root, shape: shape) }
    if p != 1 { use(.fractionalPower) }
    return result
  }

  private static var longestRoot: Int { 6 }

  /// r^q = x for r = x^(1/q).
  func rootPowerLaw(_ product: IndexProduct) -> [IndexProduct]? {
    for (i, factor) in product.factors.enumerated() {
      guard case .function("pow", let arguments, _) = atoms[factor.atom],
        let q = constant(arguments[1])?.asRational?.denominator.asInt
      else { continue }
      let twins = product.factors.indices.filter { $0 >= i && product.factors[$0] == factor }
      guard twins.count >= q, q > 1 else { continue }
      return replacing(
        Array(twins.prefix(q)), of: product, by: arguments[0], law: .fractionalPower)
    }
    return nil
  }
}

extension Rational {
  /// The square of one number times another number, which is whole and has no small square as a factor.
  fileprivate var squareParts: (outside: Rational, inside: Rational) {
    var inside = Rational(numerator * denominator)
    var outside = Rational(1) / Rational(denominator)
    if let root = inside.squareRoot() { return (outside * root, 1) }
    for k in 2...31 {
      let square = Rational(k * k)
      while (inside / square).isInteger {
        inside = inside / square
        outside = outside * Rational(k)
      }
    }
    return (outside, inside)
  }
}
