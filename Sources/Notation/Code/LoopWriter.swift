import Scalars
import TensorExpressions

/// Writes index statements as nested loops.
struct LoopWriter {
  enum Language: Hashable, Sendable {
    case python(Dialect)
    case cxx
    case swift
  }

  let language: Language
  let usedNames: Set<String>

  /// The array `name`, and the loops that add up its statements.
  func lines(of statements: [IndexStatement], name: String, shape: [Size]) -> [String] {
    [declaration(name, shape)] + statements.flatMap(loops)
  }

  /// A value that a function of the surrounding program gives.
  func definition(_ name: String, _ text: String) -> String {
    switch language {
    case .python: "\(name) = \(text)"
    case .cxx: "const auto \(name) = \(text);"
    case .swift: "let \(name) = \(text)"
    }
  }

  private func declaration(_ name: String, _ shape: [Size]) -> String {
    let count = shape.isEmpty ? "1" : shape.map(factor).joined(separator: " * ")
    switch language {
    case .python(let dialect):
      let extents = shape.map(size)
      let tuple =
        extents.count == 1 ? "(\(extents[0]),)" : "(\(extents.joined(separator: ", ")))"
      return "\(name) = \(dialect.module)zeros(\(tuple))"
    case .cxx: return "std::vector<double> \(name)(\(count), 0.0);"
    case .swift: return "var \(name) = [Double](repeating: 0, count: \(count))"
    }
  }

  private func loops(_ statement: IndexStatement) -> [String] {
    let names = IndexNames(statement, usedNames: usedNames).names
    var seen: Set<Int> = []
    let order = statement.coordinates.flatMap { $0.coordinate.terms.map(\.index) }
      .filter { seen.insert($0).inserted }
    var result: [String] = []
    var depth = 0
    func add(_ text: String) { result.append(String(repeating: indent, count: depth) + text) }
    for index in order {
      add(loop(names[index], size(statement.extents[index])))
      depth += 1
    }
    let conditions = bounds(statement, names)
    if !conditions.isEmpty {
      add(condition(conditions))
      depth += 1
    }
    add(assignment(statement, names))
    if case .python = language { return result }
    while depth > 0 {
      depth -= 1
      add("}")
    }
    return result
  }

  private var indent: String { if case .python = language { "    " } else { "  " } }

  private func loop(_ name: String, _ extent: String) -> String {
    switch language {
    case .python: "for \(name) in range(\(extent)):"
    case .cxx: "for (long \(name) = 0; \(name) < \(extent); ++\(name)) {"
    case .swift: "for \(name) in 0..<(\(extent)) {"
    }
  }

  /// The coordinates that may leave their axes.
  private func bounds(_ statement: IndexStatement, _ names: [String]) -> [(String, String)] {
    let facts = ExtentFacts(positives: statement.extents + statement.coordinates.map(\.extent))
    var result: [(String, String)] = []
    for (coordinate, extent) in statement.coordinates {
      if let index = coordinate.asIndex, facts.isAtMost(statement.extents[index], extent) {
        continue
      }
      if coordinate.isConstant, facts.isNonnegative(coordinate.constant),
        facts.isAtMost(coordinate.constant + 1, extent)
      {
        continue
      }
      let pair = (text(coordinate, names), size(extent))
      if !result.contains(where: { $0 == pair }) { result.append(pair) }
    }
    return result
  }

  private func condition(_ bounds: [(String, String)]) -> String {
    switch language {
    case .python:
      let tests = bounds.map { "0 <= \($0.0) < \($0.1)" }
      return "if \(tests.joined(separator: " and ")):"
    case .cxx:
      let tests = bounds.map { "0 <= \($0.0) && \($0.0) < \($0.1)" }
      return "if (\(tests.joined(separator: " && "))) {"
    case .swift:
      let tests = bounds.map { "(0..<(\($0.1))).contains(\($0.0))" }
      return "if \(tests.joined(separator: ", ")) {"
    }
  }

  private func assignment(_ statement: IndexStatement, _ names: [String]) -> String {
    let right = product(
      statement.coefficient, statement.factors, statement.divisors, names)
    let target = entry(statement.name, statement.target, statement.shape, names, isTarget: true)
    switch language {
    case .python(.jax):
      let place = statement.target.map { text($0, names) }.joined(separator: ", ")
      let index = statement.target.isEmpty ? "()" : place
      return "\(statement.name) = \(statement.name).at[\(index)].add(\(right))"
    case .python, .swift: return "\(target) += \(right)"
    case .cxx: return "\(target) += \(right);"
    }
  }

  // MARK: Formulas

  private func entry(
    _ name: String, _ access: [Affine], _ shape: [Size], _ names: [String], isTarget: Bool = false
  ) -> String {
    if case .python = language {
      if access.isEmpty { return isTarget ? "\(name)[()]" : name }
      return "\(name)[\(access.map { text($0, names) }.joined(separator: ", "))]"
    }
    if access.isEmpty { return "\(name)[0]" }
    // Row by row: the last coordinate runs fastest.
    var place = ""
    for (coordinate, extent) in zip(access, shape) {
      let spelled = text(coordinate, names)
      let isSum = coordinate.terms.count + (coordinate.constant.isZero ? 0 : 1) > 1
      let own = isSum ? "(\(spelled))" : spelled
      place = place.isEmpty ? own : "\(wrapped(place)) * \(factor(extent)) + \(own)"
    }
    return "\(name)[\(place)]"
  }

