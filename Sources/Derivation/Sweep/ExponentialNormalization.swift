import Scalars
import TensorExpressions

/// A softmax, its logarithm, or the logarithm of a sum of exponentials, as one step of a forward pass.
///
/// With *p* = softmax(u) and Σ the sum over the axes that are normalised, the derivatives that people write are
///
/// ```
/// y = softmax(u)         ū += p · (ȳ − Σ p·ȳ)
/// y = log(softmax(u))    ū += ȳ − p · Σ ȳ        and likewise for y = u − log(Σ exp(u))
/// y = log(Σ exp(u))      ū += p · ȳ
/// ```
///
/// Differentiated through its exponentials and its quotient a softmax gives the same values in formulas that nobody
/// recognises. What has a name of its author's on the way, such as `e = exp(u)`, is differentiated as it stands.
public struct ExponentialNormalization {
  /// What the value is.
  public enum Kind: String {
    case softmax
    case logSoftmax = "log(softmax())"
    case logSumExp = "log(sum(exp()))"
  }

  /// Which of them it is.
  public let kind: Kind
  /// What the exponentials are of: u.
  public let argument: TensorExpression
  /// softmax(u), of u's shape.
  private let probabilities: TensorExpression
  /// The axes of u that are summed over.
  public let summedAxes: Set<Int>
  /// For log(Σ exp(u)), where each entry of u reads the result; otherwise u's own coordinates.
  public let access: [Affine]

  /// Reads a value as one of the three.
  ///
  /// - Returns: nil for a value that is none of them.
  public init?(_ node: TensorExpression) {
    switch node.kind {
    case .contraction:
      guard let found = Self.softmax(node) else { return nil }
      self.init(kind: .softmax, probabilities: node, found)
    case .elementwise(let function, let operands) where function == .logarithm:
      if let found = Self.softmax(operands[0]) {
        self.init(kind: .logSoftmax, probabilities: operands[0], found)
        return
      }
      let total = operands[0]
      let read = total.shape.enumerated().map { axis, extent in
        extent.isOne ? Affine(constant: .zero, terms: []) : .index(axis)
      }
      guard let found = Self.total(total, read: read, firstIndex: read.count) else { return nil }
      self.init(total: total, found)
    case .sum(let terms) where terms.count == 2:
      guard let found = Self.logSoftmax(terms[0], terms[1]) ?? Self.logSoftmax(terms[1], terms[0])
      else { return nil }
      self = found
    default: return nil
    }
  }

  /// u − log(Σ exp(u)), the sum read at each of its places.
  private static func logSoftmax(
    _ argument: TensorExpression, _ correction: TensorExpression
  ) -> ExponentialNormalization? {
    // The correction may be a negated value that is itself the logarithm repeated along the axis.
    var coefficient = Coefficient.one
    var read = argument.shape.indices.map(Affine.index)
    var node = correction
    while case .contraction(let c) = node.kind, c.isPointwise(over: node.shape),
      c.operands.count == 1,
      read.count == c.output.count
    {
      coefficient = coefficient * c.coefficient
      read = c.operands[0].access.map { $0.asIndex.map { read[$0] } ?? $0 }
      node = c.operands[0].value
    }
    guard coefficient == .minusOne, let rule = ExponentialNormalization(node),
      rule.kind == .logSumExp, rule.argument === argument, read == rule.access
    else { return nil }
    return ExponentialNormalization(logSoftmaxBy: rule)
  }

  private init(logSoftmaxBy rule: ExponentialNormalization) {
    kind = .logSoftmax
    argument = rule.argument
    probabilities = rule.probabilities
    summedAxes = rule.summedAxes
    access = rule.argument.shape.indices.map(Affine.index)
  }

  private init(kind: Kind, probabilities: TensorExpression, _ total: Total) {
    self.kind = kind
    self.probabilities = probabilities
    argument = total.argument
    summedAxes = total.summedAxes
    access = total.argument.shape.indices.map(Affine.index)
  }

