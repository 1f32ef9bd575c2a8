import TensorExpressions

/// Gives names to parts of formulas that are too long for a line, or that several lines would repeat.
struct LineSplitting {
  /// How long a line's formula may be.
  private static let limit = 88
  /// How short a part must be to be left where it is.
  private static let worthAName = 18

  private let taken: Set<String>
  private var number = 0
  private var lengths = FormulaLength()
  /// The name of every part that has one.
  private var names: [TensorExpression: TensorExpression] = [:]

  init(avoiding taken: Set<String>) {
    self.taken = taken
  }

  /// The formula with names for its longest parts, and the parts that are new, in the order in which they are needed.
  mutating func split(
    _ formula: TensorExpression
  ) -> (formula: TensorExpression, parts: [TensorExpression]) {
    var parts: [TensorExpression] = []
    // What the nodes of this formula become, and the names that it gives.
    var own: [TensorExpression: TensorExpression] = [:]
    var newNames: [TensorExpression: TensorExpression] = [:]
    func split(_ node: TensorExpression) -> TensorExpression? { own[node] ?? names[node] }
    for node in region(of: formula) where split(node) == nil {
      var new = node.replacingOperands(node.operands.map { split($0) ?? $0 })
      // Operands come first: as soon as a part grows too long its longest operand gets a name.
      shortenSum(&new, &parts)
      if Stitching(new) != nil {
        own[node] = new
        continue
      }
      while lengths.of(new) > Self.limit, let longest = longestOperand(of: new) {
        let part = named(longest)
        parts.append(part)
        newNames[longest] = part
        new = new.replacingOperands(new.operands.map { $0 === longest ? part : $0 })
      }
      // Even the names of its terms may be too many for a line.
      shortenSum(&new, &parts)
      // A sequence is read step by step, which takes a name.
      own[node] = new.asRecurrence != nil && node !== formula ? known(new, &parts) : new
    }
    let result = split(formula) ?? formula
    names.merge(newNames) { $1 }
    return (result, parts)
  }

  private mutating func shortenSum(
    _ node: inout TensorExpression, _ parts: inout [TensorExpression]
  ) {
    guard let terms = node.asTerms, lengths.of(node) > Self.limit else { return }
    if let stitching = Stitching(node) {
      node = shortened(stitching, in: node, &parts)
      return
    }
    node = partialSums(terms, shape: node.shape, space: node.space, &parts)
  }

  /// A concatenation whose longest parts have names.
  private mutating func shortened(
    _ stitching: Stitching, in sum: TensorExpression, _ parts: inout [TensorExpression]
  ) -> TensorExpression {
    var pieces = stitching.parts
    var length = lengths.of(sum)
    let byLength = pieces.indices.sorted { lengths.of(pieces[$0]) > lengths.of(pieces[$1]) }
    for position in byLength where length > Self.limit {
      let own = lengths.of(pieces[position])
      guard own >= Self.worthAName, pieces[position].name == nil else { break }
      pieces[position] = known(pieces[position], &parts)
      length -= own - lengths.of(pieces[position])
    }
    return stitching.sum(of: pieces, shape: sum.shape)
  }

  /// The part under its name, which is new where it had none.
  private mutating func known(
    _ part: TensorExpression, _ parts: inout [TensorExpression]
  ) -> TensorExpression {
    if let name = names[part] { return name }
    let name = named(part)
    parts.append(name)
    names[part] = name
    return name
  }

  /// A long sum as a sum of named shorter ones, each short enough for a line.
  private mutating func partialSums(
    _ terms: [TensorExpression], shape: [Size], space: ExpressionSpace,
    _ parts: inout [TensorExpression]
  ) -> TensorExpression {
    var groups: [[TensorExpression]] = [[]]
    var length = 0
    for term in terms {
      let own = lengths.of(term) + 3
      if length + own > Self.limit, !(groups.last?.isEmpty ?? true) {
        groups.append([])
        length = 0
      }
      groups[groups.count - 1].append(term)
      length += own
    }
    if groups.count == 1 { return space.sum(terms, shape: shape) }
    let sums = groups.map { group -> TensorExpression in
      let sum = space.sum(group, shape: shape)
      guard lengths.of(sum) >= Self.worthAName, sum.name == nil else { return sum }
      return known(sum, &parts)
    }
    let sum = space.sum(sums, shape: shape)
    // A very long sum is a sum of sums of sums.
    return sums.count < terms.count && lengths.of(sum) > Self.limit
      ? partialSums(sums, shape: shape, space: space, &parts) : sum
  }

  /// The unnamed nodes of a formula, operands first.
  private func region(of formula: TensorExpression) -> [TensorExpression] {
    var seen: Set<TensorExpression> = []
    var stack = [formula]
    while let node = stack.popLast() {
      guard node.name == nil, seen.insert(node).inserted else { continue }
      stack += node.operands
    }
    return seen.sorted { $0.id < $1.id }
  }

  private mutating func longestOperand(of node: TensorExpression) -> TensorExpression? {
    var best: (node: TensorExpression, length: Int)?
    for operand in node.operands where operand.name == nil && !operand.operands.isEmpty {
      let length = lengths.of(operand)
      if length >= Self.worthAName, length > (best?.length ?? 0) { best = (operand, length) }
    }
    return best?.node
  }

  private mutating func named(_ node: TensorExpression) -> TensorExpression {
    repeat { number += 1 } while taken.contains("t\(number)")
    return node.space.named("t\(number)", node)
  }
}
