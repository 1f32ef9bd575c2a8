import TensorExpressions

/// Sequences some of whose places are values from before their first step.
extension RecurrencePullback {
  /// What reaches those places: it is the cotangent of the start, and in a named sequence's own it stands beside the
  /// steps.
  func addInsideStarts(
    _ arrays: [TensorExpression], _ unliftable: [Int: Int], _ result: inout Result
  ) throws(DerivationError) {
    for (number, owner) in owners.enumerated() {
      guard let line = owner else { continue }
      let own = recurrence.lines[line]
      let starts = own.starts.filter(\.isInside)
      if starts.isEmpty { continue }
      var places: [TensorExpression] = []
      for start in starts {
        let reaching = try reaching(line, at: start.step, arrays, unliftable)
        places.append(
          reaching.placed(at: start.step, ofNewAxis: lead + own.axis, extent: own.extent))
        let target = recurrence.arguments[start.argument]
        if needed.contains(target), !reaching.isZero {
          result.contributions.append((target, reaching))
        }
      }
      let names = names[space.recurrence(recurrence, line: line)] ?? []
      let whole = space.sum([arrays[number]] + places, shape: sweep.leading + own.shape)
      for name in names { result.cotangents[name] = sweep.finish(name, whole) }
    }
  }

  /// What reaches one place of a sequence: from outside, and from the steps that read it.
  private func reaching(
    _ line: Int, at step: Size, _ arrays: [TensorExpression], _ unliftable: [Int: Int]
  ) throws(DerivationError) -> TensorExpression {
    let own = recurrence.lines[line]
    let shape = sweep.leading + own.body.shape
    let outside = space.sum(terms[line] ?? [], shape: sweep.leading + own.shape)
    var access = shape.indices.map(Affine.index)
    access.insert(.constant(step), at: lead + own.axis)
    var found = outside.isZero ? [] : [outside.reindexed(access, to: shape)]
    for (place, pull) in pulls.enumerated() {
      guard case .line(line, let offset) = recurrence.reads[pull.read].source else { continue }
      let steps = try steps(of: place, arrays, unliftable)
      let number = step - Size(offset) - recurrence.first
      found.append(
        steps.reindexed([.constant(number)] + shape.indices.map(Affine.index), to: shape))
    }
    return space.sum(found, shape: shape)
  }

  /// What is pulled back at every step, with the steps in front.
  func steps(
    of place: Int, _ arrays: [TensorExpression], _ unliftable: [Int: Int]
  ) throws(DerivationError) -> TensorExpression {
    if let line = unliftable[place] { return arrays[line].steps(of: recurrence, lead: 0) }
    guard let steps = lifted(pulls[place].term, arrays) else {
      throw .noFormForAllSteps
    }
    return steps
  }
}
