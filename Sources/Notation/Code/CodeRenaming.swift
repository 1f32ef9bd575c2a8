import TensorExpressions

/// Gives every size, argument and value of a layer a name that the target allows and that nothing else has: a trailing
/// underscore tells it from one that is taken.
struct CodeRenaming {
  private var taken: Set<String>
  private(set) var sizes: [String: String] = [:]
  private var symbols: [String: String] = [:]
  private var values: [TensorExpression: String] = [:]
  /// The new names of the values, in the order in which they were made.
  private(set) var valueNames: [String] = []

  /// - Parameter roots: the layer's outputs and gradients; every name below them is considered.
  init(_ layer: LayerCode, roots: [TensorExpression], avoiding reserved: Set<String>) {
    taken = reserved
    for size in layer.sizes { sizes[size.name] = free(size.name) }
    let nodes = TensorExpression.postorder(of: layer.arguments + roots)
    for argument in layer.arguments {
      if let name = argument.name { symbols[name] = free(name) }
    }
    for node in nodes {
      guard case .symbol(let symbol) = node.kind, symbols[symbol.name] == nil else { continue }
      symbols[symbol.name] = free(symbol.name)
    }
    for node in nodes {
      guard case .named(let name, _) = node.kind else { continue }
      let new = free(name)
      values[node] = new
      valueNames.append(new)
    }
  }

  private mutating func free(_ name: String) -> String {
    var result = name
    while !taken.insert(result).inserted { result += "_" }
    return result
  }

  /// The new names, every one of them.
  var names: Set<String> { Set(sizes.values).union(symbols.values).union(values.values) }

  /// The roots under the new names.
  func renamed(_ roots: [TensorExpression]) -> [TensorExpression] {
    var memo: [TensorExpression: TensorExpression] = [:]
    for node in TensorExpression.postorder(of: roots) {
      memo[node] = rebuilt(node, node.operands.map { memo[$0] ?? $0 })
    }
    return roots.map { memo[$0] ?? $0 }
  }

  private func rebuilt(
    _ node: TensorExpression, _ operands: [TensorExpression]
  ) -> TensorExpression {
    let space = node.space
    let shape = node.shape.map(size)
    switch node.kind {
    case .symbol(let symbol):
      let name = symbols[symbol.name] ?? symbol.name
      return space.symbol(
        TensorSymbol(name, role: symbol.role, structure: symbol.structure), shape: shape)
    case .named(let name, _): return space.named(values[node] ?? name, operands[0])
    case .sum: return space.sum(operands, shape: shape)
    case .contraction(let c): return space.contraction(contraction(c, operands), shape: shape)
    case .elementwise(let function, _): return space.elementwise(function, operands)
    case .extremum(let e): return space.extremum(extremum(e, operands[0]))
    case .selector(let e): return space.selector(extremum(e, operands[0]))
    case .recurrence(let recurrence, let line):
      return space.recurrence(self.recurrence(recurrence, operands), line: line)
    case .inverse: return space.inverse(operands[0])
    case .determinant: return space.determinant(operands[0])
    case .cholesky: return space.cholesky(operands[0])
    }
  }

  private func recurrence(
    _ recurrence: Recurrence, _ arguments: [TensorExpression]
  ) -> Recurrence {
    let changed = changedSizes
    return Recurrence(
      direction: recurrence.direction, first: size(recurrence.first),
      count: size(recurrence.count),
      lines: recurrence.lines.map { line in
        .init(
          body: renamed([line.body])[0], axis: line.axis, extent: size(line.extent),
          starts: line.starts.map {
            .init(step: size($0.step), argument: $0.argument, isInside: $0.isInside)
          })
      },
      reads: recurrence.reads.map { read in
        var source = read.source
        if case .entry(let argument, let axis, let coordinate) = source {
          source = .entry(
            argument: argument, axis: axis, coordinate: coordinate.substitutingSizes(changed))
        }
        return .init(renamed([read.symbol])[0], source)
      }, arguments: arguments)
  }

  /// A size under the new names.
  func size(_ size: Size) -> Size { size.substituting(changedSizes) }

  private var changedSizes: [String: Size] {
    sizes.filter { $0.key != $0.value }.mapValues { Size($0) }
  }

  private func contraction(_ c: Contraction, _ operands: [TensorExpression]) -> Contraction {
    let changed = changedSizes
    func access(_ coordinates: [Affine]) -> [Affine] {
      coordinates.map { $0.substitutingSizes(changed) }
    }
    return Contraction(
      coefficient: c.coefficient.substituting(changed), indices: c.indices.map(size),
      output: access(c.output),
      operands: zip(c.operands, operands).map { Contraction.Operand($1, access($0.access)) },
      guards: c.guards.map {
        Contraction.Guard($0.coordinate.substitutingSizes(changed), below: size($0.extent))
      })
  }

  private func extremum(_ e: Extremum, _ operand: TensorExpression) -> Extremum {
    let changed = changedSizes
    return e.moved(
      to: operand, e.outputExtents.map(size), e.windowExtents.map(size),
      e.access.map { $0.substitutingSizes(changed) })
  }
}
