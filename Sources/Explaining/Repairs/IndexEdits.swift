import ExpressionLanguage
import Judging
import TensorExpressions

/// Slips in how an index statement reads and writes: indices exchanged, shifted, turned, another coefficient,
/// a factor too few.
struct IndexEdits {
  let line: ClaimLine
  let statement: IndexStatement
  let context: RepairContext
  /// Tensors that a factor may be, with their shapes.
  let words: [Vocabulary.Word]

  /// One access: where its coordinates stand.
  struct Access {
    let name: String
    let coordinates: [SyntaxExpression]
  }

  func all() -> [LineEdit] {
    let accesses = self.accesses
    // What the statement adds to is the author's question, what it reads his answer.
    let target = accesses.prefix(1).flatMap(shifted).map { $0.costing(2) }
    return accesses.flatMap { coordinatesExchanged($0) + turned($0) }
      + accesses.dropFirst().flatMap(shifted) + target + renamed(accesses)
      + coefficients(accesses) + factors(accesses) + counts(accesses) + winners(accesses)
  }

  private var accesses: [Access] {
    var result = [Access(name: statement.target.name.name, coordinates: statement.target.indices)]
    var stack = [statement.value]
    while let expression = stack.popLast() {
      if case .subscripted(let receiver, let items) = expression.kind {
        let coordinates = items.compactMap { item -> SyntaxExpression? in
          if case .index(let index) = item { index } else { nil }
        }
        result.append(Access(name: context.fragment(receiver).text, coordinates: coordinates))
        continue
      }
      stack += expression.kind.children
    }
    return result
  }

  func edit(_ expression: SyntaxExpression, _ text: String) -> Cause.Repair.Edit {
    Cause.Repair.Edit(range: expression.range, text: text)
  }

  private func coordinatesExchanged(_ access: Access) -> [LineEdit] {
    var result: [LineEdit] = []
    let texts = access.coordinates.map { context.source[$0.range] }
    for i in texts.indices {
      for j in texts.indices where j > i && texts[i] != texts[j] {
        let kind: Cause.Kind = i < 2 && texts.count > 2 ? .channel : .transpose
        result.append(
          LineEdit(
            line, [edit(access.coordinates[i], texts[j]), edit(access.coordinates[j], texts[i])],
            kind, cost: 2
          ) { "the indices `\(texts[i])` and `\(texts[j])` of `\(access.name)` are exchanged" })
      }
    }
    return result
  }

  private func shifted(_ access: Access) -> [LineEdit] {
    access.coordinates.flatMap { coordinate -> [LineEdit] in
      let text = context.source[coordinate.range]
      guard !coordinate.namesUsed.isEmpty else { return [] }
      return [-4, -3, -2, -1, 1, 2, 3, 4].compactMap { shift in
        guard let moved = Self.moved(coordinate, by: shift, context) else { return nil }
        return LineEdit(
          line, [edit(coordinate, moved)], .edge, cost: 2,
          signature: "shift \(shift)"
        ) { "`\(access.name)` is read at `\(text)`, not at `\(moved)`" }
      }
    }
  }

  /// A coordinate with its constant changed.
  private static func moved(
    _ coordinate: SyntaxExpression, by shift: Int, _ context: RepairContext
  ) -> String? {
    let text = context.source[coordinate.range]
    if case .chain(let first, let links) = coordinate.kind, let last = links.last,
      last.operator.isSum, case .number(let literal) = last.operand.kind,
      let value = literal.integerValue, value.magnitude < RepairRule.largestNumber
    {
      let constant = (last.operator == .add ? value : -value) + shift
      let head = links.dropLast().reduce(context.source[first.range]) {
        $0 + $1.operator.rawValue + context.source[$1.operand.range]
      }
      return constant == 0 ? head : head + (constant < 0 ? "\(constant)" : "+\(constant)")
    }
    return text + (shift < 0 ? "\(shift)" : "+\(shift)")
  }

  /// An index that runs the other way.
  private func turned(_ access: Access) -> [LineEdit] {
    access.coordinates.enumerated().flatMap { place, coordinate -> [LineEdit] in
      let text = context.source[coordinate.range]
      var others: [String] = []
      if case .name(let name) = coordinate.kind {
        let extent = extent(of: access, at: place)
        if let extent { others.append("\(Self.less(extent))-\(name)") }
      } else if case .chain(_, let links) = coordinate.kind, links.last?.operator == .subtract,
        case .name(let name)? = links.last?.operand.kind
      {
        others.append(name)
      }
      return others.map { other in
        let isChannel = place < 2 && access.coordinates.count > 2
        return LineEdit(
          line, [edit(coordinate, other)], isChannel ? .channel : .flip, cost: 3,
          signature: "turned \(access.name)"
        ) {
          "`\(access.name)` is read at `\(text)`, not at `\(other)`"
        }
      }
    }
  }

