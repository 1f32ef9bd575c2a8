import TensorExpressions

/// What is known of the denominators that expressions came by: their degrees, and how many entries each has.
struct FormalFactors {
  private var known: [TensorExpression: (degree: Double, entries: Double)] = [:]

  mutating func add(_ node: TensorExpression, degree: Double, entries: Double) {
    known[node] = (degree, entries)
  }

  func degree(of node: TensorExpression) -> Double { known[node]?.degree ?? 1 }
  func entries(of node: TensorExpression) -> Double { known[node]?.entries ?? 1 }
}

/// An entry N/D of a value: the degree of N is at most that of D and `excess` more.
///
/// N and D may have common factors: D is as large as it is counted.
struct FormalQuotient {
  var excess: Double
  var denominator = FormalDenominator()

  static let variable = FormalQuotient(excess: 1)

  /// The degree of N.
  func top(_ factors: FormalFactors) -> Double { excess + denominator.degree(factors) }

  static func sum(_ terms: [FormalQuotient], _ factors: FormalFactors) -> FormalQuotient {
    guard let first = terms.first else { return FormalQuotient(excess: 0) }
    return terms.dropFirst().reduce(first) { sum, term in
      FormalQuotient(
        excess: max(sum.excess, term.excess),
        denominator: sum.denominator.joined(with: term.denominator, factors))
    }
  }

  func times(_ other: FormalQuotient, _ factors: FormalFactors) -> FormalQuotient {
    FormalQuotient(
      excess: excess + other.excess,
      denominator: denominator.times(other.denominator, factors))
  }

  func raised(to power: Double) -> FormalQuotient {
    FormalQuotient(excess: excess * power, denominator: denominator.raised(to: power))
  }
}

/// A product of denominators, each an entry of what a node brought with it, to a power.
struct FormalDenominator {
  /// What there is of one node's.
  struct Part {
    /// The entries that are known by their coordinates as functions of those of the value, each with its power.
    var placed: [[Affine]: Double] = [:]
    /// Others: the largest power that one of them has, and the sum of all powers.
    var power = 0.0
    var mass = 0.0

    var total: Double { placed.values.reduce(mass, +) }
  }

  var parts: [TensorExpression: Part] = [:]

  static func one(_ node: TensorExpression, _ place: [Affine], power: Double) -> Self {
    FormalDenominator(parts: [node: Part(placed: [place: power])])
  }

  func degree(_ factors: FormalFactors) -> Double {
    parts.reduce(0) { $0 + $1.value.total * factors.degree(of: $1.key) }
  }

  /// What both divide.
  func joined(with other: Self, _ factors: FormalFactors) -> Self {
    combined(other, factors) { max($0, $1) }
  }

  func times(_ other: Self, _ factors: FormalFactors) -> Self {
    combined(other, factors) { $0 + $1 }
  }

  private func combined(
    _ other: Self, _ factors: FormalFactors, _ power: (Double, Double) -> Double
  ) -> Self {
    var result = self
    for (node, theirs) in other.parts {
      var own = result.parts[node] ?? Part()
      for (place, exponent) in theirs.placed {
        own.placed[place] = power(own.placed[place] ?? 0, exponent)
      }
      own.power = power(own.power, theirs.power)
      own.mass = min(own.mass + theirs.mass, own.power * factors.entries(of: node))
      result.parts[node] = own
    }
    return result
  }

  func raised(to exponent: Double) -> Self {
    var result = self
    for (node, part) in parts {
      result.parts[node] = Part(
        placed: part.placed.mapValues { $0 * exponent }, power: part.power * exponent,
        mass: part.mass * exponent)
    }
    return result
  }

