import TensorExpressions

/// The pullback of a recurrence: a recurrence again, with its direction and the order of its lines reversed.
///
/// A line's cotangent is what reaches it from outside, and what the cotangents of the lines that read it pull
/// back to it. Bodies are pulled back by the sweep itself. What is no sequence gets its gradient from the
/// whole arrays, a start from the reads that leave.
struct RecurrencePullback {
  let sweep: Pullback
  let recurrence: Recurrence
  let terms: [Int: [TensorExpression]]
  let names: [TensorExpression: [TensorExpression]]
  let needed: Set<TensorExpression>
  let space: ExpressionSpace

  /// The reads of the bodies under symbols that no other recurrence uses.
  private let fresh: [TensorExpression]
  private var open: OpenRecurrence
  /// The line of each sequence's cotangent.
  private var lineOf: [Int: Int] = [:]
  /// Which value each line of the derived recurrence is the cotangent of; nil for a part.
  private(set) var owners: [Int?] = []
  /// What each line's cotangent pulls back to a read of its body.
  private(set) var pulls: [(line: Int, read: Int, term: TensorExpression)] = []
  /// The symbols for lines of the derived recurrence.
  private var lineSymbols: [(symbol: TensorExpression, line: Int)] = []

  struct Result {
    var cotangents: [TensorExpression: TensorExpression] = [:]
    var contributions: [(TensorExpression, TensorExpression)] = []
  }

  init(
    _ sweep: Pullback, _ sequences: SequenceCotangents, _ sequence: TensorExpression,
    _ needed: Set<TensorExpression>
  ) {
    self.sweep = sweep
    self.needed = needed
    space = sequence.space
    names = sequences.names
    let own = sequence.asRecurrence
    recurrence =
      own?.recurrence
      ?? Recurrence(
        direction: .forwards, first: .zero, count: .one, lines: [], reads: [], arguments: [])
    terms = sequences.terms[recurrence] ?? [:]
    open = OpenRecurrence(
      direction: recurrence.direction.reversed, first: recurrence.first, count: recurrence.count)
    let space = space
    fresh = recurrence.reads.enumerated().map { number, read in
      space.stepSymbol(
        Self.firstSymbol + number, shape: read.symbol.shape, structure: read.symbol.structure)
    }
  }

  /// Above the numbers that a recurrence gives its own symbols.
  private static let firstSymbol = 1 << 20

  var lead: Int { sweep.leading.count }

  mutating func pulled() throws(DerivationError) -> Result {
    for line in recurrence.lines.indices.reversed() { try pullBack(line) }
    addCarries()
    for line in recurrence.lines.indices { setBody(line) }
    let unliftable = liftlessParts()
    for number in open.lines.indices {
      open.lines[number].body = sweep.stepForm.simplified(open.lines[number].body)
    }
    let derived = open.closed(Array(open.lines.indices), knowing: [:])
    return try results(derived, unliftable)
  }

  // MARK: Bodies

  private mutating func addLine(_ shape: [Size], axis: Int, extent: Size, owner: Int?)
    -> TensorExpression
  {
    let number = open.lines.count
    open.lines.append(.init(body: space.zeros(shape), axis: axis, extent: extent))
    owners.append(owner)
    let symbol = open.read(.line(number, offset: 0), shape: shape, in: space)
    lineSymbols.append((symbol, number))
    return symbol
  }

  /// The body over the fresh symbols, folded as every forward pass is, its compound arguments of functions under names.
  private func prepared(_ body: TensorExpression) -> TensorExpression {
    let map = Dictionary(
      zip(recurrence.reads.map(\.symbol), fresh)
    ) { first, _ in first }
    let renamed = TensorExpression.rebuilding([body]) { map[$0] ?? $0 }[0]
    let folded = ForwardFolding(in: [renamed])[renamed]
    let parts = Set(
      TensorExpression.postorder(of: [folded]).flatMap { node -> [TensorExpression] in
        node.isFunction ? node.operands : []
      }.filter { $0 !== folded && isCompound($0) })
    if parts.isEmpty { return folded }
    return folded.naming(parts, Self.partName)
  }

  private static let partName = "#part"

  /// Whether a part's cotangent is worth a line: it goes on to more than one place.
  private func isCompound(_ node: TensorExpression) -> Bool {
    guard node.name == nil else { return false }
    let symbols = TensorExpression.symbols(of: [node])
    return symbols.contains(where: \.isStepSymbol) && symbols.count > 1
  }

