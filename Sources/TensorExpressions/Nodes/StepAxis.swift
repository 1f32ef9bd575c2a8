/// The steps of a recurrence as a leading axis, and values of one step as values of all of them.
public struct StepAxis: Hashable, Sendable {
  /// The step that place 0 of the axis stands for.
  public let first: Size
  /// How many steps there are.
  public let count: Size

  public init(first: Size, count: Size) {
    self.first = first
    self.count = count
  }

  /// What the steps read of a value along one of its axes, with the steps in front; zero outside of the
  /// value, and given numbers at given places outside.
  ///
  /// - Parameter coordinate: the place that is read, in which index 0 is the step.
  public func entries(
    of value: TensorExpression, axis: Int, at coordinate: Affine,
    starts: [(step: Size, value: TensorExpression)] = []
  ) -> TensorExpression {
    var rest = value.shape
    rest.remove(at: axis)
    let shape = [count] + rest
    var access = rest.indices.map { Affine.index($0 + 1) }
    access.insert(coordinate.substituting(0, by: Affine.index(0) + first), at: axis)
    let inside = value.reindexed(access, to: shape)
    let space = value.space
    let outside = starts.map { start in
      // The coordinate is the step and an offset.
      let place = start.step - coordinate.constant - first
      return space.contraction(
        Contraction(
          indices: rest, output: [.constant(place)] + rest.indices.map(Affine.index),
          operands: [.init(start.value, rest.indices.map(Affine.index))]), shape: shape)
    }
    return space.sum([inside] + outside, shape: shape)
  }

  /// Puts the values of all steps on an axis of a tensor; zero at its other places.
  public func placed(_ steps: TensorExpression, axis: Int, extent: Size) -> TensorExpression {
    let rest = Array(steps.shape.dropFirst())
    var shape = rest
    shape.insert(extent, at: axis)
    return scattered(steps, axis: axis, at: .index(0), to: shape)
  }

  /// Adds what the steps give at the coordinate that they read: the adjoint of ``entries(of:axis:at:starts:)``.
  public func scattered(
    _ steps: TensorExpression, axis: Int, at coordinate: Affine, to shape: [Size]
  ) -> TensorExpression {
    var output = (1..<steps.rank).map(Affine.index)
    output.insert(coordinate.substituting(0, by: Affine.index(0) + first), at: axis)
    return steps.space.contraction(
      Contraction(
        indices: steps.shape, output: output,
        operands: [.init(steps, steps.shape.indices.map(Affine.index))]), shape: shape)
  }

  /// The sum over all steps.
  public func sum(_ steps: TensorExpression) -> TensorExpression {
    steps.space.contraction(
      Contraction(
        indices: steps.shape, output: (1..<steps.rank).map(Affine.index),
        operands: [.init(steps, steps.shape.indices.map(Affine.index))]),
      shape: Array(steps.shape.dropFirst()))
  }

  /// The value that every step has.
  public func repeated(_ value: TensorExpression) -> TensorExpression {
    value.reindexed(value.shape.indices.map { .index($0 + 1) }, to: [count] + value.shape)
  }

  /// One step's formula for all steps at once, with the steps as a leading axis.
  ///
  /// - Parameters:
  ///   - arrays: what the symbols of the formula are at all steps, with the steps in front.
  ///   - wholes: what other symbols are, the same at every step.
  /// - Returns: nil where a part has no form with further axes, as an inverse.
  public func lifted(
    _ body: TensorExpression, arrays: [TensorExpression: TensorExpression],
    wholes: [TensorExpression: TensorExpression] = [:]
  ) -> TensorExpression? {
    var moving: [TensorExpression: TensorExpression] = arrays
    var fixed = wholes
    for node in TensorExpression.postorder(of: [body]) {
      if moving[node] != nil || fixed[node] != nil { continue }
      if !node.operands.contains(where: { moving[$0] != nil }) {
        fixed[node] = node.replacingOperands(node.operands.map { fixed[$0] ?? $0 })
        continue
      }
      let operands = node.operands.map { operand in
        (moving[operand] ?? fixed[operand] ?? operand, moving[operand] != nil)
      }
      guard let new = lifted(node, operands) else { return nil }
      moving[node] = new
    }
    return moving[body] ?? repeated(fixed[body] ?? body)
  }

