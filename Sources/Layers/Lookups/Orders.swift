import Scalars
import TensorExpressions

/// Places of extreme entries, which are index tensors: constant between ties.
extension CatalogueFunction {
  static let argmax = extremePlace("argmax", .maximum)
  static let argmin = extremePlace("argmin", .minimum)

  private static func extremePlace(_ name: String, _ kind: Extremum.Kind) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .lookups,
      ["x", .optional("axis", Argument.none), .optional("keepdims", false)],
      samples: [
        "input x: [3, 4]\nparam E: [4, 2]\ny = E[\(name)(x, axis=1)]",
        "input x: [3, 4]\nparam E: [12]\ny = E[\(name)(x)]",
      ]
    ) { arguments throws(ShapeError) in
      var x = try arguments.tensor("x")
      let isWhole = arguments.isNone("axis")
      if isWhole { x = try x.flattened() }
      let axis = isWhole ? 0 : try x.normalizedAxis(arguments.integer("axis"))
      return try x.extremePlaces(
        kind, axis: axis, keepingAxis: arguments.flag("keepdims") && !isWhole)
    }
  }

  /// The places of the entries in order, of equal ones the first first.
  static let argsort = CatalogueFunction(
    "argsort", family: .lookups,
    ["x", .optional("axis", -1), .optional("descending", false)],
    samples: ["input x: [3, 4]\nparam E: [4, 2]\ny = E[argsort(x, axis=1)]"]
  ) { arguments throws(ShapeError) in
    try Order(arguments, count: nil, isDescending: arguments.flag("descending")).places
  }

  /// The entries in order along an axis; two names get their places as well.
  static let sort = CatalogueFunction(
    "sort", family: .lookups, ["x", .optional("axis", -1), .optional("descending", false)],
    samples: ["input x: [3, 4]\ny = sort(x, axis=1) * x"],
    .pair { arguments throws(ShapeError) in
      try Order(arguments, count: nil, isDescending: arguments.flag("descending")).both
    })

  /// The k largest or smallest entries along an axis, in order; two names get their places as well.
  static let topk = CatalogueFunction(
    "topk", family: .lookups, ["x", "k", .optional("axis", -1), .optional("largest", true)],
    samples: ["input x: [3, 4]\ny = topk(x, 2, axis=1)"],
    .pair { arguments throws(ShapeError) in
      try Order(
        arguments, count: arguments.extent("k"), isDescending: arguments.flag("largest")
      ).both
    })

  /// The k-th smallest entry along an axis; two names get its place as well.
  static let kthValue = CatalogueFunction(
    "kthvalue", family: .lookups, ["x", "k", .optional("axis", -1), .optional("keepdims", false)],
    samples: [
      "input x: [3, 5]\ny = kthvalue(x, 2, axis=1)",
      "input x: [3, 5]\nv, i = kthvalue(x, 2)\ny = v * x[arange(3), i]",
    ],
    .pair { arguments throws(ShapeError) in
      let count = try arguments.extent("k")
      return try Order(arguments, count: count, isDescending: false).entry(at: count - 1, arguments)
    })

  /// The middle entry along an axis or of all, of two the smaller one; two names get its place as well.
  static let median = CatalogueFunction(
    "median", aliases: ["nanmedian"], family: .lookups,
    ["x", .optional("axis", Argument.none), .optional("keepdims", false)],
    samples: [
      "input x: [3, 5]\ny = median(x, axis=1)", "input x: [3, 2]\ny = median(x)",
      "input x: [3, 4]\nv, i = median(x, axis=1)\ny = v * x[arange(3), i]",
    ],
    .pair { arguments throws(ShapeError) in
      let middle = try Middle(arguments)
      return try middle.order.entry(at: middle.lower, arguments)
    })

  /// NumPy's: of two entries in the middle their mean.
  static let numpyMedian = CatalogueFunction(
    "median", family: .lookups,
    ["x", .optional("axis", Argument.none), .optional("keepdims", false)], framework: .numpy,
    samples: ["input x: [3, 4]\ny = np.median(x, axis=1)", "input x: [3, 3]\ny = np.median(x)"]
  ) { arguments throws(ShapeError) in
    let middle = try Middle(arguments)
    let lower = try middle.order.entry(at: middle.lower, arguments).value
    let upper = try middle.order.entry(at: middle.upper, arguments).value
    return (lower + upper) * Rational(1, 2)
  }
}

