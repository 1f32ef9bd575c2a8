import TensorExpressions

/// Index tensors in code: numbers of places, and as tensors of their own only where nothing is looked up.
extension ArrayWriter {
  /// `(arange(V) == idx[..., None])` as numbers; ignored entries are nowhere 1.
  func oneHotLine(_ name: String, of symbol: TensorExpression) -> String {
    let count = symbol.shape.last?.description ?? "0"
    return "\(name) = "
      + printer.oneHot(symbol.name ?? "", count, ignored: symbol.ignoredClass.map { "\($0)" })
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

extension PythonPrinter {
  /// 1 at the places that an index tensor names, 0 elsewhere, its classes along a last axis.
  func oneHot(_ name: String, _ count: String, ignored: String? = nil) -> String {
    let indices = "\(name)[..., None]"
    let device = dialect == .torch ? ", device=\(name).device" : ""
    let test = "\(dialect.module)arange(\(count)\(device)) == \(indices)"
    return numbers(ignored.map { "(\(test)) & (\(indices) != \($0))" } ?? test)
  }

  /// A comparison as 0 and 1.
  func numbers(_ test: String) -> String {
    if dialect == .torch, let reference { return "(\(test)).to(\(reference).dtype)" }
    return "((\(test)) * 1.0)"
  }
}

/// Index tensors of array libraries in the terms of whole numbers.
struct PlacesAsNumbers {
  private let printer: PythonPrinter

  init(_ dialect: Dialect, reference: String?) {
    printer = PythonPrinter(dialect: dialect, reference: reference)
  }

  /// Expressions in which an index tensor that ignores entries is read at places that exist, times 1 where nothing is
  /// ignored; and its numbers are its name.
  func applied(to roots: [TensorExpression]) -> [TensorExpression] {
    TensorExpression.rebuilding(roots) { node in
      guard let c = node.asContraction,
        let hot = c.operands.map(\.value).first(where: \.isIndexSymbol)
      else { return node }
      if node === hot.lastPlaces { return number(hot) }
      if let place = c.lookups.first(where: { c.isAlone($0.value.index, beside: $0.key) }) {
        return counting(node, c, place.key, place.value)
      }
      let ignored = c.lookups.keys.filter { c.operands[$0].value.structure.ignoredIndex != nil }
      return ignored.isEmpty ? node : readingKept(node, c, ignored)
    }
  }

  /// The numbers of an index tensor, 0 where it is ignored.
  private func number(_ hot: TensorExpression) -> TensorExpression {
    let name = hot.name ?? ""
    let test = hot.structure.ignoredIndex.map { "(\(name) != \($0)) * \(name)" } ?? name
    return symbol(printer.numbers(test), hot.declaredShape, hot.space)
  }

  /// An operand of which every entry counts alike: 1 where it is not ignored.
  private func counting(
    _ node: TensorExpression, _ c: Contraction, _ position: Int, _ place: IndexPlace
  ) -> TensorExpression {
    var operands = c.operands
    let hot = operands.remove(at: position).value
    if let name = hot.name, let number = hot.structure.ignoredIndex {
      let kept = symbol(printer.numbers("\(name) != \(number)"), hot.declaredShape, node.space)
      operands.append(Contraction.Operand(kept, place.access))
    }
    var indices = c.indices
    indices[place.index] = .one
    return node.space.contraction(
      Contraction(
        coefficient: c.coefficient, indices: indices, output: c.output, operands: operands,
        guards: c.guards), shape: node.shape)
  }

  private func readingKept(
    _ node: TensorExpression, _ c: Contraction, _ ignored: [Int]
  ) -> TensorExpression {
    var operands = c.operands
    for position in ignored.sorted() {
      let (hot, access) = (operands[position].value, operands[position].access)
      guard let name = hot.name, let number = hot.structure.ignoredIndex, let count = hot.shape.last
      else { continue }
      let shape = hot.declaredShape
      let kept = symbol(printer.numbers("\(name) != \(number)"), shape, node.space)
      let places = node.space.index(number < 0 ? existing(name) : name, shape, below: count)
      operands[position] = Contraction.Operand(places, access)
      operands.append(Contraction.Operand(kept, Array(access.dropLast())))
    }
    return node.space.contraction(
      Contraction(
        coefficient: c.coefficient, indices: c.indices, output: c.output, operands: operands,
        guards: c.guards), shape: node.shape)
  }

  /// Places of which those that do not exist are the first.
  private func existing(_ name: String) -> String {
    switch printer.dialect {
    case .torch: "\(name).clamp(min=0)"
    case .language, .numpy, .jax: printer.call("\(printer.dialect.module)maximum", [name, "0"])
    }
  }

  private func symbol(
    _ text: String, _ shape: [Size], _ space: ExpressionSpace
  ) -> TensorExpression {
    space.symbol(TensorSymbol(text, role: .constant), shape: shape)
  }
}

extension CodeTarget.Family {
  /// Expressions whose index tensors are read as the family reads them.
  func readingPlaces(_ roots: [TensorExpression], reference: String?) -> [TensorExpression] {
    switch self {
    case .arrays(let dialect): PlacesAsNumbers(dialect, reference: reference).applied(to: roots)
    case .loops: roots
    }
  }
}

extension Contraction {
  /// Whether only one operand mentions an index.
  fileprivate func isAlone(_ index: Int, beside position: Int) -> Bool {
    !output.contains { $0.mentions(index) } && !guards.contains { $0.coordinate.mentions(index) }
      && operands.indices.allSatisfy { other in
        other == position || !operands[other].access.contains { $0.mentions(index) }
      }
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
  var withoutRanks: Extremum {
    let count = outputExtents.count
    return Extremum(
      kind: kind, ties: ties, operand: operand, outputExtents: Array(outputExtents.dropLast()),
      windowExtents: windowExtents,
      access: access.map { $0.renumbered { $0 >= count ? $0 - 1 : $0 } })
  }
}
