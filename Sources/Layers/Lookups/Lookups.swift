import Scalars
import TensorExpressions

/// Lookups by index tensors, and their adjoints: contractions with the one-hot tensor of the index tensor.
extension CatalogueFunction {
  /// The whole numbers 0 … n − 1, or a … b − 1: a constant, and an index tensor.
  static let arange = CatalogueFunction(
    "arange", aliases: ["range"], family: .lookups, ["start", .optional("stop", Argument.none)],
    samples: [
      "input x: [4, 3]\ny = x * arange(3)", "input x: [4]\ny = x * arange(2, 6)",
    ]
  ) { arguments throws(ShapeError) in
    if arguments.isNone("stop") { return arguments.space.places(try arguments.extent("start")) }
    let start = try arguments.size("start")
    let count = try arguments.size("stop") - start
    guard arguments.assumptions.isAtLeast(count, 0) else {
      throw arguments.broken("stop", "is no less than `start`")
    }
    return arguments.space.affine(Affine.index(0) + start, over: [count])
  }

  /// 0 and 1 with a last axis of classes: 1 where the class is the entry's.
  static let oneHot = CatalogueFunction(
    "one_hot", family: .lookups, ["idx", "num_classes"],
    samples: ["input x: [4, 3]\nconst t: [4] index(3)\ny = x * one_hot(t, 3)"]
  ) { arguments throws(ShapeError) in
    try arguments.found(
      "idx",
      arguments.tensor("idx").oneHot(
        arguments.extent("num_classes"), assuming: arguments.assumptions))
  }

  /// The rows of a table that an index tensor names.
  static let embedding = CatalogueFunction(
    "embedding", family: .lookups, ["idx", "weight"],
    samples: ["const i: [2, 4] index(3)\nparam E: [3, 5]\ny = embedding(i, E)"]
  ) { arguments throws(ShapeError) in
    let table = try arguments.tensor("weight")
    guard table.rank > 0 else { throw arguments.broken("weight", "has an axis") }
    var places = Array(repeating: TensorExpression?.none, count: table.rank)
    places[0] = try arguments.tensor("idx")
    return try arguments.found(
      "idx", table.lookedUp(places, assuming: arguments.assumptions))
  }

  /// PyTorch's gather: along one axis the entry that an index tensor of the same rank names.
  ///
  /// ```
  /// y[i, j, k] = x[i, idx[i, j, k], k]
  /// ```
  static let gather = CatalogueFunction(
    "gather", family: .lookups, ["x", "axis", "idx"],
    samples: ["input x: [3, 4]\nconst i: [3, 2] index(4)\ny = gather(x, 1, i)"]
  ) { arguments throws(ShapeError) in
    try arguments.gathered(isBroadcast: false)
  }

  /// NumPy's take_along_axis, where other axes may be repeated.
  static let takeAlongAxis = CatalogueFunction(
    "take_along_axis", aliases: ["take_along_dim"], family: .lookups, ["x", "idx", "axis"],
    samples: ["input x: [3, 4]\nconst i: [1, 2] index(4)\ny = take_along_axis(x, i, axis=1)"]
  ) { arguments throws(ShapeError) in
    try arguments.gathered(isBroadcast: true)
  }