  private mutating func pullBack(_ line: Int) throws(DerivationError) {
    let own = recurrence.lines[line]
    let body = prepared(own.body)
    let seed = addLine(
      sweep.leading + own.body.shape, axis: lead + own.axis, extent: own.extent, owner: line)
    lineOf[line] = open.lines.count - 1
    var parts: [(number: Int, body: TensorExpression)] = []
    var copy = self
    let inner = Pullback(leading: sweep.leading) { node, cotangent in
      guard node.namedValue != nil else { return cotangent }
      let symbol = copy.addLine(
        cotangent.shape, axis: 0, extent: copy.recurrence.extent, owner: nil)
      parts.append((copy.open.lines.count - 1, cotangent))
      return symbol
    }
    let cotangents = try inner([(body, seed)], to: fresh)
    self = copy
    let value = space.stepSymbol(
      Self.firstSymbol + recurrence.reads.count + line, shape: own.body.shape)
    func told(_ expression: TensorExpression) -> TensorExpression {
      // The derivative in terms of the result reads the sequence.
      let plain = body.withoutNames(Self.partName)
      return expression.withoutNames(Self.partName).replacing(plain, with: value)
    }
    for part in parts { open.lines[part.number].body = told(part.body) }
    for (number, symbol) in fresh.enumerated() {
      guard let term = cotangents[symbol], !term.isZero else { continue }
      pulls.append((line, number, sweep.stepForm.simplified(told(term))))
    }
    for part in parts {
      open.lines[part.number].body = translated(open.lines[part.number].body, by: 0)
    }
  }

  /// Contributions that come from another step and are not zero at the end by themselves are lines of their own.
  private mutating func addCarries() {
    for place in pulls.indices {
      let pull = pulls[place]
      guard case .line(_, let offset) = recurrence.reads[pull.read].source, offset != 0,
        !isPolynomial(pull.term)
      else { continue }
      let symbol = addLine(pull.term.shape, axis: 0, extent: recurrence.extent, owner: nil)
      open.lines[open.lines.count - 1].body = translated(pull.term, by: 0)
      pulls[place].term = symbol
    }
  }

  private func isPolynomial(_ term: TensorExpression) -> Bool {
    var moving: Set<TensorExpression> = []
    for node in TensorExpression.postorder(of: [term]) {
      guard node.isStepSymbol || node.operands.contains(where: moving.contains) else { continue }
      moving.insert(node)
      switch node.kind {
      case .symbol, .sum, .contraction, .named: continue
      case .elementwise, .extremum, .selector, .inverse, .determinant, .cholesky, .recurrence:
        return false
      }
    }
    return true
  }

  private mutating func setBody(_ line: Int) {
    let own = recurrence.lines[line]
    let shape = sweep.leading + own.body.shape
    var parts: [TensorExpression] = []
    if let outside = terms[line], !outside.isEmpty {
      let whole = space.sum(outside, shape: sweep.leading + own.shape)
      if !whole.isZero {
        parts.append(open.entry(of: whole, axis: lead + own.axis, at: .index(0)))
      }
    }
    for pull in pulls {
      guard case .line(line, let offset) = recurrence.reads[pull.read].source else { continue }
      parts.append(translated(pull.term, by: -offset))
    }
    if let number = lineOf[line] { open.lines[number].body = space.sum(parts, shape: shape) }
  }

  // MARK: Reads

  /// A term as it is so many steps away, over the reads of the derived recurrence.
  private mutating func translated(
    _ term: TensorExpression, by shift: Int
  ) -> TensorExpression {
    var map: [TensorExpression: TensorExpression] = [:]
    for symbol in TensorExpression.symbols(of: [term]) where symbol.isStepSymbol {
      map[symbol] = read(symbol, shift)
    }
    return term.replacing(map)
  }

  private mutating func read(_ symbol: TensorExpression, _ shift: Int) -> TensorExpression? {
    if let own = lineSymbols.first(where: { $0.symbol === symbol }) {
      return open.read(.line(own.line, offset: shift), shape: symbol.shape, in: space)
    }
    if let number = fresh.firstIndex(of: symbol) {
      switch recurrence.reads[number].source {
      case .whole(let argument): return recurrence.arguments[argument]
      case .entry(let argument, let axis, let coordinate):
        return open.entry(
          of: recurrence.arguments[argument], axis: axis,
          at: coordinate.substituting(0, by: .index(0) + Size(shift)))
      case .line(let line, let offset):
        let array = arrayOf(line, offset)
        return open.entry(of: array.value, axis: array.axis, at: array.coordinate + Size(shift))
      }
    }
    return ownLine(symbol).map { line in
      open.entry(
        of: sequence(line), axis: recurrence.lines[line].axis, at: .index(0) + Size(shift))
    }
  }

  /// The line whose own value a symbol stands for.
  private func ownLine(_ symbol: TensorExpression) -> Int? {
    recurrence.lines.indices.first { line in
      symbol
        === space.stepSymbol(
          Self.firstSymbol + recurrence.reads.count + line,
          shape: recurrence.lines[line].body.shape)
    }
  }

  /// A sequence under its name, if it has one.
  private func sequence(_ line: Int) -> TensorExpression {
    let value = space.recurrence(recurrence, line: line)
    return names[value]?.first ?? value
  }

