import TensorExpressions

/// The tangents of a recurrence: a recurrence of the same direction and order, which is linear in them.
struct RecurrencePushforward {
  private let recurrence: Recurrence
  private let tangents: [TensorExpression]
  private let sequences: [TensorExpression]

  /// - Parameter tangents: those of the arguments.
  init(_ recurrence: Recurrence, tangents: [TensorExpression]) {
    self.recurrence = recurrence
    self.tangents = tangents
    sequences = recurrence.sequences
  }

  private static let firstSymbol = 1 << 20

  /// The tangents of the sequences.
  func pushed() throws(DerivationError) -> [TensorExpression] {
    guard let space = sequences.first?.space else { return [] }
    var open = OpenRecurrence(
      direction: recurrence.direction, first: recurrence.first, count: recurrence.count)
    var values: [TensorExpression: TensorExpression] = [:]
    var along: [TensorExpression: TensorExpression] = [:]
    var renamed: [TensorExpression: TensorExpression] = [:]
    for (number, read) in recurrence.reads.enumerated() {
      let symbol = space.stepSymbol(
        Self.firstSymbol + number, shape: read.symbol.shape, structure: read.symbol.structure)
      renamed[read.symbol] = symbol
      (values[symbol], along[symbol]) = reads(read, &open, space)
    }
    for line in recurrence.lines {
      let body = TensorExpression.rebuilding([line.body]) { renamed[$0] ?? $0 }[0]
      let folded = ForwardFolding(in: [body])[body]
      let tangent = try Pushforward()(folded, along: along)
      open.lines.append(
        .init(
          body: tangent.putting(values), axis: line.axis, extent: line.extent,
          starts: line.starts.filter { !tangents[$0.argument].isZero }.map {
            .init(step: $0.step, value: tangents[$0.argument], isInside: $0.isInside)
          }))
    }
    return open.closed(Array(open.lines.indices), knowing: [:]).sequences
  }

  /// What a read's value and tangent are in the new recurrence.
  private func reads(
    _ read: Recurrence.Read, _ open: inout OpenRecurrence, _ space: ExpressionSpace
  ) -> (TensorExpression, TensorExpression) {
    switch read.source {
    case .whole(let argument): return (recurrence.arguments[argument], tangents[argument])
    case .entry(let argument, let axis, let coordinate):
      return (
        open.entry(of: recurrence.arguments[argument], axis: axis, at: coordinate),
        open.entry(of: tangents[argument], axis: axis, at: coordinate)
      )
    case .line(let line, let offset):
      let own = recurrence.lines[line]
      let array = recurrence.steps.entries(
        of: sequences[line], axis: own.axis, at: .index(0) + Size(offset),
        starts: own.starts.filter { !$0.isInside }.map {
          ($0.step, recurrence.arguments[$0.argument])
        })
      return (
        open.entry(of: array, axis: 0, at: .index(0) + -recurrence.first),
        open.read(.line(line, offset: offset), shape: read.symbol.shape, in: space)
      )
    }
  }
}

extension TensorExpression {
  /// The expression with symbols replaced, what is put in being left as it is.
  fileprivate func putting(
    _ map: [TensorExpression: TensorExpression]
  ) -> TensorExpression {
    var memo = map
    for node in TensorExpression.postorder(of: [self]) where memo[node] == nil {
      memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
    }
    return memo[self] ?? self
  }
}
