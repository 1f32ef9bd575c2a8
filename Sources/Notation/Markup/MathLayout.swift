import Scalars
import TensorExpressions

/// Sets formulas in mathematical type.
struct MathLayout {
  /// How strongly a tree binds.
  enum Precedence: Int, Comparable {
    case sum, product, sign, power, atom

    static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }
  }

  typealias Part = (tree: MathTree, precedence: Precedence)

  func tree(_ formula: Formula) -> MathTree { part(formula).tree }

  /// The formula where at least `precedence` is needed.
  func tree(_ formula: Formula, _ precedence: Precedence) -> MathTree {
    let part = part(formula)
    return part.precedence < precedence ? .fenced(.parentheses, part.tree) : part.tree
  }

  func part(_ formula: Formula) -> Part {
    switch formula {
    case .name(let name): (MathNames.tree(name), .atom)
    case .number(let value): number(value)
    case .sum(let terms): (sum(terms.map { (tree($0, .product), $0.hasMinus) }), .sum)
    case .product(let product): self.product(product)
    case .power(let base, let exponent):
      (.superscript(tree(base, .atom), tree(exponent)), .power)
    case .matrixProduct(let factors):
      (.row(factors.flatMap { [tree($0, .sign), .sign(.thinSpace)] }.dropLast()), .product)
    case .function(let name, let arguments): function(name, arguments)
    case .reduction(let reduction, let x): (self.reduction(reduction, x), .power)
    case .view(let view, let x): self.view(view, x)
    case .einsum(let subscripts, let operands): (einsum(subscripts, operands), .sum)
    case .convolution(let convolution): (self.convolution(convolution), .atom)
    case .pooling(let pooling): (self.pooling(pooling, suffix: ""), .atom)
    case .selector(.pooling(let pooling)): (self.pooling(pooling, suffix: " selector"), .atom)
    case .selector(.reduction(let reduction, let x)):
      (.call(.word("arg\(reduction.kind.rawValue)"), [tree(x)]), .atom)
    case .concatenation(let parts, let axis):
      (.call(.subscripted(.word("concat"), .number("\(axis)")), parts.map { tree($0) }), .atom)
    case .stack(let parts, let axis):
      (.call(.subscripted(.word("stack"), .number("\(axis)")), parts.map { tree($0) }), .atom)
    case .layer(let name, let arguments, _): function(name, arguments)
    case .softmax(let x, let axis, let isLast):
      (
        .call(
          isLast ? .word("softmax") : .subscripted(.word("softmax"), .number("\(axis)")), [tree(x)]
        ), .atom
      )
    case .filled(let pattern): (filled(pattern), .atom)
    }
  }

  // MARK: Numbers

  func size(_ size: Size) -> MathTree {
    // A size's text is a formula in names, digits and signs.
    var items: [MathTree] = []
    var word = ""
    func flush() {
      guard let first = word.first else { return }
      items.append(first.isNumber ? .number(word) : MathNames.tree(word))
      word = ""
    }
    let text = size.description.replacing("**", with: "^").replacing("//", with: "/")
    for character in text where character != " " {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
        continue
      }
      flush()
      switch character {
      case "+": items.append(.sign(.plus))
      case "-": items.append(.sign(.minus))
      case "*": items.append(.sign(.thinSpace))
      default: items.append(.word(String(character)))
      }
    }
    flush()
    return items.count == 1 ? items[0] : .row(items)
  }

  private func number(_ value: Coefficient) -> Part {
    if let rational = value.asRational {
      let isNegative = rational.signum() < 0
      let magnitude = self.magnitude(rational.magnitude)
      return isNegative ? (.row([.sign(.minus), magnitude]), .sign) : (magnitude, .atom)
    }
    if value.denominator.isEmpty, let size = value.numerator.asSize {
      return (self.size(size), size.asName != nil ? .atom : .sum)
    }
    return product(FormulaProduct(coefficient: value, scalars: [], entries: []))
  }

  private func magnitude(_ value: Rational) -> MathTree {
    if value.isInteger { return .number(value.description) }
    if let n = value.numerator.asInt, let d = value.denominator.asInt, n < 10, d < 100 {
      return .fraction(.number("\(n)"), .number("\(d)"))
    }
    if let decimal = CoefficientText.finiteDecimal(value, digits: 12) { return .number(decimal) }
    return .fraction(
      .number(value.numerator.description), .number(value.denominator.description))
  }

  // MARK: Sums and products

  func sum(_ terms: [(tree: MathTree, isNegative: Bool)]) -> MathTree {
    var items: [MathTree] = []
    for (tree, isNegative) in terms {
      var own = tree.items
      if !items.isEmpty {
        items.append(.sign(isNegative ? .minus : .plus))
        if isNegative, own.first == .sign(.minus) { own.removeFirst() }
      }
      items += own
    }
    return .row(items)
  }

  private func product(_ product: FormulaProduct) -> Part {
    let scale = CoefficientParts(product.coefficient)
    var above: [MathTree] = []
    var below: [MathTree] = []
    if scale.numerator != 1 { above.append(magnitude(scale.numerator)) }
    if let size = scale.size { above.append(sizeFactor(size)) }
    if scale.denominator != 1 { below.append(magnitude(scale.denominator)) }
    for factor in product.coefficient.denominator {
      let base = sizeFactor(factor.size)
      below.append(
        factor.exponent == 1 ? base : .superscript(base, .number("\(factor.exponent)")))
    }
    for power in product.scalars {
      let tree = factor(power, isEntry: false)
      if power.exponent > 0 { above.append(tree) } else { below.append(tree) }
    }
    let entries = product.entries.filter { $0.exponent > 0 }
    let isAlone = entries.count == 1
    let tensors = entries.map { power in
      isAlone && power.exponent == 1 ? tree(power.base, .product) : factor(power, isEntry: true)
    }
    let divisors = product.entries.filter { $0.exponent < 0 }.map { factor($0, isEntry: true) }
    let top =
      spaced(above) + (above.isEmpty || tensors.isEmpty ? [] : [.sign(.thinSpace)])
      + tensors.map { [$0] }.joined(separator: [.sign(.entrywise)])
    var items: [MathTree] = scale.isNegative ? [.sign(.minus)] : []
    let bottom = spaced(below + divisors)
    if bottom.isEmpty {
      items += top.isEmpty ? [.number("1")] : top
    } else if divisors.isEmpty, !tensors.isEmpty {
      // A scalar divisor becomes a factor in front of the tensors.
      items.append(.fraction(above.isEmpty ? .number("1") : .row(spaced(above)), .row(bottom)))
      items.append(.sign(.thinSpace))
      items += tensors.map { [$0] }.joined(separator: [.sign(.entrywise)])
    } else {
      items.append(.fraction(top.isEmpty ? .number("1") : .row(top), .row(bottom)))
    }
    return (.row(items), scale.isNegative && items.count == 2 ? .sign : .product)
  }

  private func spaced(_ items: [MathTree]) -> [MathTree] {
    Array(items.map { [$0] }.joined(separator: [.sign(.thinSpace)]))
  }

  private func sizeFactor(_ size: Size) -> MathTree {
    size.constant == 0 && size.terms.count == 1
      ? self.size(size) : .fenced(.parentheses, self.size(size))
  }

  private func factor(_ power: FormulaPower, isEntry: Bool) -> MathTree {
    let exponent = Swift.abs(power.exponent)
    if exponent == 1 { return tree(power.base, .sign) }
    let number = MathTree.number("\(exponent)")
    return .superscript(
      tree(power.base, .atom), isEntry ? .row([.sign(.entrywise), number]) : number)
  }
}

/// A coefficient in parts, numbers and sizes apart.
struct CoefficientParts {
  var isNegative: Bool
  var numerator: Rational
  var denominator: Rational
  /// The numerator's size; nil for 1.
  var size: Size?

  init(_ coefficient: Coefficient) {
    let content = CoefficientText.content(coefficient)
    isNegative = content.signum() < 0
    numerator = Rational(content.magnitude.numerator)
    denominator = Rational(content.denominator)
    if let inverse = Coefficient(content).reciprocal,
      let rest = (coefficient * inverse).numerator.asSize, !rest.isOne
    {
      size = rest
    }
  }
}
