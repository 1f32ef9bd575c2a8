import Scalars
import TensorExpressions

/// One entry's value as an expression of the language.
extension LoopWriter {
  /// How long a part may be before it gets a line of its own.
  private static let longestPart = 60
  /// How long the place of an entry may be before it is computed in steps.
  private static let longestPlace = 24
  /// How long a whole number may be before it is computed apart from the real one that it becomes.
  private static let longestConversion = 12

  /// A product with its coefficient.
  mutating func product(
    _ coefficient: Coefficient, _ factors: [IndexFormula], _ divisors: [IndexFormula],
    _ names: [String]
  ) -> String {
    if coefficient.isOne, divisors.isEmpty, factors.count == 1 { return text(factors[0], names) }
    var parts = CoefficientParts(coefficient)
    parts.joinDecimal()
    var above: [String] = []
    var below: [String] = []
    if !parts.numerator.isOne { above.append(language.number(parts.numerator)) }
    if let size = parts.size { above.append(real(size)) }
    for factor in factors { above.append(atom(factor, names)) }
    if !parts.denominator.isOne { below.append(language.number(parts.denominator)) }
    for factor in coefficient.denominator {
      let size = real(factor.size)
      below += Array(repeating: size, count: factor.exponent)
    }
    for divisor in divisors { below.append(atom(divisor, names)) }
    if above.isEmpty { above = [language.number(1)] }
    var text = (parts.isNegative ? "-" : "") + above.joined(separator: " * ")
    if below.count == 1 {
      text += " / \(below[0])"
    } else if below.count > 1 {
      text += " / (\(below.joined(separator: " * ")))"
    }
    return text
  }

  /// A factor; a long one under a name of its own.
  private mutating func atom(_ formula: IndexFormula, _ names: [String]) -> String {
    var text = text(formula, names)
    if text.count > Self.longestPart, !formula.isEntry {
      let name = freshName()
      add(language.realConstant(name, text))
      text = name
    }
    switch formula {
    case .entry, .call: return text
    case .number, .sum, .product, .power: return text.contains(" ") ? "(\(text))" : text
    }
  }

  private mutating func text(_ formula: IndexFormula, _ names: [String]) -> String {
    switch formula {
    case .entry(let name, let access, let shape):
      return scalars.contains(name) ? name : "\(name)[\(place(access, shape, names))]"
    case .number(let value): return product(value, [], [], names)
    case .call("pi", _): return language.pi
    // A number that was computed before has no arguments.
    case .call(let name, let arguments) where arguments.isEmpty: return name
    case .call(let name, let arguments):
      let list = arguments.map { argument($0, names) }.joined(separator: ", ")
      return "\(CodeFunction.named(name)?.callName(in: language.target) ?? name)(\(list))"
    case .sum(let terms): return sum(terms, names)
    case .product(let coefficient, let factors, let divisors):
      return product(coefficient, factors, divisors, names)
    case .power(let base, let exponent): return power(base, exponent, names)
    }
  }

  /// The place of an entry; Swift's compiler wants the long ones in steps.
  mutating func place(_ access: [Affine], _ shape: [Size], _ names: [String]) -> String {
    guard language == .swift else { return LoopText.place(access, shape, names) }
    return LoopText.place(access, shape, names) { whole($0, upTo: Self.longestPlace) }
  }

  /// A size as a real number.
  private mutating func real(_ size: Size) -> String {
    language.real(whole(LoopText.size(size), upTo: Self.longestConversion))
  }

  /// A whole number; one that Swift's compiler would take too long over under a name of its own.
  private mutating func whole(_ text: String, upTo limit: Int) -> String {
    guard language == .swift, text.count > limit else { return text }
    let name = freshName()
    add(language.wholeConstant(name, text))
    return name
  }

  private mutating func argument(_ formula: IndexFormula, _ names: [String]) -> String {
    let text = text(formula, names)
    guard text.count > Self.longestPart, !formula.isEntry else { return text }
    let name = freshName()
    add(language.realConstant(name, text))
    return name
  }

  private mutating func sum(_ terms: [IndexFormula], _ names: [String]) -> String {
    var result = ""
    for term in terms {
      let text = argument(term, names)
      if result.isEmpty {
        result = text
      } else if text.hasPrefix("-") {
        result += " - " + text.dropFirst()
      } else {
        result += " + " + text
      }
    }
    return result
  }

  private mutating func power(
    _ base: IndexFormula, _ exponent: IndexFormula, _ names: [String]
  ) -> String {
    if case .number(let value) = exponent, let number = value.asRational?.asInt,
      (2...4).contains(number)
    {
      var factor = atom(base, names)
      if !base.isEntry, factor.count > 12 {
        let name = freshName()
        add(language.realConstant(name, factor))
        factor = name
      }
      return Array(repeating: factor, count: number).joined(separator: " * ")
    }
    return "\(language.power)(\(argument(base, names)), \(argument(exponent, names)))"
  }
}

extension CoefficientParts {
  /// Makes one decimal of numerator and denominator, where that is shorter than the quotient.
  fileprivate mutating func joinDecimal() {
    guard !denominator.isOne, !numerator.isOne || denominator.asInt.map({ $0 >= 100 }) ?? true,
      CoefficientText.finiteDecimal(numerator / denominator, digits: 19) != nil
    else { return }
    numerator = numerator / denominator
    denominator = 1
  }
}

extension IndexFormula {
  /// Whether the formula is an entry of a tensor.
  fileprivate var isEntry: Bool {
    if case .entry = self { true } else { false }
  }
}
