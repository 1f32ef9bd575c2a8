import Scalars

extension Elementwise {
  /// Every function, one row each. To add one: write its row here; the conformance suite does the rest.
  ///
  /// In scope: `x`, the operands (or the only one), and `y`, the result; `step`, `sign` and the functions
  /// themselves by name. A comparison is written with `step`: 1 where its argument is above 0, else 0.
  public static let table: [Elementwise] = [
    // What the others are made of.
    Elementwise(
      "reciprocal", primitive: .reciprocal,
      derivatives: { _, y in [-(y * y)] }),
    Elementwise(
      "step", primitive: .step,
      derivatives: { x, _ in [x[0].zero] }, kinks: { [$0[0]] }, atMinusInfinity: 0),
    Elementwise(
      "pow", arity: 2, primitive: .power,
      derivatives: { x, y in
        [
          x[1] * apply("pow", x[0], x[1] - one),
          x[1].asConstant == nil ? y * apply("log", x[0]) : nil,
        ]
      }),
    Elementwise("pi", primitive: .pi, derivatives: { x, _ in [x[0].zero] }),
    // The value without its derivative.
    Elementwise(
      "stop_gradient", primitive: .stopped, definition: { $0[0] },
      derivatives: { x, _ in [x[0].zero] }),
    // x, and −∞ where the mask is 1: no arithmetic has a value for it (``MinusInfinity``).
    Elementwise(
      minusInfinity, arity: 2, definition: { $0[0] / (one - $0[1]) },
      derivatives: { x, y in [one / (one - x[1]), y / (one - x[1])] }),
    Elementwise("floor", primitive: .floor, derivatives: { x, _ in [x[0].zero] }),
    Elementwise("round", primitive: .round, derivatives: { x, _ in [x[0].zero] }),

    // Exponentials and logarithms.
    Elementwise(.exp, atMinusInfinity: 0, derivative: { _, y in y }),
    Elementwise(.log, derivative: { x, _ in one / x }),
    Elementwise(
      .log1p, definition: { apply("log", one + $0) }, derivative: { x, _ in one / (one + x) }),
    Elementwise(
      .expm1, atMinusInfinity: -1, definition: { apply("exp", $0) - one },
      derivative: { _, y in y + one }),
    Elementwise(.sqrt, derivative: { _, y in one / (two * y) }),
    Elementwise(
      .rsqrt, definition: { one / apply("sqrt", $0) },
      derivative: { _, y in minusHalf * (y * y * y) }),

    // Trigonometric and hyperbolic functions.
    Elementwise(.sin, derivative: { x, _ in apply("cos", x) }),
    Elementwise(.cos, derivative: { x, _ in -apply("sin", x) }),
    Elementwise(
      .tan, definition: { apply("sin", $0) / apply("cos", $0) }, derivative: { _, y in one + y * y }
    ),
    Elementwise(.asin, derivative: { x, _ in one / apply("sqrt", one - x * x) }),
    Elementwise(.acos, derivative: { x, _ in -(one / apply("sqrt", one - x * x)) }),
    Elementwise(.atan, derivative: { x, _ in one / (one + x * x) }),
    Elementwise(
      .sinh, definition: { half * (apply("exp", $0) - apply("exp", -$0)) },
      derivative: { x, _ in apply("cosh", x) }),
    Elementwise(
      .cosh, definition: { half * (apply("exp", $0) + apply("exp", -$0)) },
      derivative: { x, _ in apply("sinh", x) }),
    Elementwise(
      .tanh, atMinusInfinity: -1, definition: { two / (one + apply("exp", minusTwo * $0)) - one },
      derivative: { _, y in one - y * y }),
    Elementwise(
      .erf, atMinusInfinity: -1,
      derivative: { x, _ in two / apply("sqrt", apply("pi", x)) * apply("exp", -(x * x)) }),

    // Activations.
    Elementwise(
      .sigmoid, atMinusInfinity: 0, definition: { one / (one + apply("exp", -$0)) },
      derivative: { _, y in y * (one - y) }),
    Elementwise(
      .softplus, atMinusInfinity: 0, definition: { apply("log", one + apply("exp", $0)) },
      derivative: { x, _ in apply("sigmoid", x) }),
    Elementwise(
      .silu, atMinusInfinity: 0, definition: { $0 * apply("sigmoid", $0) },
      derivative: { x, y in
        let s = apply("sigmoid", x)
        return s + y * (one - s)
      }),
    Elementwise(
      .gelu, atMinusInfinity: 0,
      definition: { $0 * normalCumulative($0) },
      derivative: { x, _ in
        let density = apply("exp", minusHalf * (x * x)) / apply("sqrt", two * apply("pi", x))
        return normalCumulative(x) + x * density
      }),
    Elementwise(
      "relu", definition: { $0[0] * step($0[0]) },
      derivatives: { x, _ in [step(x[0])] }, kinks: { [$0[0]] }, atMinusInfinity: 0),
    Elementwise(
      "leaky_relu", arity: 2,
      definition: { select(step($0[0]), $0[0], $0[1] * $0[0]) },
      derivatives: { x, _ in [select(step(x[0]), 1, x[1]), (one - step(x[0])) * x[0]] },
      kinks: { [$0[0]] }),
    Elementwise(
      "elu", arity: 2,
      definition: { select(step($0[0]), $0[0], $0[1] * (apply("exp", $0[0]) - one)) },
      derivatives: { x, y in
        [select(step(x[0]), 1, y + x[1]), (one - step(x[0])) * (apply("exp", x[0]) - one)]
      },
      kinks: { [$0[0]] }),
    Elementwise(
      "selu",
      definition: { seluScale * apply("elu", $0[0], $0[0].filled(seluSlope)) },
      derivatives: { x, y in
        [select(step(x[0]), x[0].filled(seluScale), y + seluScale * seluSlope)]
      },
      kinks: { [$0[0]] }),

    // Signs, masks and clipping.
    Elementwise(
      "sign", definition: { step($0[0]) - step(-$0[0]) },
      derivatives: { x, _ in [x[0].zero] }, kinks: { [$0[0]] }, atMinusInfinity: -1),
    Elementwise(
      "abs", definition: { $0[0] * apply("sign", $0[0]) },
      derivatives: { x, _ in [apply("sign", x[0])] }, kinks: { [$0[0]] }),
    Elementwise(
      "maximum", arity: 2,
      definition: { $0[1] + apply("relu", $0[0] - $0[1]) },
      derivatives: { x, _ in [greaterOrTied(x[0], x[1]), greaterOrTied(x[1], x[0])] },
      kinks: { [$0[0] - $0[1]] }),
    Elementwise(
      "minimum", arity: 2,
      definition: { $0[0] - apply("relu", $0[0] - $0[1]) },
      derivatives: { x, _ in [greaterOrTied(x[1], x[0]), greaterOrTied(x[0], x[1])] },
      kinks: { [$0[0] - $0[1]] }),
    Elementwise(
      "clip", arity: 3,
      definition: { apply("minimum", apply("maximum", $0[0], $0[1]), $0[2]) },
      derivatives: { x, _ in
        [
          atLeast(x[0], x[1]) * atLeast(x[2], x[0]),
          step(x[1] - x[0]), step(x[0] - x[2]),
        ]
      },
      kinks: { [$0[0] - $0[1], $0[2] - $0[0]] }),
    Elementwise(
      "hardtanh", arity: 3,
      definition: { apply("clip", $0[0], $0[1], $0[2]) },
      derivatives: { x, _ in
        [
          step(x[0] - x[1]) * step(x[2] - x[0]),
          step(x[1] - x[0]), step(x[0] - x[2]),
        ]
      },
      kinks: { [$0[0] - $0[1], $0[2] - $0[0]] }),
    Elementwise(
      "equal", arity: 2,
      definition: { one - step($0[0] - $0[1]) - step($0[1] - $0[0]) },
      derivatives: { x, _ in [x[0].zero, x[0].zero] }, kinks: { [$0[0] - $0[1]] }),
    // where(c, a, b) for a mask c of zeros and ones.
    Elementwise(
      "where", arity: 3,
      definition: { $0[0] * $0[1] + (one - $0[0]) * $0[2] },
      derivatives: { x, _ in [nil, x[0], one - x[0]] }),
  ]

