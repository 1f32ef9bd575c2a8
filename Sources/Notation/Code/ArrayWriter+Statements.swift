import Scalars
import TensorExpressions

/// Index statements as array calls: entries are gathered, multiplied and summed by einsum, and put in their places.
extension ArrayWriter {
  /// The value of a statement, and the lines that it needs before it.
  mutating func statement(_ statement: IndexStatement) -> (lines: [String], text: String) {
    let extents = statement.extents + statement.coordinates.map(\.extent)
    let box = IndexBox(
      statement, facts: ExtentFacts(positives: extents), usedNames: usedNames)
    var (lines, arrays, scalars) = factors(of: statement, box)
    var target = box.free(statement.target)
    let seen = Set(target)
    // An index that only says which entry is looked up is summed over like any other.
    let read = box.places.values.flatMap { $0 }.filter { !seen.contains($0) }
    for index in target + read where !arrays.contains(where: { $0.indices.contains(index) }) {
      arrays.append(
        GatheredFactor(indices: [index], text: printer.filled(.ones([box.extents[index]]))))
    }
    // A product is put anywhere in the order in which it comes.
    if paddings(statement, box) == nil {
      var taken: Set<Int> = []
      target = arrays.flatMap(\.indices).filter { seen.contains($0) && taken.insert($0).inserted }
    }
    if let core = contracted(arrays, target) { scalars.above.append(core.factorText) }
    let text = product(statement.coefficient, scalars.above, scalars.below)
    let isNumber = scalars.above.isEmpty && scalars.below.isEmpty
    let full =
      isNumber
      ? printer.call("\(dialect.module)full", ["()", text] + printer.elementType) : text
    let isAtom = isNumber || text == scalars.above.first
    return placed(
      GatheredFactor(indices: target, text: full, isAtom: isAtom), statement, box, after: lines)
  }

  /// Factors that are numbers, above and below the line.
  private typealias Scalars = (above: [String], below: [String])

  /// The factors that have indices, and those that are numbers.
  private mutating func factors(
    of statement: IndexStatement, _ box: IndexBox
  ) -> (lines: [String], arrays: [GatheredFactor], scalars: Scalars) {
    var lines: [String] = []
    var arrays: [GatheredFactor] = []
    var scalars: Scalars = ([], [])
    for factor in statement.factors {
      let (needed, found) = gathered(factor, box)
      lines += needed
      if found.indices.isEmpty {
        scalars.above.append(found.factorText)
      } else {
        arrays.append(found)
      }
    }
    for divisor in statement.divisors {
      let (needed, found) = gathered(divisor, box)
      lines += needed
      if found.indices.isEmpty {
        scalars.below.append(found.factorText)
      } else {
        arrays.append(
          GatheredFactor(
            indices: found.indices, text: "1 / \(found.factorText)", isAtom: false))
      }
    }
    return (lines, arrays, scalars)
  }

  /// The arrays' product, summed over every index that the target does not have; nil for none.
  private func contracted(_ arrays: [GatheredFactor], _ target: [Int]) -> GatheredFactor? {
    guard let first = arrays.first else { return nil }
    if arrays.count == 1, first.indices == target { return first }
    var letters: [Int: String] = [:]
    for index in arrays.flatMap(\.indices) where letters[index] == nil {
      letters[index] = Self.letters[letters.count % Self.letters.count]
    }
    func labels(_ indices: [Int]) -> String { indices.compactMap { letters[$0] }.joined() }
    let subscripts =
      arrays.map { labels($0.indices) }.joined(separator: ",") + "->" + labels(target)
    var arguments = ["\"\(subscripts)\""] + arrays.map(\.text)
    if dialect == .numpy, arrays.count > 1 { arguments.append("optimize=True") }
    return GatheredFactor(indices: target, text: printer.call(dialect.einsum, arguments))
  }

