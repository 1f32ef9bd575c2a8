import Derivation
import ExpressionLanguage
import TensorExpressions

/// What a formula of whole arrays says at one step of a block, in names that can be read there.
///
/// Whatever comes of it is judged by itself: a part outside of its array is read as zero, and where that is not what
/// the formula says, the text is refused.
struct StepFormula {
  let line: Int
  /// The name of the step.
  let step: String
  /// Names that would be an answer.
  let foreign: Set<String>
  /// The names of sequences, which formulas hold without them.
  let sequences: [TensorExpression: [String]]

  /// How often sequences are read as the lines that define them.
  private static let unfoldings = 3

  /// The formula at a step, the steps taken out of its axes.
  func body(
    of formula: TensorExpression, axis: Int, _ trials: inout LineTrials
  ) -> TensorExpression? {
    part(formula.unnamed, axis, .zero, Self.unfoldings, &trials)
  }

  /// A name at a step so many steps away.
  static func read(_ name: String, axis: Int, step: String, offset: Size) -> String {
    let text = "\(offset)"
    let place = offset.isZero ? step : step + (text.hasPrefix("-") ? text : "+" + text)
    return name + "[" + String(repeating: ":, ", count: axis) + place + "]"
  }

  private func part(
    _ node: TensorExpression, _ axis: Int, _ offset: Size, _ unfoldings: Int,
    _ trials: inout LineTrials
  ) -> TensorExpression? {
    for name in node.name.map({ [$0] }) ?? sequences[node] ?? [] where !foreign.contains(name) {
      let text = Self.read(name, axis: axis, step: step, offset: offset)
      if let value = trials.value(of: text, at: line) {
        return node.space.symbol(TensorSymbol(text, role: .step), shape: value.shape)
      }
    }
    if node.unnamed !== node { return part(node.unnamed, axis, offset, unfoldings, &trials) }
    if let contraction = node.asContraction {
      return part(contraction, node, axis, offset, unfoldings, &trials)
    }
    if let (recurrence, line) = node.asRecurrence {
      guard unfoldings > 0, let unfolded = recurrence.unfolded(line) else { return nil }
      return part(unfolded, axis, offset, unfoldings - 1, &trials)
    }
    guard node.asTerms != nil || node.appliedFunction != nil else { return nil }
    var parts: [TensorExpression] = []
    for operand in node.operands {
      guard let one = part(operand, axis, offset, unfoldings, &trials) else { return nil }
      parts.append(one)
    }
    if let function = node.appliedFunction { return node.space.elementwise(function, parts) }
    var rest = node.shape
    rest.remove(at: axis)
    return node.space.sum(parts, shape: rest)
  }

  private func part(
    _ contraction: Contraction, _ node: TensorExpression, _ axis: Int, _ offset: Size,
    _ unfoldings: Int, _ trials: inout LineTrials
  ) -> TensorExpression? {
    guard contraction.guards.isEmpty else { return nil }
    let place = contraction.output[axis]
    var output = contraction.output
    output.remove(at: axis)
    var rest = node.shape
    rest.remove(at: axis)
    var indices = contraction.indices
    var operands: [Contraction.Operand] = []
    if let index = place.terms.first?.index, indices[index] != .one {
      guard place.terms.count == 1, place.terms[0].coefficient.isOne,
        !output.contains(where: { $0.mentions(index) })
      else { return nil }
      for operand in contraction.operands {
        let axes = operand.access.indices.filter { operand.access[$0].mentions(index) }
        guard axes.count < 2 else { return nil }
        guard let own = axes.first else {
          operands.append(.init(whole(operand.value, &trials), operand.access))
          continue
        }
        let coordinate = operand.access[own]
        guard coordinate.terms.count == 1, coordinate.terms[0].coefficient.isOne,
          let value = part(
            operand.value, own, offset - place.constant + coordinate.constant, unfoldings, &trials)
        else { return nil }
        var access = operand.access
        access.remove(at: own)
        operands.append(.init(value, access))
      }
      indices[index] = .one
    } else {
      // What stands at one step alone.
      guard !contraction.operands.isEmpty, offset.isZero else { return nil }
      let mask = "(\(step) == \(place.constant))"
      operands = contraction.operands.map { .init(whole($0.value, &trials), $0.access) }
      operands.insert(
        .init(node.space.symbol(TensorSymbol(mask, role: .step), shape: []), []), at: 0)
    }
    return node.space.contraction(
      Contraction(
        coefficient: contraction.coefficient, indices: indices, output: output,
        operands: operands),
      shape: rest)
  }

  /// A value that every step reads, in names that are known there.
  private func whole(
    _ value: TensorExpression, _ trials: inout LineTrials
  ) -> TensorExpression {
    TensorExpression.rebuilding([value]) { node in
      guard let name = node.name, node.unnamed !== node else { return node }
      let isRead = !foreign.contains(name) && trials.value(of: name, at: line) != nil
      return isRead ? node : node.unnamed
    }[0]
  }
}

extension Affine {
  fileprivate func mentions(_ index: Int) -> Bool { !coefficient(of: index).isZero }
}
