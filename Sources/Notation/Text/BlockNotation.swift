import TensorExpressions

/// Recurrences as blocks of the expression language, which read back as what they stand for.
public struct BlockNotation {
  /// Names that no part and no step may take.
  private let usedNames: Set<String>
  /// How values are read that have no name: sequences with their starts.
  private let known: (TensorExpression) -> (name: String, axis: Int, offset: Int)?
  private let step: String
  /// How a value is written under a name.
  private let write: Write

  /// Writes a value under a name, without some names that are taken.
  public typealias Write = (String, TensorExpression, Set<String>) -> [String]

  /// A notation that keeps clear of names that are in use.
  ///
  /// - Parameters:
  ///   - known: the sequence, its axis and the offset at which a value holds its steps with their
  ///     starts; nil for other values.
  ///   - write: how the lines are written.
  public init(
    usedNames: Set<String>,
    known: @escaping (TensorExpression) -> (name: String, axis: Int, offset: Int)? = { _ in nil },
    write: @escaping Write = { TextNotation(usedNames: $2).lines(name: $0, expression: $1) }
  ) {
    self.usedNames = usedNames
    self.known = known
    self.write = write
    step = ["t", "k", "s", "n", "i", "j"].first { !usedNames.contains($0) } ?? "tau"
  }

  /// The text of a block.
  public struct Block {
    /// What stands before the block: parts that it reads, and shapes of sequences that need one.
    public var before: [String] = []
    /// The head of the block.
    public var header = ""
    /// The statements of each line, indented; parts before the line itself.
    public var lines: [[String]] = []
  }

  /// A recurrence as a block, with a name for each of its sequences.
  ///
  /// - Parameter names: those of the sequences.
  public func block(_ recurrence: Recurrence, names: [String]) -> Block {
    var block = Block()
    var taken = usedNames.union(names)
    taken.insert(step)
    var parts: [TensorExpression: String] = [:]
    let symbols = self.symbols(of: recurrence, names, &parts, &taken, &block)
    block.header = header(recurrence, names, &block)
    for (number, line) in recurrence.lines.enumerated() {
      let target = subscripted(names[number], axis: line.axis, step)
      let body = line.body.putting(symbols)
      var texts = write(target, body, taken)
      taken.formUnion(texts.compactMap(Self.helper))
      let sums = Set(texts.compactMap(Self.declared))
      if !sums.isEmpty { texts = stepwise(texts, sums, in: line, &block) }
      let own = texts.map { text in
        let told = Self.joiningAccess(text, target: target, step, axis: line.axis)
        if told != text {
          let declaration = "\(names[number]): \(shapeText(line.shape))"
          if !block.before.contains(declaration) { block.before.append(declaration) }
        }
        return "    " + told
      }
      block.lines.append(own)
    }
    return block
  }

  /// The statements of a step with parts that are added up entry by entry as sequences of their own, declared before
  /// the block: a plain name would be added up over the steps.
  private func stepwise(
    _ texts: [String], _ sums: Set<String>, in line: Recurrence.Line, _ block: inout Block
  ) -> [String] {
    texts.compactMap { text in
      if let name = Self.declared(text) {
        let inner = text.dropFirst(name.count + 3).dropLast()
        let steps = "\(line.shape[line.axis])"
        block.before.append("\(name): [\(inner.isEmpty ? steps : "\(steps), \(inner)")]")
        return nil
      }
      let told = text.renamingWords { sums.contains($0) ? "\($0)[\(step)]" : nil }
      guard let name = sums.first(where: { told.hasPrefix("\($0)[\(step)][") }) else { return told }
      return "\(name)[\(step)," + told.dropFirst(name.count + step.count + 3)
    }
  }

  /// The name that a statement declares the shape of; nil for others.
  private static func declared(_ text: String) -> String? {
    helper(text).flatMap { text.dropFirst($0.count).hasPrefix(": [") ? $0 : nil }
  }

  /// The name that a statement begins with, where that is no entry of a sequence.
  private static func helper(_ text: String) -> String? {
    let name = text.leadingWord
    let rest = text.dropFirst(name.count)
    return rest.hasPrefix(" = ") || rest.hasPrefix(": [") ? name : nil
  }

  /// The equations of a block: parts that it reads, values before the start, the steps in their order, and what holds
  /// at each of them.
  ///
  /// - Parameters:
  ///   - names: those of the sequences.
  ///   - steps: how the steps are written, from the first that is taken to the last.
  public func equations(
    _ recurrence: Recurrence, names: [String],
    steps: (_ step: String, _ first: Size, _ last: Size) -> String
  ) -> [String] {
    let block = block(recurrence, names: names)
    var starts: [String] = []
    for (number, line) in recurrence.lines.enumerated() {
      for start in line.starts {
        let target = subscripted(names[number], axis: line.axis, "\(start.step)")
        starts += write(target, recurrence.arguments[start.argument], usedNames)
      }
    }
    let last = recurrence.first + recurrence.count - 1
    let ends =
      recurrence.direction == .forwards ? (recurrence.first, last) : (last, recurrence.first)
    let own = block.lines.flatMap { $0 }.map { String($0.drop { $0 == " " }) }
    return block.before + starts + [steps(step, ends.0, ends.1)] + own
  }