  private init?(total: TensorExpression, _ found: Total) {
    let axisReading = Dictionary(
      found.access.enumerated().compactMap { axis, coordinate in
        coordinate.asIndex.map { ($0, axis) }
      }, uniquingKeysWith: { first, _ in first })
    var access: [Affine] = []
    for axis in total.shape.indices {
      if let own = axisReading[axis] {
        access.append(.index(own))
      } else if total.shape[axis].isOne {
        access.append(Affine(constant: .zero, terms: []))
      } else {
        return nil
      }
    }
    kind = .logSumExp
    argument = found.argument
    summedAxes = found.summedAxes
    self.access = access
    let shape = found.argument.shape
    let space = total.space
    probabilities = space.contraction(
      Contraction(
        indices: shape, output: shape.indices.map(Affine.index),
        operands: [
          .init(found.exponentials, shape.indices.map(Affine.index)),
          .init(space.elementwise(.reciprocal, [total]), access),
        ]),
      shape: shape)
  }

  /// What a cotangent of the value, with `leading` axes before the value's own, contributes to that of ``argument``.
  func pull(_ cotangent: TensorExpression, leading: [Size]) -> TensorExpression {
    let shape = argument.shape
    let axes = shape.indices.map(Affine.index)
    let lead = leading.indices.map { Affine.index(shape.count + $0) }
    func product(
      _ coefficient: Coefficient, _ operands: [Contraction.Operand]
    ) -> TensorExpression {
      cotangent.space.contraction(
        Contraction(
          coefficient: coefficient, indices: shape + leading, output: lead + axes,
          operands: operands), shape: leading + shape)
    }
    let p = Contraction.Operand(probabilities, axes)
    let own = Contraction.Operand(cotangent, lead + access)
    switch kind {
    case .logSumExp: return product(.one, [p, own])
    case .softmax:
      let weighted = Contraction.Operand(
        summed(cotangent, weightedBy: probabilities, leading: leading), lead + axes)
      return product(.one, [p, own]) + product(.minusOne, [p, weighted])
    case .logSoftmax:
      let total = Contraction.Operand(summed(cotangent, leading: leading), lead + axes)
      return cotangent + product(.minusOne, [p, total])
    }
  }

  /// The cotangent's sum over the normalised axes, repeated along them.
  private func summed(
    _ cotangent: TensorExpression, weightedBy weight: TensorExpression? = nil, leading: [Size]
  ) -> TensorExpression {
    let shape = argument.shape
    let summed = summedAxes.sorted()
    // The indices: u's axes, the leading ones, then one more for each axis that is summed.
    let lead = leading.indices.map { Affine.index(shape.count + $0) }
    var read = shape.indices.map(Affine.index)
    for (number, axis) in summed.enumerated() {
      read[axis] = .index(shape.count + leading.count + number)
    }
    var operands = [Contraction.Operand(cotangent, lead + read)]
    if let weight { operands.append(.init(weight, read)) }
    return cotangent.space.contraction(
      Contraction(
        indices: shape + leading + summed.map { shape[$0] },
        output: lead + shape.indices.map(Affine.index), operands: operands),
      shape: leading + shape)
  }
}

extension ExponentialNormalization {
  /// A sum of exponentials over some axes, each taken whole.
  private struct Total {
    let argument: TensorExpression
    let exponentials: TensorExpression
    /// Where the exponentials are read: at an index of the reader's, or at a summed index of their own.
    let access: [Affine]
    let summedAxes: Set<Int>

    /// Where the sum is read from the place `axes` of u, when it is read at `read` from the place `place`.
    func readOfTotal(_ read: [Affine], from place: [Affine]) -> [Affine]? {
      var result: [Affine] = []
      for coordinate in read {
        if coordinate.isConstant {
          result.append(coordinate)
        } else if let axis = place.indices.first(where: {
          !summedAxes.contains($0) && place[$0] == coordinate
        }) {
          result.append(.index(axis))
        } else {
          return nil
        }
      }
      return result
    }
  }

  /// exp(u) · 1/Σ exp(u), entry by entry.
  private static func softmax(_ node: TensorExpression) -> Total? {
    guard case .contraction(let c) = node.kind, c.isPointwise(over: node.shape),
      c.coefficient.isOne,
      c.operands.count == 2, let pair = pair(in: c),
      c.operands[pair.numerator].access == c.output, pair.total.argument.shape == node.shape
    else { return nil }
    return pair.total
  }

