import Scalars
import TensorExpressions

/// A value divided by the root of its own sum of squares, or of its variance, as one step of a forward pass.
///
/// With *u* = x or x − mean(x), *r* = 1/√(κ·Σ u² + c) over some axes and y = u·r, the derivatives that people write are
///
/// ```
/// u = x               x̄ += r · (ȳ − κ·y · Σ y·ȳ)
/// u = x − mean(x)     x̄ += r · (ȳ − mean(ȳ) − κ·y · Σ y·ȳ)
/// ```
///
/// for a number c: the first of `x / norm2(x)` and of root mean squares, the second of layer, batch and group
/// normalisation, where κ·Σ is a mean. Differentiated through the variance the same values take five lines. What has a
/// name of its author's on the way is differentiated as it stands.
///
/// Source: S. Ioffe, C. Szegedy, "Batch normalization" (2015), section 3, the last three equations joined.
public struct RootNormalization {
  /// What is normalised: x.
  public let argument: TensorExpression
  /// Whether the mean over the summed axes is subtracted first.
  public let isCentred: Bool
  /// The axes of x that are summed over.
  public let summedAxes: Set<Int>
  /// κ, the weight of the sum of squares.
  public let weight: Coefficient
  /// c, what is added to it.
  public let offset: Coefficient

  private let value: TensorExpression
  private let divisor: Contraction.Operand

  /// Reads a value as the quotient of a deviation and its root.
  ///
  /// - Returns: nil for a value that is not normalised.
  public init?(_ node: TensorExpression) {
    guard let c = node.asContraction, c.isPointwise(over: node.shape),
      c.coefficient.isOne,
      c.operands.count == 2
    else { return nil }
    for (deviation, divisor) in [(0, 1), (1, 0)] {
      if let found = RootNormalization(node, c.operands[deviation], c.operands[divisor], c.output) {
        self = found
        return
      }
    }
    return nil
  }

  private init?(
    _ node: TensorExpression, _ deviation: Contraction.Operand, _ divisor: Contraction.Operand,
    _ output: [Affine]
  ) {
    let u = deviation.value
    guard deviation.access == output, u.shape == node.shape, u.asConstant == nil,
      let total = divisor.value.argument(of: .reciprocal)?.argument(of: .squareRoot),
      let squares = SquareSum(total, of: u, read: divisor.access)
    else { return nil }
    value = node
    self.divisor = divisor
    summedAxes = squares.axes
    weight = squares.weight
    offset = squares.offset
    let centred = u.centred(over: squares.axes)
    isCentred = centred != nil
    argument = centred ?? u
  }

  /// What a cotangent of the value, with `leading` axes before the value's own, contributes to that of ``argument``.
  func pull(_ cotangent: TensorExpression, leading: [Size]) -> TensorExpression {
    let shape = value.shape
    let plain = shape.indices.map(Affine.index)
    let lead = leading.indices.map { Affine.index(shape.count + $0) }
    // The summed axes once more, as indices of the sums.
    let summed = summedAxes.sorted()
    var inside = plain
    for (number, axis) in summed.enumerated() {
      inside[axis] = .index(shape.count + leading.count + number)
    }
    let outer = shape + leading
    func product(
      _ coefficient: Coefficient, _ indices: [Size], _ operands: [Contraction.Operand]
    ) -> TensorExpression {
      cotangent.space.contraction(
        Contraction(
          coefficient: coefficient, indices: indices, output: lead + plain, operands: operands),
        shape: leading + shape)
    }
    let long = outer + summed.map { shape[$0] }
    let ones = Coefficient(Size.product(summed.map { shape[$0] }))
    var terms = [cotangent]
    if isCentred, let share = ones.reciprocal {
      terms.append(product(-share, long, [.init(cotangent, lead + inside)]))
    }
    let weighted = product(.one, long, [.init(value, inside), .init(cotangent, lead + inside)])
    terms.append(product(-weight, outer, [.init(value, plain), .init(weighted, lead + plain)]))
    let bracket = cotangent.space.sum(terms, shape: leading + shape)
    return product(.one, outer, [.init(bracket, lead + plain), divisor])
  }
}

