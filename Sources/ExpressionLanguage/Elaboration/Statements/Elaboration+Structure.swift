import Diagnostics
import TensorExpressions

/// The words of structure and domain after a declared shape.
extension Elaboration {
  private static let ofSquareMatrices: TensorStructure = [
    .symmetric, .diagonal, .lower, .orthogonal, .positiveDefinite, .nonsingular,
  ]
  private static let ofAxes: TensorStructure = [.simplex, .oneHot]

  /// Words of other languages for those of structure.
  private static let otherWords = [
    "bool": "mask", "boolean": "mask", "binary": "mask", "bernoulli": "mask", "psd": "spd",
    "pd": "spd", "posdef": "spd", "positive_definite": "spd", "invertible": "nonsingular",
    "regular": "nonsingular", "lower_triangular": "lower", "onehot": "one_hot",
    "probabilities": "simplex", "distribution": "simplex",
  ]
  private static let wordsOfWholeNumbers: Set = [
    "int", "long", "int32", "int64", "label", "labels", "ids", "idx", "indices",
  ]

  /// A size that a shape does not have, where there is one only.
  private func otherSize(than shape: [Size]) -> String {
    let names = program.sizes.map(\.name).filter { name in !shape.contains(Size(name)) }
    return names.count == 1 ? names[0] : "V"
  }

  /// What a word says of a tensor of that shape.
  mutating func structure(_ word: StructureSyntax, of shape: [Size]) -> TensorStructure? {
    let name = word.name.name
    if name == "index" {
      if word.arguments.isEmpty, word.keywords.isEmpty {
        fail(
          .structure(.argument(name, rule: "takes the size that its entries are below")),
          word.name.range)
        problems[problems.count - 1].advice = "write `index(\(otherSize(than: shape)))`"
        return nil
      }
      return index(word, rank: shape.count)
    }
    if let keyword = word.keywords.first, let label = keyword.label {
      fail(.structure(.argument(name, rule: "takes no `\(label.name)=`")), label.range)
      return nil
    }
    let words = TensorStructure.words
    guard let structure = words.first(where: { $0.key == name })?.value else {
      let closest = SpellingSuggestion.closest(to: name, among: words.map(\.key).sorted())
      fail(.structure(.unknown(name)), word.name.range)
      problems[problems.count - 1].help = Self.otherWords[name] ?? closest
      if Self.wordsOfWholeNumbers.contains(name) {
        problems[problems.count - 1].advice =
          "places are declared `index(\(otherSize(than: shape)))`, other whole numbers `integer`"
      }
      return nil
    }
    if Self.ofSquareMatrices.contains(structure) {
      guard shape.count == 2, shape[0] == shape[1] else {
        fail(
          .structure(.misfit(name, rule: "square matrices", shape: shape)), word.name.range)
        return nil
      }
    }
    if Self.ofAxes.contains(structure), shape.isEmpty {
      fail(.structure(.misfit(name, rule: "tensors with an axis", shape: shape)), word.name.range)
      return nil
    }
    switch name {
    case "symmetric": return symmetric(word)
    case "one_hot": return oneHot(word, rank: shape.count)
    case "mask": return mask(word, rank: shape.count)
    default:
      guard word.arguments.isEmpty else {
        fail(.structure(.argument(name, rule: "takes no argument")), word.name.range)
        return nil
      }
      return structure
    }
  }

  /// The words that settle every entry, each with the words that may stand beside it because they follow from it or
  /// only narrow it.
  private static let companions: [(word: TensorStructure, allowed: TensorStructure)] = [
    (.index, [.oneHot, .ignoring]),
    (.oneHot, [.nonnegative, .integer]),
    (.mask, [.nonnegative, .integer]),
    (.simplex, [.positive, .nonnegative, .unitInterval]),
    (.orthogonal, .nonsingular),
    (.positiveDefinite, [.symmetric, .symmetricEntries, .diagonal, .nonsingular]),
    (
      .unitInterval,
      [.positive, .nonnegative, .simplex, .symmetric, .symmetricEntries, .nonsingular]
    ),
  ]

