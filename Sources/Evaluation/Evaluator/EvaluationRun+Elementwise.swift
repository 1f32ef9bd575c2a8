import Scalars
import TensorExpressions

extension EvaluationRun {
  /// A function of the table, entry by entry, by its primitive or by a mask on record.
  mutating func value(
    of function: Elementwise, _ arguments: [TensorExpression], _ node: TensorExpression,
    _ operands: [Tensor<A.Element>]
  ) throws(EvaluationError) -> Tensor<A.Element> {
    _ = try allocating(node)
    switch function.primitive {
    case .elementary(let elementary):
      return try map(operands[0], node) { (arithmetic, x) throws(ScalarError) in
        try arithmetic.apply(elementary, x)
      }
    case .reciprocal:
      let one = arithmetic.one
      return try map(operands[0], node) { (arithmetic, x) throws(ScalarError) in
        try arithmetic.divide(one, x)
      }
    case .step: return try step(node, operands.first)
    case .stopped:
      let arithmetic = arithmetic
      return operands[0].map { arithmetic.stopped($0) }
    case .floor: return try rounding(node, operands.first, toNearest: false)
    case .round: return try rounding(node, operands.first, toNearest: true)
    case .power:
      let exponent = try exponent(arguments[1])
      return try map(operands[0], node) { (arithmetic, x) throws(ScalarError) in
        try arithmetic.power(x, exponent)
      }
    case .pi:
      let extents = try allocating(node)
      do {
        return Tensor(extents: extents, repeating: try arithmetic.pi())
      } catch {
        throw .scalar(error, node: node, entry: extents.map { _ in 0 })
      }
    case nil:
      preconditionFailure("the table's row \(function.name) has neither primitive nor definition")
    }
  }

  /// The one number in all entries of an exponent.
  private func exponent(_ exponent: TensorExpression) throws(EvaluationError) -> Rational {
    guard let coefficient = exponent.unnamed.asConstant else {
      preconditionFailure("the schedule keeps only constant exponents")
    }
    do {
      return try coefficient.evaluated(point.sizes)
    } catch {
      throw .coefficient(coefficient, error)
    }
  }

  private func map(
    _ operand: Tensor<A.Element>, _ node: TensorExpression,
    _ change: (A, A.Element) throws(ScalarError) -> A.Element
  ) throws(EvaluationError) -> Tensor<A.Element> {
    var changed: [A.Element] = []
    changed.reserveCapacity(operand.count)
    for (place, element) in operand.elements.enumerated() {
      do {
        changed.append(try change(arithmetic, element))
      } catch {
        throw .scalar(
          error, node: node, entry: TensorShape.entry(at: place, in: operand.extents))
      }
    }
    return Tensor(extents: operand.extents, elements: changed)
  }

  /// 1 above zero, else 0: as recorded, or decided and recorded now.
  private mutating func step(
    _ node: TensorExpression, _ operand: Tensor<A.Element>?
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let extents = try allocating(node)
    if let maskModel, let operand, masks.steps[node] == nil {
      return Tensor(extents: extents, elements: try maskModel.step(node, operand))
    }
    if let formalMasks, let operand, masks.steps[node] == nil {
      let isPlain = formalMasks.isPlain(node)
      return Tensor(
        extents: extents,
        elements: keys(of: operand, formalMasks).map { formalMasks.step($0, isPlain) })
    }
    if masks.steps[node] == nil, let operand {
      masks.record(step: node, signs: try signs(of: operand, node), extents: extents)
    }
    let pattern = masks.steps[node] ?? []
    let (zero, one) = (arithmetic.zero, arithmetic.one)
    return Tensor(extents: extents, elements: pattern.map { $0 ? one : zero })
  }

  private func signs(
    of operand: Tensor<A.Element>, _ node: TensorExpression
  ) throws(EvaluationError) -> [Int8] {
    var signs: [Int8] = []
    signs.reserveCapacity(operand.count)
    var residues: [UInt64]?
    for (place, element) in operand.elements.enumerated() {
      do {
        signs.append(Int8(try arithmetic.sign(element)))
      } catch {
        if error == .undecided {
          residues = residues ?? zeroTest?.residues(of: node.operands[0], masks: masks)
        }
        guard error == .undecided, let residues, residues[place] == 0 else {
          throw .scalar(
            error, node: node, entry: TensorShape.entry(at: place, in: operand.extents))
        }
        signs.append(0)
      }
    }
    return signs
  }
}
