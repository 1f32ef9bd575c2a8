import Scalars
import TensorExpressions

extension Normalizer {
  /// The form of a function without a definition, of operands in normal form and of one shape.
  func applied(
    _ function: Elementwise, _ operands: [NormalForm], shape: [Size]
  ) throws(Limit) -> NormalForm {
    switch function.name {
    case "reciprocal": return reciprocal(of: operands[0], shape: shape)
    case "exp": return try exponential(of: operands[0], shape: shape)
    case "log":
      if let form = logarithm(of: operands[0], shape: shape) { return form }
    case "step": return try step(of: operands[0], shape: shape)
    case "pi": return circleConstant(shape: shape)
    case "acos" where constant(operands[0]) == .minusOne:
      use(.circleConstant)
      return circleConstant(shape: shape)
    case "sqrt": return try squareRoot(of: operands[0], shape: shape)
    case "pow":
      if let form = try fractionalPower(of: operands[0], operands[1], shape: shape) { return form }
    default: break
    }
    return atomForm(operands, shape: shape) { .function(function.name, $0, $1) }.form
  }

  /// π in every entry, whatever gave the shape.
  private func circleConstant(shape: [Size]) -> NormalForm {
    let (form, atom) = atomForm([], shape: shape) { .function("pi", $0, $1) }
    positiveAtoms.insert(atom)
    return form
  }

  /// The number, when a form is the same number in every entry.
  func constant(_ form: NormalForm) -> Coefficient? {
    if form.isZero { return .zero }
    guard form.count == 1, let product = form.sorted.first, product.factors.isEmpty,
      product.isEntrywise(facts: facts)
    else { return nil }
    return product.coefficient
  }

  func constantForm(_ value: Coefficient, shape: [Size]) -> NormalForm {
    var form = NormalForm()
    if value.isZero { return form }
    insert(
      IndexProduct(
        coefficient: value, output: shape.indices.map(Affine.index), outputShape: shape,
        factors: [],
        windows: [], indexCount: shape.count), into: &form)
    return form
  }

  /// An atom made from forms: axes that no operand depends on are left out of it, and of the orders of the
  /// others the least is taken, so that f(xᵀ) and f(x)ᵀ have one form.
  func atomForm(
    _ operands: [NormalForm], shape: [Size], _ make: ([NormalForm], [Size]) -> Atom
  ) -> (form: NormalForm, atom: Int) {
    let products = operands.flatMap(\.sorted)
    let isPlain = products.allSatisfy { $0.hasPlainOutput }
    let used = shape.indices.filter { axis in
      !isPlain || products.contains { $0.depends(onOutputAxis: axis) }
    }
    var best: (forms: [NormalForm], order: [Int], text: String)?
    let orders = isPlain && (2...3).contains(used.count) ? permutations(used) : [used]
    for order in orders {
      let forms = operands.map { reordered($0, axes: order, shape: shape, isPlain: isPlain) }
      if orders.count == 1 {
        best = (forms, order, "")
        break
      }
      let extents = order.map { shape[$0].description }.joined(separator: ",")
      let text = forms.map(\.text).joined(separator: ";") + "|" + extents
      if best == nil || text < (best?.text ?? "") { best = (forms, order, text) }
    }
    let (forms, order, _) = best ?? (operands, Array(shape.indices), "")
    if order != Array(shape.indices) { use(.axesOfFunction) }
    let atom = number(make(forms, order.map { shape[$0] }))
    var form = NormalForm()
    insert(
      IndexProduct(
        coefficient: .one, output: shape.indices.map(Affine.index), outputShape: shape,
        factors: [
          .init(atom: atom, shape: order.map { shape[$0] }, access: order.map(Affine.index))
        ], windows: [], indexCount: shape.count), into: &form)
    return (form, atom)
  }

  private func permutations(_ axes: [Int]) -> [[Int]] {
    if axes.count <= 1 { return [axes] }
    return axes.flatMap { first in
      permutations(axes.filter { $0 != first }).map { [first] + $0 }
    }
  }

  /// The form of which only `axes` are kept, in that order; no term depends on the others.
  private func reordered(
    _ form: NormalForm, axes: [Int], shape: [Size], isPlain: Bool
  ) -> NormalForm {
    if !isPlain || axes == Array(shape.indices) { return form }
    var result = NormalForm()
    for product in form.sorted {
      insert(
        IndexProduct(
          coefficient: product.coefficient, output: axes.map { product.output[$0] },
          outputShape: axes.map { shape[$0] }, factors: product.factors, windows: product.windows,
          indexCount: product.indexCount), into: &result)
    }
    return result
  }

