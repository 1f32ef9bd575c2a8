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
      let places = x.space.selector(try x.axisExtremum(kind, axes: [axis])).lastPlaces
      guard try arguments.flag("keepdims"), !isWhole else { return places }
      return places.placed(onAxes: (0..<x.rank).filter { $0 != axis }, of: x.rank)
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
}

/// Entries along an axis in order.
private struct Order {
  let values: TensorExpression
  let places: TensorExpression

  var both: (value: TensorExpression, places: TensorExpression) { (values, places) }

  init(_ arguments: BoundArguments, count: Size?, isDescending: Bool) throws(ShapeError) {
    let x = try arguments.tensor("x")
    let axis = try x.normalizedAxis(arguments.integer("axis"))
    let extent = x.shape[axis]
    let count = count ?? extent
    guard arguments.assumptions.isAtLeast(extent - count, 0) else {
      throw arguments.broken("k", "is no more than the axis has entries, \(extent)")
    }
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
}
