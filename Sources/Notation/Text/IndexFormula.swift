import Scalars
import TensorExpressions

/// A factor of an index statement: an entry of a named tensor, or a function of such entries.
indirect enum IndexFormula: Hashable, Sendable {
  case entry(name: String, access: [Affine], shape: [Size])
  case number(Coefficient)
  case call(String, [IndexFormula])
  case sum([IndexFormula])
  case product(Coefficient, [IndexFormula], divisors: [IndexFormula])
  case power(IndexFormula, IndexFormula)

  /// Every coordinate with its axis's extent.
  var coordinates: [(coordinate: Affine, extent: Size)] {
    switch self {
    case .entry(_, let access, let shape):
      Array(zip(access, shape)).map { (coordinate: $0.0, extent: $0.1) }
    case .number: []
    case .call(_, let parts), .sum(let parts): parts.flatMap(\.coordinates)
    case .product(_, let factors, let divisors): (factors + divisors).flatMap(\.coordinates)
    case .power(let base, let exponent): base.coordinates + exponent.coordinates
    }
  }

  var indices: Set<Int> { Set(coordinates.flatMap { $0.coordinate.terms.map(\.index) }) }

  /// The extents of every axis that is read.
  var extents: [Size] { coordinates.map(\.extent) }

  /// The formula in which every entry at a fixed place, of which it is not known that it exists, is read at that place
  /// plus an index that is 0: so it is an access, which contributes nothing outside its tensor.
  func anchored(at index: Int, _ facts: ExtentFacts) -> IndexFormula {
    func anchored(_ parts: [IndexFormula]) -> [IndexFormula] {
      parts.map { $0.anchored(at: index, facts) }
    }
    switch self {
    case .entry(let name, let access, let shape):
      let exists = zip(access, shape).allSatisfy { place, extent in
        StepPlace.holds(place)
          || facts.isNonnegative(place.constant) && facts.isAtMost(place.constant + 1, extent)
      }
      guard !access.isEmpty, access.allSatisfy(\.isConstant), !exists else { return self }
      let first = Affine.index(index) + access[0]
      return .entry(name: name, access: [first] + access.dropFirst(), shape: shape)
    case .number: return self
    case .call(let name, let parts): return .call(name, anchored(parts))
    case .sum(let terms): return .sum(anchored(terms))
    case .product(let coefficient, let factors, let divisors):
      return .product(coefficient, anchored(factors), divisors: anchored(divisors))
    case .power(let base, let exponent):
      return .power(base.anchored(at: index, facts), exponent.anchored(at: index, facts))
    }
  }

  /// The coordinates that every term holds, once sums are multiplied out.
  var coordinatesOfEveryTerm: Set<IndexCoordinate> {
    switch self {
    case .sum(let terms):
      terms.dropFirst().reduce(terms.first?.coordinatesOfEveryTerm ?? []) {
        $0.intersection($1.coordinatesOfEveryTerm)
      }
    case .product(_, let factors, let divisors):
      (factors + divisors).reduce([]) { $0.union($1.coordinatesOfEveryTerm) }
    case .entry, .number, .call, .power:
      Set(coordinates.map { IndexCoordinate(coordinate: $0.coordinate, extent: $0.extent) })
    }
  }

  /// The indices that every term holds, once sums are multiplied out.
  var indicesOfEveryTerm: Set<Int> {
    switch self {
    case .sum(let terms):
      terms.dropFirst().reduce(terms.first?.indicesOfEveryTerm ?? []) {
        $0.intersection($1.indicesOfEveryTerm)
      }
    case .product(_, let factors, let divisors):
      (factors + divisors).reduce([]) { $0.union($1.indicesOfEveryTerm) }
    case .entry, .number, .call, .power: indices
    }
  }

  /// The names of the tensors that are read.
  var tensorNames: Set<String> {
    switch self {
    case .entry(let name, _, _): [name]
    case .number: []
    case .call(_, let parts), .sum(let parts):
      parts.reduce(into: []) { $0.formUnion($1.tensorNames) }
    case .product(_, let factors, let divisors):
      (factors + divisors).reduce(into: []) { $0.formUnion($1.tensorNames) }
    case .power(let base, let exponent): base.tensorNames.union(exponent.tensorNames)
    }
  }

  private var isNegated: Bool {
    switch self {
    case .number(let value), .product(let value, _, _): value.leadingSign < 0
    case .entry, .call, .sum, .power: false
    }
  }

  /// The text with the indices' names; `nested` where a sum or a product needs parentheses.
  func text(_ names: [String], nested: Bool = false) -> String {
    switch self {
    case .entry(let name, let access, _):
      return name + IndexStatement.access(access, names)
    case .number(let value):
      let text = PythonPrinter(dialect: .language).number(value)
      return nested && text.precedence < .power ? "(\(text.string))" : text.string
    case .call(let name, let arguments):
      return LanguageCall.text(name, arguments.map { $0.text(names) })
    case .sum(let terms):
      var result = ""
      for term in terms {
        let text = term.text(names)
        if result.isEmpty {
          result = text
        } else if term.isNegated, text.hasPrefix("-") {
          result += " - " + text.dropFirst()
        } else {
          result += " + " + text
        }
      }
      return "(\(result))"
    case .product(let coefficient, let factors, let divisors):
      let text = Self.product(coefficient, factors, divisors, names)
      return nested ? "(\(text))" : text
    case .power(let base, let exponent):
      return "\(base.text(names, nested: true))**\(exponent.text(names, nested: true))"
    }
  }

  /// The product, with factors that are products taken apart and equal factors as a power.
  static func multiplying(
    _ coefficient: Coefficient, _ factors: [IndexFormula], divisors: [IndexFormula] = []
  ) -> IndexFormula {
    let parts = flattened(coefficient, factors, divisors)
    if parts.coefficient.isOne, parts.factors.count == 1, parts.divisors.isEmpty {
      return parts.factors[0]
    }
    return .product(parts.coefficient, parts.factors, divisors: parts.divisors)
  }

  static func flattened(
    _ coefficient: Coefficient, _ factors: [IndexFormula], _ divisors: [IndexFormula]
  ) -> (coefficient: Coefficient, factors: [IndexFormula], divisors: [IndexFormula]) {
    var coefficient = coefficient
    var above: [IndexFormula] = []
    var below = divisors
    for factor in factors {
      if case .product(let inner, let more, let others) = factor {
        coefficient = coefficient * inner
        above += more
        below += others
      } else {
        above.append(factor)
      }
    }
    return (coefficient, powers(above), powers(below))
  }

  private static func powers(_ factors: [IndexFormula]) -> [IndexFormula] {
    var counts: [(factor: IndexFormula, count: Int)] = []
    for factor in factors {
      if let i = counts.firstIndex(where: { $0.factor == factor }) {
        counts[i].count += 1
      } else {
        counts.append((factor, 1))
      }
    }
    return counts.map { factor, count in
      count == 1 ? factor : .power(factor, .number(Coefficient(Rational(count))))
    }
  }

  /// A product with its coefficient, as the right side of a statement has it.
  static func product(
    _ coefficient: Coefficient, _ factors: [IndexFormula], _ divisors: [IndexFormula],
    _ names: [String]
  ) -> String {
    let scale = CoefficientText(coefficient)
    var above: [String] = scale.numerator.map { [$0] } ?? []
    above += factors.map { $0.text(names, nested: true) }
    if above.isEmpty { above = ["1"] }
    let below = scale.denominators + divisors.map { $0.text(names, nested: true) }
    var text = (scale.isNegative ? "-" : "") + above.joined(separator: " * ")
    if below.count == 1 {
      text += " / " + below[0]
    } else if below.count > 1 {
      text += " / (" + below.joined(separator: divisors.isEmpty ? "*" : " * ") + ")"
    }
    return text
  }
}

/// A coordinate with the extent that it must stay inside.
struct IndexCoordinate: Hashable, Sendable {
  let coordinate: Affine
  let extent: Size
}
