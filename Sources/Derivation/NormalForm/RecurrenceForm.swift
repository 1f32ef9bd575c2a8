import TensorExpressions

/// A sequence by the normal forms of what defines it: two recurrences with one form are equal by induction
/// over their steps.
struct RecurrenceForm: Hashable {
  private struct Line: Hashable {
    let body: NormalForm
    let shape: [Size]
    let axis: Int
    let extent: Size
    let starts: [Recurrence.Start]
  }

  private let direction: Recurrence.Direction
  private let first: Size
  private let count: Size
  private let lines: [Line]
  private let reads: [Recurrence.Read]
  private let arguments: [NormalForm]
  /// Which of the sequences it is.
  private let line: Int

  init(
    _ recurrence: Recurrence, _ line: Int, form: (TensorExpression) -> NormalForm
  ) {
    direction = recurrence.direction
    first = recurrence.first
    count = recurrence.count
    reads = recurrence.reads
    arguments = recurrence.arguments.map(form)
    lines = recurrence.lines.map {
      Line(
        body: form($0.body), shape: $0.body.shape, axis: $0.axis, extent: $0.extent,
        starts: $0.starts)
    }
    self.line = line
  }
}
