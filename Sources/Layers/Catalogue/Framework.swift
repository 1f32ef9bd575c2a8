/// A module whose spellings people paste, where one name means different things in different modules.
public enum Framework: String, CaseIterable, Hashable, Sendable {
  case numpy
  /// `jax.numpy` and `jax.nn`, which follow NumPy where they say nothing else.
  case jax
  /// JAX's primitives.
  case lax
  /// The special functions of SciPy, and of JAX after it.
  case scipy
  /// PyTorch, with its functional modules.
  case pytorch
  /// `torch.linalg`, where it differs from `torch`.
  case linalg
  /// Patterns of axes.
  case einops

  /// The module that a prefix such as `np.linalg` stands for; nil where it stands for none.
  public init?(prefix: String) {
    guard let framework = Self.prefixes[prefix] else { return nil }
    self = framework
  }

  private static let prefixes: [String: Framework] = {
    let modules: KeyValuePairs<Framework, [String]> = [
      .numpy: ["np", "numpy", "np.linalg", "numpy.linalg", "math"],
      .jax: [
        "jnp", "jax.numpy", "jnp.linalg", "jax.numpy.linalg", "jax.nn", "jax.ops",
      ],
      .lax: ["lax", "jax.lax"],
      .scipy: ["jax.scipy.special", "scipy.special"],
      .pytorch: ["torch", "F", "nn.functional", "torch.nn.functional", "torch.special"],
      .linalg: ["torch.linalg"],
      .einops: ["einops"],
    ]
    return Dictionary(
      uniqueKeysWithValues: modules.flatMap { module, prefixes in prefixes.map { ($0, module) } })
  }()

  /// The module that a name of this one is looked up in next; nil where the language's own meaning is next.
  private var parent: Framework? {
    switch self {
    case .numpy, .pytorch, .einops: nil
    case .jax, .scipy: .numpy
    case .lax: .jax
    case .linalg: .pytorch
    }
  }

  /// The module and those that it follows, the first first.
  public var chain: [Framework] { [self] + (parent?.chain ?? []) }

  /// How a function of the module is called in a sentence: `np.split(…)` and whose it is.
  public func mention(of name: String) -> String {
    switch self {
    case .numpy: "`np.\(name)(…)` is NumPy's"
    case .jax: "`jax.nn.\(name)(…)` is JAX's"
    case .lax: "`jax.lax.\(name)(…)` is JAX's"
    case .scipy: "`scipy.special.\(name)(…)` is SciPy's"
    case .pytorch: "`torch.\(name)(…)` is PyTorch's"
    case .linalg: "`torch.linalg.\(name)(…)` is PyTorch's"
    case .einops: "`einops.\(name)(…)` is einops'"
    }
  }

  /// Keywords that one framework alone uses, so that they say whose function a bare name is.
  public init?(keywords: some Sequence<String>) {
    let own: [String: Framework] = [
      "dim": .pytorch, "keepdim": .pytorch, "unbiased": .pytorch, "dims": .pytorch, "ddof": .numpy,
    ]
    guard let framework = keywords.lazy.compactMap({ own[$0] }).first else { return nil }
    self = framework
  }

  /// Whose method a name is, where only one framework's tensors have it and the bare name means something else.
  public init?(method name: String) {
    let own: [String: Framework] = [
      "split": .pytorch, "norm": .pytorch, "cross": .pytorch, "select": .pytorch, "dot": .numpy,
    ]
    guard let framework = own[name] else { return nil }
    self = framework
  }
}
