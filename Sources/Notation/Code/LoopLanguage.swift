import Scalars
import TensorExpressions

/// A language with loops: how it writes what ``LoopWriter`` needs. Arrays are flat, row by row; a scalar is an array of
/// one entry.
enum LoopLanguage: Hashable, Sendable {
  case cxx, swift

  var target: CodeTarget {
    switch self {
    case .cxx: .cpp
    case .swift: .swift
    }
  }

  /// What ends a statement.
  var end: String {
    switch self {
    case .cxx: ";"
    case .swift: ""
    }
  }

  // MARK: Numbers

  func real(_ text: String) -> String {
    switch self {
    case .cxx: "T(\(text))"
    case .swift: "Double(\(text))"
    }
  }

  /// A rational number as a real one: a decimal where that is exact and short, else a quotient of whole numbers.
  func number(_ value: Rational) -> String {
    guard !value.isInteger else { return whole("\(value)") }
    guard let digits = CoefficientText.finiteDecimal(value, digits: 19) else {
      return "(\(whole("\(value.numerator)")) / \(whole("\(value.denominator)")))"
    }
    switch self {
    case .cxx: return "T(\(digits))"
    case .swift: return digits
    }
  }

  /// A whole number as a real one; a long one is no literal of an integer.
  private func whole(_ digits: String) -> String {
    switch self {
    case .cxx: digits.count > 9 ? "T(\(digits).0)" : "T(\(digits))"
    case .swift: "\(digits).0"
    }
  }

  var pi: String {
    switch self {
    case .cxx: "T(3.14159265358979323846L)"
    case .swift: "Double.pi"
    }
  }

  var infinity: String {
    switch self {
    case .cxx: "std::numeric_limits<T>::infinity()"
    case .swift: "Double.infinity"
    }
  }

  /// A power with any exponent.
  var power: String {
    switch self {
    case .cxx: "std::pow"
    case .swift: "pow"
    }
  }

  // MARK: Whole numbers

  func largest(_ values: [String]) -> String { extreme("max", values) }
  func smallest(_ values: [String]) -> String { extreme("min", values) }

  private func extreme(_ name: String, _ values: [String]) -> String {
    if values.count == 1 { return values[0] }
    let list = values.joined(separator: ", ")
    switch self {
    case .cxx:
      return values.count == 2 ? "std::\(name)<long>(\(list))" : "std::\(name)<long>({\(list)})"
    case .swift: return "\(name)(\(list))"
    }
  }

  /// ⌈a / b⌉ for a positive b.
  func ceilingQuotient(_ a: String, _ b: String) -> String {
    switch self {
    case .cxx: "ceil_div(\(a), \(b))"
    case .swift: "ceilDiv(\(a), \(b))"
    }
  }

  // MARK: Statements

  /// The head of a loop over from ..< to; `isCut` where that may be empty or its ends are expressions.
  func loop(_ index: String, from start: String, to end: String, isCut: Bool) -> String {
    switch self {
    case .cxx:
      isCut
        ? "for (long \(index) = \(start), \(index)_end = \(end); \(index) < \(index)_end; ++\(index)) {"
        : "for (long \(index) = \(start); \(index) < \(end); ++\(index)) {"
    case .swift:
      isCut
        ? "for \(index) in stride(from: \(start), to: \(end), by: 1) {"
        : "for \(index) in \(start)..<\(end) {"
    }
  }

  func condition(_ tests: [String]) -> String {
    switch self {
    case .cxx: "if (\(tests.joined(separator: " && "))) {"
    case .swift: "if \(tests.joined(separator: " && ")) {"
    }
  }

  /// The same with a whole number that the tests are about.
  func condition(reading name: String, _ value: String, _ tests: [String]) -> String {
    switch self {
    case .cxx: "if (const long \(name) = \(value); \(tests.joined(separator: " && "))) {"
    case .swift: "if case let \(name) = \(value), \(tests.joined(separator: ", ")) {"
    }
  }

  func realConstant(_ name: String, _ value: String) -> String {
    switch self {
    case .cxx: "const T \(name) = \(value);"
    case .swift: "let \(name): Double = \(value)"
    }
  }

  func realVariable(_ name: String, _ value: String) -> String {
    switch self {
    case .cxx: "T \(name) = \(value);"
    case .swift: "var \(name): Double = \(value)"
    }
  }

  func wholeConstant(_ name: String, _ value: String) -> String {
    switch self {
    case .cxx: "const long \(name) = \(value);"
    case .swift: "let \(name): Int = \(value)"
    }
  }

  func wholeVariable(_ name: String, _ value: String) -> String {
    switch self {
    case .cxx: "long \(name) = \(value);"
    case .swift: "var \(name) = \(value)"
    }
  }

  /// An array of zeros.
  func array(_ name: String, count: String, isConstant: Bool = false) -> String {
    switch self {
    case .cxx: "std::vector<T> \(name)(\(count));"
    case .swift:
      "\(isConstant ? "let" : "var") \(name) = [Double](repeating: 0, count: \(count))"
    }
  }

  /// An array of so many whole numbers.
  func places(_ name: String, count: String) -> String {
    switch self {
    case .cxx: "std::vector<long> \(name)(\(count));"
    case .swift: "var \(name) = [Int](repeating: 0, count: \(count))"
    }
  }

  /// Puts the places of some values in their order.
  func sorting(_ places: String, of values: String, isDescending: Bool) -> String {
    switch self {
    case .cxx: "sort_places(\(values), \(isDescending), \(places));"
    case .swift: "\(places) = sortedPlaces(\(values), isDescending: \(isDescending))"
    }
  }

  /// A function of an n × n matrix, such as its inverse, put into an array of that shape.
  func filling(_ name: String, by function: String, of matrix: String, _ n: String) -> String {
    switch self {
    case .cxx: "\(function)(&\(matrix)[0], \(n), &\(name)[0]);"
    case .swift: "\(name) = \(function)(\(matrix), \(n))"
    }
  }

  func determinant(of matrix: String, _ n: String) -> String {
    switch self {
    case .cxx: "determinant(&\(matrix)[0], \(n))"
    case .swift: "determinant(\(matrix), \(n))"
    }
  }
}
