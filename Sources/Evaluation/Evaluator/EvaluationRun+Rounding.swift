import Scalars
import TensorExpressions

/// Whole numbers near others, found by signs alone: every arithmetic with an order has them.
extension EvaluationRun {
  /// Whole numbers as recorded, or decided and recorded now; where there is no order, what stands for them.
  mutating func rounding(
    _ node: TensorExpression, _ operand: Tensor<A.Element>?, toNearest: Bool
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let extents = try allocating(node)
    if let operand, masks.rounded[node] == nil {
      if let maskModel {
        return Tensor(extents: extents, elements: try maskModel.rounded(node, operand, toNearest))
      }
      if let formalMasks {
        return Tensor(
          extents: extents,
          elements: keys(of: operand, formalMasks).map { formalMasks.rounded($0, toNearest) })
      }
      let (numbers, jumps) = try rounded(operand, node, toNearest: toNearest)
      masks.record(rounded: node, numbers, jumps: jumps, extents: extents)
    }
    var elements: [A.Element] = []
    for number in masks.rounded[node] ?? [] {
      elements.append(try arithmetic.number(Rational(number)))
    }
    return Tensor(extents: extents, elements: elements)
  }

  /// The numbers, and the places at which the operand is exactly where they jump.
  private func rounded(
    _ operand: Tensor<A.Element>, _ node: TensorExpression, toNearest: Bool
  ) throws(EvaluationError) -> (numbers: [Integer], jumps: [Int]) {
    var numbers: [Integer] = []
    var jumps: [Int] = []
    numbers.reserveCapacity(operand.count)
    for (place, element) in operand.elements.enumerated() {
      do throws(ScalarError) {
        let number = try toNearest ? nearest(element) : floor(element)
        let jump = Rational(number) + (toNearest ? Rational(1, 2) : 0)
        let distance = arithmetic.subtract(element, try arithmetic.constant(jump))
        let other = arithmetic.subtract(element, try arithmetic.constant(jump - 1))
        let (sign, otherSign) = (try arithmetic.sign(distance), try arithmetic.sign(other))
        if sign == 0 || toNearest && otherSign == 0 { jumps.append(place) }
        numbers.append(number)
      } catch {
        throw .scalar(
          error, node: node, entry: TensorShape.entry(at: place, in: operand.extents))
      }
    }
    return (numbers, jumps)
  }

  private func isBelow(_ x: A.Element, _ bound: Integer) throws(ScalarError) -> Bool {
    try arithmetic.sign(arithmetic.subtract(x, arithmetic.constant(Rational(bound)))) < 0
  }

  /// The most bits of a whole number; what is infinite has none.
  private static var mostBits: Int { 1 << 14 }

  /// The greatest whole number that is not larger: the bounds are doubled until it lies between, then halved.
  private func floor(_ x: A.Element) throws(ScalarError) -> Integer {
    var low: Integer = 0
    var high: Integer = 1
    if try isBelow(x, 0) {
      low = -1
      while try isBelow(x, low) {
        if low.bitWidth > Self.mostBits { throw .overflow }
        low = low + low
      }
      high = 0
    } else {
      while try !isBelow(x, high) {
        if high.bitWidth > Self.mostBits { throw .overflow }
        high = high + high
      }
    }
    while low + 1 < high {
      let middle = (low + high).quotientAndRemainder(floored: 2).quotient
      if try isBelow(x, middle) { high = middle } else { low = middle }
    }
    return low
  }

  /// The nearest whole number, of two the even one.
  private func nearest(_ x: A.Element) throws(ScalarError) -> Integer {
    let shifted = arithmetic.add(x, try arithmetic.constant(Rational(1, 2)))
    let upper = try floor(shifted)
    let distance = arithmetic.subtract(shifted, try arithmetic.constant(Rational(upper)))
    let isTie = try arithmetic.sign(distance) == 0
    let isOdd = upper.quotientAndRemainder(floored: 2).remainder != 0
    return isTie && isOdd ? upper - 1 : upper
  }
}
