import TensorExpressions

/// Why arguments cannot be bound to a function's parameters. Holds data; the sentences are made where
/// errors are shown.
public enum ArgumentError: Error, Hashable, Sendable {
  case unknownFunction(String)
  case missing(function: String, parameter: String)
  case unknownKeyword(function: String, keyword: String, known: [String])
  /// A parameter that is given twice, by place or by keyword.
  case repeated(function: String, parameter: String)
  case tooMany(function: String, limit: Int, found: Int)
}

/// Why a function of the catalogue gives no value.
public enum LayerError: Error, Hashable, Sendable {
  case argument(ArgumentError)
  case shape(ShapeError)
}
