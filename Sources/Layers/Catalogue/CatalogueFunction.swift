import TensorExpressions

/// A function of the expression language: its names, its parameters, its forward definition, and the samples on
/// which the conformance suite runs it. There is no derivative: that comes from the definition.
public struct CatalogueFunction: Sendable {
  /// The groups in which the functions are listed.
  public enum Family: String, CaseIterable, Hashable, Sendable {
    case elementwise, reductions, products, matrices, shape, lookups, convolution, pooling, layers
  }

  /// The name in the expression language.
  public let name: String
  /// Other names of the same function.
  public let aliases: [String]
  /// The group that the function is listed in.
  public let family: Family
  /// In the order in which arguments are given by place.
  public let parameters: [Parameter]
  /// Small programs of the expression language that call the function, generic in their sizes.
  public let samples: [String]
  /// Whether it is written without parentheses, as `x.T` is.
  public let isProperty: Bool
  /// Whose function it is, where the name means something else without that framework's prefix.
  public let framework: Framework?
  let body: Body

  /// What a call gives.
  enum Body: Sendable {
    case value(@Sendable (BoundArguments) throws(ShapeError) -> TensorExpression)
    /// Several tensors in order, as a tuple.
    case parts(@Sendable (BoundArguments) throws(ShapeError) -> [TensorExpression])
    /// A value and the places that it was found at: a tuple where two names are given, also under `.values`
    /// and `.indices`, else the value. No places where the arguments ask for a value alone.
    case pair(
      @Sendable (BoundArguments) throws(ShapeError) -> (
        value: TensorExpression, places: TensorExpression?
      ))
    /// The value of such a pair whose places are not known: `.values` is all that it has.
    case first(@Sendable (BoundArguments) throws(ShapeError) -> TensorExpression)
  }

  init(
    _ name: String, aliases: [String] = [], family: Family, _ parameters: [Parameter],
    isProperty: Bool = false, framework: Framework? = nil, samples: [String], _ body: Body
  ) {
    self.name = name
    self.aliases = aliases
    self.family = family
    self.parameters = parameters
    self.isProperty = isProperty
    self.framework = framework
    self.samples = samples
    self.body = body
  }

  /// A function that gives one tensor.
  ///
  /// - Parameter body: the forward definition; it throws ``ShapeError`` for arguments that do not
  ///   fit.
  public init(
    _ name: String, aliases: [String] = [], family: Family, _ parameters: [Parameter],
    isProperty: Bool = false, framework: Framework? = nil, samples: [String],
    body: @escaping @Sendable (BoundArguments) throws(ShapeError) -> TensorExpression
  ) {
    self.init(
      name, aliases: aliases, family: family, parameters, isProperty: isProperty,
      framework: framework, samples: samples, .value(body))
  }

  /// Whether it gives the places at which it found its value, too.
  public var findsPlaces: Bool {
    switch body {
    case .pair, .first: true
    case .value, .parts: false
    }
  }

  /// Whether its first argument is a list of tensors.
  public var takesList: Bool { parameters.first?.name == "list" }

  /// Whether PyTorch's function of the name always gives both.
  public var givesPair: Bool {
    findsPlaces && !parameters.contains { $0.name == "return_indices" }
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
