import Diagnostics
import Layers
import TensorExpressions

/// `z += x` on a whole value, which from then on has its new meaning.
extension Elaboration {
  /// The value that an update without indices changes; nil where the statement is an index statement.
  func updated(by statement: IndexStatement) -> TensorExpression? {
    guard statement.target.indices.isEmpty, statement.ranges.isEmpty,
      accumulations[statement.target.name.name] == nil,
      case .tensor(let value)? = scope.entry(statement.target.name.name)?.meaning
    else { return nil }
    return value
  }

  /// Gives a value its new meaning. Only a value that nothing uses yet: its name would have two meanings otherwise.
  mutating func update(
    _ name: Identifier, _ value: TensorExpression, with added: SyntaxExpression,
    _ range: SourceRange
  ) {
    guard case .named(_, let before) = value.kind,
      let place = program.values.firstIndex(where: { $0.value === value }),
      !isUsed(value)
    else {
      fail(.name(.updatedLate(name.name)), name.range)
      return
    }
    guard let term = evaluateTensor(added) else { return }
    let assumptions = assumptions
    let sum = fitting(name.range, range, [ShapedOperand(range: added.range, shape: term.shape)]) {
      () throws(ShapeError) in try before.plus(term, assuming: assumptions)
    }
    guard let sum, !isTrial else { return }
    guard let fitted = fitted(sum, to: value.shape) else {
      fail(
        .definition(.shape(name: name.name, declared: value.shape, found: sum.shape)), added.range)
      return
    }
    program.values.remove(at: place)
    scope.entries[name.name] = nil
    define(name, fitted, declared: nil, name.range, value: added.range, range)
  }

  private func isUsed(_ value: TensorExpression) -> Bool {
    let claimed = program.claims.compactMap { try? $0.claimed.get() }
    let roots = program.values.map(\.value).filter { $0 !== value } + claimed
    return TensorExpression.postorder(of: roots).contains { $0 === value }
  }
}
