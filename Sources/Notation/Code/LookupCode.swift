import TensorExpressions

/// Index tensors in code: their one-hot tensors are lines of their own.
extension ArrayWriter {
  /// `(arange(V) == idx[..., None])` as numbers; ignored entries are nowhere 1.
  func oneHotLine(_ name: String, of symbol: TensorExpression) -> String {
    let indices = "\(symbol.name ?? "")[..., None]"
    let count = symbol.shape.last?.description ?? "0"
    let device = dialect == .torch ? ", device=\(symbol.name ?? "").device" : ""
    var test = "\(dialect.module)arange(\(count)\(device)) == \(indices)"
    if let ignored = symbol.ignoredClass {
      test = "(\(test)) & (\(indices) != \(ignored))"
    }
    return "\(name) = \(numbers(test))"
  }

  /// The places of an order's entries, and the lines before.
  private mutating func order(_ e: Extremum) -> (lines: [String], windows: String, places: String) {
    let (lines, text) = windows(e.withoutRanks)
    let sign = e.kind == .maximum ? "-" : ""
    let places = freshName()
    let call =
      switch dialect {
      case .torch: "torch.argsort(\(sign)\(text), dim=-1, stable=True)"
      case .jax: "jnp.argsort(\(sign)\(text), axis=-1)"
      case .language, .numpy: "np.argsort(\(sign)\(text), axis=-1, kind=\"stable\")"
      }
    let count = e.outputExtents.last?.description ?? "0"
    return (lines + ["\(places) = \(call)[..., :\(count)]"], text, places)
  }

  mutating func orderedLines(_ e: Extremum, name: String) -> [String] {
    let (lines, windows, places) = order(e)
    let function = dialect == .torch ? "torch.take_along_dim" : "\(dialect.module)take_along_axis"
    return lines + ["\(name) = \(function)(\(windows), \(places), -1)"]
  }

  mutating func rankLines(_ e: Extremum, name: String) -> [String] {
    let (lines, _, places) = order(e)
    let device = dialect == .torch ? ", device=\(places).device" : ""
    let test = "\(dialect.module)arange(\(e.windowExtents[0])\(device)) == \(places)[..., None]"
    return lines + ["\(name) = \(numbers(test))"]
  }
}

extension LoopWriter {
  /// The one-hot tensor of an index tensor.
  mutating func writeOneHot(_ symbol: TensorExpression, into name: String) {
    declare(name, symbol.shape)
    let lead = count(Array(symbol.shape.dropLast()))
    let classes = count([symbol.shape.last ?? .one])
    let index = freshName()
    let place = freshName()
    open(language.loop(index, from: "0", to: lead, isCut: false))
    add(language.wholeConstant(place, "\(symbol.name ?? "")[\(index)]"))
    var tests = ["\(place) >= 0", "\(place) < \(classes)"]
    if let ignored = symbol.ignoredClass { tests.append("\(place) != \(ignored)") }
    open(language.condition(tests))
    add("\(name)[\(index) * (\(classes)) + \(place)] = \(language.number(1))\(language.end)")
    close()
    close()
  }
}

extension TensorExpression {
  /// The number of ignored entries of an index tensor, where it could be that of a class.
  var ignoredClass: Int? {
    structure.ignoredIndex.flatMap { $0 >= 0 ? $0 : nil }
  }
}

extension Extremum {
  /// The windows alone, one for all ranks.
  fileprivate var withoutRanks: Extremum {
    let count = outputExtents.count
    return Extremum(
      kind: kind, ties: ties, operand: operand, outputExtents: Array(outputExtents.dropLast()),
      windowExtents: windowExtents,
      access: access.map { $0.renumbered { $0 >= count ? $0 - 1 : $0 } })
  }
}
