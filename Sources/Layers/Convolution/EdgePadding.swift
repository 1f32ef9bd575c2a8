import TensorExpressions

/// What stands outside of a tensor's edges.
public enum EdgePadding: String, CaseIterable, Hashable, Sendable {
  /// Zeros.
  case zeros
  /// The other end comes in again.
  case circular
  /// The entries inside, mirrored at the entry on the edge.
  case reflect
  /// The entry on the edge, over and over.
  case replicate

  /// By the names of PyTorch and of NumPy.
  init?(word: String) {
    switch word {
    case "zeros", "constant": self = .zeros
    case "circular", "wrap": self = .circular
    case "reflect": self = .reflect
    case "replicate", "edge": self = .replicate
    default: return nil
    }
  }

  static let words = "\"zeros\", \"circular\", \"reflect\" or \"replicate\""
}

extension TensorExpression {
  /// The tensor with entries before and after each axis.
  ///
  /// ```
  /// y[b + i] = x[i],   y[b − 1 − j] = x[n − 1 − j], x[1 + j] or x[0],   y[b + n + j] = x[j], x[n − 2 − j] or x[n − 1]
  /// ```
  public func padded(
    _ amounts: [(before: Size, after: Size)], edges: EdgePadding,
    assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    // Another number of pairs than of axes is refused there.
    if edges == .zeros || amounts.count != rank {
      return try padded(amounts, assuming: assumptions)
    }
    var result = self
    for (axis, amount) in amounts.enumerated() {
      let extent = shape[axis]
      for side in [amount.before, amount.after] where !side.isZero {
        let reach =
          switch edges {
          case .circular, .zeros: extent - side
          case .reflect: extent - 1 - side
          case .replicate: Size.zero
          }
        guard assumptions.isAtLeast(side, 0), assumptions.isAtLeast(reach, 0) else {
          throw .argument(
            function: "pad", name: "mode", rule: "finds enough entries inside the axis")
        }
      }
      result = result.extended(axis: axis, amount.before, amount.after, edges)
    }
    return result
  }

  private func extended(
    axis: Int, _ before: Size, _ after: Size, _ edges: EdgePadding
  ) -> TensorExpression {
    if before.isZero, after.isZero { return self }
    let n = shape[axis]
    var target = shape
    target[axis] = before + n + after
    func part(_ count: Size, at start: Size, _ entry: (Affine) -> Affine) -> TensorExpression? {
      if count.isZero { return nil }
      var indices = shape
      indices[axis] = count
      var output = shape.indices.map(Affine.index)
      output[axis] = Affine.index(axis) + start
      var access = shape.indices.map(Affine.index)
      access[axis] = entry(.index(axis))
      return space.contraction(
        Contraction(indices: indices, output: output, operands: [.init(self, access)]),
        shape: target)
    }
    let (left, right): ((Affine) -> Affine, (Affine) -> Affine) =
      switch edges {
      case .zeros, .circular: ({ $0 + (n - before) }, { $0 })
      case .reflect: ({ $0 * -1 + before }, { $0 * -1 + (n - 2) })
      case .replicate: ({ _ in .constant(.zero) }, { _ in .constant(n - 1) })
      }
    let parts = [
      part(before, at: .zero, left), part(n, at: before) { $0 },
      part(after, at: before + n, right),
    ]
    return space.sum(parts.compactMap { $0 }, shape: target)
  }
}

extension BoundArguments {
  func edges(_ name: String) throws(ShapeError) -> EdgePadding {
    guard case .text(let word) = self[name], let edges = EdgePadding(word: word) else {
      throw broken(name, "is \(EdgePadding.words)")
    }
    return edges
  }
}

extension TensorExpression {
  /// The input of a convolution with entries beyond its edges, for given amounts of padding.
  func padded(
    _ options: ConvolutionOptions, _ spatialCount: Int, edges: EdgePadding, function: String,
    assuming assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    guard case .sides(let sides) = options.padding, sides.count == spatialCount else {
      throw .argument(
        function: function, name: "padding", rule: "is given in numbers for this padding mode")
    }
    var amounts = shape.map { _ in (before: Size.zero, after: Size.zero) }
    for (axis, side) in zip(options.layout.spatialAxes(rank: rank), sides) {
      amounts[axis] = (side.before, side.after)
    }
    return try padded(amounts, edges: edges, assuming: assumptions)
  }
}