  private func wrapped(_ place: String) -> String {
    place.contains("+") || place.contains("-") ? "(\(place))" : place
  }

  private func text(_ coordinate: Affine, _ names: [String]) -> String {
    let text = IndexStatement.text(coordinate, names)
    if case .python = language { return text }
    return text.replacing("//", with: "/")
  }

  private func size(_ size: Size) -> String {
    if case .python = language { return size.description }
    var text = size.constant == 0 && !size.terms.isEmpty ? "" : "\(size.constant)"
    for term in size.terms {
      if !text.isEmpty { text += " + " }
      let factors = term.monomial.factors.flatMap { factor in
        Array(repeating: atom(factor.atom), count: factor.exponent)
      }
      text += ((term.coefficient == 1 ? [] : ["\(term.coefficient)"]) + factors)
        .joined(separator: " * ")
    }
    return text
  }

  private func atom(_ atom: SizeAtom) -> String {
    switch atom.meaning {
    case .name(let name): name
    // Sizes are not negative, so that their quotients are floors.
    case .floorDivision(let dividend, let divisor):
      "((\(size(dividend))) / (\(size(divisor))))"
    }
  }

  private func factor(_ size: Size) -> String {
    let text = self.size(size)
    return size.asName != nil || size.isConstant ? text : "(\(text))"
  }

  private func product(
    _ coefficient: Coefficient, _ factors: [IndexFormula], _ divisors: [IndexFormula],
    _ names: [String]
  ) -> String {
    let parts = CoefficientParts(coefficient)
    var above: [String] = []
    var below: [String] = []
    if !parts.numerator.isOne { above.append(number(parts.numerator)) }
    if let size = parts.size { above.append(real(size)) }
    above += factors.map { text($0, names, nested: true) }
    if !parts.denominator.isOne { below.append(number(parts.denominator)) }
    for factor in coefficient.denominator {
      below += Array(repeating: real(factor.size), count: factor.exponent)
    }
    below += divisors.map { text($0, names, nested: true) }
    let one = number(1)
    let top =
      (parts.isNegative ? "-" : "") + (above.isEmpty ? one : above.joined(separator: " * "))
    if below.isEmpty { return top }
    return top + " / " + (below.count == 1 ? below[0] : "(\(below.joined(separator: " * ")))")
  }

  private func number(_ value: Rational) -> String {
    guard value.isInteger else {
      return "(\(value.numerator).0 / \(value.denominator).0)"
    }
    if case .python = language { return value.description }
    return "\(value).0"
  }

  /// A size as a floating-point number.
  private func real(_ size: Size) -> String {
    switch language {
    case .python: factor(size)
    case .cxx: "double(\(self.size(size)))"
    case .swift: "Double(\(self.size(size)))"
    }
  }

  private func text(_ formula: IndexFormula, _ names: [String], nested: Bool = false) -> String {
    switch formula {
    case .entry(let name, let access, let shape): return entry(name, access, shape, names)
    case .number(let value):
      if let rational = value.asRational {
        let spelled = (rational.signum() < 0 ? "-" : "") + number(rational.magnitude)
        return nested && rational.signum() < 0 ? "(\(spelled))" : spelled
      }
      return "(\(product(value, [], [], names)))"
    case .call(let name, let arguments):
      return call(name, arguments.map { text($0, names) })
    case .sum(let terms):
      return "(\(terms.map { text($0, names) }.joined(separator: " + ")))"
    case .product(let coefficient, let factors, let divisors):
      let spelled = product(coefficient, factors, divisors, names)
      return nested ? "(\(spelled))" : spelled
    case .power(let base, let exponent):
      return call("pow", [text(base, names), text(exponent, names)])
    }
  }

  private func call(_ name: String, _ arguments: [String]) -> String {
    let list = arguments.joined(separator: ", ")
    switch language {
    case .python(let dialect):
      if name == "pow" { return "(\(arguments[0]))**(\(arguments[1]))" }
      if name == "pi" { return dialect.pi }
      if name == "step" { return "(\(arguments[0]) > 0)" }
      return "\(dialect.function(name))(\(list))"
    case .cxx, .swift:
      if name == "pi" { return language == .cxx ? "std::numbers::pi" : "Double.pi" }
      if name == "step" { return "(\(arguments[0]) > 0 ? 1.0 : 0.0)" }
      if name == "equal" { return "(\(list.replacing(", ", with: " == ")) ? 1.0 : 0.0)" }
      let isStandard = Self.standardFunctions.contains(name)
      return (language == .cxx && isStandard ? "std::\(name)" : name) + "(\(list))"
    }
  }

  /// Functions of C's mathematical library under the same names.
  private static let standardFunctions: Set<String> = [
    "exp", "log", "log1p", "expm1", "sqrt", "abs", "sin", "cos", "tan", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "erf", "pow",
  ]
}