  /// SELU's constants, the decimals that frameworks use.
  /// Source: Klambauer et al., "Self-normalizing neural networks" (2017), section 2.
  private static let seluScale = Rational(1_050_700_987_355_480_493, 1_000_000_000_000_000_000)
  private static let seluSlope = Rational(1_673_263_242_354_377_284, 1_000_000_000_000_000_000)

  private static let one = Rational(1)
  private static let two = Rational(2)
  private static let minusTwo = Rational(-2)
  private static let half = Rational(1, 2)
  private static let minusHalf = Rational(-1, 2)

  /// ⌊x⌋.
  public static var floor: Elementwise { row("floor") }
  /// The nearest whole number, of two the even one.
  public static var round: Elementwise { row("round") }

  /// The row of a function that this package writes by name; one that is not in the table is a mistake in the code.
  public static func row(_ name: String) -> Elementwise {
    guard let row = named(name) else { preconditionFailure("the table has no row \(name)") }
    return row
  }

  /// The row of a pair of a finite tensor and the mask of its entries that are −∞.
  static let minusInfinityRow = row(minusInfinity)
  /// The second operand where the first is not 0, else the third: `where(mask, a, b)`.
  public static let selectionRow = row("where")
  /// 1 where two operands are equal, else 0.
  public static let equalityRow = row("equal")
  static let maximumRow = row("maximum")
  static let minimumRow = row("minimum")

