import Derivation
import Scalars
import TensorExpressions

/// Constructors that keep formulas short: products and chains are taken together, a view of a view is one view.
extension Formula {
  static let one = Formula.number(.one)

  /// The formula as a product of tensors; a number becomes the coefficient.
  var asProduct: FormulaProduct {
    switch self {
    case .product(let product): product
    case .number(let value): FormulaProduct(coefficient: value, scalars: [], entries: [])
    default:
      FormulaProduct(
        coefficient: .one, scalars: [], entries: [FormulaPower(base: self, exponent: 1)])
    }
  }

  /// The product of a scalar formula, all of its factors scalars.
  var asScalarProduct: FormulaProduct {
    var product = asProduct
    product.scalars += product.entries
    product.entries = []
    return product
  }

  init(_ product: FormulaProduct) {
    var product = product
    if let softmax = product.withSoftmax() { product = softmax }
    if let ordered = product.withCorrectionLast() { product = ordered }
    if let mean = product.withMean() { product = mean }
    product.scalars = product.scalars.map(\.withoutRoot)
    product.entries = product.entries.map(\.withoutRoot)
    if product.coefficient.isZero {
      self = .number(.zero)
    } else if product.scalars.isEmpty, product.entries.isEmpty {
      self = .number(product.coefficient)
    } else if product.coefficient.isOne, product.scalars.count + product.entries.count == 1,
      let only = product.scalars.first ?? product.entries.first, only.exponent == 1
    {
      self = only.base
    } else {
      self = .product(product)
    }
  }

  static func * (a: Formula, b: Formula) -> Formula { Formula(a.asProduct.times(b.asProduct)) }

  /// The product of a matrix chain; coefficients and scalars go before it.
  static func matrixProduct(_ a: Formula, _ b: Formula, isChain: (Bool, Bool)) -> Formula {
    var outer = FormulaProduct(coefficient: .one, scalars: [], entries: [])
    let left = a.withoutScalars(into: &outer)
    let right = b.withoutScalars(into: &outer)
    var factors: [Formula] = []
    if isChain.0, case .matrixProduct(let inner) = left {
      factors += inner
    } else {
      factors = [left]
    }
    if isChain.1, case .matrixProduct(let inner) = right {
      factors += inner
    } else {
      factors.append(right)
    }
    outer.entries = [FormulaPower(base: .matrixProduct(factors), exponent: 1)]
    return Formula(outer)
  }

  /// The formula less its coefficient and scalars, which are multiplied into `outer`.
  func withoutScalars(into outer: inout FormulaProduct) -> Formula {
    guard case .product(var product) = self, !product.entries.isEmpty else { return self }
    outer.coefficient = outer.coefficient * product.coefficient
    outer.scalars = FormulaProduct.merging(outer.scalars, product.scalars)
    product.coefficient = .one
    product.scalars = []
    return Formula(product)
  }

  /// `change` applied inside the coefficient and scalars.
  func mappingTensor(_ change: (Formula) -> Formula) -> Formula {
    var outer = FormulaProduct(coefficient: .one, scalars: [], entries: [])
    let inner = change(withoutScalars(into: &outer))
    return Formula(outer.times(inner.asProduct))
  }

  /// The sum over axes, all of them where nil.
  func summed(over axes: [Int]?, keepsAxes: Bool, rank: Int, count: Size) -> Formula {
    mappingTensor { tensor in
      if axes == nil, case .view(.diagonal, let matrix) = tensor {
        return .function("trace", [matrix])
      }
      return .reduction(
        FormulaReduction(
          kind: .sum, axes: axes, keepsAxes: keepsAxes, rank: rank, count: count), tensor)
    }
  }

