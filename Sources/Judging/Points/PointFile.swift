import Diagnostics
import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Values that someone gives for the tensors of a program, by name.
///
/// ```
/// {"x": [[1, 0.5], ["1/3", -2]], "b": 4}
/// ```
///
/// The object may stand under the key `at`. Numbers are exact: `0.1` is 1/10. So are hexadecimal ones: `"0x1.8p3"`
/// is 12.
public struct PointFile: Sendable {
  /// The given tensors, by the names of the declared ones.
  public let values: [String: Tensor<Rational>]

  public init(values: [String: Tensor<Rational>] = [:]) {
    self.values = values
  }

  /// Reads a point.
  ///
  /// - Throws: ``PointError`` for a text that is no such object.
  public init(_ source: SourceText) throws(PointError) {
    let json: JSONValue
    do {
      json = try JSONValue.parse(source)
    } catch {
      throw .syntax(error)
    }
    guard let object = (json["at"] ?? json).objectValue else { throw .notAnObject }
    var values: [String: Tensor<Rational>] = [:]
    for (name, value) in object.members {
      values[name] = try Self.tensor(value, name: name)
    }
    self.values = values
  }

  private static func tensor(
    _ value: JSONValue, name: String
  ) throws(PointError) -> Tensor<Rational> {
    var extents: [Int] = []
    var level = value
    while let list = level.arrayValue {
      extents.append(list.count)
      guard let first = list.first else { throw .empty(name) }
      level = first
    }
    var elements: [Rational] = []
    try append(value, depth: 0, extents: extents, name: name, to: &elements)
    return Tensor(extents: extents, elements: elements)
  }

  private static func append(
    _ value: JSONValue, depth: Int, extents: [Int], name: String, to elements: inout [Rational]
  ) throws(PointError) {
    if let list = value.arrayValue {
      guard depth < extents.count, list.count == extents[depth] else { throw .ragged(name) }
      for element in list {
        try append(element, depth: depth + 1, extents: extents, name: name, to: &elements)
      }
      return
    }
    guard depth == extents.count else { throw .ragged(name) }
    let text: String
    switch value {
    case .number(let number): text = number
    case .string(let string): text = string
    case .object, .array, .bool, .null: throw .notANumber(name)
    }
    guard let number = Rational(parsing: text) ?? Rational(hexadecimal: text) else {
      throw .malformedNumber(name, text)
    }
    elements.append(number)
  }
}

/// Why a point cannot be taken for a program.
public enum PointError: Error, Hashable, Sendable {
  /// The text is not JSON.
  case syntax(JSONError)
  /// The value is no object from names to values.
  case notAnObject
  /// A name whose value holds an empty list.
  case empty(String)
  /// A name whose nested lists differ in length or depth.
  case ragged(String)
  /// A name one of whose entries is no number.
  case notANumber(String)
  /// A name, and the text of an entry that cannot be read as a number.
  case malformedNumber(String, String)
  /// A name that the program does not declare, with the nearest one that it does.
  case unknownName(String, nearest: String?)
  /// A name that the program computes.
  case computed(String)
  /// A name whose values have another shape than it is declared to have.
  case shape(String, declared: [Size], found: [Int])
  /// A size that two tensors, or a tensor and the file, give different numbers.
  case conflict(size: String, first: Int, second: Int)
  /// No numbers for the sizes were found that give every axis an entry.
  case noSizes
  /// Values that are not what the name is declared to be.
  case declaration(String, StructureViolation)
  /// A name that a claim depends on and that the point leaves out.
  case missing(String, claim: String)

  /// What is wrong with the point, for the person who gave it.
  public var diagnostic: Diagnostic {
    switch self {
    case .syntax(let error): error.diagnostic
    case .notAnObject:
      Diagnostic(code: "point-syntax", "a point is an object from names to values")
    case .empty(let name): Diagnostic(code: "point-syntax", "`\(name)` is an empty list")
    case .ragged(let name):
      Diagnostic(code: "point-syntax", "the lists of `\(name)` differ in length or depth")
    case .notANumber(let name):
      Diagnostic(code: "point-syntax", "an entry of `\(name)` is neither a number nor a list")
    case .malformedNumber(let name, let text):
      Diagnostic(
        code: "point-syntax",
        "`\(text)` in `\(name)` is neither an integer, a decimal nor a fraction p/q")
    case .unknownName(let name, let nearest):
      Diagnostic(
        code: "point-name", "the file declares no `\(name)`",
        help: nearest.map { "it declares `\($0)`" })
    case .computed(let name):
      Diagnostic(code: "point-name", "`\(name)` is computed from other values")
    case .shape(let name, let declared, let found):
      Diagnostic(
        code: "point-shape",
        "`\(name)` is declared as \(shapeText(declared)) and has the extents \(found) here")
    case .conflict(let size, let first, let second):
      Diagnostic(
        code: "point-shape", "the size `\(size)` is \(first) and \(second) at the same time")
    case .declaration(let name, let violation):
      Diagnostic(
        code: "point-declaration",
        "`\(name)` is declared `\(violation.word)`, and \(violation.sentence)")
    case .missing(let name, let claim):
      Diagnostic(
        code: "point-name", "the point gives no `\(name)`, on which `\(claim)` depends",
        help: "put `\(name)` under `at`")
    case .noSizes:
      Diagnostic(code: "no-sizes", "no sizes were found that give every axis at least one entry")
    }
  }
}
