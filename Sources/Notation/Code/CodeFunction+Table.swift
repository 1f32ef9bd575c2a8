import Scalars
import TensorExpressions

extension CodeFunction {
  /// Every function, one row each, after those that its definition calls.
  static let table: [CodeFunction] = elementary + masks + activations + matrices + lookups

  /// A function that every target has under its own name, up to the library's prefix.
  private static func everywhere(
    _ name: String, numpy: String? = nil, cpp: String? = nil
  ) -> CodeFunction {
    CodeFunction(
      name, numpy: numpy ?? "np.\(name)", pytorch: "torch.\(name)",
      jax: numpy.map { "j" + $0 } ?? "jnp.\(name)", cpp: cpp ?? "std::\(name)", swift: name)
  }

  private static let elementary: [CodeFunction] = [
    everywhere("exp"), everywhere("log"), everywhere("log1p"), everywhere("expm1"),
    everywhere("sqrt"), everywhere("sin"), everywhere("cos"), everywhere("tan"),
    everywhere("asin", numpy: "np.arcsin"), everywhere("acos", numpy: "np.arccos"),
    everywhere("atan", numpy: "np.arctan"), everywhere("sinh"), everywhere("cosh"),
    everywhere("tanh"), everywhere("abs"), everywhere(Elementwise.floor.name),
    // Of two neighbours the even one, in every library.
    CodeFunction(
      Elementwise.round.name, numpy: "np.round", pytorch: "torch.round", jax: "jnp.round",
      cpp: "std::nearbyint",
      bodies: [.swift: "x.rounded(.toNearestOrEven)"]),
    CodeFunction("rsqrt", pytorch: "torch.rsqrt", jax: "lax.rsqrt"),
    CodeFunction(
      "stop_gradient", jax: "lax.stop_gradient",
      bodies: [.numpy: "x", .pytorch: "x.detach()", .cpp: "x", .swift: "x"]),
    CodeFunction(
      "erf", numpy: "scipy.special.erf", pytorch: "torch.erf", jax: "jax.scipy.special.erf",
      cpp: "std::erf", swift: "erf"),
    CodeFunction(
      "reciprocal", numpy: "np.reciprocal", pytorch: "torch.reciprocal", jax: "jnp.reciprocal",
      bodies: [.cpp: "1 / x", .swift: "1 / x"]),
  ]

  private static let activations: [CodeFunction] = [
    CodeFunction(
      "sigmoid", numpy: "scipy.special.expit", pytorch: "torch.sigmoid", jax: "jax.nn.sigmoid"),
    // log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), in which no exponential is large.
    CodeFunction(
      "softplus", jax: "jax.nn.softplus",
      stableDefinition: { x in
        apply("maximum", x[0], x[0].zero) + apply("log1p", apply("exp", -apply("abs", x[0])))
      }),
    CodeFunction("silu", pytorch: "F.silu", jax: "jax.nn.silu"),
    CodeFunction("gelu", pytorch: "F.gelu"),
    CodeFunction(
      "relu", pytorch: "torch.relu", jax: "jax.nn.relu",
      stableDefinition: { x in apply("maximum", x[0], x[0].zero) }),
    CodeFunction("leaky_relu", defaults: [Rational(1, 100)]),
    // The branch that is not taken must not overflow either.
    CodeFunction(
      "elu", defaults: [1],
      stableDefinition: { x in
        let negative = apply("expm1", apply("minimum", x[0], x[0].zero))
        return apply("where", apply("step", x[0]), x[0], x[1] * negative)
      }),
    CodeFunction("selu"),
  ]

  private static let masks: [CodeFunction] = [
    CodeFunction(
      "step",
      bodies: [
        .numpy: "np.where(x > 0, 1.0, 0.0)", .pytorch: "(x > 0).to(x.dtype)",
        .jax: "jnp.where(x > 0, 1.0, 0.0)", .cpp: "x > 0 ? T(1) : T(0)", .swift: "x > 0 ? 1 : 0",
      ]),
    CodeFunction(
      "sign", numpy: "np.sign", pytorch: "torch.sign", jax: "jnp.sign"),
    CodeFunction(
      "maximum", numpy: "np.maximum", jax: "jnp.maximum", cpp: "std::max", swift: "max",
      bodies: [.pytorch: "torch.where(a > b, a, b)"]),
    CodeFunction(
      "minimum", numpy: "np.minimum", jax: "jnp.minimum", cpp: "std::min", swift: "min",
      bodies: [.pytorch: "torch.where(a < b, a, b)"]),
    CodeFunction("clip"),
    CodeFunction("hardtanh", defaults: [-1, 1]),
    CodeFunction(
      "equal",
      bodies: [
        .numpy: "np.where(a == b, 1.0, 0.0)", .pytorch: "(a == b).to(torch.result_type(a, b))",
        .jax: "jnp.where(a == b, 1.0, 0.0)", .cpp: "a == b ? T(1) : T(0)", .swift: "a == b ? 1 : 0",
      ]),
    CodeFunction(
      "where", numpy: "np.where",
      bodies: [
        .pytorch:
          "torch.where(a > 0, torch.as_tensor(b, dtype=a.dtype), torch.as_tensor(c, dtype=a.dtype))",
        .jax: "jnp.where(a > 0, b, c)", .cpp: "a > 0 ? b : c", .swift: "a > 0 ? b : c",
      ]),
  ]

  private static let matrices: [CodeFunction] = [
    CodeFunction(
      "inv", numpy: "np.linalg.inv", pytorch: "torch.linalg.inv", jax: "jnp.linalg.inv",
      cpp: "inverse", swift: "inverse"),
    CodeFunction(
      "det", numpy: "np.linalg.det", pytorch: "torch.linalg.det", jax: "jnp.linalg.det",
      cpp: "determinant", swift: "determinant"),
    CodeFunction(
      "cholesky", numpy: "np.linalg.cholesky", pytorch: "torch.linalg.cholesky",
      jax: "jnp.linalg.cholesky", cpp: "cholesky", swift: "cholesky"),
    CodeFunction("trace", numpy: "np.trace", pytorch: "torch.trace", jax: "jnp.trace"),
    CodeFunction("outer", numpy: "np.outer", pytorch: "torch.outer", jax: "jnp.outer"),
    CodeFunction(
      "norm2", numpy: "np.linalg.norm", pytorch: "torch.linalg.norm", jax: "jnp.linalg.norm"),
  ]

  /// Functions of index tensors, which loops write as entries at places.
  private static let lookups: [CodeFunction] = [
    CodeFunction("arange", numpy: "np.arange", pytorch: "torch.arange", jax: "jnp.arange"),
    CodeFunction("one_hot", parameters: 2),
    CodeFunction(
      "gather",
      bodies: [
        .numpy: "np.take_along_axis(a, c, b)", .pytorch: "torch.take_along_dim(a, c, b)",
        .jax: "jnp.take_along_axis(a, c, b)",
      ], parameters: 3),
    CodeFunction(
      "segment_sum", numpy: "segment_sum",
      bodies: [
        .pytorch:
          "torch.zeros((c, *a.shape[b.ndim:]), dtype=a.dtype).index_put((b,), a, accumulate=True)",
        .jax: "jnp.zeros((c, *a.shape[b.ndim:]), dtype=a.dtype).at[b].add(a)",
      ], parameters: 3),
  ]

  private static func apply(_ name: String, _ x: TensorExpression...) -> TensorExpression {
    x[0].space.elementwise(.row(name), x)
  }
}
