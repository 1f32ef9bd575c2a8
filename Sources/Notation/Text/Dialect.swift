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
    case .jax: "nn."
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
    case .jax: "nn.softmax"
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
    case .numpy: Self.numpyNames[name] ?? "np.\(name)"
    case .jax: Self.jaxNames[name] ?? "jnp.\(Self.shared[name] ?? name)"
    case .torch: Self.torchNames[name] ?? "torch.\(name)"
    }
  }

  private static let shared = [
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "inv": "linalg.inv",
    "det": "linalg.det", "norm2": "linalg.norm",
  ]
  private static let numpyNames = [
    "asin": "np.arcsin", "acos": "np.arccos", "atan": "np.arctan", "inv": "np.linalg.inv",
    "det": "np.linalg.det", "norm2": "np.linalg.norm",
    "sigmoid": "scipy.special.expit", "erf": "scipy.special.erf",
    "relu": "relu", "step": "step", "leaky_relu": "leaky_relu", "elu": "elu", "selu": "selu",
    "gelu": "gelu", "silu": "silu", "softplus": "softplus", "hardtanh": "hardtanh",
    "rsqrt": "rsqrt",
  ]
  private static let jaxNames = [
    "sigmoid": "nn.sigmoid", "erf": "jax.scipy.special.erf", "relu": "nn.relu", "step": "step",
    "leaky_relu": "nn.leaky_relu", "elu": "nn.elu", "selu": "nn.selu", "silu": "nn.silu",
    "gelu": "gelu", "softplus": "nn.softplus", "hardtanh": "hardtanh", "rsqrt": "lax.rsqrt",
  ]
  private static let torchNames = [
    "inv": "torch.linalg.inv", "det": "torch.linalg.det", "relu": "F.relu",
    "leaky_relu": "F.leaky_relu", "elu": "F.elu", "selu": "F.selu", "gelu": "F.gelu",
    "silu": "F.silu", "softplus": "F.softplus", "hardtanh": "F.hardtanh", "step": "step",
    "equal": "torch.eq", "norm2": "torch.linalg.norm",
  ]
}
