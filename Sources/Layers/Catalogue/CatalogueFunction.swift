import TensorExpressions

/// A function of the expression language: its names, its parameters, its forward definition, and the samples on
/// which the conformance suite runs it. There is no derivative: that comes from the definition.
public struct CatalogueFunction: Sendable {
  public enum Family: String, CaseIterable, Hashable, Sendable {
    case elementwise, reductions, products, matrices, shape, convolution, pooling, layers
  }

  public let name: String
  /// Other names of the same function.
  public let aliases: [String]
  public let family: Family
  /// In the order in which arguments are given by place.
  public let parameters: [Parameter]
  /// Small programs of the expression language that call the function, generic in their sizes.
  public let samples: [String]
  /// Whether it is written without parentheses, as `x.T` is.
  public let isProperty: Bool
  let body: @Sendable (BoundArguments) throws(ShapeError) -> TensorExpression

  public init(
    _ name: String, aliases: [String] = [], family: Family, _ parameters: [Parameter],
    isProperty: Bool = false, samples: [String],
    body: @escaping @Sendable (BoundArguments) throws(ShapeError) -> TensorExpression
  ) {
    self.name = name
    self.aliases = aliases
    self.family = family
    self.parameters = parameters
    self.isProperty = isProperty
    self.samples = samples
    self.body = body
  }

  /// The call as a reader would write its head, `conv1d(x, w, b=0)`.
  public var signature: String {
    let parts = parameters.map { parameter in
      switch parameter.kind {
      case .required: parameter.name
      case .optional(let value): "\(parameter.name)=\(value.sourceText)"
      case .variadic: "*\(parameter.name)"
      case .keywords: "**\(parameter.name)"
      }
    }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }
}

extension Argument {
  /// The argument as it is written in the language, tensors by their names.
  var sourceText: String {
    switch self {
    case .tensor(let tensor): tensor.name ?? "tensor"
    case .size(let size): size.description
    case .number(let number): number.asRational.map(\.description) ?? "number"
    case .list(let entries): "[\(entries.map(\.sourceText).joined(separator: ", "))]"
    case .text(let text): "\"\(text)\""
    case .flag(let flag): flag ? "True" : "False"
    case .none: "None"
    }
  }
}
