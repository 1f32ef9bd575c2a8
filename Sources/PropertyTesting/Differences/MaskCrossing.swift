import Evaluation
import Notation
import Scalars
import TensorExpressions

/// A mask that falls differently at two points: a kink lies between them.
public struct MaskCrossing: Hashable, Sendable {
  /// The function, `relu`.
  public let function: String
  /// The argument's text, and the entry that changes sides.
  public let argument: String
  /// The entry of the argument that changes sides.
  public let entry: [Int]

  /// The crossing in a few words, as a report says it.
  public var sentence: String { "\(function) changes sides at `\(argument)`\(entry)" }

  /// The first mask that differs between two records of the same expression; nil when none does.
  init?(
    from a: MaskRecord, to b: MaskRecord, in root: TensorExpression, sizes: [String: Int]
  ) {
    for node in a.steps.keys.sorted(by: { $0.id < $1.id }) {
      guard let left = a.steps[node], let right = b.steps[node],
        let place = left.indices.first(where: { left[$0] != right[$0] }),
        let extents = try? TensorShape.extents(node.shape, sizes)
      else { continue }
      let argument = node.operands[0]
      function = Self.owner(of: argument, in: root) ?? "step"
      self.argument = argument.formulaText
      entry = TensorShape.entry(at: place, in: extents)
      return
    }
    for node in a.rounded.keys.sorted(by: { $0.id < $1.id }) {
      guard let left = a.rounded[node], let right = b.rounded[node],
        let place = left.indices.first(where: { left[$0] != right[$0] }),
        let extents = try? TensorShape.extents(node.shape, sizes)
      else { continue }
      function = Elementwise.floor.name
      argument = node.operands[0].formulaText
      entry = TensorShape.entry(at: place, in: extents)
      return
    }
    for extremum in a.windows.keys.sorted(by: { $0.operand.id < $1.operand.id }) {
      guard let left = a.windows[extremum], let right = b.windows[extremum],
        let place = left.indices.first(where: { left[$0].first != right[$0].first }),
        let extents = try? TensorShape.extents(extremum.outputExtents, sizes)
      else { continue }
      function = extremum.kind == .maximum ? "max" : "min"
      argument = extremum.operand.formulaText
      entry = TensorShape.entry(at: place, in: extents)
      return
    }
    return nil
  }

  /// The function of the table that has a kink where the argument is 0.
  private static func owner(of argument: TensorExpression, in root: TensorExpression) -> String? {
    for node in TensorExpression.postorder(of: [root]) {
      guard case .elementwise(let function, let operands) = node.kind,
        function.primitive != .step, function.kinks(operands).contains(argument)
      else { continue }
      return function.name
    }
    return nil
  }
}