  /// Reports a word that no tensor satisfies together with those before it, or none that could be drawn.
  mutating func contradicts(
    _ word: StructureSyntax, _ structure: TensorStructure, _ known: TensorStructure
  ) -> Bool {
    for (one, other) in [(structure, known), (known, structure)] {
      for (settled, allowed) in Self.companions where one.contains(settled) {
        let rest = other.withoutAxis.subtracting(allowed.union(settled))
        // One in every row and in every column is a permutation, of which no draw knows.
        let isTwice = other.contains(settled) && one.oneHotAxis != other.oneHotAxis
        guard !rest.isEmpty || isTwice else { continue }
        let earlier = TensorStructure.words.filter { known.contains($0.value) }.map(\.key).sorted()
        fail(
          .structure(.contradiction(word.name.name, others: earlier)), word.name.range)
        return true
      }
    }
    return false
  }

  /// `symmetric`, or `symmetric(entries)`.
  private mutating func symmetric(_ word: StructureSyntax) -> TensorStructure? {
    if word.arguments.isEmpty { return .symmetric }
    guard word.arguments.count == 1, word.arguments[0].nameValue == "entries" else {
      fail(
        .structure(.argument("symmetric", rule: "takes the argument `entries` or none")),
        word.name.range)
      return nil
    }
    return .symmetricEntries
  }

  /// `one_hot(axis)`, along the last axis where none is given.
  private mutating func oneHot(_ word: StructureSyntax, rank: Int) -> TensorStructure? {
    guard let argument = word.arguments.first else { return .oneHot(axis: rank - 1) }
    return axis(argument, of: word, rank: rank).map { .oneHot(axis: $0) }
  }

  /// `mask`, or `mask(axis)`.
  private mutating func mask(_ word: StructureSyntax, rank: Int) -> TensorStructure? {
    guard let argument = word.arguments.first else { return .mask }
    return axis(argument, of: word, rank: rank).map { .mask(axis: $0) }
  }

  /// The only argument of a word, an axis, counted from the front.
  private mutating func axis(
    _ argument: SyntaxExpression, of word: StructureSyntax, rank: Int
  ) -> Int? {
    guard let size = evaluateSize(argument) else { return nil }
    guard word.arguments.count == 1, let axis = size.asInt, axis >= -rank, axis < rank else {
      fail(
        .structure(.argument(word.name.name, rule: "takes one axis of the tensor")),
        argument.range)
      return nil
    }
    return axis < 0 ? axis + rank : axis
  }

  /// `index(V)`: whole numbers 0 … V − 1; `index(V, ignore=-100)`: some may be −100 and then index nothing.
  ///
  /// The structure is that of the one-hot tensor, whose axis of classes is the last.
  private mutating func index(_ word: StructureSyntax, rank: Int) -> TensorStructure? {
    guard word.arguments.count == 1,
      word.keywords.allSatisfy({ $0.label?.name == "ignore" })
    else {
      fail(
        .structure(.argument("index", rule: "takes a size, and `ignore=` with a number")),
        word.name.range)
      return nil
    }
    guard let keyword = word.keywords.first else { return .index(ignoring: nil, axis: rank) }
    guard let ignored = evaluateSize(keyword.value) else { return nil }
    guard let number = ignored.asInt, Int(Int32(truncatingIfNeeded: number)) == number else {
      fail(.structure(.argument("index", rule: "ignores one number")), keyword.value.range)
      return nil
    }
    return .index(ignoring: number, axis: rank)
  }

  /// How many classes `index(V)` has; nil where no word says so.
  mutating func classCount(_ words: [StructureSyntax]) -> Size? {
    guard let argument = words.first(where: { $0.name.name == "index" })?.arguments.first,
      let size = evaluateSize(argument)
    else { return nil }
    guard assumptions.isAtLeast(size, 1) else {
      fail(.size(.neverPositive(size)), argument.range)
      return nil
    }
    takeConditions(argument.range)
    return size
  }
}
