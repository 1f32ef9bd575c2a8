import TensorExpressions

/// Why arguments cannot be bound to a function's parameters. Holds data; the sentences are made where
/// errors are shown.
public enum ArgumentError: Error, Hashable, Sendable {
  /// No function has that name.
  case unknownFunction(String)
  /// A parameter without a value of its own is left out.
  case missing(function: String, parameter: String)
  /// A keyword that is no parameter's name, with the names that are.
  case unknownKeyword(function: String, keyword: String, known: [String])
  /// A parameter that is given twice, by place or by keyword.
  case repeated(function: String, parameter: String)
  /// More arguments by place than there are parameters for them.
  case tooMany(function: String, limit: Int, found: Int)
}

/// Why a function of the catalogue gives no value.
public enum LayerError: Error, Hashable, Sendable {
  /// The arguments do not go with the parameters.
  case argument(ArgumentError)
  /// The shapes do not fit.
  case shape(ShapeError)
}
