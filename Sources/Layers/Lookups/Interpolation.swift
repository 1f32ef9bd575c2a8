import Scalars
import TensorExpressions

/// Resizing by a matrix for each spatial axis, whose entries are constants.
///
/// ```
/// y[n, c, p, q] = Σ A[p, i] · B[q, j] · x[n, c, i, j]
/// ```
enum InterpolationMode: String {
  case nearest, linear, bilinear, trilinear, bicubic
  /// By the centres of entries, where ``nearest`` goes by their starts.
  case nearestExact = "nearest-exact"

  /// How many spatial axes it is for; nil for any number.
  var spatialCount: Int? {
    switch self {
    case .nearest, .nearestExact: nil
    case .linear: 1
    case .bilinear, .bicubic: 2
    case .trilinear: 3
    }
  }
}

/// One axis that is resized.
private struct ResizedAxis {
  let space: ExpressionSpace
  let extent: Size
  let target: Size
  let alignsCorners: Bool

  /// Where an entry of the result lies on the axis, by its centre or with the ends on the ends.
  private func places() throws(ShapeError) -> TensorExpression {
    let numbers = space.places(target)
    if alignsCorners {
      guard let step = Coefficient(target - 1).reciprocal else { return numbers.filled(0) }
      return numbers.scaled(by: Coefficient(extent - 1) * step)
    }
    guard let step = Coefficient(target).reciprocal else {
      throw .emptyExtent(function: "interpolate", axis: 0, extent: target)
    }
    let half = Rational(1, 2)
    return (numbers + half).scaled(by: Coefficient(extent) * step) - half
  }

  /// [p, i] − the distance of place i from where entry p lies.
  private func distances(
    _ places: TensorExpression, to count: Size, from start: Size
  ) throws(ShapeError) -> TensorExpression {
    let shape = [target, count]
    let numbers = space.affine(Affine.index(1) + start, over: shape)
    return abs(places.reindexed([.index(0)], to: shape) - numbers)
  }

  private func clipped(_ x: TensorExpression) -> TensorExpression {
    space.elementwise(
      .row("clip"), [x, x.filled(0), space.filled(Coefficient(extent - 1), x.shape)])
  }

  /// ⌊(p + offset)·extent/target⌋ as a one-hot matrix.
  func nearest(offset: Rational) -> TensorExpression? {
    guard let step = Coefficient(target).reciprocal else { return nil }
    let places = (space.places(target) + offset).scaled(by: Coefficient(extent) * step)
    return space.elementwise(.row("floor"), [places]).oneHot(extent)
  }

  func linear() throws(ShapeError) -> TensorExpression {
    relu(1 - (try distances(clipped(places()), to: extent, from: .zero)))
  }

  /// Cubic convolution with the coefficient −3/4; beyond the edges the edge is repeated.
  /// Source: R. Keys, "Cubic convolution interpolation for digital image processing" (1981).
  func cubic() throws(ShapeError) -> TensorExpression {
    let reach = Size(2)
    let count = extent + reach * 2
    let d = try distances(places(), to: count, from: -reach)
    let near = (Rational(5, 4) * d - Rational(9, 4)) * d * d + 1
    let far = ((Rational(-3, 4) * d + Rational(15, 4)) * d - 6) * d + 3
    let weights = space.elementwise(
      .selectionRow,
      [
        1 - step(d - 1), near,
        space.elementwise(.selectionRow, [step(2 - d), far, d.filled(0)]),
      ])
    let shape = [count, extent]
    let taken = clipped(space.affine(Affine.index(0) + -reach, over: shape))
    let edges = space.elementwise(
      .equalityRow, [taken, space.affine(Affine.index(1), over: shape)])
    return try weights.matmul(edges)
  }
}