  /// 1/x.
  public static let reciprocalRow = row("reciprocal")

  /// `a` where a mask is 1, `b` where it is 0.
  public static func selection(
    _ mask: TensorExpression, _ a: TensorExpression, _ b: TensorExpression
  ) -> TensorExpression {
    select(mask, a, b)
  }

  /// The larger one, entry by entry.
  public static func larger(_ a: TensorExpression, _ b: TensorExpression) -> TensorExpression {
    a.space.elementwise(maximumRow, [a, b])
  }

  /// The value without its derivative.
  public static func stopped(_ x: TensorExpression) -> TensorExpression {
    apply("stop_gradient", x)
  }

  /// 1 where a declared mask's entry is 1.
  static func truth(ofMask x: TensorExpression) -> TensorExpression { step(x - half) }

  /// Functions whose values are above 0, whatever their arguments, or where those are.
  static let positive: Set = ["exp", "sigmoid", "softplus", "cosh"]
  static let positiveOfPositive: Set = ["sqrt", "rsqrt", "reciprocal"]

  static func apply(_ name: String, _ operands: TensorExpression...) -> TensorExpression {
    operands[0].space.elementwise(row(name), operands)
  }

  /// 1 where the value is above 0, else 0.
  public static func step(_ x: TensorExpression) -> TensorExpression { apply("step", x) }

  /// |x|, entry by entry.
  public static func magnitude(_ x: TensorExpression) -> TensorExpression { apply("abs", x) }

  private static func select(
    _ mask: TensorExpression, _ a: TensorExpression, _ b: TensorExpression
  ) -> TensorExpression {
    apply("where", mask, a, b)
  }

  private static func select(
    _ mask: TensorExpression, _ a: Rational, _ b: TensorExpression
  ) -> TensorExpression {
    apply("where", mask, mask.filled(a), b)
  }

  /// 1 where a ≥ b.
  private static func atLeast(_ a: TensorExpression, _ b: TensorExpression) -> TensorExpression {
    one - step(b - a)
  }

  /// 1 where a > b, one half in a tie: the derivative of max(a, b) by a.
  private static func greaterOrTied(
    _ a: TensorExpression, _ b: TensorExpression
  ) -> TensorExpression {
    half * (one + apply("sign", a - b))
  }

  /// The distribution function of the standard normal distribution.
  private static func normalCumulative(_ x: TensorExpression) -> TensorExpression {
    half * (one + apply("erf", x / apply("sqrt", x.filled(2))))
  }
}
