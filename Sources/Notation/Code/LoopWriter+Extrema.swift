import TensorExpressions

/// Maxima over windows, and the entries that they take.
extension LoopWriter {
  /// The window loops of an extremum, inside of those of its output.
  func nest(_ e: Extremum) -> (nest: LoopNest, outer: Int) {
    let extents = e.outputExtents + e.windowExtents
    let statement = IndexStatement(
      name: "", coefficient: .one,
      target: e.outputExtents.indices.map { extents[$0].isOne ? Affine() : .index($0) },
      shape: e.outputExtents, extents: extents,
      factors: [.entry(name: e.operand.name ?? "", access: access(e), shape: e.operand.shape)],
      divisors: [])
    let order = Array(extents.indices).filter { !extents[$0].isOne }
    let nest = LoopNest(statement, order: order, usedNames: usedNames)
    return (nest, order.count { $0 < e.outputExtents.count })
  }

  func entry(_ e: Extremum, _ names: [String]) -> String {
    "\(e.operand.name ?? "")[\(LoopText.place(access(e), e.operand.shape, names))]"
  }

  /// What is read, where an index over an extent of 1, which has no loop, is 0.
  private func access(_ e: Extremum) -> [Affine] {
    let extents = e.outputExtents + e.windowExtents
    return e.access.map { coordinate in
      coordinate.substituting { extents[$0].isOne ? .constant(.zero) : .index($0) }
    }
  }

  /// Loops over all levels of a range, with their tests.
  mutating func open(_ nest: LoopNest, _ levels: Range<Int>) {
    for level in levels { open(nest, level) }
  }

  private func comparison(_ e: Extremum) -> String { e.kind == .maximum ? ">" : "<" }

  /// Finds the extreme entry of a window; `whenFound` is done at a new one, `whenTied` at one more.
  private mutating func search(
    _ e: Extremum, _ nest: LoopNest, _ outer: Int, whenFound: [String] = [], whenTied: String? = nil
  ) {
    let value = entry(e, nest.names)
    let inner = depth
    open(nest, outer..<nest.order.count)
    open(language.condition(["\(value) \(comparison(e)) best"]))
    add("best = \(value)\(language.end)")
    for text in whenFound { add(text + language.end) }
    if let whenTied {
      depth -= 1
      let test = "\(value) == best"
      add(language == .cxx ? "} else if (\(test)) {" : "} else if \(test) {")
      depth += 1
      add(whenTied + language.end)
    }
    while depth > inner { close() }
  }

  private func start(_ e: Extremum) -> String {
    (e.kind == .maximum ? "-" : "") + language.infinity
  }

  mutating func write(_ e: Extremum, into name: String) {
    let (nest, outer) = nest(e)
    let top = depth
    open(nest, 0..<outer)
    add(language.realVariable("best", start(e)))
    search(e, nest, outer)
    let place = LoopText.place(nest.statement.target, e.outputExtents, nest.names)
    add("\(name)[\(place)] = best\(language.end)")
    while depth > top { close() }
  }

  mutating func writeSelector(_ e: Extremum, into name: String) {
    let (nest, outer) = nest(e)
    let extents = e.outputExtents + e.windowExtents
    let axes = extents.indices.map { extents[$0].isOne ? Affine() : Affine.index($0) }
    let target = "\(name)[\(LoopText.place(axes, extents, nest.names))]"
    let top = depth
    open(nest, 0..<outer)
    add(language.realVariable("best", start(e)))
    switch e.ties {
    case .first:
      add(language.wholeVariable("place", "-1"))
      let place = LoopText.place(axes, extents, nest.names)
      search(e, nest, outer, whenFound: ["place = \(place)"])
      open(language.condition(["place >= 0"]))
      add("\(name)[place] = \(language.number(1))\(language.end)")
    case .shared:
      add(language.realVariable("ties", language.number(0)))
      let one = language.number(1)
      search(e, nest, outer, whenFound: ["ties = \(one)"], whenTied: "ties += \(one)")
      open(nest, outer..<nest.order.count)
      open(language.condition(["\(entry(e, nest.names)) == best"]))
      add("\(target) = \(one) / ties\(language.end)")
    }
    while depth > top { close() }
  }
}