extension CatalogueFunction {
  /// PyTorch's interpolate over all axes but batch and channels.
  static let interpolate = CatalogueFunction(
    "interpolate", aliases: ["upsample"], family: .lookups,
    [
      "x", .optional("size", Argument.none), .optional("scale", Argument.none),
      .optional("mode", "nearest"), .optional("align_corners", false),
    ],
    samples: [
      "input x: [2, 1, 3]\ny = interpolate(x, scale=2)",
      "input x: [1, 2, 3, 4]\ny = interpolate(x, scale=(2, 3))",
      "input x: [2, 1, 3]\ny = interpolate(x, size=5, mode=\"nearest-exact\")",
    ]
  ) { arguments throws(ShapeError) in
    var x = try arguments.tensor("x")
    let count = x.rank - 2
    guard case .text(let word) = arguments["mode"], let mode = InterpolationMode(rawValue: word),
      count > 0, mode.spatialCount.map({ $0 == count }) ?? true
    else {
      throw arguments.broken(
        "mode",
        "is \"nearest\", \"nearest-exact\", or \"linear\", \"bilinear\", \"bicubic\", \"trilinear\" for as many axes"
      )
    }
    let targets = try arguments.resizedExtents(of: Array(x.shape.dropFirst(2)))
    for (number, target) in targets.enumerated() {
      let axis = ResizedAxis(
        space: x.space, extent: x.shape[number + 2], target: target,
        alignsCorners: try arguments.flag("align_corners"))
      x = try x.resized(axis, number + 2, mode)
    }
    return x
  }

  /// Linear sampling of images or volumes at places from −1 to 1, x before y before z; what lies outside is zero, or
  /// the edge.
  ///
  /// ```
  /// y[n, c, p, q] = Σ x[n, c, ⌊v⌋ + r, ⌊u⌋ + s] · a[r] · b[s],     a = (1 − (v − ⌊v⌋), v − ⌊v⌋), b alike with u
  /// ```
  static let gridSample = CatalogueFunction(
    "grid_sample", family: .lookups,
    [
      "x", "grid", .optional("mode", "bilinear"), .optional("padding_mode", "zeros"),
      .optional("align_corners", false),
    ],
    samples: [
      "input x: [1, 2, 3, 4], g: [1, 2, 2, 2]\ny = grid_sample(x, g, align_corners=False)",
      "input x: [1, 1, 2, 3, 4], g: [1, 1, 2, 2, 3]\ny = grid_sample(x, g)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let grid = try arguments.tensor("grid")
    let count = x.rank - 2
    guard (2...3).contains(count), grid.rank == x.rank, grid.shape.last == Size(count),
      grid.shape[0] == x.shape[0]
    else {
      throw arguments.broken(
        "grid", "has the shape [N, P, Q, 2] for images [N, C, H, W], [N, P, Q, R, 3] for volumes")
    }
    guard try arguments.text("mode") == "bilinear" else {
      throw arguments.broken("mode", "is \"bilinear\"")
    }
    return x.sampled(
      try (0..<count).map { axis throws(ShapeError) in
        try arguments.places(grid, count - 1 - axis, in: x.shape[2 + axis])
      })
  }

  /// Channels as blocks of r by r entries.
  static let pixelShuffle = shuffle("pixel_shuffle", isShuffle: true)
  /// Blocks of r by r entries as channels.
  static let pixelUnshuffle = shuffle("pixel_unshuffle", isShuffle: false)

  private static func shuffle(_ name: String, isShuffle: Bool) -> CatalogueFunction {
    let sample = isShuffle ? "input x: [2, 8, 3, 2]" : "input x: [2, 2, 6, 4]"
    return CatalogueFunction(
      name, family: .shape, ["x", "r"], samples: ["\(sample)\ny = \(name)(x, 2)"]
    ) { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      let r = try arguments.extent("r")
      let (packed, spread) = ("n (c a b) h w", "n c (h a) (w b)")
      return try x.rearranged(
        isShuffle ? "\(packed) -> \(spread)" : "\(spread) -> \(packed)",
        ["a": r, "b": r], assuming: arguments.assumptions)
    }
  }
}

extension BoundArguments {
  fileprivate func resizedExtents(of extents: [Size]) throws(ShapeError) -> [Size] {
    guard isNone("size") != isNone("scale") else {
      throw broken("size", "is given, or `scale` is, and not both")
    }
    if !isNone("size") { return try spatial("size", extents.count) }
    let factors = try spatial("scale", extents.count)
    return zip(extents, factors).map { $0 * $1 }
  }

