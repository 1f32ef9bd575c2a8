import TensorExpressions

extension FormulaSlips {
  /// Strides and dilations that are left out of windows, along one axis or all.
  var steps: [Slip] {
    TensorExpression.postorder(of: [formula]).flatMap { node -> [Slip] in
      guard let contraction = node.asContraction else { return [] }
      let axes = contraction.steppedAxes
      let choices = axes.map { [$0] } + (axes.count > 1 ? [axes] : [])
      return choices.map { chosen in
        let words = chosen.map { String($0.axis) }.joined(separator: " and ")
        return Slip(
          sentence: { "stride: the stride is left out along axis \(words)" },
          formula: formula.replacingNamed([
            node: node.space.contraction(
              contraction.withoutSteps(along: chosen), shape: node.shape)
          ]))
      }
    }
  }
}

/// An axis of an operand, or of the output, that is gone through in steps.
private struct SteppedAxis: Equatable {
  /// Nil for the output.
  let operand: Int?
  let axis: Int
}

extension Contraction {
  /// The coordinates with several indices, of which one has a factor.
  fileprivate var steppedAxes: [SteppedAxis] {
    func stepped(_ access: [Affine], _ operand: Int?) -> [SteppedAxis] {
      access.enumerated().compactMap { axis, coordinate in
        coordinate.terms.count > 1 && coordinate.terms.contains { $0.coefficient != 1 }
          ? SteppedAxis(operand: operand, axis: axis) : nil
      }
    }
    return stepped(output, nil)
      + operands.enumerated().flatMap { stepped($1.access, $0) }
  }

  fileprivate func withoutSteps(along axes: [SteppedAxis]) -> Contraction {
    func changed(_ access: [Affine], _ operand: Int?) -> [Affine] {
      access.enumerated().map { axis, coordinate in
        guard axes.contains(SteppedAxis(operand: operand, axis: axis)) else { return coordinate }
        return Affine(
          constant: coordinate.constant,
          terms: coordinate.terms.map { .init(index: $0.index, coefficient: 1) })
      }
    }
    return Contraction(
      coefficient: coefficient, indices: indices, output: changed(output, nil),
      operands: operands.enumerated().map { Operand($1.value, changed($1.access, $0)) },
      guards: guards)
  }
}
