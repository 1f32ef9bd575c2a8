import TensorExpressions

/// Maxima over windows, and the entries that they take.
extension ArrayWriter {
  /// The entries of every window behind the output's axes; those outside of the operand are infinite, and taken
  /// nowhere.
  mutating func windows(_ e: Extremum) -> (lines: [String], text: String) {
    let extents = e.outputExtents + e.windowExtents
    let statement = IndexStatement(
      name: "", coefficient: .one, target: extents.indices.map(Affine.index), shape: extents,
      extents: extents,
      factors: [
        .entry(name: e.operand.name ?? "", access: e.access, shape: e.operand.shape)
      ], divisors: [])
    let box = IndexBox(
      statement, facts: ExtentFacts(positives: extents + e.operand.shape), usedNames: usedNames)
    let infinity = (e.kind == .maximum ? "-" : "") + "\(dialect.module)inf"
    var (lines, found) = gathered(statement.factors[0], box, fill: infinity)
    let order = found.indices.sorted()
    if order != found.indices {
      let axes = order.compactMap { found.indices.firstIndex(of: $0) }.map { "\($0)" }
      found.text = dialect.permute(found.text, axes.joined(separator: ", "))
    }
    if order.count != extents.count {
      found.text += ".reshape(\(printer.sizes(extents)))"
    }
    let name = freshName()
    lines.append("\(name) = \(found.text)")
    return (lines, name)
  }

  private func extreme(_ e: Extremum, _ x: String, keepsAxes: Bool) -> String {
    let axes = Array(e.outputExtents.count..<(e.outputExtents.count + e.windowExtents.count))
    let reduction = FormulaReduction(
      kind: e.kind == .maximum ? .max : .min, axes: axes, keepsAxes: keepsAxes, rank: 0)
    return printer.string(.reduction(reduction, .name(x)))
  }

  mutating func extremumLines(_ e: Extremum, name: String) -> [String] {
    let (lines, text) = windows(e)
    return lines + ["\(name) = \(extreme(e, text, keepsAxes: false))"]
  }

  mutating func selectorLines(_ e: Extremum, name: String) -> [String] {
    var (lines, text) = windows(e)
    let hits = freshName()
    let axes = Array(e.outputExtents.count..<(e.outputExtents.count + e.windowExtents.count))
    switch e.ties {
    case .shared:
      lines.append("\(hits) = \(numbers("\(text) == \(extreme(e, text, keepsAxes: true))"))")
      let total = FormulaReduction(kind: .sum, axes: axes, keepsAxes: true, rank: 0)
      lines.append("\(name) = \(hits) / \(printer.string(.reduction(total, .name(hits))))")
    case .first:
      let outer = e.outputExtents.map(\.description) + ["-1"]
      lines.append("\(hits) = \(text).reshape(\(outer.joined(separator: ", ")))")
      let first = "\(hits).arg\(e.kind == .maximum ? "max" : "min")(-1)[..., None]"
      let test = "\(dialect.module)arange(\(hits).shape[-1]) == \(first)"
      let extents = e.outputExtents + e.windowExtents
      lines.append("\(name) = \(numbers(test)).reshape(\(printer.sizes(extents)))")
    }
    return lines
  }

  /// A comparison as 0 and 1.
  func numbers(_ test: String) -> String { printer.numbers(test) }
}
