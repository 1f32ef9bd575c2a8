/// A language with Python's syntax, and what it calls things.
enum Dialect: Hashable, Sendable {
  /// The expression language.
  case language
  case numpy
  case torch
  case jax

  var module: String {
    switch self {
    case .language: ""
    case .numpy: "np."
    case .torch: "torch."
    case .jax: "jnp."
    }
  }

  /// Where layers live.
  var layerPrefix: String {
    switch self {
    case .language, .numpy: ""
    case .torch: "F."
    case .jax: "jax.nn."
    }
  }

  var pi: String { self == .language ? "pi" : "\(module)pi" }
  var einsum: String { "\(module)einsum" }
  var axis: String { self == .torch ? "dim" : "axis" }
  var keepAxes: String { self == .torch ? "keepdim" : "keepdims" }
  var diagonal: String { "\(module)diag" }
  var broadcast: String { "\(module)broadcast_to" }
  var lowerTriangle: String { "\(module)tril" }
  var upperTriangle: String { "\(module)triu" }

  var concatenate: String {
    switch self {
    case .language: "concat"
    case .numpy: "np.concatenate"
    case .torch: "torch.cat"
    case .jax: "jnp.concatenate"
    }
  }

  var softmax: String {
    switch self {
    case .language: "softmax"
    case .numpy: "scipy.special.softmax"
    case .torch: "torch.softmax"
    case .jax: "jax.nn.softmax"
    }
  }

  func filled(_ name: String) -> String { module + name }

  func permute(_ x: String, _ axes: String) -> String {
    self == .language || self == .torch ? "\(x).permute(\(axes))" : "\(x).transpose(\(axes))"
  }

  func reduction(_ reduction: FormulaReduction) -> String {
    let name = reduction.kind.rawValue
    // `torch.max` along an axis also gives indices.
    if self == .torch, name == "max" || name == "min" { return "torch.a\(name)" }
    return module + name
  }

  /// The name of an elementwise or matrix function.
  func function(_ name: String) -> String {
    switch self {
    case .language: name
    case .numpy, .torch, .jax:
      target.flatMap { CodeFunction.named(name)?.callName(in: $0) } ?? module + name
    }
  }
}