  /// One node over operands of which some have the leading axis.
  private func lifted(
    _ node: TensorExpression, _ operands: [(value: TensorExpression, isMoving: Bool)]
  ) -> TensorExpression? {
    let space = node.space
    func whole() -> [TensorExpression] {
      operands.map { $0.isMoving ? $0.value : repeated($0.value) }
    }
    func shifted(_ access: [Affine]) -> [Affine] { access.map { $0.renumbered { $0 + 1 } } }
    switch node.kind {
    case .symbol: return nil
    case .sum: return space.sum(whole(), shape: [count] + node.shape)
    case .elementwise(let function, _): return space.elementwise(function, whole())
    case .named: return operands[0].value
    case .contraction(let c):
      let new = zip(c.operands, operands).map { old, operand in
        Contraction.Operand(
          operand.value, (operand.isMoving ? [.index(0)] : []) + shifted(old.access))
      }
      return space.contraction(
        Contraction(
          coefficient: c.coefficient, indices: [count] + c.indices,
          output: [.index(0)] + shifted(c.output), operands: new,
          guards: c.guards.map { .init($0.coordinate.renumbered { $0 + 1 }, below: $0.extent) }),
        shape: [count] + node.shape)
    case .extremum(let e): return space.extremum(lifted(e, operands[0].value))
    case .selector(let e): return space.selector(lifted(e, operands[0].value))
    case .inverse, .determinant, .cholesky, .recurrence: return nil
    }
  }

  private func lifted(_ e: Extremum, _ operand: TensorExpression) -> Extremum {
    e.moved(
      to: operand, [count] + e.outputExtents, e.windowExtents,
      [.index(0)] + e.access.map { $0.renumbered { $0 + 1 } })
  }
}

extension Recurrence {
  /// The steps as an axis.
  public var steps: StepAxis { StepAxis(first: first, count: count) }

  /// What a read's symbol is at all steps, with the steps in front; nil for a value that is the same at every step.
  ///
  /// - Parameter sequences: the sequences as they are read.
  public func array(
    _ source: Source, over sequences: [TensorExpression]
  ) -> TensorExpression? {
    switch source {
    case .whole: nil
    case .entry(let argument, let axis, let coordinate):
      steps.entries(of: arguments[argument], axis: axis, at: coordinate)
    case .line(let line, let offset):
      steps.entries(
        of: sequences[line], axis: lines[line].axis, at: .index(0) + Size(offset),
        starts: lines[line].starts.filter { !$0.isInside }.map { ($0.step, arguments[$0.argument]) }
      )
    }
  }

  /// A formula over the reads for all steps at once, with the steps in front.
  ///
  /// - Parameter further: what symbols that are no reads are at all steps.
  public func lifted(
    _ body: TensorExpression, over sequences: [TensorExpression],
    further: [TensorExpression: TensorExpression] = [:]
  ) -> TensorExpression? {
    var arrays = further
    var wholes: [TensorExpression: TensorExpression] = [:]
    let used = Set(TensorExpression.symbols(of: [body]))
    for read in reads where used.contains(read.symbol) {
      if case .whole(let argument) = read.source {
        wholes[read.symbol] = arguments[argument]
      } else {
        arrays[read.symbol] = array(read.source, over: sequences)
      }
    }
    return steps.lifted(body, arrays: arrays, wholes: wholes)
  }

  /// A sequence from the values of all steps, with its starts that are places of its own.
  public func sequence(_ line: Int, ofSteps values: TensorExpression) -> TensorExpression {
    let own = lines[line]
    let placed = steps.placed(values, axis: own.axis, extent: own.extent)
    let inside = own.starts.filter(\.isInside).map {
      arguments[$0.argument].placed(at: $0.step, ofNewAxis: own.axis, extent: own.extent)
    }
    return placed.space.sum([placed] + inside, shape: own.shape)
  }

  /// A sequence as its line says, in terms of the sequences: the equation that defines it.
  ///
  /// - Parameter sequences: what stands for the sequences; themselves where nothing is given.
  /// - Returns: nil where the line has no form for all steps at once.
  public func unfolded(
    _ line: Int, over sequences: [TensorExpression]? = nil
  ) -> TensorExpression? {
    lifted(lines[line].body, over: sequences ?? self.sequences).map { sequence(line, ofSteps: $0) }
  }
}

extension TensorExpression {
  /// The value at one place of a new axis, zero at its others.
  public func placed(at step: Size, ofNewAxis axis: Int, extent: Size) -> TensorExpression {
    var whole = shape
    whole.insert(extent, at: axis)
    var output = shape.indices.map(Affine.index)
    output.insert(.constant(step), at: axis)
    return space.contraction(
      Contraction(
        indices: shape, output: output, operands: [.init(self, shape.indices.map(Affine.index))]),
      shape: whole)
  }
}
