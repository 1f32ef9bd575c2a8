/// A framework whose spellings people paste, where one name means different things in different frameworks.
public enum Framework: String, CaseIterable, Hashable, Sendable {
  /// NumPy, and JAX, which follows it.
  case numpy
  /// PyTorch, with its functional modules.
  case pytorch

  /// The framework that a prefix such as `np.linalg` stands for; nil where it stands for none.
  public init?(prefix: String) {
    guard let framework = Self.prefixes[prefix] else { return nil }
    self = framework
  }

  private static let prefixes: [String: Framework] = {
    let numpy = [
      "np", "numpy", "np.linalg", "numpy.linalg", "jnp", "jax.numpy", "jnp.linalg",
      "jax.numpy.linalg", "jax.nn", "jax.lax", "jax.scipy.special", "scipy.special",
      "math",
    ]
    let pytorch = [
      "torch", "F", "nn.functional", "torch.nn.functional", "torch.linalg", "torch.special",
    ]
    return Dictionary(
      uniqueKeysWithValues: numpy.map { ($0, .numpy) } + pytorch.map { ($0, .pytorch) })
  }()

  /// Keywords that one framework alone uses, so that they say whose function a bare name is.
  public init?(keywords: some Sequence<String>) {
    let own: Set = ["dim", "keepdim", "unbiased"]
    guard keywords.contains(where: own.contains) else { return nil }
    self = .pytorch
  }
}