  /// e^(a + b) = eᵃ·eᵇ, and e^(n·a/d) = (e^(a/d))ⁿ for small whole n.
  private func exponential(of form: NormalForm, shape: [Size]) throws(Limit) -> NormalForm {
    let terms = form.sorted
    if terms.isEmpty { return constantForm(.one, shape: shape) }
    if terms.count > 1 { use(.exponentialOfSum) }
    if terms.count > 8 || !terms.allSatisfy(\.hasPlainOutput) {
      let (result, atom) = atomForm([form], shape: shape) { .exponential($0[0], $1) }
      positiveAtoms.insert(atom)
      return result
    }
    // Every term has the plain output, so that the exponentials' factors share its indices.
    var product = terms[0]
    product.coefficient = .one
    product.factors = []
    product.windows = []
    var powers: [NormalForm] = []
    for term in terms {
      if let power = powerOfLogarithm(term, shape: shape) {
        powers.append(power)
        continue
      }
      var base = term
      var power = 1
      if let value = term.coefficient.asRational {
        power = value.numerator.asInt ?? 1
        if power.magnitude > 6 { power = power < 0 ? -1 : 1 }
        base.coefficient = Coefficient(value / Rational(power))
      } else if term.coefficient.leadingSign < 0 {
        power = -1
        base.coefficient = -term.coefficient
      }
      var argument = NormalForm()
      insert(base, into: &argument)
      let (single, atom) = atomForm([argument], shape: shape) { .exponential($0[0], $1) }
      positiveAtoms.insert(atom)
      if power != 1 { use(.exponentialOfMultiple) }
      let used = power < 0 ? reciprocalAtom(atom) : atom
      guard let factor = single.sorted.first?.factors.first else { continue }
      product.factors += Array(
        repeating: .init(atom: used, shape: factor.shape, access: factor.access), count: abs(power))
    }
    var result = NormalForm()
    for reduced in try self.reduced(product) { insert(reduced, into: &result) }
    for power in powers { result = try multiplied(result, power, shape: shape) }
    return result
  }

  /// e^(±log u) = u^±1, for a term that is just a logarithm entry by entry.
  private func powerOfLogarithm(_ term: IndexProduct, shape: [Size]) -> NormalForm? {
    // A logarithm that is read outside its tensor is 0 there, and e⁰ is not 0.
    guard term.factors.count == 1, term.isEntrywise(facts: facts),
      case .function("log", let arguments, _) = atoms[term.factors[0].atom],
      let sign = term.coefficient.asRational?.asInt, sign.magnitude == 1
    else { return nil }
    var argument = NormalForm()
    add(arguments[0], readAs: term.factors[0], of: term, scaledBy: .one, to: &argument)
    if mayVanishOnCells(argument) { return nil }
    use(.exponentialOfLogarithm)
    return sign == 1 ? argument : reciprocal(of: argument, shape: shape)
  }

  /// The product of two forms of one shape, entry by entry.
  func multiplied(
    _ a: NormalForm, _ b: NormalForm, shape: [Size]
  ) throws(Limit) -> NormalForm {
    let access = shape.indices.map(Affine.index)
    let product = IndexProduct(
      coefficient: .one, output: access, outputShape: shape,
      factors: [-1, -2].map { .init(atom: $0, shape: shape, access: access) }, windows: [],
      indexCount: shape.count)
    return try multipliedOut(product, operands: [a, b])
  }

  /// log(eᵃ·b) = a + log b, and log(1/a) = −log a for a proved above zero.
  private func logarithm(of form: NormalForm, shape: [Size]) -> NormalForm? {
    guard form.count == 1, let product = form.sorted.first, product.isEntrywise(facts: facts) else {
      return nil
    }
    var rest = product
    rest.factors = []
    var total = NormalForm()
    for factor in product.factors {
      let isInverse = if case .reciprocal = atoms[factor.atom] { true } else { false }
      let base = isInverse ? reciprocalAtom(factor.atom) : factor.atom
      if case .exponential(let argument, _) = atoms[base] {
        use(.logarithmOfExponential)
        add(
          argument, readAs: factor, of: product, scaledBy: isInverse ? .minusOne : .one, to: &total)
      } else if isInverse, positiveAtoms.contains(base) {
        use(.logarithmOfReciprocal)
        var entry = product
        entry.coefficient = .one
        entry.factors = [.init(atom: base, shape: factor.shape, access: factor.access)]
        var inner = NormalForm()
        insert(entry, into: &inner)
        total.add(logarithmAtom(expandedAtoms(inner), shape: shape), scaledBy: .minusOne)
      } else {
        rest.factors.append(factor)
      }
    }
    if rest.factors.count == product.factors.count { return nil }
    if !(rest.factors.isEmpty && rest.coefficient.isOne) {
      var inner = NormalForm()
      insert(rest, into: &inner)
      total.add(logarithmAtom(inner, shape: shape))
    }
    return total
  }

  private func logarithmAtom(_ form: NormalForm, shape: [Size]) -> NormalForm {
    atomForm([form], shape: shape) { .function("log", $0, $1) }.form
  }

  /// Adds to `total` what a factor of a product entry by entry stands for, read as the factor is.
  func add(
    _ form: NormalForm, readAs factor: IndexProduct.Factor, of product: IndexProduct,
    scaledBy scale: Coefficient, to total: inout NormalForm
  ) {
    for term in form.sorted {
      var outer = product
      outer.coefficient = scale
      outer.factors = [.init(atom: -1, shape: term.outputShape, access: factor.access)]
      outer.windows = []
      if case .solved = outer.compose(term, at: 0, facts: facts) { insert(outer, into: &total) }
    }
  }

  /// The form in which an atom that stands for a whole form is that form again.
  func expandedAtoms(_ form: NormalForm) -> NormalForm {
    guard form.count == 1, let product = form.sorted.first, product.factors.count == 1,
      case .form(let inner, _) = atoms[product.factors[0].atom]
    else { return form }
    var result = NormalForm()
    add(inner, readAs: product.factors[0], of: product, scaledBy: product.coefficient, to: &result)
    return result
  }
}
