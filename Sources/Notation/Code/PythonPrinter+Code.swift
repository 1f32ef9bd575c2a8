import Scalars
import TensorExpressions

/// What only libraries need: element types, functions that do not overflow, and arguments that are plain numbers.
extension PythonPrinter {
  /// A function's call in a library.
  func libraryFunction(_ name: String, _ given: [Formula]) -> Text {
    let arguments = CodeFunction.named(name)?.completed(given) ?? given
    if name == "one_hot" { return .atom(oneHot(string(arguments[0], .atom), string(arguments[1]))) }
    // As a value, numbers of places are of the layer's element type.
    if name == "arange" {
      return .atom(call(dialect.function(name), arguments.map(string) + elementType))
    }
    if name == "log", let stable = logarithm(of: arguments[0]) { return .atom(stable) }
    // PyTorch's functions take no plain numbers.
    if dialect == .torch, !arguments.contains(where: \.holdsTensor) {
      if Self.pythonFunctions.contains(name) {
        return .atom(call("math.\(name)", arguments.map(string)))
      }
      let numbers = arguments.map { call("torch.tensor", [string($0)] + elementType) }
      return .atom(call(dialect.function(name), numbers))
    }
    return .atom(call(dialect.function(name), arguments.map(string)))
  }

  private static let pythonFunctions: Set<String> = [
    "exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
    "cosh", "tanh", "erf",
  ]

  /// The logarithm of a softmax or of a sum of exponentials, which does not overflow where its value does not.
  private func logarithm(of x: Formula) -> String? {
    switch x {
    case .softmax(let u, let axis, let isLast):
      call(
        dialect.softmaxModule + "log_softmax",
        [string(u), "\(dialect.axis)=\(isLast ? -1 : axis)"])
    case .reduction(let reduction, .function("exp", let u)) where reduction.kind == .sum:
      call(
        dialect.softmaxModule + "logsumexp",
        [string(u[0])] + logSumArguments(reduction))
    case .name, .number, .sum, .product, .power, .matrixProduct, .function, .reduction, .view,
      .einsum, .convolution, .pooling, .selector, .concatenation, .stack, .layer, .filled:
      nil
    }
  }

  private func logSumArguments(_ reduction: FormulaReduction) -> [String] {
    var result: [String] = []
    if let axes = reduction.axes {
      result.append("\(dialect.axis)=\(self.axes(axes))")
    } else if dialect == .torch {
      result.append("dim=\(self.axes(Array(0..<reduction.rank)))")
    }
    if reduction.keepsAxes { result.append("\(dialect.keepAxes)=True") }
    return result
  }

  /// The arguments that give a new array the element type of the layer's.
  var elementType: [String] {
    guard let reference, dialect != .numpy else { return [] }
    return ["dtype=\(reference).dtype"]
  }
}

extension CodeFunction {
  /// The arguments with those that a formula leaves out.
  fileprivate func completed(_ arguments: [Formula]) -> [Formula] {
    let missing = defaults.suffix(max(0, arity - arguments.count))
    return arguments + missing.map { .number(Coefficient($0)) }
  }
}

extension Dialect {
  /// Where the softmax and its relatives live.
  fileprivate var softmaxModule: String {
    switch self {
    case .language: ""
    case .numpy: "scipy.special."
    case .torch: "torch."
    case .jax: "jax.nn."
    }
  }

  /// The target whose dialect this is; nil for the expression language.
  var target: CodeTarget? {
    switch self {
    case .language: nil
    case .numpy: .numpy
    case .torch: .pytorch
    case .jax: .jax
    }
  }
}

extension Formula {
  /// Whether the formula is made from any tensor, so that its value is one.
  var holdsTensor: Bool {
    contains { part in
      switch part {
      case .name(let name): name != "pi"
      case .filled: true
      case .number, .sum, .product, .power, .matrixProduct, .function, .reduction, .view, .einsum,
        .convolution, .pooling, .selector, .concatenation, .stack, .layer, .softmax:
        false
      }
    }
  }

  /// Whether some part is of a kind.
  func contains(_ isMeant: (Formula) -> Bool) -> Bool {
    var stack = [self]
    while let next = stack.popLast() {
      if isMeant(next) { return true }
      stack += next.children
    }
    return false
  }
}
