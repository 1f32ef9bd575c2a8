import Derivation
import ExpressionLanguage
import TensorExpressions

extension BackwardPass {
  /// The pass as it is written: what reads a sequence that is an output reads the output.
  ///
  /// The two are one array, under names of their own since they have two gradients: the one that comes in, and the
  /// whole one.
  func writing(_ program: Program) -> BackwardPass {
    let outputs = program.values.map(\.value).filter {
      $0.definition.name != nil && $0.unnamed.asRecurrence != nil
    }
    if outputs.isEmpty { return self }
    var memo = Dictionary(outputs.map { ($0, $0) }) { first, _ in first }
    for output in outputs { memo[output.definition] = output }
    let values = lines.map(\.cotangent) + forward + implicitValues
    for node in TensorExpression.postorder(of: values) where memo[node] == nil {
      memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
    }
    return mapped { memo[$0] ?? $0 }
  }
}