extension RootNormalization {
  /// A product of more factors, in which what is normalised is one of them; nil where nothing is.
  static func folded(_ node: TensorExpression) -> TensorExpression? {
    guard let c = node.asContraction, c.operands.count > 2 else { return nil }
    for (position, divisor) in c.operands.enumerated()
    where divisor.value.argument(of: .reciprocal)?.argument(of: .squareRoot) != nil {
      for (other, deviation) in c.operands.enumerated() where other != position {
        guard let value = normalized(deviation, by: divisor) else { continue }
        var operands = c.operands
        operands[other] = .init(value, deviation.access)
        operands.remove(at: position)
        return node.space.contraction(
          Contraction(
            coefficient: c.coefficient, indices: c.indices, output: c.output, operands: operands,
            guards: c.guards), shape: node.shape)
      }
    }
    return nil
  }

  /// The quotient of two factors as a value of its own, when it is a normalisation.
  private static func normalized(
    _ deviation: Contraction.Operand, by divisor: Contraction.Operand
  ) -> TensorExpression? {
    let shape = deviation.value.shape
    let read = divisor.access.map { coordinate -> Affine? in
      if coordinate == .constant(.zero) { return coordinate }
      return deviation.access.firstIndex(of: coordinate).map(Affine.index)
    }
    guard !read.contains(nil) else { return nil }
    let plain = shape.indices.map(Affine.index)
    let quotient = deviation.value.space.contraction(
      Contraction(
        indices: shape, output: plain,
        operands: [.init(deviation.value, plain), .init(divisor.value, read.compactMap { $0 })]),
      shape: shape)
    return RootNormalization(quotient) == nil ? nil : quotient
  }
}

/// κ·Σ u² + c over some axes of u, with a number c.
private struct SquareSum {
  let axes: Set<Int>
  let weight: Coefficient
  let offset: Coefficient

  /// - Parameter read: where the sum is read from the place 0, 1, … of u.
  init?(_ total: TensorExpression, of u: TensorExpression, read: [Affine]) {
    let terms = total.asTerms ?? [total]
    let numbers = terms.compactMap(\.asConstant)
    let others = terms.filter { $0.asConstant == nil }
    guard others.count == 1, numbers.count == terms.count - 1, numbers.count <= 1,
      let sum = AxisSum(others[0], of: u, factors: 2)
    else { return nil }
    for (axis, place) in zip(sum.outputAxes, read) {
      guard axis.map({ place.asIndex == $0 }) ?? (place == .constant(.zero)) else { return nil }
    }
    axes = sum.summedAxes
    weight = sum.weight
    offset = numbers.first ?? .zero
  }
}

/// κ·Σ x or κ·Σ x·x over whole axes of x.
private struct AxisSum {
  let weight: Coefficient
  let summedAxes: Set<Int>
  /// For each axis of the value the axis of x that it is; nil for one of extent 1 that stands for none, or along
  /// which the value repeats.
  let outputAxes: [Int?]
  /// Whether some axis repeats.
  let repeats: Bool