extension TensorExpression {
  /// The places of the extreme entries along an axis.
  func extremePlaces(
    _ kind: Extremum.Kind, axis: Int, keepingAxis: Bool
  ) throws(ShapeError) -> TensorExpression {
    let places = space.selector(try axisExtremum(kind, axes: [axis])).lastPlaces
    return keepingAxis ? places.placed(onAxes: (0..<rank).filter { $0 != axis }, of: rank) : places
  }
}

/// The entries along an axis in order up to those in the middle.
private struct Middle {
  let order: Order
  let lower: Size
  let upper: Size

  init(_ arguments: BoundArguments) throws(ShapeError) {
    let isWhole = arguments.isNone("axis")
    let x = isWhole ? try arguments.tensor("x").flattened() : try arguments.tensor("x")
    let axis = isWhole ? 0 : try x.normalizedAxis(arguments.integer("axis"))
    lower = (x.shape[axis] - 1).flooredDivision(by: 2)
    upper = x.shape[axis].flooredDivision(by: 2)
    order = try Order(x, axis: axis, count: upper + 1, isDescending: false)
  }
}

/// Entries along an axis in order.
private struct Order {
  let values: TensorExpression
  let places: TensorExpression
  private let axis: Int

  var both: (value: TensorExpression, places: TensorExpression?) { (values, places) }

  init(_ arguments: BoundArguments, count: Size?, isDescending: Bool) throws(ShapeError) {
    let x = try arguments.tensor("x")
    let axis = try x.normalizedAxis(arguments.integer("axis"))
    let extent = x.shape[axis]
    if let count, !arguments.assumptions.isAtLeast(count, 1) {
      throw arguments.broken("k", "is at least 1")
    }
    guard arguments.assumptions.isAtLeast(extent - (count ?? extent), 0) else {
      throw arguments.broken("k", "is no more than the axis has entries, \(extent)")
    }
    try self.init(x, axis: axis, count: count ?? extent, isDescending: isDescending)
  }

  /// - Parameter count: how many there are of them, no more than the axis has entries.
  init(_ x: TensorExpression, axis: Int, count: Size, isDescending: Bool) throws(ShapeError) {
    self.axis = axis
    let extent = x.shape[axis]
    var outer = Array(0..<x.rank)
    outer.remove(at: axis)
    let moved = try x.permuted(outer + [axis])
    let lead = outer.map { x.shape[$0] }
    let order = Extremum(
      kind: isDescending ? .maximum : .minimum, ties: .first, operand: moved,
      outputExtents: lead + [count], windowExtents: [extent],
      access: lead.indices.map(Affine.index) + [.index(lead.count + 1)], isRanked: true)
    var back = Array(0..<lead.count)
    back.insert(lead.count, at: axis)
    values = try x.space.extremum(order).permuted(back)
    places = try x.space.selector(order).lastPlaces.permuted(back)
  }

  /// The one at a rank, counted from 0.
  func entry(
    at rank: Size, _ arguments: BoundArguments
  ) throws(ShapeError) -> (value: TensorExpression, places: TensorExpression?) {
    let last =
      try arguments.flag("keepdims")
      ? AxisSubscript.slice(from: rank, to: rank + 1, step: 1) : .index(rank)
    let subscripts = Array(repeating: AxisSubscript.all, count: axis) + [last]
    return (
      try values.subscripted(subscripts, assuming: arguments.assumptions),
      try places.subscripted(subscripts, assuming: arguments.assumptions)
    )
  }
}
