import TensorExpressions

/// Functions, reductions, views and convolutions in type.
extension MathLayout {
  func function(_ name: String, _ arguments: [Formula]) -> Part {
    let parts = arguments.map { tree($0) }
    switch name {
    case "pi" where arguments.isEmpty: return (MathNames.tree(name), .atom)
    case "sqrt": return (.root(parts[0]), .atom)
    case "inv":
      return (
        .superscript(tree(arguments[0], .atom), .row([.sign(.minus), .number("1")])), .power
      )
    case "outer":
      return (
        .row([
          tree(arguments[0], .sign), .sign(.thinSpace),
          .superscript(tree(arguments[1], .atom), .sign(.transpose)),
        ]), .product
      )
    case "step":
      return (
        .row([
          .word("1"), .fenced(.brackets, .row([parts[0], .sign(.greater), .number("0")])),
        ]), .atom
      )
    case "equal":
      return (
        .row([.word("1"), .fenced(.brackets, .row([parts[0], .sign(.equals), parts[1]]))]), .atom
      )
    case "abs": return (.fenced(.bars, parts[0]), .atom)
    case "norm2": return (.subscripted(.fenced(.doubleBars, parts[0]), .number("2")), .atom)
    case "trace": return (.call(.word("tr"), parts), .atom)
    case "sigmoid":
      return (.call(.identifier(MathSymbol(latex: "\\sigma", unicode: "σ")), parts), .atom)
    default: return (.call(.word(name), parts), .atom)
    }
  }

  func reduction(_ reduction: FormulaReduction, _ x: Formula) -> MathTree {
    guard let axes = reduction.axes else { return .call(.word(reduction.kind.rawValue), [tree(x)]) }
    let places = MathTree.list(axes.map { .number("\($0)") })
    return .call(.subscripted(.word(reduction.kind.rawValue), places), [tree(x)])
  }

  func view(_ view: FormulaView, _ x: Formula) -> Part {
    switch view {
    case .transpose, .matrixTranspose:
      return (.superscript(tree(x, .atom), .sign(.transpose)), .power)
    case .permute(let axes):
      return named("permute", .list(axes.map { .number("\($0)") }), x)
    case .reshape(let shape): return named("reshape", product(of: shape), x)
    case .broadcast(let shape): return named("broadcast", product(of: shape), x)
    case .slice(let slices):
      return (.subscripted(tree(x, .atom), .list(slices.map(slice))), .atom)
    case .flip(let axes): return named("flip", .list(axes.map { .number("\($0)") }), x)
    case .roll(let shift, let axis, let rank):
      let places = MathTree.list([size(shift)] + (rank == 1 ? [] : [.number("\(axis)")]))
      return named("roll", places, x)
    case .pad(let pairs):
      return named(
        "pad",
        .list(
          pairs.map { .fenced(.parentheses, .list([size($0.before), size($0.after)])) }), x)
    case .diagonal: return (.call(.word("diag"), [tree(x)]), .atom)
    case .lowerTriangle(let k): return triangle("tril", k, x)
    case .upperTriangle(let k): return triangle("triu", k, x)
    }
  }

  private func named(_ name: String, _ below: MathTree, _ x: Formula) -> Part {
    (.call(.subscripted(.word(name), below), [tree(x)]), .atom)
  }

  private func triangle(_ name: String, _ offset: Int, _ x: Formula) -> Part {
    offset == 0
      ? (.call(.word(name), [tree(x)]), .atom) : named(name, .number("\(offset)"), x)
  }

  private func product(of shape: [Size]) -> MathTree {
    .row(Array(shape.map { [size($0)] }.joined(separator: [.sign(.cross)])))
  }

  private func slice(_ slice: FormulaSlice) -> MathTree {
    switch slice {
    case .all: return .sign(.colon)
    case .index(let index): return size(index)
    case .array(let indices): return tree(indices)
    case .range(let start, let stop, let step, let extent):
      var items: [MathTree] = start.isZero ? [] : size(start).items
      items.append(.sign(.colon))
      if stop != extent { items += size(stop).items }
      if step != 1 { items += [.sign(.colon), .number("\(step)")] }
      return .row(items)
    }
  }

  func filled(_ pattern: FilledPattern) -> MathTree {
    switch pattern {
    case .zeros(let shape): .subscripted(.word("0"), product(of: shape))
    case .ones(let shape): .subscripted(.word("1"), product(of: shape))
    case .identity(let n):
      .subscripted(.identifier(MathSymbol(latex: "I", unicode: "I")), size(n))
    }
  }

  /// The sum over the letters that the result does not have.
  func einsum(_ subscripts: String, _ operands: [Formula]) -> MathTree {
    let sides = subscripts.split(separator: "-", omittingEmptySubsequences: false)
    let inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    let output = (sides.last ?? "").filter { $0 != ">" }
    func letters(_ text: some Sequence<Character>) -> MathTree {
      .row(text.map { .identifier(MathSymbol(latex: String($0), unicode: String($0))) })
    }
    var seen: Set<Character> = []
    let summed = sides[0].filter { $0 != "," && !output.contains($0) && seen.insert($0).inserted }
    var items: [MathTree] = summed.isEmpty ? [] : [.subscripted(.sign(.sum), letters(summed))]
    for (input, operand) in zip(inputs, operands) {
      items.append(.subscripted(tree(operand, .atom), letters(input)))
    }
    return output.isEmpty
      ? .row(items) : .subscripted(.fenced(.brackets, .row(items)), letters(output))
  }

  // MARK: Windows

  func convolution(_ c: FormulaConvolution) -> MathTree {
    var settings: [MathTree] = []
    func add(_ name: String, _ values: [Size], unless common: Size) {
      if values.allSatisfy({ $0 == common }) { return }
      let isUniform = values.allSatisfy { $0 == values[0] }
      settings.append(
        .row([
          .word(name), .sign(.equals),
          isUniform ? size(values[0]) : .fenced(.parentheses, .list(values.map(size))),
        ]))
    }
    add("stride", c.strides, unless: .one)
    add("padding", c.paddings.map(\.before), unless: .zero)
    if c.paddings.contains(where: { $0.before != $0.after }) {
      add("after", c.paddings.map(\.after), unless: Size(-1))
    }
    add("dilation", c.dilations, unless: .one)
    add("groups", [c.groups], unless: .one)
    if let output = c.outputExtents { add("size", output, unless: .zero) }
    let word = MathTree.word("conv")
    let name: MathTree = c.isTransposed ? .superscript(word, .sign(.transpose)) : word
    return .call(
      settings.isEmpty ? name : .subscripted(name, .list(settings)),
      [tree(c.image), tree(c.kernel)]
    )
  }

  func pooling(_ p: FormulaPooling, suffix: String) -> MathTree {
    let window = MathTree.row(
      Array(p.window.map { [size($0)] }.joined(separator: [.sign(.cross)])))
    return .call(
      .subscripted(.word("\(p.kind == .average ? "avgpool" : "maxpool")\(suffix)"), window),
      [tree(p.operand)])
  }
}
