import TensorExpressions

/// Sequences some of whose places are values from before their first step.
extension RecurrencePullback {
  /// The cotangents of named sequences some of whose places are starts: what reaches those stands beside the steps.
  func nameWholes(
    _ arrays: [TensorExpression], _ unliftable: [Int: Int], _ result: inout Result
  ) {
    for (number, owner) in owners.enumerated() {
      guard let line = owner else { continue }
      let own = recurrence.lines[line]
      let places = own.starts.filter(\.isInside).map(\.step)
      let value = space.recurrence(recurrence, line: line)
      guard !places.isEmpty, let names = names[value] else { continue }
      let shape = sweep.leading + own.shape
      let starts = places.map { step in
        reaching(line, at: step, arrays, unliftable).placed(
          at: step, axis: lead + own.axis, in: shape)
      }
      let whole = space.sum([arrays[number]] + starts, shape: shape)
      for name in names { result.cotangents[name] = sweep.finish(name, whole) }
    }
  }

  /// What reaches one place of a sequence: from outside, and from the steps that read it.
  private func reaching(
    _ line: Int, at step: Size, _ arrays: [TensorExpression], _ unliftable: [Int: Int]
  ) -> TensorExpression {
    let own = recurrence.lines[line]
    let shape = sweep.leading + own.body.shape
    let outside = space.sum(terms[line] ?? [], shape: sweep.leading + own.shape)
    var access = shape.indices.map(Affine.index)
    access.insert(.constant(step), at: lead + own.axis)
    var found = outside.isZero ? [] : [outside.reindexed(access, to: shape)]
    for (place, pull) in pulls.enumerated() {
      guard case .line(line, let offset) = recurrence.reads[pull.read].source else { continue }
      let known = unliftable[place].map { arrays[$0].steps(of: recurrence, lead: 0) }
      guard let steps = known ?? lifted(pull.term, arrays) else { continue }
      let number = step - Size(offset) - recurrence.first
      found.append(
        steps.reindexed([.constant(number)] + shape.indices.map(Affine.index), to: shape))
    }
    return space.sum(found, shape: shape)
  }

  /// A start that is a place of its sequence gets what reaches that place from outside, too.
  func addInsideStarts(_ result: inout Result) {
    for (number, line) in recurrence.lines.enumerated() {
      let outside = space.sum(terms[number] ?? [], shape: sweep.leading + line.shape)
      guard !outside.isZero else { continue }
      for start in line.starts where start.isInside {
        let target = recurrence.arguments[start.argument]
        guard needed.contains(target) else { continue }
        var access = (0..<(lead + target.rank)).map(Affine.index)
        access.insert(.constant(start.step), at: lead + line.axis)
        result.contributions.append(
          (target, outside.reindexed(access, to: sweep.leading + target.shape)))
      }
    }
  }
}

extension TensorExpression {
  /// The value at one place of a new axis, zero elsewhere.
  fileprivate func placed(at step: Size, axis: Int, in whole: [Size]) -> TensorExpression {
    var output = shape.indices.map(Affine.index)
    output.insert(.constant(step), at: axis)
    return space.contraction(
      Contraction(
        indices: shape, output: output, operands: [.init(self, shape.indices.map(Affine.index))]),
      shape: whole)
  }
}