  /// Coordinates of a grid as places on an axis.
  fileprivate func places(
    _ grid: TensorExpression, _ number: Int, in extent: Size
  ) throws(ShapeError) -> TensorExpression {
    let all = Array(repeating: AxisSubscript.all, count: grid.rank - 1)
    let own = try grid.subscripted(all + [.index(Size(number))], assuming: assumptions)
    let half = Rational(1, 2)
    var places: TensorExpression
    if try flag("align_corners") {
      places = (own + 1).scaled(by: Coefficient(extent - 1) * Coefficient(half))
    } else {
      places = ((own + 1).scaled(by: Coefficient(extent)) - 1) * half
    }
    switch try text("padding_mode") {
    case "zeros": break
    case "border":
      let last = own.space.filled(Coefficient(extent - 1), own.shape)
      places = own.space.elementwise(.row("clip"), [places, places.filled(0), last])
    default: throw broken("padding_mode", "is \"zeros\" or \"border\"")
    }
    return places
  }
}

extension TensorExpression {
  fileprivate func resized(
    _ axis: ResizedAxis, _ place: Int, _ mode: InterpolationMode
  ) throws(ShapeError) -> TensorExpression {
    var target = shape
    target[place] = axis.target
    var access = shape.indices.map(Affine.index)
    if mode == .nearest || mode == .nearestExact,
      let factor = axis.target.exactlyDivided(by: axis.extent), factor.asInt != nil
    {
      // Every entry as often as the factor says.
      access[place] = access[place] * factor + .index(rank)
      let own = shape.indices.map(Affine.index)
      return space.contraction(
        Contraction(indices: shape + [factor], output: access, operands: [.init(self, own)]),
        shape: target)
    }
    let matrix: TensorExpression?
    switch mode {
    case .nearest: matrix = axis.nearest(offset: 0)
    case .nearestExact: matrix = axis.nearest(offset: Rational(1, 2))
    case .linear, .bilinear, .trilinear: matrix = try axis.linear()
    case .bicubic: matrix = try axis.cubic()
    }
    guard let matrix else {
      throw .emptyExtent(function: "interpolate", axis: place, extent: axis.target)
    }
    access[place] = .index(rank)
    return space.contraction(
      Contraction(
        indices: target + [axis.extent], output: target.indices.map(Affine.index),
        operands: [.init(self, access), .init(matrix, [.index(place), .index(rank)])]),
      shape: target)
  }

  /// - Parameter places: for each spatial axis where entries lie on it.
  fileprivate func sampled(_ places: [TensorExpression]) -> TensorExpression {
    let target = shape.prefix(2) + places[0].shape.dropFirst()
    let corners = places.map { _ in Size(2) }
    let own = target.indices.map(Affine.index)
    let entry = [own[0]] + own.dropFirst(2)
    var relation = LookupRelation(indices: target + corners, in: space)
    let numbers = places.indices.map { Affine.index(target.count + $0) }
    let access = zip(places, numbers).enumerated().map { axis, place in
      relation.coordinateRoundedDown(place.0, at: entry, plus: place.1, below: shape[2 + axis])
    }
    let weights = zip(places, numbers).map { place, corner in
      Contraction.Operand(place.linearWeights, entry + [corner])
    }
    return space.contraction(
      Contraction(
        indices: relation.indices, output: own,
        operands: [.init(self, own.prefix(2) + access)] + weights + relation.operands),
      shape: Array(target))
  }

  /// 1 − f and f along a last axis, for the fraction f.
  private var linearWeights: TensorExpression {
    let fraction = self - space.elementwise(.row("floor"), [self])
    let axes = shape.indices.map(Affine.index)
    func placed(_ x: TensorExpression, _ place: Size) -> TensorExpression {
      space.contraction(
        Contraction(
          indices: shape, output: axes + [.constant(place)], operands: [.init(x, axes)]),
        shape: shape + [Size(2)])
    }
    return placed(1 - fraction, .zero) + placed(fraction, .one)
  }
}
