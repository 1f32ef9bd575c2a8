/// The laws by which expressions are rewritten, in proofs, in short forms and before differentiation.
///
/// A law has a file of its name among the tests: samples that it proves, and twins that look like them and are false. A
/// condition that is not proved counts as false.
public enum Law: String, CaseIterable, Hashable, Sendable {
  // Exponentials and logarithms.

  /// e^(a + b) = eᵃ·eᵇ.
  case exponentialOfSum = "exponential-of-sum"
  /// e^(k·a) = (eᵃ)ᵏ for a whole number k.
  case exponentialOfMultiple = "exponential-of-multiple"
  /// e^(log u) = u and e^(−log u) = 1/u, where the logarithm is read inside its tensor.
  case exponentialOfLogarithm = "exponential-of-logarithm"
  /// log(eᵃ·b) = a + log b, entry by entry.
  case logarithmOfExponential = "logarithm-of-exponential"
  /// log(1/a) = −log a for a > 0, entry by entry.
  case logarithmOfReciprocal = "logarithm-of-reciprocal"

  // Reciprocals.

  /// 1/(c·a·b) = 1/c · 1/a · 1/b, entry by entry.
  case reciprocalOfProduct = "reciprocal-of-product"
  /// 1/(c·(a + b)) = 1/c · 1/(a + b).
  case reciprocalOfMultiple = "reciprocal-of-multiple"
  /// 1/(c + d/E) = (1 − d/(d + c·E))/c, for an E that is nowhere 0 and read inside its tensor.
  case reciprocalReflected = "reciprocal-reflected"
  /// a · 1/a = 1, where a is proved to be other than 0, and a · 1/a · 1/a = 1/a.
  case reciprocalCancelled = "reciprocal-cancelled"
  /// For r = 1/(c + d·a): r·a = (1 − c·r)/d, and r/a = (1/a − d·r)/c.
  case logisticProduct = "logistic-product"
  /// D = 0 where D·f = 0, for the divisor f of a fraction in D.
  case divisorsCleared = "divisors-cleared"
  /// 1/|u| = sign(u)/u.
  case reciprocalOfMagnitude = "reciprocal-of-magnitude"

  // Roots.

  /// √u·√u = u.
  case rootSquared = "root-squared"
  /// √(c·a²·b) = √c·|a|·√b, entry by entry.
  case rootOfSquare = "root-of-square"
  /// √(c²·d) = c·√d for numbers c ≥ 0 and d.
  case rootOfNumber = "root-of-number"

  /// √(c·a·b) = √c·√a·√b for factors that are nowhere below 0.
  case rootOfProduct = "root-of-product"
  /// x^(p/q) is a power of r = x^(1/q), and r^q = x.
  case fractionalPower = "fractional-power"

  // Masks.

  /// m·m = m for a factor of zeros and ones.
  case maskSquared = "mask-squared"
  /// step(c) = 1 for a number c > 0, else 0.
  case stepOfNumber = "step-of-number"
  /// step(c·a) = step(a) for a number c > 0.
  case stepOfMultiple = "step-of-multiple"
  /// step(a) = 1 where every entry is above 0.
  case stepOfPositive = "step-of-positive"
  /// step(a) = 0 where no entry is above 0.
  case stepOfNonpositive = "step-of-nonpositive"
  /// step(−a) = 1 − step(a), where a is nowhere 0.
  case stepOfNegated = "step-of-negated"
  /// step(u·step(u)) = step(u), entry by entry.
  case stepOfMasked = "step-of-masked"
  /// a·step(a) = a for a ≥ 0.
  case ownMaskDropped = "own-mask-dropped"

  /// step(a)·step(−a) = 0, and a·step(−a) = a − a·step(a).
  case oppositeSteps = "opposite-steps"

  // What is declared of a tensor.

  /// The entries of a simplex sum to 1 along the last axis.
  case simplexSum = "simplex-sum"
  /// The entries of a one-hot sum to 1 along its axis.
  case oneHotSum = "one-hot-sum"
  /// Two entries of a one-hot along its axis are not both 1.
  case oneHotExclusive = "one-hot-exclusive"
  /// Every entry has one rank in a whole order.
  case orderSum = "order-sum"
  /// QᵀQ = 1 = QQᵀ.
  case orthogonalProduct = "orthogonal-product"
  /// Xᵀ = X for a symmetric X.
  case symmetricRead = "symmetric-read"
  /// A diagonal matrix is read on its diagonal.
  case diagonalRead = "diagonal-read"
  /// A lower triangular matrix is read on and below its diagonal.
  case lowerRead = "lower-read"

  /// A Cholesky factor is read on and below its diagonal.
  case factorRead = "factor-read"
  /// L·Lᵀ = X and L⁻ᵀ·L⁻¹ = X⁻¹ for the Cholesky factor L of X.
  case factorTimesTranspose = "factor-times-transpose"

  // Inverses: one that occurs is assumed to exist.

  /// (X⁻¹)⁻¹ = X.
  case inverseOfInverse = "inverse-of-inverse"
  /// (Xᵀ)⁻¹ = (X⁻¹)ᵀ.
  case inverseOfTranspose = "inverse-of-transpose"
  /// (c·s·A·B)⁻¹ = 1/(c·s) · B⁻¹·A⁻¹ for square A and B.
  case inverseOfProduct = "inverse-of-product"
  /// diag(v)⁻¹ = diag(1/v).
  case inverseOfDiagonal = "inverse-of-diagonal"
  /// Q⁻¹ = Qᵀ for an orthogonal Q.
  case inverseOfOrthogonal = "inverse-of-orthogonal"
  /// The inverse of a lower triangular matrix is read on and below its diagonal.
  case inverseOfLower = "inverse-of-lower"
  /// S·S⁻¹ = 1 = S⁻¹·S, for every term of S.
  case inverseTimesMatrix = "inverse-times-matrix"

  // Determinants.

  /// det Xᵀ = det X.
  case determinantOfTranspose = "determinant-of-transpose"
  /// det X⁻¹ = 1/det X.
  case determinantOfInverse = "determinant-of-inverse"
  /// det(A·B) = det A · det B for square A and B.
  case determinantOfProduct = "determinant-of-product"
  /// det(c·s·X) = cⁿ·sⁿ·det X; where n is a name, cⁿ is det(c·1).
  case determinantOfMultiple = "determinant-of-multiple"
  /// (det Q)² = 1 for an orthogonal Q.
  case determinantOfOrthogonal = "determinant-of-orthogonal"

  // Functions.

  /// f(E[idx]) = f(E)[idx], where nothing is ignored.
  case functionOfLookup = "function-of-lookup"
  /// acos(−1) = π.
  case circleConstant = "circle-constant"
  /// f(xᵀ) = f(x)ᵀ, and f of what is repeated along an axis is repeated along it.
  case axesOfFunction = "axes-of-function"
}
