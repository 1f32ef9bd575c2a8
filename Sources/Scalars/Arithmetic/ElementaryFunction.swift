/// A smooth function of one variable.
public enum ElementaryFunction: String, CaseIterable, Sendable, Hashable {
  case exp, log, log1p, expm1, sqrt, rsqrt, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh
  case sigmoid, softplus, erf, gelu, silu
}
