/// The first step of a recurrence, written out.
extension OpenRecurrence {
  /// The recurrence from its second step on: what some lines are at the first one are starts of theirs.
  ///
  /// So a running maximum from −∞, which is in no sequence, begins with its first entry.
  ///
  /// - Parameters:
  ///   - places: lines that depend on each other in a circle.
  ///   - known: the sequences of lines that are not among them.
  /// - Returns: nil where a value of the first step is −∞ still, a place of a sequence is, or steps further back are
  ///   read.
  public func afterFirstStep(
    of places: [Int], knowing known: [Int: TensorExpression]
  ) -> OpenRecurrence? {
    let step = direction == .forwards ? first : first + count - 1
    var values: [Int: TensorExpression] = [:]
    for place in places.sorted() {
      if lines[place].starts.contains(where: { $0.isInside && $0.value.holdsMinusInfinity }) {
        return nil
      }
      var reads: [TensorExpression: TensorExpression] = [:]
      for symbol in TensorExpression.symbols(of: [lines[place].body]) {
        guard let source = sources[symbol] else { continue }
        // Further back the second step would read −∞ as well.
        if case .line(let line, let offset) = source, offset != 0, offset != direction.previous,
          lines[line].starts.contains(where: { $0.value.holdsMinusInfinity })
        {
          return nil
        }
        guard let value = value(of: source, symbol.shape, at: step, values, known) else {
          return nil
        }
        reads[symbol] = value
      }
      let value = TensorExpression.rebuilding([lines[place].body]) { node in
        reads[node] ?? node.chosen
      }[0]
      guard !value.holdsMinusInfinity, !value.takesMinusInfinity else { return nil }
      values[place] = value
    }
    var later = self
    if direction == .forwards { later.first = first + 1 }
    later.count = count - 1
    for (place, value) in values {
      later.lines[place].starts = [Start(step: step, value: value, isInside: true)]
    }
    // From the second step on nothing reads what other lines begin with, which is −∞ nowhere then.
    for line in known.keys {
      later.lines[line].starts.removeAll { $0.value.holdsMinusInfinity && !$0.isInside }
    }
    return later
  }

  private func value(
    of source: Source, _ shape: [Size], at step: Size, _ values: [Int: TensorExpression],
    _ known: [Int: TensorExpression]
  ) -> TensorExpression? {
    func part(_ value: TensorExpression, _ axis: Int, _ coordinate: Affine) -> TensorExpression {
      value.part(at: coordinate.substituting(0, by: .constant(step)).constant, of: axis)
    }
    switch source {
    case .entry(let value, let axis, let coordinate): return part(value, axis, coordinate)
    case .line(let line, let offset):
      let start = lines[line].starts.first { $0.step == step + Size(offset) }
      if let start, offset != 0 { return start.value }
      // Its starts inside are places of the sequence.
      if let sequence = known[line] {
        return part(sequence, lines[line].axis, .index(0) + Size(offset))
      }
      if offset == 0 { return values[line] }
      guard offset == direction.previous else { return nil }
      return lines[line].body.space.zeros(shape)
    }
  }
}

extension TensorExpression {
  /// The branch that a condition chooses which is a number; else the value itself.
  fileprivate var chosen: TensorExpression {
    guard appliedFunction == .selectionRow,
      let condition = operands[0].asConstant?.asRational
    else { return self }
    return condition.signum() > 0 ? operands[1] : operands[2]
  }
}
