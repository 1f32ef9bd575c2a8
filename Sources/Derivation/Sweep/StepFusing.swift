import TensorExpressions

extension Recurrence {
  /// The recurrence in which the parts of a concatenation that multiply a line which nothing else reads are that line.
  ///
  /// ```
  /// r[t] = dc[t] * i[t]                             r[t] = dc[t] * i[t] * g[t] * (1 - g[t])
  /// da[t] = concat([r[t] * g[t] * (1 - g[t]), …])   da[t] = concat([r[t], …])
  /// ```
  ///
  /// All other lines say what they said: with the moved lines put in, each is proved to be the same formula of a step.
  ///
  /// - Parameter unread: the lines that nothing outside of the recurrence reads.
  /// - Returns: nil where there is no such part.
  public func fusingFactors(into unread: Set<Int>, facts: SizeFacts) -> Recurrence? {
    let simplifier = Simplifier(facts: facts)
    let normalizer = Normalizer(facts: facts, expandsNames: false, workLimit: 60_000)
    var bodies = lines.map(\.body)
    var hasMoved = false
    for place in bodies.indices {
      guard let whole = Stitching(bodies[place]) else { continue }
      var parts = whole.parts
      var moved: [(symbol: TensorExpression, line: Int)] = []
      let before = bodies
      for position in parts.indices {
        guard let (line, symbol) = factor(of: parts[position], among: unread, in: bodies) else {
          continue
        }
        bodies[line] = simplifier.simplified(
          parts[position].replacing([symbol: bodies[line]]))
        parts[position] = symbol
        moved.append((symbol, line))
      }
      if moved.isEmpty { continue }
      bodies[place] = whole.sum(of: parts, shape: bodies[place].shape)
      func puttingIn(_ bodies: [TensorExpression]) -> TensorExpression {
        moved.reduce(bodies[place]) { $0.replacing([$1.symbol: bodies[$1.line]]) }
      }
      if normalizer.provesEqual(puttingIn(before), puttingIn(bodies)) {
        hasMoved = true
      } else {
        bodies = before
      }
    }
    return hasMoved ? replacingBodies(bodies) : nil
  }

  /// The line of which a part is a multiple, where it is the only place that reads the line.
  private func factor(
    of part: TensorExpression, among unread: Set<Int>, in bodies: [TensorExpression]
  ) -> (line: Int, symbol: TensorExpression)? {
    guard let product = part.asContraction, product.isPointwise(over: part.shape) else {
      return nil
    }
    for (line, symbol) in plainReads(of: unread) where symbol.shape == part.shape {
      let factors = product.operands.filter { $0.value === symbol }
      let symbols = product.operands.flatMap { TensorExpression.symbols(of: [$0.value]) }
      guard factors.count == 1, factors[0].access == product.output,
        symbols.count(where: { $0 === symbol }) == 1,
        bodies.count(where: { TensorExpression.symbols(of: [$0]).contains(symbol) }) == 1,
        bodies.reduce(0, { $0 + uses(of: symbol, in: $1) }) == 1,
        symbols.allSatisfy({ isKnown($0, before: line) || $0 === symbol })
      else { continue }
      return (line, symbol)
    }
    return nil
  }

  /// Lines that are read at their own step alone, with what stands for them.
  private func plainReads(of lines: Set<Int>) -> [(line: Int, symbol: TensorExpression)] {
    lines.sorted().compactMap { line in
      let own = reads.filter {
        if case .line(line, _) = $0.source { true } else { false }
      }
      guard own.count == 1, own[0].source == .line(line, offset: 0) else { return nil }
      return (line, own[0].symbol)
    }
  }

  /// At how many places a body reads a symbol.
  private func uses(of symbol: TensorExpression, in body: TensorExpression) -> Int {
    TensorExpression.postorder(of: [body]).reduce(0) { count, node in
      count + node.operands.count { $0 === symbol }
    }
  }

  /// Whether what a symbol stands for is there before a line is computed.
  private func isKnown(_ symbol: TensorExpression, before line: Int) -> Bool {
    switch sources[symbol] {
    case .line(let other, let offset): offset != 0 || other < line
    case .whole, .entry, nil: true
    }
  }
}