  private static func less(_ extent: String) -> String {
    Int(extent).flatMap { $0 > 0 ? "\($0 - 1)" : nil } ?? "\(extent)-1"
  }

  private func extent(of access: Access, at place: Int) -> String? {
    guard
      let shape = context.values[access.name]?.whole.shape
        ?? (access.name == statement.target.name.name ? context.shape : nil),
      shape.indices.contains(place)
    else { return nil }
    return shape[place].description
  }

  /// One index for another: everywhere, or in one coordinate.
  private func renamed(_ accesses: [Access]) -> [LineEdit] {
    let names = accesses.flatMap(\.coordinates).flatMap(\.namesUsed).removingRepetitions().sorted()
    var result: [LineEdit] = []
    for access in accesses {
      for coordinate in access.coordinates {
        let text = context.source[coordinate.range]
        for name in coordinate.namesUsed.sorted() {
          for other in names where other != name {
            let exchanged = Self.renaming(coordinate, [name: other, other: name], context)
            result.append(
              LineEdit(
                line, [edit(coordinate, exchanged)],
                coordinate.namesUsed.contains(other) ? .strideAndDilation : .channel, cost: 2
              ) {
                "`\(access.name)` is read at `\(text)`, not at `\(exchanged)`"
              })
          }
        }
      }
    }
    return result + shiftedEverywhere(accesses, names) + linear(accesses)
  }

  /// An index shifted wherever it stands.
  private func shiftedEverywhere(_ accesses: [Access], _ names: [String]) -> [LineEdit] {
    let coordinates = accesses.flatMap(\.coordinates)
    func moving(_ names: [String], _ shift: Int) -> [Cause.Repair.Edit] {
      coordinates.compactMap { coordinate in
        guard !coordinate.namesUsed.isDisjoint(with: names), coordinate.nameValue == nil,
          let moved = Self.moved(coordinate, by: shift, context)
        else { return nil }
        return edit(coordinate, moved)
      }
    }
    var result: [LineEdit] = []
    for shift in [-3, -2, -1, 1, 2, 3] {
      let sets =
        names.map { [$0] } + names.flatMap { a in names.filter { $0 > a }.map { [a, $0] } }
      for set in sets {
        let edits = moving(set, shift)
        guard edits.count > 1 else { continue }
        result.append(
          LineEdit(line, edits, .edge, cost: 2 * edits.count) {
            "the indices \(set.joined(separator: ", ")) are off by \(abs(shift)), as where padding is forgotten"
          })
      }
    }
    return result
  }

  /// `3*g+c` for `2*c+g`: a product of a size and one index, and another index.
  private func linear(_ accesses: [Access]) -> [LineEdit] {
    var result: [LineEdit] = []
    for access in accesses {
      for (place, coordinate) in access.coordinates.enumerated() {
        let names = coordinate.namesUsed.sorted()
        guard names.count == 2 else { continue }
        let text = context.source[coordinate.range]
        for (a, b) in [(names[0], names[1]), (names[1], names[0])] {
          for factor in 1...5 {
            let other = factor == 1 ? "\(a)+\(b)" : "\(factor)*\(a)+\(b)"
            guard other != text else { continue }
            result.append(
              LineEdit(
                line, [edit(coordinate, other)], place < 2 ? .channel : .strideAndDilation, cost: 4
              ) { "`\(access.name)` is read at `\(text)`, not at `\(other)`" })
          }
        }
      }
    }
    return result
  }

  /// A coefficient that belongs to another index of the same coordinate, in one access or all.
  private func coefficients(_ accesses: [Access]) -> [LineEdit] {
    var all: [Cause.Repair.Edit] = []
    for coordinate in accesses.flatMap(\.coordinates) {
      let names = coordinate.namesUsed.sorted()
      guard names.count == 2, context.source[coordinate.range].contains("*") else { continue }
      let exchanged = Self.renaming(
        coordinate, [names[0]: names[1], names[1]: names[0]], context)
      all.append(edit(coordinate, exchanged))
    }
    guard !all.isEmpty else { return [] }
    let together = LineEdit(line, all, .strideAndDilation, cost: 2 * all.count) {
      "stride and dilation are exchanged"
    }
    return [together]
      + all.map { one in
        LineEdit(line, [one], .strideAndDilation, cost: 2) {
          "stride and dilation are exchanged in `\(one.text)`"
        }
      }
  }

  private static func renaming(
    _ expression: SyntaxExpression, _ names: [String: String], _ context: RepairContext
  ) -> String {
    Fragment(context.source[expression.range], .sum).renaming(names).text
  }
}
