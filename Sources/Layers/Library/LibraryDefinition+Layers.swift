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
    LibraryDefinition(
      "local_response_norm", scope: "sequences [N, C, L] and an odd size",
      """
      def local_response_norm(x, size, alpha=1e-4, beta=3/4, k=1) = (
        x / (k + alpha * avg_pool1d(
          x**2, size, stride=1, padding=size // 2, layout="NHWC"))**beta)
      """),
    LibraryDefinition(
      "weight_norm", scope: "matrices and axis=0",
      samples: ["param v: [3, 2], g: [3]\ny = weight_norm(v, g)"],
      "def weight_norm(v, g) = g[:, None] * v / norm2(v, axis=1, keepdims=True)"),
  ]

  /// Dense layers, softmax, losses and attention.
  static let layers: [LibraryDefinition] = [
    LibraryDefinition("linear", "def linear(x, W, b=0) = x @ W.T + b"),
    LibraryDefinition(
      "prelu", scope: "rows [N, C], or one weight for all entries",
      samples: [
        "input x: [2, 3]\nparam a: [3]\ny = prelu(x, a)",
        "input x: [2, 3, 4]\nparam a: []\ny = prelu(x, a)",
      ],
      "def prelu(x, weight) = where(x > 0, x, weight * x)"),
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
      "nll_loss", scope: "labels of rows, reduction=\"mean\"",
      "def nll_loss(logits, target) = -mean(gather(logits, 1, target[:, None]))"),
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
      "scaled_dot_product_attention", scope: "without a mask, and with a scale",
      samples: [
        """
        input q: [2, 3, 2], k: [2, 4, 2], v: [2, 4, 3]
        y = scaled_dot_product_attention(q, k, v, scale=0.5)
        """
      ],
      """
      def scaled_dot_product_attention(query, key, value, scale) = \
      softmax(query @ key.mT * scale, axis=-1) @ value
      """),
    LibraryDefinition(
      "dropout_mask", "def dropout_mask(x, mask, p=1/2) = x * mask / (1 - p)"),
  ]
}
