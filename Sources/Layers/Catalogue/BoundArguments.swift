import TensorExpressions

/// The arguments of one call, each under its parameter's name.
public struct BoundArguments: Sendable {
  /// The name of the function that is called, by which errors name it.
  public let function: String
  /// The space in which the definition makes its expressions.
  public let space: ExpressionSpace
  /// Where the conditions of the call's shapes are gathered.
  public let assumptions: ShapeAssumptions
  private let values: [String: Argument]
  /// What the keywords held that are no parameter's name, where the function takes such.
  public let furtherKeywords: [String: Argument]

  init(
    _ positional: [Argument], _ keywords: [(name: String, value: Argument)],
    to function: CatalogueFunction, in space: ExpressionSpace, assuming: ShapeAssumptions
  ) throws(ArgumentError) {
    var binding = Binding(function: function)
    try binding.bind(positional: positional)
    for (name, value) in keywords { try binding.bind(keyword: name, value) }
    values = try binding.completed()
    furtherKeywords = binding.furtherKeywords
    self.function = function.name
    self.space = space
    assumptions = assuming
  }

  /// The argument, its default where it was left out.
  public subscript(_ name: String) -> Argument {
    guard let value = values[name] else {
      preconditionFailure("\(function) has no parameter \(name)")
    }
    return value
  }

  /// Whether nothing says that places are not wanted: `return_indices=False`.
  var asksForPlaces: Bool { values["return_indices"] != .flag(false) }

  /// The rule that an argument breaks, as an error.
  public func broken(_ name: String, _ rule: String) -> ShapeError {
    .argument(function: function, name: name, rule: rule)
  }
}

/// The state of binding arguments to one function's parameters.
private struct Binding {
  let function: CatalogueFunction
  var values: [String: Argument] = [:]
  var furtherKeywords: [String: Argument] = [:]

  init(function: CatalogueFunction) { self.function = function }

  mutating func bind(positional: [Argument]) throws(ArgumentError) {
    var next = 0
    for parameter in function.parameters where next < positional.count {
      switch parameter.kind {
      case .required, .optional:
        values[parameter.name] = positional[next]
        next += 1
      case .variadic:
        let rest = Array(positional[next...])
        if rest.count == 1, case .list = rest[0] {
          values[parameter.name] = rest[0]
        } else {
          values[parameter.name] = .list(rest)
        }
        next = positional.count
      case .keywords: continue
      }
    }
    guard next == positional.count else {
      throw .tooMany(function: function.name, limit: next, found: positional.count)
    }
  }

  mutating func bind(keyword: String, _ value: Argument) throws(ArgumentError) {
    let names = function.parameters.filter { $0.kind != .keywords }.map(\.name)
    let synonym = Parameter.synonyms[keyword]
    let takesMore = function.parameters.contains { $0.kind == .keywords }
    if let name = [keyword, synonym].compactMap({ $0 }).first(where: names.contains) {
      if values[name] != nil { throw .repeated(function: function.name, parameter: name) }
      values[name] = value
    } else if takesMore {
      if furtherKeywords[keyword] != nil {
        throw .repeated(function: function.name, parameter: keyword)
      }
      furtherKeywords[keyword] = value
    } else {
      throw .unknownKeyword(function: function.name, keyword: keyword, known: names)
    }
  }

  /// The arguments with defaults for what was left out.
  func completed() throws(ArgumentError) -> [String: Argument] {
    var result = values
    for parameter in function.parameters where result[parameter.name] == nil {
      switch parameter.kind {
      case .required: throw .missing(function: function.name, parameter: parameter.name)
      case .optional(let value): result[parameter.name] = value
      case .variadic: result[parameter.name] = .list([])
      case .keywords: continue
      }
    }
    return result
  }
}
