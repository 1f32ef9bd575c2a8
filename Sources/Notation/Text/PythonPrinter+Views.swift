import TensorExpressions

/// Views and constant patterns.
extension PythonPrinter {
  func view(_ view: FormulaView, _ x: Formula) -> String {
    let atom = string(x, .atom)
    switch view {
    case .transpose: return "\(atom).T"
    case .matrixTranspose: return "\(atom).mT"
    case .permute(let axes):
      return dialect.permute(atom, axes.map { "\($0)" }.joined(separator: ", "))
    case .reshape(let shape):
      // A scalar has no extents to name.
      if shape.isEmpty { return dialect == .language ? "sum(\(string(x)))" : "\(atom).reshape(())" }
      return "\(atom).reshape(\(sizes(shape)))"
    case .slice(let slices): return atom + "[" + self.slices(slices) + "]"
    case .flip(let axes): return flip(string(x), axes)
    case .roll(let shift, let axis, let rank):
      let axes = dialect == .torch ? "dims" : "axis"
      return call(
        "\(dialect.module)roll",
        [string(x), shift.description] + (rank == 1 ? [] : ["\(axes)=\(axis)"]))
    case .pad(let pairs): return pad(x, pairs)
    case .broadcast(let shape):
      return call(dialect.broadcast, [string(x), tuple(shape.map(\.description))])
    case .diagonal: return call(dialect.diagonal, [string(x)])
    case .lowerTriangle(let offset):
      return call(dialect.lowerTriangle, [string(x)] + (offset == 0 ? [] : ["\(offset)"]))
    case .upperTriangle(let offset):
      return call(dialect.upperTriangle, [string(x)] + (offset == 0 ? [] : ["\(offset)"]))
    }
  }

  private func slices(_ slices: [FormulaSlice]) -> String {
    var used = slices
    while used.count > 1, used.last == .all { used.removeLast() }
    return used.map { slice in
      switch slice {
      case .all: return ":"
      case .index(let index): return index.description
      case .array(.function("arange", let count)):
        return call(dialect.function("arange"), count.map(string))
      case .array(let indices): return string(indices)
      case .range(let start, let stop, let step, let extent):
        var text = start.isZero ? "" : place(start, extent)
        text += ":"
        if !isLast(stop, of: extent, step) { text += place(stop, extent) }
        return step == 1 ? text : "\(text):\(step)"
      }
    }.joined(separator: ", ")
  }

  /// Whether the last step that `stop` allows is the last one that the axis allows.
  private func isLast(_ stop: Size, of extent: Size, _ step: Int) -> Bool {
    let left = extent - stop
    let facts = SizeFacts(positives: [extent])
    return facts.isNonnegative(left) && facts.isAtMost(left, Size(step - 1))
  }

  /// A place on an axis, counted from its end where that is shorter.
  private func place(_ place: Size, _ extent: Size) -> String {
    guard let left = (extent - place).asInt, left > 0 else { return place.description }
    if let number = place.asInt, number <= left { return place.description }
    return "-\(left)"
  }

  private func flip(_ x: String, _ axes: [Int]) -> String {
    switch dialect {
    case .torch: call("torch.flip", [x, tuple(axes.map { "\($0)" })])
    case .numpy, .jax: call("\(dialect.module)flip", [x, "axis=\(self.axes(axes))"])
    case .language: axes.reduce(x) { call("flip", [$0, "axis=\($1)"]) }
    }
  }

  private func pad(_ x: Formula, _ pairs: [FormulaPadding]) -> String {
    if dialect == .torch {
      // PyTorch counts from the last axis.
      let flat = pairs.reversed().flatMap { [$0.before.description, $0.after.description] }
      return call("F.pad", [string(x), tuple(flat)])
    }
    return call(
      dialect == .language ? "pad" : "\(dialect.module)pad",
      [string(x), tuple(pairs.map { "(\($0.before), \($0.after))" })])
  }

  func filled(_ pattern: FilledPattern) -> String {
    switch pattern {
    case .zeros(let shape): call(dialect.filled("zeros"), shapeArguments(shape) + elementType)
    case .ones(let shape): call(dialect.filled("ones"), shapeArguments(shape) + elementType)
    case .identity(let n): call(dialect.filled("eye"), [n.description] + elementType)
    }
  }

  private func shapeArguments(_ shape: [Size]) -> [String] {
    dialect == .language
      ? shape.map(\.description) : [tuple(shape.map(\.description))]
  }
}