  func viewed(_ view: FormulaView) -> Formula {
    mappingTensor { tensor in
      switch (view, tensor) {
      case (.transpose, .view(.transpose, let inner)): inner
      case (.matrixTranspose, .view(.matrixTranspose, let inner)): inner
      case (.reshape, .view(.reshape, let inner)): .view(view, inner)
      case (.permute(let outer), .view(.permute(let first), let inner)):
        Formula.permuted(inner, outer.map { first[$0] })
      case (.permute(let axes), _): Formula.permuted(tensor, axes)
      default: .view(view, tensor)
      }
    }
  }

  private static func permuted(_ x: Formula, _ axes: [Int]) -> Formula {
    if axes == Array(axes.indices) { return x }
    if axes == [1, 0] { return x.viewed(.transpose) }
    let n = axes.count
    if n > 2, Array(axes[..<(n - 2)]) == Array(0..<(n - 2)), axes[n - 1] == n - 2 {
      return x.viewed(.matrixTranspose)
    }
    return .view(.permute(axes), x)
  }

  /// Whether the formula is a chain of `@`, up to a coefficient.
  var isMatrixProduct: Bool {
    switch self {
    case .matrixProduct: true
    case .product(let product):
      product.entries.count == 1 && product.entries[0].base.isMatrixProduct
    default: false
    }
  }

  /// The number of nodes, counted up to a limit.
  func weight(limit: Int = 10_000) -> Int {
    var count = 0
    var stack = [self]
    while let next = stack.popLast(), count < limit {
      count += 1
      stack += next.children
    }
    return count
  }

  var children: [Formula] {
    switch self {
    case .name, .number, .filled: []
    case .sum(let parts), .matrixProduct(let parts), .function(_, let parts), .einsum(_, let parts),
      .concatenation(let parts, _), .stack(let parts, _), .layer(_, let parts, _):
      parts
    case .product(let product): (product.scalars + product.entries).map(\.base)
    case .power(let base, let exponent): [base, exponent]
    case .view(.slice(let slices), let x):
      [x]
        + slices.compactMap { slice in
          if case .array(let indices) = slice { indices } else { nil }
        }
    case .reduction(_, let x), .view(_, let x), .softmax(let x, _, _): [x]
    case .convolution(let c): [c.image, c.kernel]
    case .pooling(let pooling): [pooling.operand]
    case .selector(.pooling(let pooling)): [pooling.operand]
    case .selector(.reduction(_, let x)): [x]
    }
  }

  /// Whether a transpose or a subscript can be written right behind it.
  var isAtom: Bool {
    switch self {
    case .name, .function, .reduction, .view, .einsum, .convolution, .pooling, .selector,
      .concatenation, .stack, .layer, .softmax, .filled:
      !isComparison
    case .number, .sum, .product, .power, .matrixProduct: false
    }
  }
}

extension Formula {
  /// Whether the formula is written with `<`, `<=`, `>` or `>=`.
  var isComparison: Bool {
    if case .function(let name, let sides) = self {
      return sides.count == 2 && ["<", "<=", ">", ">="].contains(name)
    }
    return false
  }
}

extension FormulaPower {
  /// √u² as u.
  fileprivate var withoutRoot: FormulaPower {
    guard abs(exponent) == 2, case .function(Elementwise.squareRoot.name, let arguments) = base
    else { return self }
    return FormulaPower(base: arguments[0], exponent: exponent / 2)
  }

  fileprivate var isCorrection: Bool {
    guard exponent == 1, case .sum(let terms) = base else { return false }
    return terms.contains { term in
      if case .reduction = term { return true }
      guard case .product(let product) = term else { return false }
      return (product.entries + product.scalars).contains {
        if case .reduction = $0.base { true } else { false }
      }
    }
  }
}

extension FormulaProduct {
  func times(_ other: FormulaProduct) -> FormulaProduct {
    FormulaProduct(
      coefficient: coefficient * other.coefficient,
      scalars: Self.merging(scalars, other.scalars), entries: Self.merging(entries, other.entries))
  }

