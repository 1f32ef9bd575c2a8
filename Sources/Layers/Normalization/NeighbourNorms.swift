import Scalars
import TensorExpressions

extension CatalogueFunction {
  /// x / (k + α/n · Σ x²)^β, the sum over n neighbouring channels.
  static let localResponseNorm = CatalogueFunction(
    "local_response_norm", family: .layers,
    [
      "x", "size", .optional("alpha", number: Rational(1, 10000)),
      .optional("beta", number: Rational(3, 4)), .optional("k", 1),
    ],
    samples: ["input x: [2, 5, 3]\ny = local_response_norm(x, 3, alpha=0.3, k=2)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    guard x.rank > 1 else {
      throw .rank(function: arguments.function, expected: "at least 2", found: x.shape)
    }
    let count = try arguments.extent("size")
    guard arguments.assumptions.isAtLeast(count, 1), let share = Coefficient(count).reciprocal,
      let beta = arguments["beta"].asNumber?.asRational
    else { throw arguments.broken("size", "is at least 1") }
    var access = x.shape.indices.map(Affine.index)
    access[1] = Affine.index(1) + .index(x.rank) + -count.flooredDivision(by: 2)
    let squares = x.space.contraction(
      Contraction(
        coefficient: share, indices: x.shape + [count], output: x.shape.indices.map(Affine.index),
        operands: [.init(x, access), .init(x, access)]), shape: x.shape)
    let scaled = try squares.times(arguments.tensor("alpha"), assuming: arguments.assumptions)
    let base = try scaled.plus(arguments.tensor("k"), assuming: arguments.assumptions)
    return x * base.power(-beta)
  }

  /// g·v / ‖v‖, a norm for each place on one axis.
  static let weightNorm = CatalogueFunction(
    "weight_norm", family: .layers, ["v", "g", .optional("axis", 0)],
    samples: [
      "param v: [3, 2], g: [3]\ny = weight_norm(v, g)",
      "param v: [3, 2], g: [1, 2]\ny = weight_norm(v, g, axis=1)",
    ]
  ) { arguments throws(ShapeError) in
    let v = try arguments.tensor("v")
    var g = try arguments.tensor("g")
    let axes = arguments.isNone("axis") ? [] : [try v.normalizedAxis(arguments.integer("axis"))]
    if g.rank == 1, let axis = axes.first { g = g.placed(onAxes: [axis], of: v.rank) }
    let norms = try v.norm2(axes: v.shape.indices.filter { !axes.contains($0) }, keepingAxes: true)
    return try v.times(g, assuming: arguments.assumptions).over(
      norms, assuming: arguments.assumptions)
  }

  /// The distances between the rows of two tables, or of two stacks of them.
  static let distances = CatalogueFunction(
    "cdist", family: .matrices, ["x", "y", .optional("p", 2)],
    samples: [
      "input x: [2, 3], y: [4, 3]\nz = cdist(x, y)",
      "input x: [2, 2, 3], y: [2, 4, 3]\nz = cdist(x, y, p=1)",
    ]
  ) { arguments throws(ShapeError) in
    let (x, y) = (try arguments.tensor("x"), try arguments.tensor("y"))
    for one in [x, y] where one.rank < 2 {
      throw .rank(function: "cdist", expected: "at least 2", found: one.shape)
    }
    guard let p = arguments["p"].asNumber?.asRational, p.signum() > 0 else {
      throw arguments.broken("p", "is a number above 0")
    }
    let difference = try x.insertingAxes([x.rank - 1]).minus(
      y.insertingAxes([y.rank - 2]), assuming: arguments.assumptions)
    if p == 2 { return try difference.norm2(axes: [-1]) }
    if p == 1 { return try difference.norm1(axes: [-1]) }
    let magnitudes = p.asInt.map { $0 % 2 == 0 } == true ? difference : abs(difference)
    return try magnitudes.power(p).sum(axes: [-1]).power(p.reciprocal)
  }

  /// The columns of a matrix, one below the other.
  static let columns = CatalogueFunction(
    "vec", family: .matrices, ["A"], samples: ["input A: [2, 3]\ny = vec(A)"]
  ) { arguments throws(ShapeError) in
    let a = try arguments.tensor("A")
    guard a.rank == 2 else { throw .rank(function: "vec", expected: "2", found: a.shape) }
    return try a.transposed().reshaped([nil], assuming: arguments.assumptions)
  }

  /// The columns of the lower triangle, one below the other; the order must be a number.
  static let lowerColumns = CatalogueFunction(
    "vech", family: .matrices, ["A"], samples: ["input A: [3, 3]\ny = vech(A)"]
  ) { arguments throws(ShapeError) in
    let a = try arguments.tensor("A")
    guard a.rank == 2, let order = a.shape[0].asInt, a.shape[0] == a.shape[1] else {
      throw .argument(
        function: "vech", name: "A", rule: "is a square matrix whose order is a number")
    }
    let target = [Size(order * (order + 1) / 2)]
    var start = 0
    var parts: [TensorExpression] = []
    for column in 0..<order {
      parts.append(
        a.space.contraction(
          Contraction(
            indices: [Size(order - column)], output: [Affine.index(0) + Size(start)],
            operands: [.init(a, [Affine.index(0) + Size(column), .constant(Size(column))])]),
          shape: target))
      start += order - column
    }
    return a.space.sum(parts, shape: target)
  }

  /// A @ A @ … of k factors; the inverse's for a negative k.
  static let matrixPower = CatalogueFunction(
    "matrix_power", family: .matrices, ["A", "n"],
    samples: [
      "input A: [3, 3]\ny = matrix_power(A, 3)",
      "input A: [3, 3] nonsingular\ny = matrix_power(A, -2)",
    ]
  ) { arguments throws(ShapeError) in
    let a = try arguments.tensor("A")
    let power = try arguments.integer("n")
    guard a.rank == 2, arguments.assumptions.areEqual(a.shape[0], a.shape[1]) else {
      throw arguments.broken("A", "is a square matrix")
    }
    guard Swift.abs(power) <= 64 else { throw arguments.broken("n", "is at most 64") }
    let base = power < 0 ? try a.inverse(assuming: arguments.assumptions) : a
    var result = power == 0 ? a.space.identity(a.shape[0], a.shape[0]) : base
    for _ in 1..<Swift.max(Swift.abs(power), 1) {
      result = try result.matmul(base, assuming: arguments.assumptions)
    }
    return result
  }
}
