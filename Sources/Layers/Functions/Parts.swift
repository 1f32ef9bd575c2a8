import TensorExpressions

/// A tensor cut along an axis, as a tuple of its parts.
extension CatalogueFunction {
  /// So many parts of equal extent.
  static let chunk = parts(
    "chunk", "chunks", sample: "input x: [2, 6]\np, q, r = chunk(x, 3, axis=1)\ny = p + q * r"
  ) { arguments, extent throws(ShapeError) in try arguments.equalParts("chunks", of: extent) }

  /// So many parts, or parts that begin at given places.
  static let numpySplit = parts(
    "split", "indices_or_sections", framework: .numpy,
    sample: "input x: [2, 6]\np, q = np.split(x, 2, axis=1)\ny = p * q"
  ) { arguments, extent throws(ShapeError) in
    guard case .list = arguments["indices_or_sections"] else {
      return try arguments.equalParts("indices_or_sections", of: extent)
    }
    let starts = [.zero] + (try arguments.shape("indices_or_sections"))
    return zip(starts, starts.dropFirst() + [extent]).map { $1 - $0 }
  }

  /// Parts of a given extent, or of several.
  static let pytorchSplit = parts(
    "split", "split_size", framework: .pytorch,
    sample: "input x: [2, 6]\np, q = torch.split(x, 3, dim=1)\ny = p * q"
  ) { arguments, extent throws(ShapeError) in
    if case .list = arguments["split_size"] { return try arguments.shape("split_size") }
    let size = try arguments.extent("split_size")
    guard let whole = extent.asInt, let each = size.asInt, each > 0 else {
      throw arguments.broken("split_size", "is a number, and so is the extent of the axis")
    }
    return stride(from: 0, to: whole, by: each).map { Size(Swift.min(each, whole - $0)) }
  }

  private static func parts(
    _ name: String, _ parameter: String, framework: Framework? = nil, sample: String,
    _ extents:
      @escaping @Sendable (BoundArguments, _ extent: Size) throws(ShapeError) -> [Size]
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .shape,
      ["x", Parameter(stringLiteral: parameter), .optional("axis", 0)], framework: framework,
      samples: [sample],
      .parts { arguments throws(ShapeError) in
        let x = try arguments.tensor("x")
        let axis = try x.normalizedAxis(arguments.integer("axis"))
        let extents = try extents(arguments, x.shape[axis])
        guard arguments.assumptions.areEqual(extents.reduce(.zero, +), x.shape[axis]) else {
          throw arguments.broken(parameter, "adds up to the extent \(x.shape[axis])")
        }
        var result: [TensorExpression] = []
        var start = Size.zero
        for extent in extents {
          var subscripts = Array(repeating: AxisSubscript.all, count: x.rank)
          subscripts[axis] = .slice(from: start, to: start + extent, step: 1)
          result.append(try x.subscripted(subscripts, assuming: arguments.assumptions))
          start += extent
        }
        return result
      })
  }
}

extension BoundArguments {
  /// The extents of as many equal parts as an argument says.
  fileprivate func equalParts(_ name: String, of extent: Size) throws(ShapeError) -> [Size] {
    let count = try integer(name)
    guard count > 0, let each = assumptions.quotient(extent, by: Size(count)) else {
      throw broken(name, "divides the extent \(extent)")
    }
    return Array(repeating: each, count: count)
  }
}