  /// `dh[t][n,j] += …` is written `dh[t,n,j] += …`.
  private static func joiningAccess(
    _ text: String, target: String, _ step: String, axis: Int
  ) -> String {
    guard text.hasPrefix(target + "["), let end = text.dropFirst(target.count).firstIndex(of: "]")
    else { return text }
    let name = target.prefix { $0 != "[" }
    let inside = text[text.index(text.startIndex, offsetBy: target.count + 1)..<end]
    var places = inside.split(separator: ",").map { String($0).filter { $0 != " " } }
    places.insert(step, at: min(axis, places.count))
    return name + "[" + places.joined(separator: ",") + text[end...]
  }

  private func header(
    _ recurrence: Recurrence, _ names: [String], _ block: inout Block
  ) -> String {
    let last = recurrence.first + recurrence.count
    let bounds = recurrence.first.isZero ? "\(last)" : "\(recurrence.first), \(last)"
    var text = "for \(step) in "
    text += recurrence.direction == .forwards ? "range(\(bounds))" : "reversed(range(\(bounds)))"
    for (number, line) in recurrence.lines.enumerated() {
      for start in line.starts {
        let value = recurrence.arguments[start.argument]
        let written = TextNotation(usedNames: usedNames).text(value) ?? "?"
        text += ", \(subscripted(names[number], axis: line.axis, "\(start.step)")) = \(written)"
      }
    }
    return text + ":"
  }

  /// What each read is written as: a symbol whose name is the text.
  private func symbols(
    of recurrence: Recurrence, _ names: [String], _ parts: inout [TensorExpression: String],
    _ taken: inout Set<String>, _ block: inout Block
  ) -> [TensorExpression: TensorExpression] {
    var result: [TensorExpression: TensorExpression] = [:]
    for read in recurrence.reads {
      let text: String
      switch read.source {
      case .whole(let argument):
        result[read.symbol] = recurrence.arguments[argument]
        continue
      case .line(let line, let offset):
        text = subscripted(
          names[line], axis: recurrence.lines[line].axis, place(.index(0) + Size(offset)))
      case .entry(let argument, let axis, let coordinate):
        let value = recurrence.arguments[argument]
        if let known = known(value) {
          let shift = Size(known.offset) + recurrence.first
          text = subscripted(known.name, axis: known.axis, place(coordinate + shift))
        } else {
          let isPlain = value.name != nil && value.indexNumbers == nil
          let name = isPlain ? value.name ?? "" : part(value, &parts, &taken, &block)
          text = subscripted(name, axis: axis, place(coordinate))
        }
      }
      result[read.symbol] = read.symbol.space.symbol(
        TensorSymbol(text, role: .step), shape: read.symbol.shape)
    }
    return result
  }

  /// The name of a line before the block for a value that has none.
  private func part(
    _ value: TensorExpression, _ parts: inout [TensorExpression: String],
    _ taken: inout Set<String>, _ block: inout Block
  ) -> String {
    if let known = parts[value] { return known }
    var number = 1
    while taken.contains("u\(number)") { number += 1 }
    let name = "u\(number)"
    taken.insert(name)
    parts[value] = name
    let lines = write(name, value, taken)
    taken.formUnion(lines.compactMap(Self.helper))
    if lines.contains(where: { $0.hasPrefix(name + "[") }) {
      block.before.append("\(name): \(shapeText(value.shape))")
    }
    block.before += lines
    return name
  }

  private func subscripted(_ name: String, axis: Int, _ place: String) -> String {
    name + "[" + String(repeating: ":, ", count: axis) + place + "]"
  }

  /// A coordinate, `t-1` or `T-1-t`.
  private func place(_ coordinate: Affine) -> String {
    let factor = coordinate.coefficient(of: 0)
    let constant = coordinate.constant
    if factor.isOne {
      if constant.isZero { return step }
      let text = "\(constant)"
      return text.hasPrefix("-") ? "\(step)\(text)" : "\(step)+\(text)"
    }
    if factor == -1 { return constant.isZero ? "-\(step)" : "\(constant)-\(step)" }
    if coordinate.isConstant { return "\(constant)" }
    return constant.isZero ? "(\(factor))*\(step)" : "(\(factor))*\(step)+\(constant)"
  }
}

extension TensorExpression {
  /// The expression with symbols replaced, what is put in being left as it is.
  fileprivate func putting(
    _ map: [TensorExpression: TensorExpression]
  ) -> TensorExpression {
    var memo = map
    for node in TensorExpression.postorder(of: [self]) where memo[node] == nil {
      memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
    }
    return memo[self] ?? self
  }
}
