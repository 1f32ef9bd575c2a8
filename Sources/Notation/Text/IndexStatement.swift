import TensorExpressions

/// A contraction over named tensors as a statement, `dW[i,o] += x[b,i] * dz[b,o]`.
public struct IndexStatement: Sendable {
  /// A tensor with the text that names it, and its access.
  public struct Factor: Sendable {
    public var name: String
    public var access: [Affine]
    public var shape: [Size]
  }

  public let name: String
  public let coefficient: Coefficient
  public let target: [Affine]
  public let shape: [Size]
  public let extents: [Size]
  public let factors: [Factor]

  init(name: String, _ contraction: Contraction, _ factors: [Factor], shape: [Size]) {
    self.name = name
    self.shape = shape
    var coefficient = contraction.coefficient
    var extents = contraction.indices
    // An index of extent 1 is 0; one that no slot holds counts.
    let ones = Set(extents.indices.filter { extents[$0].isOne })
    let zeroed: (Affine) -> Affine = { coordinate in
      coordinate.substituting { ones.contains($0) ? .constant(.zero) : .index($0) }
    }
    target = contraction.output.map(zeroed)
    var used = Set(target.flatMap(\.terms).map(\.index))
    var own: [Factor] = []
    for factor in factors {
      var changed = factor
      changed.access = factor.access.map(zeroed)
      used.formUnion(changed.access.flatMap(\.terms).map(\.index))
      own.append(changed)
    }
    for i in extents.indices where !used.contains(i) && !extents[i].isOne {
      coefficient = coefficient * Coefficient(extents[i])
      extents[i] = .one
    }
    self.coefficient = coefficient
    self.extents = extents
    self.factors = own
  }

  /// Every coordinate with its axis's extent.
  var coordinates: [(coordinate: Affine, extent: Size)] {
    var result = Array(zip(target, shape)).map { (coordinate: $0.0, extent: $0.1) }
    for factor in factors {
      result += zip(factor.access, factor.shape).map { (coordinate: $0.0, extent: $0.1) }
    }
    return result
  }

  /// The statement; indices get names that are different from `usedNames` and every size.
  public func text(usedNames: Set<String>) -> String {
    let names = IndexNames(self, usedNames: usedNames).names
    func access(_ coordinates: [Affine]) -> String {
      coordinates.isEmpty
        ? "" : "[" + coordinates.map { Self.text($0, names) }.joined(separator: ",") + "]"
    }
    let scale = CoefficientText(coefficient)
    var parts: [String] = []
    if let numerator = scale.numerator { parts.append(numerator) }
    parts += factors.map { $0.name + access($0.access) }
    if parts.isEmpty { parts = ["1"] }
    var text = "\(name)\(access(target)) += "
    text += (scale.isNegative ? "-" : "") + parts.joined(separator: " * ")
    if let denominator = scale.denominator { text += " / " + denominator }
    let ranges = unboundedIndices.map { "\(names[$0]) in range(\(extents[$0]))" }
    if !ranges.isEmpty { text += " for " + ranges.joined(separator: ", ") }
    return text
  }

  /// The indices whose range does not follow from an axis of their own.
  private var unboundedIndices: [Int] {
    let facts = SizeFacts(positives: extents + shape)
    var bounded: Set<Int> = []
    var used: Set<Int> = []
    for (coordinate, extent) in coordinates {
      used.formUnion(coordinate.terms.map(\.index))
      if let index = coordinate.asIndex, facts.isAtMost(extent, extents[index]) {
        bounded.insert(index)
      }
    }
    return used.subtracting(bounded).sorted()
  }

  /// A coordinate such as `2*p+k-1`.
  static func text(_ coordinate: Affine, _ names: [String]) -> String {
    var text = ""
    // What is added comes before what is subtracted.
    let terms =
      coordinate.terms.filter { !$0.coefficient.isNegativeText }.sorted {
        rank($0, names) < rank($1, names)
      }
      + coordinate.terms.filter { $0.coefficient.isNegativeText }
    if let first = terms.first, first.coefficient.isNegativeText, !coordinate.constant.isZero {
      text = compact(coordinate.constant)
      for term in terms { append(term, names, to: &text) }
      return text
    }
    for term in terms { append(term, names, to: &text) }
    if !coordinate.constant.isZero || terms.isEmpty {
      let constant = compact(coordinate.constant)
      text += text.isEmpty || constant.hasPrefix("-") ? constant : "+" + constant
    }
    return text
  }

  /// Multiples come first, then the index of windows.
  private static func rank(_ term: Affine.Term, _ names: [String]) -> Int {
    if !term.coefficient.isOne { return 0 }
    return IndexNames.windowNames.contains(names[term.index]) ? 1 : 2
  }

  private static func append(_ term: Affine.Term, _ names: [String], to text: inout String) {
    let isNegative = term.coefficient.isNegativeText
    let magnitude = isNegative ? -term.coefficient : term.coefficient
    if isNegative { text += "-" } else if !text.isEmpty { text += "+" }
    if !magnitude.isOne { text += compact(magnitude.factorText) + "*" }
    text += names[term.index]
  }

  private static func compact(_ size: Size) -> String { compact(size.description) }
  private static func compact(_ text: String) -> String {
    String(text.filter { $0 != " " })
  }
}

extension Size {
  /// Whether the printed size starts with a minus sign.
  var isNegativeText: Bool { description.hasPrefix("-") }
}