  init?(_ value: TensorExpression, of x: TensorExpression, factors: Int) {
    guard let product = value.product(of: x), product.windows.isEmpty,
      product.factors.count == factors, product.factors.allSatisfy({ $0 == product.factors[0] }),
      product.factors[0].atom == x.id
    else { return nil }
    let access = product.factors[0].access
    // Each axis of x is read whole, at an index of its own; one of extent 1 at its only place.
    guard Set(access).count == access.count,
      zip(access, x.shape).allSatisfy({ $0.asIndex != nil || ($1.isOne && $0 == .constant(.zero)) })
    else { return nil }
    var axes = Set(x.shape.indices.filter { access[$0].asIndex != nil })
    var outputAxes: [Int?] = []
    var repeats = false
    for (coordinate, extent) in zip(product.output, value.shape) {
      if coordinate == .constant(.zero), extent.isOne {
        outputAxes.append(nil)
      } else if let axis = access.firstIndex(of: coordinate), x.shape[axis] == extent {
        guard axes.remove(axis) != nil else { return nil }
        outputAxes.append(axis)
      } else if coordinate.asIndex != nil, product.output.count(where: { $0 == coordinate }) == 1,
        !access.contains(where: { $0.mentions(coordinate.asIndex ?? 0) })
      {
        outputAxes.append(nil)
        repeats = true
      } else {
        return nil
      }
    }
    if axes.isEmpty { return nil }
    weight = product.coefficient
    summedAxes = axes
    self.outputAxes = outputAxes
    self.repeats = repeats
  }
}

/// A mean square distance from the mean over some axes.
public struct Variance {
  /// What it is the variance of.
  public let argument: TensorExpression
  /// The axes that are summed over.
  public let axes: Set<Int>
  /// Whether the axes stay, with extent 1.
  public let keepsAxes: Bool

  /// Reads a value as a variance.
  ///
  /// - Returns: nil for a value that is none.
  public init?(_ node: TensorExpression) {
    guard let c = node.asContraction, c.operands.count == 2, c.operands[0] == c.operands[1],
      c.operands[0].value.asTerms?.count == 2,
      let sum = AxisSum(node, of: c.operands[0].value, factors: 2), !sum.repeats,
      let x = c.operands[0].value.centred(over: sum.summedAxes),
      sum.weight == x.share(of: sum.summedAxes)
    else { return nil }
    argument = x
    axes = sum.summedAxes
    keepsAxes = node.rank == x.rank
    let kept = x.shape.indices.map { axes.contains($0) ? nil : $0 }
    guard sum.outputAxes == (keepsAxes ? kept : kept.filter { $0 != nil }) else { return nil }
  }
}

extension TensorExpression {
  /// One over the number of entries along some axes.
  fileprivate func share(of axes: Set<Int>) -> Coefficient? {
    Coefficient(Size.product(axes.sorted().map { shape[$0] })).reciprocal
  }

  /// The value as one product of `leaf` and of what is no contraction; nil where it is none.
  fileprivate func product(of leaf: TensorExpression) -> IndexProduct? {
    guard let c = asContraction else { return nil }
    let facts = SizeFacts(
      positives: Array(Set((shape + leaf.shape).filter { !$0.isConstant })))
    var known: [Int: TensorExpression] = [:]
    func product(_ c: Contraction, _ shape: [Size]) -> IndexProduct {
      IndexProduct(c, shape: shape) { value in
        known[value.id] = value
        return value.id
      }
    }
    var result = product(c, shape)
    var position = 0
    while position < result.factors.count {
      guard let value = known[result.factors[position].atom], value !== leaf,
        let inner = value.asContraction
      else {
        position += 1
        continue
      }
      guard result.factors.count <= 4,
        case .solved = result.compose(product(inner, value.shape), at: position, facts: facts)
      else { return nil }
    }
    return result.simplifyWindows(facts: facts) ? result : nil
  }

  /// x, where the value is x less its mean over some axes.
  fileprivate func centred(over axes: Set<Int>) -> TensorExpression? {
    guard let terms = asTerms, terms.count == 2 else { return nil }
    for (x, mean) in [(terms[0], terms[1]), (terms[1], terms[0])] {
      guard x.asConstant == nil, let sum = AxisSum(mean, of: x, factors: 1), sum.summedAxes == axes,
        let share = x.share(of: axes), sum.weight == -share,
        shape.indices.allSatisfy({ axis in
          sum.outputAxes[axis] == (axes.contains(axis) || shape[axis].isOne ? nil : axis)
        })
      else { continue }
      return x
    }
    return nil
  }
}
