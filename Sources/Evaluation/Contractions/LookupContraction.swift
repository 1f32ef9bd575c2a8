import Scalars
import TensorExpressions

extension Contraction {
  /// An operand that is the one-hot tensor of an index tensor, with the index that runs over its places.
  struct Lookup {
    let operand: Int
    let index: Int
  }

  /// The operands that say the place of an index: no point counts but those at that place.
  var lookups: [Lookup] {
    var result: [Lookup] = []
    for (position, operand) in operands.enumerated() where operand.value.isIndexSymbol {
      let lead = operand.access.dropLast()
      guard let index = operand.access.last?.asIndex,
        indices[index] == operand.value.shape.last,
        !result.contains(where: { $0.index == index }),
        !lead.contains(where: { coordinate in
          coordinate.mentions(index) || result.contains { coordinate.mentions($0.index) }
        }),
        !result.contains(where: { known in
          operands[known.operand].access.contains { $0.mentions(index) }
        })
      else { continue }
      result.append(Lookup(operand: position, index: index))
    }
    return result
  }
}

/// A contraction with one-hot operands, whose places are looked up instead of summed over.
///
/// - Complexity: one product for each point of the box without the indices that are looked up,
/// whatever the number of classes.
struct LookupContraction<A: ScalarArithmetic> {
  let arithmetic: A
  private let concrete: ConcreteContraction
  private let lookups: [Contraction.Lookup]
  private let factors: [Tensor<A.Element>]
  /// By lookup and fibre, the place of the 1; −1 for none.
  private let places: [[Int]]
  /// The indices that are not looked up.
  private let free: [Int]

  /// From how many points on looking up is worth its bookkeeping.
  static var leastPointCount: Int { 20_000 }

  /// - Returns: nil where an operand is not made of zeros and ones.
  init?(
    _ arithmetic: A, _ concrete: ConcreteContraction, _ lookups: [Contraction.Lookup],
    _ factors: [Tensor<A.Element>]
  ) {
    self.arithmetic = arithmetic
    self.concrete = concrete
    self.lookups = lookups
    self.factors = factors
    free = concrete.extents.indices.filter { index in !lookups.contains { $0.index == index } }
    var places: [[Int]] = []
    for lookup in lookups {
      let tensor = factors[lookup.operand]
      guard let count = tensor.extents.last, count > 0,
        let own = Self.places(of: tensor.elements, count, arithmetic)
      else { return nil }
      places.append(own)
    }
    self.places = places
  }

  private static func places(
    of elements: [A.Element], _ count: Int, _ arithmetic: A
  ) -> [Int]? {
    var places = Array(repeating: -1, count: elements.count / count)
    for (number, element) in elements.enumerated() where !arithmetic.isZero(element) {
      let fibre = number / count
      guard places[fibre] < 0, arithmetic.isZero(arithmetic.subtract(element, arithmetic.one))
      else { return nil }
      places[fibre] = number % count
    }
    return places
  }

  var pointCount: Int { free.reduce(1) { $0.saturatingTimes(concrete.extents[$1]) } }

  func value() -> Tensor<A.Element> {
    var result = Tensor(extents: concrete.outputExtents, repeating: arithmetic.zero)
    guard pointCount > 0 else { return result }
    let others = factors.indices.filter { position in
      !lookups.contains { $0.operand == position }
    }
    var point = Array(repeating: 0, count: concrete.extents.count)
    repeat {
      guard takePlaces(at: &point), concrete.guards.allSatisfy({ $0.isInside(point) }),
        let target = Self.offset(concrete.output, at: point)
      else { continue }
      var product = arithmetic.one
      var isInside = true
      for position in others {
        guard let offset = Self.offset(concrete.operands[position], at: point) else {
          isInside = false
          break
        }
        product = arithmetic.multiply(product, factors[position].elements[offset])
      }
      if isInside {
        result.elements[target] = arithmetic.add(result.elements[target], product)
      }
    } while advance(&point)
    return result
  }

  /// Sets the indices that are looked up; false where there is no place.
  private func takePlaces(at point: inout [Int]) -> Bool {
    for (lookup, places) in zip(lookups, places) {
      guard
        let fibre = Self.offset(Array(concrete.operands[lookup.operand].dropLast()), at: point),
        places[fibre] >= 0
      else { return false }
      point[lookup.index] = places[fibre]
    }
    return true
  }

  private func advance(_ point: inout [Int]) -> Bool {
    for index in free.reversed() {
      point[index] += 1
      if point[index] < concrete.extents[index] { return true }
      point[index] = 0
    }
    return false
  }

  private static func offset(
    _ access: [ConcreteContraction.Coordinate], at point: [Int]
  ) -> Int? {
    var offset = 0
    for coordinate in access {
      let value = coordinate.value(at: point)
      guard value >= 0, value < coordinate.extent else { return nil }
      offset = offset * coordinate.extent + value
    }
    return offset
  }
}

extension ConcreteContraction.Coordinate {
  fileprivate func value(at point: [Int]) -> Int {
    var value = constant
    for index in coefficients.indices where coefficients[index] != 0 {
      value += coefficients[index] * point[index]
    }
    return value
  }

  fileprivate func isInside(_ point: [Int]) -> Bool { (0..<extent).contains(value(at: point)) }
}

extension EvaluationRun {
  /// The value of a contraction with one-hot operands by looking up; nil where summing is as good.
  func lookedUp(
    _ contraction: Contraction, _ concrete: ConcreteContraction, _ operands: [Tensor<A.Element>],
    _ coefficient: Rational
  ) throws(EvaluationError) -> Tensor<A.Element>? {
    let lookups = contraction.lookups
    guard !lookups.isEmpty,
      concrete.pointBound >= LookupContraction<A>.leastPointCount,
      let lookup = LookupContraction(arithmetic, concrete, lookups, operands)
    else { return nil }
    try EvaluationLimits.charge(
      lookup.pointCount.saturatingTimes(Self.lookupWork), times: arithmetic.productWork)
    _ = try budget.bytes(of: concrete.outputExtents, arithmetic)
    return try ContractionEvaluation(arithmetic: arithmetic, budget: budget)
      .scaled(lookup.value(), by: coefficient)
  }

  /// What one point takes, in products.
  static var lookupWork: Int { 20 }
}
