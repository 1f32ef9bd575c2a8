/// Expressions with numbers in place of some sizes, and recurrences whose length is then a number written out
/// step by step.
///
/// At a length a recurrence *is* its unrolled expression, so that whatever is found of the one holds for the other.
public struct Unrolling {
  /// The numbers that replace sizes everywhere.
  private let sizes: [String: Size]
  /// The numbers that say how many steps there are.
  private let steps: [String: Size]
  private var memo: [TensorExpression: TensorExpression] = [:]
  private var sequences: [Recurrence: [TensorExpression]] = [:]

  /// Puts numbers in place of sizes everywhere, and writes out the recurrences whose length is a
  /// number then.
  public init(sizes: [String: Int]) {
    self.sizes = sizes.mapValues { Size($0) }
    steps = self.sizes
  }

  /// Leaves sizes as they are, and writes out as many steps as the numbers say.
  public init(steps: [String: Int]) {
    sizes = [:]
    self.steps = steps.mapValues { Size($0) }
  }

  /// The expression at those numbers.
  public mutating func callAsFunction(_ root: TensorExpression) -> TensorExpression {
    if sizes.isEmpty, !root.holdsRecurrences { return root }
    for node in TensorExpression.postorder(of: [root]) where memo[node] == nil {
      memo[node] = changed(node, node.operands.map { memo[$0] ?? $0 })
    }
    return memo[root] ?? root
  }

  private mutating func changed(
    _ node: TensorExpression, _ operands: [TensorExpression]
  ) -> TensorExpression {
    let space = node.space
    let shape = node.shape.map { $0.substituting(sizes) }
    switch node.kind {
    case .symbol(let symbol): return space.symbol(symbol, shape: shape)
    case .sum: return space.sum(operands, shape: shape)
    case .elementwise(let function, _): return space.elementwise(function, operands)
    case .inverse: return space.inverse(operands[0])
    case .determinant: return space.determinant(operands[0])
    case .cholesky: return space.cholesky(operands[0])
    case .named(let name, _): return space.named(name, operands[0])
    case .contraction(let c):
      return space.contraction(
        Contraction(
          coefficient: c.coefficient.substituting(sizes),
          indices: c.indices.map { $0.substituting(sizes) },
          output: c.output.map { $0.substitutingSizes(sizes) },
          operands: zip(c.operands, operands).map { old, new in
            .init(new, old.access.map { $0.substitutingSizes(sizes) })
          },
          guards: c.guards.map {
            .init($0.coordinate.substitutingSizes(sizes), below: $0.extent.substituting(sizes))
          }), shape: shape)
    case .extremum(let e): return space.extremum(changed(e, operands[0]))
    case .selector(let e): return space.selector(changed(e, operands[0]))
    case .recurrence(let recurrence, let line):
      let changed = changed(recurrence, operands)
      guard let count = changed.count.asInt, let first = changed.first.asInt else {
        return space.recurrence(changed, line: line)
      }
      if let known = sequences[changed] { return known[line] }
      let values = changed.unrolled(first: first, count: count)
      sequences[changed] = values
      return values[line]
    }
  }

  private func changed(_ e: Extremum, _ operand: TensorExpression) -> Extremum {
    e.moved(
      to: operand, e.outputExtents.map { $0.substituting(sizes) },
      e.windowExtents.map { $0.substituting(sizes) },
      e.access.map { $0.substitutingSizes(sizes) })
  }

  private mutating func changed(
    _ recurrence: Recurrence, _ arguments: [TensorExpression]
  ) -> Recurrence {
    let lines = recurrence.lines.map { line in
      Recurrence.Line(
        body: self(line.body), axis: line.axis, extent: line.extent.substituting(sizes),
        starts: line.starts.map {
          .init(step: $0.step.substituting(steps), argument: $0.argument, isInside: $0.isInside)
        })
    }
    let reads = recurrence.reads.map { read in
      var source = read.source
      if case .entry(let argument, let axis, let coordinate) = source {
        source = .entry(
          argument: argument, axis: axis, coordinate: coordinate.substitutingSizes(steps))
      }
      return Recurrence.Read(self(read.symbol), source)
    }
    return Recurrence(
      direction: recurrence.direction, first: recurrence.first.substituting(steps),
      count: recurrence.count.substituting(steps), lines: lines, reads: reads,
      arguments: arguments)
  }
}

