extension LibraryDefinition {
  private static let standardize = """
    def standardize(x, axis, eps) = (
      (x - mean(x, axis=axis, keepdims=True)) / sqrt(var(x, axis=axis, keepdims=True) + eps))

    """

  /// Normalisations: the statistics differ in the axes that they are taken over.
  static let normalizations: [LibraryDefinition] = [
    LibraryDefinition(
      "batch_norm", scope: "images [N, C, H, W]; rows [B, C] take axis=0 and need no new axes",
      samples: [
        "input x: [2, 3, 2, 4]\nparam gamma: [3], beta: [3]\ny = batch_norm(x, gamma, beta)"
      ],
      standardize
        + """
        def batch_norm(x, gamma, beta, eps=1e-5) = (
          gamma[:, None, None] * standardize(x, (0, 2, 3), eps) + beta[:, None, None])
        """),
    LibraryDefinition(
      "layer_norm",
      standardize
        + """
        def layer_norm(x, gamma=1, beta=0, axis=-1, eps=1e-5) = \
        gamma * standardize(x, axis, eps) + beta
        """),
    LibraryDefinition(
      "instance_norm", scope: "sequences [N, C, L]; images take axis=(2, 3)",
      standardize
        + """
        def instance_norm(x, gamma, beta, eps=1e-5) = \
        gamma[:, None] * standardize(x, 2, eps) + beta[:, None]
        """),
    LibraryDefinition(
      "group_norm", scope: "sequences [N, C, L]",
      standardize
        + """
        def split(x, groups) = rearrange(x, "n (g c) l -> n g c l", g=groups)
        def join(x) = rearrange(x, "n g c l -> n (g c) l")
        def group_norm(x, groups, gamma, beta, eps=1e-5) = (
          gamma[:, None] * join(standardize(split(x, groups), (2, 3), eps)) + beta[:, None])
        """),
  ]

  /// Dense layers, softmax, losses and attention.
  static let layers: [LibraryDefinition] = [
    LibraryDefinition("linear", "def linear(x, W, b=0) = x @ W.T + b"),
    LibraryDefinition(
      "softmax", "def softmax(x, axis=-1) = exp(x) / sum(exp(x), axis=axis, keepdims=True)"),
    LibraryDefinition(
      "log_softmax", "def log_softmax(x, axis=-1) = x - logsumexp(x, axis=axis, keepdims=True)"),
    LibraryDefinition(
      "cross_entropy", scope: "reduction=\"mean\"",
      samples: ["input z: [2, 3, 4]\nconst t: [2, 3, 4]\nloss L = cross_entropy(z, t, axis=1)"],
      """
      def cross_entropy(logits, target, axis=-1) = (
        -mean(sum(target * log_softmax(logits, axis=axis), axis=axis)))
      """),
    LibraryDefinition(
      "mse_loss", scope: "reduction=\"mean\"", "def mse_loss(y, t) = mean((y - t)**2)"),
    LibraryDefinition(
      "bce", scope: "reduction=\"mean\"",
      samples: ["input p: [2, 3] unit\nconst t: [2, 3]\nloss L = bce(p, t)"],
      "def bce(p, t) = -mean(t * log(p) + (1 - t) * log(1 - p))"),
    LibraryDefinition(
      "attention", scope: "scale is 1/sqrt(d) where it is left out, d the features of q",
      samples: [
        "input q: [2, 3, 2], k: [2, 4, 2], v: [2, 4, 3]\ny = attention(q, k, v, scale=0.5)"
      ],
      "def attention(q, k, v, scale) = softmax(q @ k.mT * scale, axis=-1) @ v"),
    LibraryDefinition(
      "dropout_mask", "def dropout_mask(x, mask, p=1/2) = x * mask / (1 - p)"),
  ]
}
