import TensorExpressions

/// A walk along a sequence: one step's formulas, which are a recurrence.
///
/// States come first; every other value that is given a line is a sequence of its own, so that gradients reach it.
struct SequenceSteps {
  private var open: OpenRecurrence
  private let axis: Int
  private let starts: [TensorExpression]
  private let space: ExpressionSpace

  /// - Parameter starts: the states before the first step, of which there is at least one.
  init(length: Size, axis: Int, starts: [TensorExpression], first: Size = .zero) {
    open = OpenRecurrence(direction: .forwards, first: first, count: length - first)
    self.axis = axis
    self.starts = starts
    space = starts[0].space
    for start in starts {
      open.lines.append(
        .init(
          body: start.zero, axis: axis, extent: length,
          starts: start.isZero
            ? [] : [.init(step: first - 1, value: start, isInside: !first.isZero)]))
    }
  }

  /// What the step reads of a value along an axis.
  mutating func entry(of value: TensorExpression, axis: Int) -> TensorExpression {
    open.entry(of: value, axis: axis, at: .index(0))
  }

  /// A state after the step before.
  mutating func previous(_ state: Int) -> TensorExpression {
    open.read(.line(state, offset: -1), shape: starts[state].shape, in: space)
  }

  /// Gives a value of the step a line of its own.
  mutating func line(_ value: TensorExpression) -> TensorExpression {
    open.lines.append(.init(body: value, axis: axis, extent: open.lines[0].extent))
    return open.read(.line(open.lines.count - 1, offset: 0), shape: value.shape, in: space)
  }

  /// Sets a state after the step.
  @discardableResult
  mutating func set(_ state: Int, _ value: TensorExpression) -> TensorExpression {
    open.lines[state].body = value
    return open.read(.line(state, offset: 0), shape: value.shape, in: space)
  }

  /// A state at all steps.
  func sequence(_ state: Int) -> TensorExpression {
    let order = Array(starts.count..<open.lines.count) + Array(starts.indices)
    let place = open.lines.count - starts.count + state
    return open.closed(order, knowing: [:]).sequences[place]
  }
}