  private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".map(
    String.init)

  /// An array with an axis for each index of the target, put where the target says.
  private mutating func placed(
    _ array: GatheredFactor, _ statement: IndexStatement, _ box: IndexBox, after lines: [String]
  ) -> (lines: [String], text: String) {
    let shape = statement.shape
    guard let pairs = paddings(statement, box) else {
      return scattered(array, statement, box, after: lines)
    }
    let inner = statement.target.map { coordinate in
      coordinate.terms.first.map { box.extents[$0.index] } ?? .one
    }
    var text = array.text
    var isAtom = array.isAtom
    if array.indices.count != shape.count {
      text =
        "\(isAtom ? text : "(\(text))").reshape(\(inner.isEmpty ? "()" : printer.sizes(inner)))"
      isAtom = true
    }
    if pairs.contains(where: { !$0.before.isZero || !$0.after.isZero }) {
      text = pad(text, pairs.map { ($0.before.description, $0.after.description) })
      isAtom = true
    }
    return (lines, text)
  }

  /// The zeros around a block of the output, where the target is one: each axis at one index of its own in steps of 1.
  private func paddings(_ statement: IndexStatement, _ box: IndexBox) -> [FormulaPadding]? {
    if box.lookUp(statement.target) { return nil }
    var seen: Set<Int> = []
    var result: [FormulaPadding] = []
    for (coordinate, extent) in zip(statement.target, statement.shape) {
      guard coordinate.terms.count <= 1, coordinate.terms.allSatisfy({ $0.coefficient.isOne }),
        coordinate.terms.allSatisfy({ seen.insert($0.index).inserted })
      else { return nil }
      let (low, high) = box.range(coordinate)
      guard box.facts.isNonnegative(low), box.facts.isAtMost(high, extent - 1) else { return nil }
      result.append(FormulaPadding(before: low, after: extent - 1 - high))
    }
    return result
  }

  /// An array added up at the places that the target gives for its indices; what falls outside is dropped.
  private mutating func scattered(
    _ array: GatheredFactor, _ statement: IndexStatement, _ box: IndexBox, after lines: [String]
  ) -> (lines: [String], text: String) {
    var name = array.text
    var lines = lines
    if !Identifiers.isName(name) {
      name = freshName()
      lines.append("\(name) = \(array.text)")
    }
    lines += grid(array.indices, box)
    var room: [String] = []
    var places: [String] = []
    var cut: [String] = []
    for (coordinate, extent) in zip(statement.target, statement.shape) {
      let (low, high) = box.range(coordinate)
      let before = box.facts.isNonnegative(low) ? Size.zero : -low
      let isBeforeCertain = before.isZero || box.facts.isNonnegative(before)
      let shift = isBeforeCertain ? before.description : "max(0, \(before))"
      let place = IndexStatement.text(isBeforeCertain ? coordinate + before : coordinate, box.names)
      places.append(isBeforeCertain ? place : "\(place)+\(shift)")
      let staysBelow = box.facts.isAtMost(high, extent - 1)
      if before.isZero, staysBelow {
        room.append(extent.description)
        cut.append(":")
      } else {
        let most =
          staysBelow
          ? extent.description
          : box.facts.isAtMost(extent, high + 1)
            ? (high + 1).description : "max(\(extent), \(high + 1))"
        room.append(before.isZero ? most : "\(shift) + \(most)")
        cut.append(before.isZero ? ":\(extent)" : "\(shift):\(shift) + \(extent)")
      }
    }
    let text = scatter(
      name, at: places, shape: room, isConstant: statement.target.map(\.isConstant))
    while cut.last == ":" { cut.removeLast() }
    return (lines, cut.isEmpty ? text : "\(text)[\(cut.joined(separator: ", "))]")
  }

  private func scatter(
    _ values: String, at places: [String], shape: [String], isConstant: [Bool]
  ) -> String {
    switch dialect {
    case .language, .numpy:
      return printer.call("scatter_add", [printer.tuple(shape), printer.tuple(places), values])
    case .torch:
      let indices = zip(places, isConstant).map { $1 ? "torch.tensor(\($0))" : $0 }
      let zeros = printer.call("torch.zeros", [printer.tuple(shape)] + printer.elementType)
      return "\(zeros).index_put(\(printer.tuple(indices)), \(values), accumulate=True)"
    case .jax:
      let zeros = printer.call("jnp.zeros", [printer.tuple(shape)] + printer.elementType)
      return "\(zeros).at[\(places.joined(separator: ", "))].add(\(values))"
    }
  }
}

extension IndexStatement {
  /// The same statement for another name.
  func renamed(_ name: String) -> IndexStatement {
    IndexStatement(
      name: name, coefficient: coefficient, target: target, shape: shape, extents: extents,
      factors: factors, divisors: divisors, places: places)
  }
}
