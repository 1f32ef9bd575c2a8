import Scalars
import TensorExpressions

/// Writes formulas in Python's syntax, which the expression language shares, with the fewest parentheses that
/// read well.
///
/// What the dialects name differently is in ``Dialect``.
struct PythonPrinter {
  let dialect: Dialect
  /// A tensor whose element type new arrays take, where the dialect needs to be told.
  var reference: String?

  /// How strongly a text binds.
  enum Precedence: Int, Comparable {
    case comparison, sum, product, sign, power, atom

    static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }
  }

  struct Text {
    var string: String
    var precedence: Precedence

    static func atom(_ string: String) -> Text { Text(string: string, precedence: .atom) }
  }

  func string(_ formula: Formula) -> String { text(formula).string }

  /// The formula where at least `precedence` is needed.
  func string(_ formula: Formula, _ precedence: Precedence) -> String {
    let text = text(formula)
    return text.precedence < precedence ? "(\(text.string))" : text.string
  }

  func text(_ formula: Formula) -> Text {
    switch formula {
    case .name(let name): .atom(name)
    case .number(let value): number(value)
    case .sum(let terms): sum(terms)
    case .product(let product): self.product(product)
    case .power(let base, let exponent):
      Text(
        string: "\(string(base, .atom))**\(string(exponent, .sign))", precedence: .power)
    case .matrixProduct(let factors): matrixProduct(factors)
    case .function(let name, let arguments): function(name, arguments)
    case .reduction(let reduction, let x): .atom(self.reduction(reduction, x))
    case .view(let view, let x): .atom(self.view(view, x))
    case .einsum(let subscripts, let operands):
      .atom(
        dialect.einsum + "(\"\(subscripts)\", " + operands.map(string).joined(separator: ", ")
          + ")")
    case .convolution(let convolution): .atom(self.convolution(convolution))
    case .pooling(let pooling): .atom(self.pooling(pooling, suffix: ""))
    case .selector(.pooling(let pooling)): .atom(self.pooling(pooling, suffix: "_selector"))
    case .selector(.reduction(let reduction, let x)):
      .atom(
        call(
          "\(reduction.kind.rawValue)_selector",
          [string(x)] + (reduction.axes.map { ["axis=\(axes($0))"] } ?? [])))
    case .concatenation(let parts, let axis):
      .atom(
        call(
          dialect.concatenate,
          ["[" + parts.map(string).joined(separator: ", ") + "]", "\(dialect.axis)=\(axis)"]))
    case .stack(let parts, let axis):
      .atom(
        call(
          "\(dialect.module)stack",
          ["[" + parts.map(string).joined(separator: ", ") + "]", "\(dialect.axis)=\(axis)"]))
    case .layer(let name, let arguments, let options):
      .atom(call(name, arguments.map(string) + options))
    case .softmax(let x, let axis, let isLast):
      .atom(
        call(
          dialect.softmax,
          [string(x)]
            + (isLast && dialect == .language ? [] : ["\(dialect.axis)=\(isLast ? -1 : axis)"])))
    case .filled(let pattern): .atom(filled(pattern))
    }
  }

  func call(_ name: String, _ arguments: [String]) -> String {
    "\(name)(\(arguments.joined(separator: ", ")))"
  }

  // MARK: Numbers

  func number(_ value: Coefficient) -> Text {
    if let rational = value.asRational {
      let string = CoefficientText.number(rational)
      if string.contains("/") { return Text(string: string, precedence: .product) }
      return Text(string: string, precedence: string.hasPrefix("-") ? .sign : .atom)
    }
    if value.denominator.isEmpty, let size = value.numerator.asSize {
      let string = size.description
      if size.asName != nil { return .atom(string) }
      let isTerm = size.constant == 0 && size.terms.count == 1
      return Text(string: string, precedence: isTerm ? .product : .sum)
    }
    let parts = CoefficientText(value)
    var string = (parts.isNegative ? "-" : "") + (parts.numerator ?? "1")
    if let denominator = parts.denominator { string += " / " + denominator }
    return Text(string: string, precedence: .product)
  }

  // MARK: Sums and products

  private func sum(_ terms: [Formula]) -> Text {
    var result = ""
    for (position, term) in terms.enumerated() {
      let text = string(term, .product)
      if position == 0 {
        result = text
      } else if text.hasPrefix("-"), term.hasMinus {
        result += " - " + text.dropFirst()
      } else {
        result += " + " + text
      }
    }
    return Text(string: result, precedence: .sum)
  }

  private func product(_ product: FormulaProduct) -> Text {
    let scale = CoefficientText(product.coefficient)
    var above: [String] = scale.numerator.map { [$0] } ?? []
    var below = scale.denominators
    let count = product.entries.count { $0.exponent > 0 }
    let isAlone = count + product.scalars.count { $0.exponent > 0 } == 1
    for (powers, isEntry) in [(product.scalars, false), (product.entries, true)] {
      for power in powers where power.exponent > 0 {
        above.append(factor(power, canBeProduct: isAlone || isEntry && count == 1))
      }
    }
    for power in product.scalars + product.entries where power.exponent < 0 {
      below.append(
        factor(FormulaPower(base: power.base, exponent: -power.exponent), canBeProduct: false))
    }
    var string = above.isEmpty ? "1" : above.joined(separator: " * ")
    if below.count == 1 {
      string += " / " + below[0]
    } else if below.count > 1 {
      let isNumeric = below.count == scale.denominators.count
      string += " / (" + below.joined(separator: isNumeric ? "*" : " * ") + ")"
    }
    if scale.isNegative { string = "-" + string }
    let isSigned = scale.isNegative && above.count == 1 && below.isEmpty
    return Text(string: string, precedence: isSigned ? .sign : .product)
  }

  /// A factor of a product; a matrix product stands without parentheses only where it is alone.
  private func factor(_ power: FormulaPower, canBeProduct: Bool) -> String {
    if power.exponent != 1 { return "\(string(power.base, .atom))**\(power.exponent)" }
    if canBeProduct, case .matrixProduct = power.base { return string(power.base) }
    return string(power.base, .sign)
  }

  private func matrixProduct(_ factors: [Formula]) -> Text {
    Text(
      string: factors.map { string($0, .sign) }.joined(separator: " @ "), precedence: .product)
  }

  private func function(_ name: String, _ arguments: [Formula]) -> Text {
    if Formula.function(name, arguments).isComparison {
      let sides = arguments.map { string($0, .sum) }
      return Text(string: "\(sides[0]) \(name) \(sides[1])", precedence: .comparison)
    }
    if name == "pi", arguments.isEmpty { return .atom(dialect.pi) }
    if dialect != .language { return libraryFunction(name, arguments) }
    return .atom(LanguageCall.text(name, arguments.map(string)))
  }

  private func reduction(_ reduction: FormulaReduction, _ x: Formula) -> String {
    var arguments = [string(x)]
    if let axes = reduction.axes { arguments.append("\(dialect.axis)=\(self.axes(axes))") }
    if reduction.keepsAxes { arguments.append("\(dialect.keepAxes)=True") }
    return call(dialect.reduction(reduction), arguments)
  }

  func axes(_ axes: [Int]) -> String {
    axes.count == 1 ? "\(axes[0])" : tuple(axes.map { "\($0)" })
  }

  func tuple(_ items: [String]) -> String {
    items.count == 1 ? "(\(items[0]),)" : "(\(items.joined(separator: ", ")))"
  }

  func sizes(_ sizes: [Size]) -> String { sizes.map(\.description).joined(separator: ", ") }

  /// One number where all are equal, else a tuple.
  func uniform(_ sizes: [Size]) -> String {
    if let first = sizes.first, sizes.allSatisfy({ $0 == first }) { return first.description }
    return tuple(sizes.map(\.description))
  }
}
