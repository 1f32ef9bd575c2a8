import Scalars
import TensorExpressions

/// Windows in order, by the signs of differences.
extension EvaluationRun {
  /// By rank the place of its entry, of equal ones the first first, and behind it the places of
  /// others that are equal.
  func inOrder(
    _ places: [(place: Int, offset: Int)], _ extremum: Extremum, _ operand: Tensor<A.Element>
  ) throws(ScalarError) -> [[Int]] {
    var order: [(place: Int, offset: Int)] = []
    var isTied: [Bool] = []  // With the one before.
    for next in places {
      var position = order.count
      var isEqual = false
      while position > 0 {
        let difference = arithmetic.subtract(
          operand.elements[next.offset], operand.elements[order[position - 1].offset])
        let sign = try arithmetic.sign(difference)
        isEqual = sign == 0
        if sign == 0 || (sign > 0) != (extremum.kind == .maximum) { break }
        position -= 1
      }
      order.insert(next, at: position)
      isTied.insert(isEqual, at: position)
    }
    var result = order.map { [$0.place] }
    var start = 0
    for rank in order.indices {
      if !isTied[rank] { start = rank }
      for other in start..<rank {
        result[rank].append(order[other].place)
        result[other].append(order[rank].place)
      }
    }
    return result
  }
}