  /// The array in which a sequence is read so many steps away, its starts included.
  private func arrayOf(
    _ line: Int, _ offset: Int
  ) -> (value: TensorExpression, axis: Int, coordinate: Affine) {
    let own = recurrence.lines[line]
    let starts = own.starts.filter { !$0.isInside }
    if starts.isEmpty { return (sequence(line), own.axis, .index(0) + Size(offset)) }
    let array = recurrence.steps.entries(
      of: sequence(line), axis: own.axis, at: .index(0) + Size(offset),
      starts: starts.map { ($0.step, recurrence.arguments[$0.argument]) })
    return (array, 0, .index(0) + -recurrence.first)
  }

  // MARK: Outside

  /// Terms that have no form for all steps at once are lines; their numbers by the places of the pulls.
  private mutating func liftlessParts() -> [Int: Int] {
    var result: [Int: Int] = [:]
    for place in pulls.indices where !pulls[place].term.hasFormForAllSteps {
      let term = pulls[place].term
      _ = addLine(term.shape, axis: 0, extent: recurrence.extent, owner: nil)
      open.lines[open.lines.count - 1].body = translated(term, by: 0)
      result[place] = open.lines.count - 1
    }
    return result
  }

  private func results(
    _ derived: Recurrence, _ unliftable: [Int: Int]
  ) throws(DerivationError) -> Result {
    var result = Result()
    var arrays: [TensorExpression] = []
    for (number, sequence) in derived.sequences.enumerated() {
      guard let line = owners[number] else {
        arrays.append(sweep.stepForm.named(sequence))
        continue
      }
      let value = space.recurrence(recurrence, line: line)
      result.cotangents[value] = sequence
      var array: TensorExpression?
      // Where some places are starts, the steps are a part of the cotangent alone.
      if recurrence.lines[line].starts.contains(where: \.isInside) {
        arrays.append(sweep.stepForm.named(sequence))
        continue
      }
      for name in names[value] ?? [] {
        let finished = sweep.finish(name, sequence)
        result.cotangents[name] = finished
        array = array ?? finished
      }
      arrays.append(array ?? sweep.stepForm.named(sequence))
    }
    for place in pulls.indices { try contribute(place, arrays, unliftable, &result) }
    try addInsideStarts(arrays, unliftable, &result)
    return result
  }

  /// What a line's cotangent contributes to what a read reads outside of the recurrence.
  private func contribute(
    _ place: Int, _ arrays: [TensorExpression], _ unliftable: [Int: Int], _ result: inout Result
  ) throws(DerivationError) {
    let source = recurrence.reads[pulls[place].read].source
    var places: [(argument: Int, step: Size?)] = []
    switch source {
    case .whole(let argument), .entry(let argument, _, _): places = [(argument, nil)]
    case .line(let line, _):
      places = recurrence.lines[line].starts.filter { !$0.isInside }.map { ($0.argument, $0.step) }
    }
    places = places.filter { needed.contains(recurrence.arguments[$0.argument]) }
    if places.isEmpty { return }
    let steps = try steps(of: place, arrays, unliftable)
    for (argument, step) in places {
      let target = recurrence.arguments[argument]
      let shape = sweep.leading + target.shape
      let term: TensorExpression
      switch source {
      case .whole: term = recurrence.steps.sum(steps)
      case .entry(_, let axis, let coordinate):
        term = recurrence.steps.scattered(steps, axis: lead + axis, at: coordinate, to: shape)
      case .line(_, let offset):
        let place = (step ?? .zero) - Size(offset) - recurrence.first
        term = steps.reindexed(
          [.constant(place)] + shape.indices.map(Affine.index), to: shape)
      }
      if !term.isZero { result.contributions.append((target, term)) }
    }
  }

  /// A term over whole arrays, with the steps in front.
  func lifted(
    _ term: TensorExpression, _ arrays: [TensorExpression]
  ) -> TensorExpression? {
    var moving: [TensorExpression: TensorExpression] = [:]
    var wholes: [TensorExpression: TensorExpression] = [:]
    for symbol in TensorExpression.symbols(of: [term]) where symbol.isStepSymbol {
      if let own = lineSymbols.first(where: { $0.symbol === symbol }) {
        let line = open.lines[own.line]
        moving[symbol] = recurrence.steps.entries(
          of: arrays[own.line], axis: line.axis, at: .index(0))
      } else if let number = fresh.firstIndex(of: symbol) {
        switch recurrence.reads[number].source {
        case .whole(let argument): wholes[symbol] = recurrence.arguments[argument]
        case .entry(let argument, let axis, let coordinate):
          moving[symbol] = recurrence.steps.entries(
            of: recurrence.arguments[argument], axis: axis, at: coordinate)
        case .line(let line, let offset):
          let array = arrayOf(line, offset)
          moving[symbol] = recurrence.steps.entries(
            of: array.value, axis: array.axis, at: array.coordinate)
        }
      } else if let line = ownLine(symbol) {
        moving[symbol] = recurrence.steps.entries(
          of: sequence(line), axis: recurrence.lines[line].axis, at: .index(0))
      }
    }
    return recurrence.steps.lifted(term, arrays: moving, wholes: wholes)
  }
}