  /// Along one axis the entries that an index tensor names.
  static let indexSelect = CatalogueFunction(
    "index_select", family: .lookups, ["x", "axis", "idx"],
    samples: ["input x: [3, 4]\nconst i: [5] index(4)\ny = index_select(x, 1, i)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let axis = try x.normalizedAxis(arguments.integer("axis"))
    var places = Array(repeating: TensorExpression?.none, count: x.rank)
    places[axis] = try arguments.tensor("idx")
    return try arguments.found("idx", x.lookedUp(places, assuming: arguments.assumptions))
  }

  /// A base with entries added along one axis at the places that an index tensor of their rank names.
  ///
  /// ```
  /// y[i, idx[i, j, k], k] += src[i, j, k]
  /// ```
  static let scatterAdd = CatalogueFunction(
    "scatter_add", family: .lookups, ["x", "axis", "idx", "src"],
    samples: [
      "input x: [3, 4], s: [3, 2]\nconst i: [3, 2] index(4)\ny = scatter_add(x, 1, i, s)"
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let axis = try x.normalizedAxis(arguments.integer("axis"))
    let indices = try arguments.tensor("idx")
    var source = try arguments.tensor("src")
    if source.rank == 0 { source = try source.broadcast(to: indices.shape) }
    guard indices.rank == x.rank, source.rank == x.rank else {
      throw arguments.broken("idx", "has the rank of `x` and `src`")
    }
    let own = indices.shape.indices.map(Affine.index)
    if source.shape != indices.shape { source = source.reindexed(own, to: indices.shape) }
    return try x.plus(
      arguments.found(
        "idx",
        source.addedUp(
          at: indices, own, output: own.indices.map { $0 == axis ? nil : own[$0] }, to: x.shape,
          facts: arguments.assumptions.facts)), assuming: arguments.assumptions)
  }

  /// A base with slices added along one axis at the places that an index tensor names.
  static let indexAdd = CatalogueFunction(
    "index_add", family: .lookups, ["x", "axis", "idx", "src"],
    samples: [
      "input x: [3, 4], s: [3, 2]\nconst i: [2] index(4)\ny = index_add(x, 1, i, s)"
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let axis = try x.normalizedAxis(arguments.integer("axis"))
    let source = try arguments.tensor("src")
    let indices = try arguments.tensor("idx")
    guard indices.rank == 1, source.rank == x.rank, source.shape[axis] == indices.shape[0] else {
      throw arguments.broken("idx", "has one axis, that of `src`")
    }
    let own = source.shape.indices.map(Affine.index)
    return try x.plus(
      arguments.found(
        "idx",
        source.addedUp(
          at: indices, [own[axis]], output: own.indices.map { $0 == axis ? nil : own[$0] },
          to: x.shape, facts: arguments.assumptions.facts)), assuming: arguments.assumptions)
  }

  /// The sums of the entries, or slices, of each of n segments.
  ///
  /// ```
  /// y[idx[i], k] += x[i, k]
  /// ```
  static let segmentSum = CatalogueFunction(
    "segment_sum", family: .lookups, ["x", "idx", "n"],
    samples: ["input x: [5, 2]\nconst i: [5] index(3)\ny = segment_sum(x, i, 3)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let indices = try arguments.tensor("idx")
    guard indices.rank <= x.rank, Array(x.shape.prefix(indices.rank)) == indices.shape else {
      throw arguments.broken("idx", "has the first axes of `x`")
    }
    let own = x.shape.indices.map(Affine.index)
    let rest = own.dropFirst(indices.rank)
    return try arguments.found(
      "idx",
      x.addedUp(
        at: indices, Array(own.prefix(indices.rank)), output: [nil] + rest.map { $0 },
        to: [arguments.extent("n")] + x.shape.dropFirst(indices.rank),
        facts: arguments.assumptions.facts))
  }
}

extension BoundArguments {
  /// The rule of an argument that is an index tensor.
  public static let madeOfIndices =
    "is made of indices, as `const idx: [N] index(V)` declares them"

  /// What an index tensor gives, or that it is none.
  func found(_ name: String, _ value: TensorExpression?) throws(ShapeError) -> TensorExpression {
    guard let value else {
      throw broken(name, Self.madeOfIndices)
    }
    return value
  }

  fileprivate func gathered(isBroadcast: Bool) throws(ShapeError) -> TensorExpression {
    let x = try tensor("x")
    let axis = try x.normalizedAxis(integer("axis"))
    var indices = try tensor("idx")
    guard indices.rank == x.rank else { throw broken("idx", "has the rank of `x`") }
    var access = indices.shape.indices.map(Affine.index)
    if isBroadcast {
      var common = indices.shape
      for other in common.indices where other != axis && common[other] != x.shape[other] {
        if common[other].isOne { common[other] = x.shape[other] }
        if x.shape[other].isOne { access[other] = .constant(.zero) }
      }
      indices = try indices.broadcast(to: common, assuming: assumptions)
    }
    var relation = LookupRelation(indices: indices.shape, in: space)
    let own = indices.shape.indices.map(Affine.index)
    let coordinate = IndexForm(indices, facts: assumptions.facts).flatMap {
      relation.coordinate($0, at: own, below: x.shape[axis])
    }
    guard let coordinate else { return try found("idx", nil) }
    access[axis] = coordinate
    return space.contraction(
      Contraction(
        indices: relation.indices, output: own,
        operands: [.init(x, access)] + relation.operands), shape: indices.shape)
  }
}