  /// The denominators of an entry that is read at a place of a sum over some points.
  ///
  /// - Parameters:
  ///   - place: the coordinates of a denominator's entry as functions of the sum's output; nil where they depend on
  ///     what is summed over.
  ///   - count: over how many values a place of that kind ranges in the sum.
  func read(
    place: ([Affine]) -> [Affine]?, count: ([Affine]) -> Double, points: Double,
    _ factors: FormalFactors
  ) -> Self {
    var result = FormalDenominator()
    for (node, part) in parts {
      var read = Part(power: part.power, mass: part.mass * points)
      for (access, exponent) in part.placed {
        if let own = place(access) {
          read.placed[own, default: 0] += exponent
        } else {
          read.power += exponent
          read.mass += exponent * count(access)
        }
      }
      read.mass = min(read.mass, read.power * factors.entries(of: node))
      result.parts[node] = read
    }
    return result
  }

  /// The denominators of a determinant of n rows: each of its terms has n entries, no two of one row or column.
  func ofMatrix(_ n: Double, _ factors: FormalFactors) -> Self {
    var result = FormalDenominator()
    for (node, part) in parts {
      let power = n * (part.placed.values.reduce(0, +) + part.power)
      result.parts[node] = Part(
        power: power, mass: min(power * factors.entries(of: node), n * n * part.total))
    }
    return result
  }
}

/// A sum of products over an index relation, as far as denominators are concerned.
struct IndexedSum {
  private let extents: [Double]
  /// By index, the axis of the output that it is, where it is one.
  private let axes: [Int?]
  /// Over how many points an entry of the output is summed.
  let points: Double

  init(_ contraction: Contraction, _ sizes: [String: Int]) {
    self.init(contraction.indices, contraction.output, sizes)
  }

  init(_ extremum: Extremum, _ sizes: [String: Int]) {
    self.init(
      extremum.outputExtents + extremum.windowExtents,
      extremum.outputExtents.indices.map(Affine.index), sizes)
  }

  private init(_ indices: [Size], _ output: [Affine], _ sizes: [String: Int]) {
    extents = indices.map { Double((try? $0.evaluated(sizes)) ?? 1) }
    var axes: [Int?] = indices.map { _ in nil }
    var solved: Set<Int> = []
    for (axis, coordinate) in output.enumerated() {
      if let index = coordinate.asIndex {
        axes[index] = axes[index] ?? axis
        solved.insert(index)
      }
    }
    // A coordinate of several indices determines one of them by the others and the output.
    for coordinate in output where coordinate.asIndex == nil {
      let candidates = coordinate.terms.map(\.index).filter { !solved.contains($0) }
      if let index = candidates.max(by: { [extents] in extents[$0] < extents[$1] }) {
        solved.insert(index)
      }
    }
    self.axes = axes
    points = extents.indices.reduce(1) { [extents] in
      solved.contains($1) ? $0 : $0 * extents[$1]
    }
  }

  /// The sum's entry from those of its operands, each with its access.
  func quotient(
    _ operands: [(FormalQuotient, [Affine])], _ factors: FormalFactors
  ) -> FormalQuotient {
    var product = FormalQuotient(excess: 0)
    for (operand, access) in operands {
      let read = operand.denominator.read(
        place: { place(of: $0, access) }, count: { count(of: $0, access) }, points: points,
        factors)
      product = product.times(FormalQuotient(excess: operand.excess, denominator: read), factors)
    }
    return product
  }

  /// The coordinates of what is read, as functions of the sum's indices.
  private func composed(_ inner: [Affine], _ access: [Affine]) -> [Affine] {
    inner.map { $0.substituting { access[$0] } }
  }

  private func place(of inner: [Affine], _ access: [Affine]) -> [Affine]? {
    let coordinates = composed(inner, access)
    guard coordinates.allSatisfy({ $0.terms.allSatisfy { axes[$0.index] != nil } }) else {
      return nil
    }
    return coordinates.map { $0.renumbered { axes[$0] ?? 0 } }
  }

  private func count(of inner: [Affine], _ access: [Affine]) -> Double {
    let indices = Set(composed(inner, access).flatMap { $0.terms.map(\.index) })
    return indices.reduce(1) { axes[$1] == nil ? $0 * extents[$1] : $0 }
  }
}