extension Recurrence {
  /// How many steps there are, and as how many parts of formulas they would be written out; nil for a length that has
  /// no number.
  public func writtenOut(at sizes: [String: Int]) -> (steps: Int, parts: Int)? {
    guard let steps = count.substituting(sizes.mapValues { Size($0) }).asInt else { return nil }
    let body = TensorExpression.postorder(of: lines.map(\.body)).count
    let (parts, isMore) = steps.multipliedReportingOverflow(by: body)
    return (steps, isMore ? .max : parts)
  }

  /// The sequences written out step by step.
  func unrolled(first: Int, count: Int) -> [TensorExpression] {
    var values: [[Int: TensorExpression]] = Array(repeating: [:], count: lines.count)
    let steps = first..<(first + count)
    for step in direction == .forwards ? Array(steps) : steps.reversed() {
      for (number, line) in lines.enumerated() {
        var known: [TensorExpression: TensorExpression] = [:]
        for read in reads { known[read.symbol] = value(of: read, at: step, values, steps) }
        values[number][step] = TensorExpression.rebuilding([line.body]) { known[$0] ?? $0 }[0]
      }
    }
    return lines.enumerated().map { number, line in
      var places = values[number]
      for start in line.starts where start.isInside {
        if let step = start.step.asInt { places[step] = arguments[start.argument] }
      }
      return Self.assembled(places, line)
    }
  }

  /// What a read is at one step.
  private func value(
    of read: Read, at step: Int, _ values: [[Int: TensorExpression]], _ steps: Range<Int>
  ) -> TensorExpression? {
    switch read.source {
    case .whole(let argument): return arguments[argument]
    case .entry(let argument, let axis, let coordinate):
      let place = coordinate.substituting(0, by: .constant(Size(step))).constant
      return arguments[argument].part(at: place, of: axis)
    case .line(let line, let offset):
      if let known = values[line][step + offset] { return known }
      if steps.contains(step + offset) { return nil }
      let start = lines[line].starts.first { $0.step.asInt == step + offset }
      return start.map { arguments[$0.argument] } ?? read.symbol.space.zeros(read.symbol.shape)
    }
  }

  /// A sequence of its parts, halves put together again and again so that no sum is long.
  private static func assembled(
    _ parts: [Int: TensorExpression], _ line: Line
  ) -> TensorExpression {
    let space = line.body.space
    let places = parts.keys.sorted()
    func placed(_ value: TensorExpression, at offset: Int, _ extent: Size) -> TensorExpression {
      var shape = line.body.shape
      shape.insert(extent, at: line.axis)
      var output = value.shape.indices.map(Affine.index)
      output[line.axis] = output[line.axis] + Size(offset)
      return space.contraction(
        Contraction(
          indices: value.shape, output: output,
          operands: [.init(value, value.shape.indices.map(Affine.index))]), shape: shape)
    }
    func joined(_ range: ArraySlice<Int>, from start: Int, _ extent: Size) -> TensorExpression {
      var shape = line.body.shape
      shape.insert(extent, at: line.axis)
      if range.count <= 8 {
        return space.sum(
          range.compactMap { place in
            parts[place].map { placed($0.inserting(axis: line.axis), at: place - start, extent) }
          }, shape: shape)
      }
      let middle = range.startIndex + range.count / 2
      let halves = [range[..<middle], range[middle...]].map { half in
        let from = half.first ?? start
        let length = (half.last ?? from) - from + 1
        return placed(joined(half, from: from, Size(length)), at: from - start, extent)
      }
      return space.sum(halves, shape: shape)
    }
    return joined(places[...], from: 0, line.extent)
  }
}

extension TensorExpression {
  /// The part at one place of an axis, zero outside.
  public func part(at place: Size, of axis: Int) -> TensorExpression {
    var rest = shape
    rest.remove(at: axis)
    let isBefore = place.asInt.map { $0 < 0 } ?? false
    let isBehind = (place - shape[axis]).asInt.map { $0 >= 0 } ?? false
    if isBefore || isBehind { return space.zeros(rest) }
    var access = rest.indices.map(Affine.index)
    access.insert(.constant(place), at: axis)
    return reindexed(access, to: rest)
  }

  /// The value with an axis of extent 1.
  fileprivate func inserting(axis: Int) -> TensorExpression { insertingAxes([axis]) }
}
