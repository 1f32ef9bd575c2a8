extension TensorExpression {
  /// Einstein's summation: one letter for each axis, `"bi,io->bo"`.
  ///
  /// A letter that the output lacks is summed over; a letter twice on one operand takes its diagonal. Without
  /// `->` the output has the letters that stand once, in alphabetical order. `...` stands for further axes,
  /// which broadcast and come out at the place of the output's `...`.
  public static func einsum(
    _ pattern: String, _ operands: [TensorExpression],
    assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    let parsed = try EinsumPattern(pattern, ranks: operands.map(\.rank))
    for (value, labels) in zip(operands, parsed.operands) where labels.count != value.rank {
      throw .rank(function: "einsum", expected: "\(labels.count)", found: value.shape)
    }
    try checkExtents(parsed, operands, assumptions)
    let product = LabelledProduct(
      function: "einsum", operands: zip(operands, parsed.operands).map { ($0, $1) },
      output: parsed.output)
    return try product.contraction(assuming: assumptions)
  }

  /// Throws an error that names the letter where its extents differ.
  private static func checkExtents(
    _ pattern: EinsumPattern, _ operands: [TensorExpression], _ assumptions: ShapeAssumptions
  ) throws(ShapeError) {
    var extents: [Int: Size] = [:]
    for (value, labels) in zip(operands, pattern.operands) {
      for (label, extent) in zip(labels, value.shape) where !extent.isOne {
        if let known = extents[label], !assumptions.areEqual(known, extent) {
          throw .extent(
            function: "einsum", what: pattern.name(of: label), expected: known, found: extent)
        }
        extents[label] = extents[label] ?? extent
      }
    }
  }
}

/// The labels of an einsum pattern: letters are their code, the axes of `...` are counted from the end as −1, −2, ….
struct EinsumPattern {
  let operands: [[Int]]
  let output: [Int]

  init(_ text: String, ranks: [Int]) throws(ShapeError) {
    let letters = text.filter { $0 != " " }
    let sides = Self.split(letters, at: "->")
    guard sides.count <= 2 else { throw Self.error("holds `->` at most once") }
    let inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard inputs.count == ranks.count, !ranks.isEmpty else {
      throw Self.error("has one group of letters for each operand")
    }
    var labels: [[Int]] = []
    var longest = 0
    for (group, rank) in zip(inputs, ranks) {
      let named = group.filter { $0 != "." }.count
      let rest = group.contains(".") ? max(rank - named, 0) : 0
      longest = max(longest, rest)
      labels.append(try Self.labels(of: group, ellipsisRank: rest))
    }
    operands = labels
    if sides.count == 2 {
      output = try Self.labels(of: sides[1], ellipsisRank: longest)
    } else {
      let all = labels.flatMap { $0 }
      let once = Set(all.filter { label in label >= 0 && all.filter { $0 == label }.count == 1 })
      output = Self.ellipsis(longest) + once.sorted()
    }
    let known = Set(labels.flatMap { $0 })
    guard Set(output).count == output.count else {
      throw Self.error("repeats no letter after `->`")
    }
    for label in output where !known.contains(label) {
      throw Self.error("has `\(name(of: label))` after `->` only")
    }
    if sides.count == 2, longest > 0, !sides[1].contains(".") {
      throw Self.error("keeps `...` after `->`")
    }
  }

  /// The letter, or `...`.
  func name(of label: Int) -> String {
    label < 0 ? "..." : Unicode.Scalar(UInt32(label)).map { String(Character($0)) } ?? "?"
  }

  private static func labels(
    of group: String, ellipsisRank: Int
  ) throws(ShapeError) -> [Int] {
    var result: [Int] = []
    for (position, part) in split(group, at: "...").enumerated() {
      if position == 1 { result += ellipsis(ellipsisRank) }
      if position == 2 { throw error("has `...` at most once in a group") }
      for letter in part.unicodeScalars {
        guard letter.properties.isAlphabetic, letter.isASCII else {
          throw error("is made of letters, `,`, `->` and `...`")
        }
        result.append(Int(letter.value))
      }
    }
    return result
  }

  private static func ellipsis(_ rank: Int) -> [Int] { (0..<rank).map { $0 - rank } }

  private static func error(_ rule: String) -> ShapeError {
    .argument(function: "einsum", name: "pattern", rule: rule)
  }

  /// The parts of a text between occurrences of a separator.
  private static func split(_ text: String, at separator: String) -> [String] {
    var parts: [String] = []
    var current = ""
    var rest = Substring(text)
    while let first = rest.first {
      if rest.hasPrefix(separator) {
        parts.append(current)
        current = ""
        rest = rest.dropFirst(separator.count)
      } else {
        current.append(first)
        rest = rest.dropFirst()
      }
    }
    return parts + [current]
  }
}
