extension TensorExpression {
  /// Axes split, permuted and merged as a pattern says: `"b (h d) -> b h d"`, with the extents that the shape
  /// leaves open.
  ///
  /// Names stand for axes, a group in parentheses for one axis made of several, the first the slowest; `1` for an
  /// axis of extent 1. One contraction, whatever the pattern.
  ///
  /// - SeeAlso: A. Rogozhnikov, "Einops" (2022), whose patterns these are; `...` is not taken.
  public func rearranged(
    _ pattern: String, _ given: [String: Size] = [:],
    assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    let parsed = try RearrangePattern(pattern)
    guard parsed.input.count == rank else {
      throw .rank(function: "rearrange", expected: "\(parsed.input.count)", found: shape)
    }
    for name in given.keys.sorted() where !parsed.names.contains(name) {
      throw .argument(function: "rearrange", name: name, rule: "stands in the pattern")
    }
    let extents = try solvedExtents(parsed, given, assumptions)
    // Numbered in the order of the output, an index of its own for each axis of extent 1.
    var indices: [Size] = []
    var numbers: [String: Int] = [:]
    var output: [Affine] = []
    for group in parsed.output {
      var coordinate = Affine()
      for name in group {
        coordinate = coordinate * (extents[name] ?? .one) + .index(indices.count)
        numbers[name] = indices.count
        indices.append(extents[name] ?? .one)
      }
      if group.isEmpty {
        coordinate = .index(indices.count)
        indices.append(.one)
      }
      output.append(coordinate)
    }
    let access = parsed.input.map { group in
      group.reduce(Affine()) { coordinate, name in
        coordinate * (extents[name] ?? .one) + (numbers[name].map(Affine.index) ?? Affine())
      }
    }
    return space.contraction(
      Contraction(
        indices: indices, output: output, operands: [Contraction.Operand(self, access)]),
      shape: parsed.output.map { group in Size.product(group.map { extents[$0] ?? .one }) })
  }
}

extension TensorExpression {
  /// The extent of every name of a pattern: given, or solved for.
  private func solvedExtents(
    _ parsed: RearrangePattern, _ given: [String: Size], _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> [String: Size] {
    for (name, extent) in given.sorted(by: { $0.key < $1.key }) {
      guard assumptions.isAtLeast(extent, 1) else {
        throw .argument(function: "rearrange", name: name, rule: "is at least 1")
      }
    }
    var extents = given
    for (group, extent) in zip(parsed.input, shape) {
      let open = group.filter { extents[$0] == nil }
      let known = Size.product(group.compactMap { extents[$0] })
      if open.count > 1 {
        throw .argument(
          function: "rearrange", name: open[0], rule: "is given, since `\(open[1])` is open as well"
        )
      }
      if let name = open.first {
        guard
          let quotient = assumptions.quotient(extent, by: known)
            ?? assumptions.wholeShare(of: extent, by: known)
        else {
          throw .extent(
            function: "rearrange", what: name, expected: known, found: extent)
        }
        extents[name] = quotient
      } else if !assumptions.areEqual(known, extent) {
        throw .extent(
          function: "rearrange", what: group.joined(separator: " "), expected: known, found: extent)
      }
    }
    return extents
  }
}

/// The axes on both sides of a pattern: for each the names that it is made of, none for `1`.
private struct RearrangePattern {
  let input: [[String]]
  let output: [[String]]
  var names: Set<String> { Set(input.joined()) }

  init(_ text: String) throws(ShapeError) {
    let characters = Array(text)
    guard
      let arrow = characters.indices.dropLast().first(where: {
        characters[$0] == "-" && characters[$0 + 1] == ">"
      })
    else { throw Self.error("has `->` between its two sides") }
    input = try Self.groups(characters[..<arrow])
    output = try Self.groups(characters[(arrow + 2)...])
    let (left, right) = (input.flatMap { $0 }, output.flatMap { $0 })
    for name in left + right {
      guard left.filter({ $0 == name }).count == 1, right.filter({ $0 == name }).count == 1 else {
        throw Self.error("has `\(name)` once on each side")
      }
    }
  }

  private static func groups(_ characters: ArraySlice<Character>) throws(ShapeError) -> [[String]] {
    var groups: [[String]] = []
    var open: [String]?
    var name = ""
    func finishName() throws(ShapeError) {
      defer { name = "" }
      if name.isEmpty { return }
      let axis: [String]
      if name == "1" {
        axis = []
      } else if let first = name.first, first.isLetter || first == "_" {
        axis = [name]
      } else {
        throw error("is made of names, `1`, parentheses and `->`")
      }
      if open != nil { open? += axis } else { groups.append(axis) }
    }
    for character in characters {
      switch character {
      case "(":
        try finishName()
        guard open == nil else { throw error("has no parentheses inside parentheses") }
        open = []
      case ")":
        try finishName()
        guard let group = open else { throw error("closes only what it opened") }
        groups.append(group)
        open = nil
      case " ": try finishName()
      case _ where character.isLetter || character.isNumber || character == "_":
        name.append(character)
      default: throw error("is made of names, `1`, parentheses and `->`")
      }
    }
    try finishName()
    guard open == nil else { throw error("closes its parentheses") }
    return groups
  }

  private static func error(_ rule: String) -> ShapeError {
    .argument(function: "rearrange", name: "pattern", rule: rule)
  }
}

extension ShapeAssumptions {
  /// ⌊extent / divisor⌋ where the divisor may be assumed to divide it.
  fileprivate func wholeShare(of extent: Size, by divisor: Size) -> Size? {
    if extent.isOverflowed || divisor.isOverflowed || divisor.isZero || divisor.isConstant {
      return nil
    }
    let share = extent.flooredDivision(by: divisor)
    return areEqual(share * divisor, extent) ? share : nil
  }
}