  /// The factors of both, powers of one base taken together unless that would cancel them.
  static func merging(_ a: [FormulaPower], _ b: [FormulaPower]) -> [FormulaPower] {
    if b.isEmpty { return a }
    var result = a
    for power in b {
      if let i = result.firstIndex(where: {
        $0.base == power.base && ($0.exponent > 0) == (power.exponent > 0)
      }) {
        result[i].exponent += power.exponent
      } else {
        result.append(power)
      }
    }
    return result
  }

  /// `exp(x) / sum(exp(x), axis, keepdims=True)` read as the softmax that it is; nil where there is none.
  func withSoftmax() -> FormulaProduct? {
    func hasDivisor(_ powers: [FormulaPower]) -> Bool {
      powers.indices.contains { powers[$0].exponent == -1 }
    }
    guard hasDivisor(entries) || hasDivisor(scalars) else { return nil }
    for divisor in entries + scalars where divisor.exponent == -1 {
      guard case .reduction(let reduction, let e) = divisor.base, reduction.kind == .sum,
        let axis = Self.softmaxAxis(reduction), case .function("exp", let arguments) = e,
        let i = entries.firstIndex(where: { $0.base == e && $0.exponent >= 1 })
      else { continue }
      var result = self
      result.scalars.removeAll { $0 == divisor }
      result.entries[i].exponent -= 1
      let softmax = FormulaPower(
        base: .softmax(arguments[0], axis: axis, isLast: axis == reduction.rank - 1), exponent: 1)
      result.entries.insert(softmax, at: i)
      result.entries.removeAll { $0 == divisor || $0.exponent == 0 }
      result.entries = Self.merging([], result.entries)
      return result
    }
    return nil
  }

  /// The axis over which dividing by the sum normalises; nil when the sum does not line up with its operand.
  private static func softmaxAxis(_ reduction: FormulaReduction) -> Int? {
    guard let axes = reduction.axes else { return reduction.rank == 1 ? 0 : nil }
    return axes.count == 1 && (reduction.keepsAxes || axes == [0]) ? axes[0] : nil
  }

  /// The product with a difference that holds a sum over axes, as in `s * (dy - sum(…))`, behind the other factors; nil
  /// where there is none.
  func withCorrectionLast() -> FormulaProduct? {
    guard entries.count > 1, entries.indices.contains(where: { entries[$0].isCorrection }) else {
      return nil
    }
    let last = entries.filter(\.isCorrection)
    if last.count == entries.count { return nil }
    var result = self
    result.entries = entries.filter { !$0.isCorrection } + last
    return result
  }

  /// The product with a sum over all of its denominator as a mean; nil where there is none.
  func withMean() -> FormulaProduct? {
    guard coefficient.asRational?.isInteger != true else { return nil }
    func mean(
      _ powers: [FormulaPower]
    ) -> (position: Int, base: Formula, coefficient: Coefficient)? {
      for (position, power) in powers.enumerated() where power.exponent == 1 {
        guard case .reduction(var reduction, let x) = power.base, reduction.kind == .sum,
          let count = reduction.count, !count.isOne,
          let rest = (coefficient * Coefficient(count)).asRational, rest.isInteger
        else { continue }
        reduction.kind = .mean
        return (position, .reduction(reduction, x), coefficient * Coefficient(count))
      }
      return nil
    }
    var result = self
    if let found = mean(entries) {
      result.entries[found.position].base = found.base
      result.coefficient = found.coefficient
    } else if let found = mean(scalars) {
      result.scalars[found.position].base = found.base
      result.coefficient = found.coefficient
    } else {
      return nil
    }
    return result
  }

  /// With every exponent's sign changed; the coefficient must not be zero.
  func inverted() -> FormulaProduct? {
    guard let inverse = coefficient.reciprocal else { return nil }
    func invert(_ powers: [FormulaPower]) -> [FormulaPower] {
      powers.map { FormulaPower(base: $0.base, exponent: -$0.exponent) }
    }
    return FormulaProduct(
      coefficient: inverse, scalars: invert(scalars), entries: invert(entries))
  }
}