  /// The first two factors of a contraction that are a softmax.
  private static func pair(in c: Contraction) -> (numerator: Int, divisor: Int, total: Total)? {
    for (position, divisor) in c.operands.enumerated() {
      guard case .elementwise(let function, let arguments) = divisor.value.kind,
        function == .reciprocal,
        let total = total(arguments[0], read: divisor.access, firstIndex: c.indices.count),
        let numerator = c.operands.firstIndex(where: { operand in
          operand.value === total.exponentials
            && operand.access.indices.allSatisfy {
              total.summedAxes.contains($0) || operand.access[$0] == total.access[$0]
            }
        })
      else { continue }
      return (numerator, position, total)
    }
    return nil
  }

  /// A contraction in which every exponential that is divided by its sum is one factor, a softmax; nil where there
  /// is none, or nothing else.
  static func folded(_ node: TensorExpression) -> TensorExpression? {
    guard case .contraction(var c) = node.kind, softmax(node) == nil else { return nil }
    var hasChanged = false
    while let pair = pair(in: c) {
      let shape = pair.total.argument.shape
      let axes = shape.indices.map(Affine.index)
      let total = c.operands[pair.divisor]
      let read = pair.total.readOfTotal(total.access, from: c.operands[pair.numerator].access)
      guard let read else { break }
      let probabilities = node.space.contraction(
        Contraction(
          indices: shape, output: axes,
          operands: [.init(pair.total.exponentials, axes), .init(total.value, read)]), shape: shape)
      var operands = c.operands
      operands[pair.numerator] = .init(probabilities, c.operands[pair.numerator].access)
      operands.remove(at: pair.divisor)
      c = Contraction(
        coefficient: c.coefficient, indices: c.indices, output: c.output, operands: operands,
        guards: c.guards)
      hasChanged = true
    }
    return hasChanged ? node.space.contraction(c, shape: node.shape) : nil
  }

  /// The sum of exponentials that a chain of sums and reshapes is, where it is read at the coordinates `read`.
  ///
  /// - Parameter firstIndex: a number that no index of `read` reaches.
  private static func total(
    _ node: TensorExpression, read: [Affine], firstIndex: Int
  ) -> Total? {
    var node = node
    var read = read
    // The indices of the sums, numbered from beyond the reader's.
    var summed: Set<Int> = []
    var next = firstIndex
    while case .contraction(let c) = node.kind {
      guard c.operands.count == 1, c.coefficient.isOne, c.guards.isEmpty,
        c.operands[0].value.name == nil
      else { return nil }
      var binding: [Int: Affine] = [:]
      for (axis, (own, theirs)) in zip(c.output, read).enumerated() {
        if let index = own.asIndex {
          guard theirs.asIndex != nil || theirs.isConstant, node.shape[axis] == c.indices[index],
            binding.updateValue(theirs, forKey: index) == nil
          else { return nil }
        } else if own != theirs {
          return nil
        }
      }
      for index in c.indices.indices where binding[index] == nil {
        binding[index] = .index(next)
        summed.insert(next)
        next += 1
      }
      let operand = c.operands[0]
      var inner: [Affine] = []
      for (coordinate, extent) in zip(operand.access, operand.value.shape) {
        guard let index = coordinate.asIndex, c.indices[index] == extent,
          let bound = binding[index]
        else { return nil }
        inner.append(bound)
      }
      node = operand.value
      read = inner
    }
    guard !summed.isEmpty, case .elementwise(let function, let arguments) = node.kind,
      function == .exponential
    else { return nil }
    var axes: Set<Int> = []
    for (axis, coordinate) in read.enumerated() {
      guard let index = coordinate.asIndex, summed.contains(index) else { continue }
      axes.insert(axis)
    }
    let places = read.compactMap(\.asIndex)
    guard axes.count == summed.count, Set(places).count == places.count else { return nil }
    return Total(argument: arguments[0], exponentials: node, access: read, summedAxes: axes)
  }
}

extension TensorExpression {
  /// Whether the value is exp(u) / Σ exp(u).
  var isSoftmax: Bool { ExponentialNormalization(self)?.kind == .softmax }
}
