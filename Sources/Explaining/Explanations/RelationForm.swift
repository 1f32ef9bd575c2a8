import TensorExpressions

/// What a contraction is to one of its operands, in the words of a lecture.
enum RelationForm: Hashable {
  case power(Int)
  case windows
  case matrixProduct
  case outerProduct
  case entryByEntry
  case sum
  case mean(share: String)
  case repetition
  case transposition
  case scaling(String)
  case selection
  /// The same entries; at most axes of extent 1 come or go.
  case nothing

  init(_ c: Contraction, at position: Int) {
    let operand = c.operands[position]
    let equal = c.operands.filter { $0 == operand }.count
    let accesses = c.operands.flatMap(\.access) + c.output
    if equal > 1, equal == c.operands.count {
      self = .power(equal)
    } else if c.operands.count > 1 {
      self = Self.product(c, operand, accesses)
    } else {
      self = Self.single(c, operand, accesses)
    }
  }

  private static func product(
    _ c: Contraction, _ operand: Contraction.Operand, _ accesses: [Affine]
  ) -> RelationForm {
    if accesses.contains(where: { $0.terms.count > 1 }) { return .windows }
    let output = Set(c.output.flatMap(\.terms).map(\.index))
    let own = Set(operand.access.flatMap(\.terms).map(\.index))
    let others = Set(
      c.operands.filter { $0 != operand }.flatMap(\.access).flatMap(\.terms).map(\.index))
    let summed = c.indices.indices.contains { !output.contains($0) && !c.indices[$0].isOne }
    if summed { return .matrixProduct }
    return own.isDisjoint(with: others) && !own.isEmpty && !others.isEmpty
      ? .outerProduct : .entryByEntry
  }

  private static func single(
    _ c: Contraction, _ operand: Contraction.Operand, _ accesses: [Affine]
  ) -> RelationForm {
    guard accesses.allSatisfy({ $0.asIndex != nil || ($0.isConstant && $0.constant.isZero) }) else {
      return .selection
    }
    let output = Set(c.output.flatMap(\.terms).map(\.index))
    let own = Set(operand.access.flatMap(\.terms).map(\.index))
    let real = c.indices.indices.filter { !c.indices[$0].isOne }
    if real.contains(where: { own.contains($0) && !output.contains($0) }) {
      let count = real.filter { own.contains($0) && !output.contains($0) }
        .reduce(Size.one) { $0 * c.indices[$1] }
      let share = Coefficient(count).reciprocal
      return share == c.coefficient ? .mean(share: "1/\(count.factorText)") : .sum
    }
    if real.contains(where: { output.contains($0) && !own.contains($0) }) { return .repetition }
    func order(_ access: [Affine]) -> [Int] {
      access.compactMap(\.asIndex).filter { !c.indices[$0].isOne }
    }
    let isInOrder = order(operand.access) == order(c.output)
    if isInOrder, !c.coefficient.isOne {
      return .scaling(c.coefficient.asRational.map(\.description) ?? "it depends on sizes only")
    }
    return isInOrder ? .nothing : .transposition
  }
}
