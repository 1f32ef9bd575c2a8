import TensorExpressions

/// What a module of code is made from: a layer's arguments, its outputs, and the derivatives that were found.
public struct LayerCode: Sendable {
  /// A size with its number, if the file gives one.
  public struct NamedSize: Hashable, Sendable {
    /// The name in the file.
    public let name: String
    /// The number that the file gives; nil where it gives none.
    public let extent: Int?

    public init(name: String, extent: Int?) {
      self.name = name
      self.extent = extent
    }
  }

  /// A value that is returned.
  public struct Output: Sendable {
    /// The name under which the value is returned.
    public let name: String
    /// The value.
    public let value: TensorExpression
    /// The symbol of its upstream gradient; nil for a loss.
    public let upstream: TensorExpression?

    public init(name: String, value: TensorExpression, upstream: TensorExpression?) {
      self.name = name
      self.value = value
      self.upstream = upstream
    }
  }

  /// The gradient by an argument.
  public struct Gradient: Sendable {
    /// The declared tensor that the loss, or the outputs, are differentiated by.
    public let argument: TensorExpression
    /// The cotangent of the argument, of its shape.
    public let value: TensorExpression

    public init(argument: TensorExpression, value: TensorExpression) {
      self.argument = argument
      self.value = value
    }

    /// The name in the code: `d` and the argument's name.
    public var name: String { "d" + (argument.name ?? "") }
  }

  /// The name of the file without folder and ending.
  public let stem: String
  /// The sizes that occur, in the order of the file.
  public let sizes: [NamedSize]
  /// The declared tensors in order.
  public let arguments: [TensorExpression]
  /// The values that the forward pass returns, in order.
  public let outputs: [Output]
  /// In the order of the arguments.
  public let gradients: [Gradient]
  /// Hessians and Jacobians that the file asks for, under their names.
  public let derivatives: [TensorExpression]
  /// Sequences under their names, whether or not anything but their own recurrence reads them.
  public let sequences: [TensorExpression]

  public init(
    stem: String, sizes: [NamedSize], arguments: [TensorExpression], outputs: [Output],
    gradients: [Gradient], derivatives: [TensorExpression] = [],
    sequences: [TensorExpression] = []
  ) {
    self.stem = stem
    self.sizes = sizes
    self.arguments = arguments
    self.outputs = outputs
    self.gradients = gradients
    self.derivatives = derivatives
    self.sequences = sequences
  }
}

/// Why a notation does not write a layer.
public enum CodeRefusal: Error, Hashable, Sendable {
  /// A size that no argument's shape tells and that has no number.
  case sizeWithoutNumber(String)
  /// A form of the layer that stays finite has no derivative, though the layer has one.
  case underivable
  /// A line that no statement of the notation stands for.
  case unreadable(String)

  /// The sentence of a diagnostic.
  public var sentence: String {
    switch self {
    case .sizeWithoutNumber(let name):
      "no tensor's shape tells the size `\(name)`, and it has no number"
    case .underivable: "the layer's stable form has no derivative"
    case .unreadable(let name): "no statement says what `\(name)` stands for"
    }
  }
}
