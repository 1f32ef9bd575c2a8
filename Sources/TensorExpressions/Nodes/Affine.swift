/// A coordinate as an affine function of a contraction's indices: a constant plus multiples of indices.
public struct Affine: Hashable, Sendable {
  /// What the coordinate is where every index is 0.
  public let constant: Size
  /// Sorted by index, without zero coefficients.
  public let terms: [Term]

  /// A multiple of one index.
  public struct Term: Hashable, Sendable {
    /// The number of the index, which counts the contraction's indices from 0.
    public let index: Int
    /// How far the coordinate moves when the index grows by 1.
    public let coefficient: Size

    public init(index: Int, coefficient: Size) {
      self.index = index
      self.coefficient = coefficient
    }
  }

  /// A coordinate of a constant and multiples of indices; terms in any order, several of one index
  /// added up.
  public init(constant: Size = .zero, terms: [Term] = []) {
    self.constant = constant
    self.terms = Self.isCanonical(terms) ? terms : Self.collected(terms)
  }

  @inlinable
  public static func == (a: Affine, b: Affine) -> Bool {
    a.constant == b.constant && a.terms == b.terms
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(constant)
    for term in terms { hasher.combine(term) }
  }

  private static func isCanonical(_ terms: [Term]) -> Bool {
    for i in terms.indices {
      if terms[i].coefficient.isZero || (i > 0 && terms[i - 1].index >= terms[i].index) {
        return false
      }
    }
    return true
  }

  /// The terms in order, those of one index added up.
  private static func collected(_ terms: [Term]) -> [Term] {
    var result: [Term] = []
    result.reserveCapacity(terms.count)
    for term in terms {
      // Most terms come in order already.
      var position = result.count
      while position > 0, result[position - 1].index > term.index { position -= 1 }
      if position > 0, result[position - 1].index == term.index {
        let sum = result[position - 1].coefficient + term.coefficient
        result[position - 1] = Term(index: term.index, coefficient: sum)
      } else {
        result.insert(term, at: position)
      }
    }
    result.removeAll { $0.coefficient.isZero }
    return result
  }

  /// The coordinate that is just one index.
  public static func index(_ index: Int) -> Affine {
    firstIndices.indices.contains(index)
      ? firstIndices[index] : Affine(terms: [Term(index: index, coefficient: .one)])
  }

  /// The coordinates that are one index, made once: almost every coordinate is one of them.
  private static let firstIndices = (0..<64).map { index in
    Affine(terms: [Term(index: index, coefficient: .one)])
  }

  /// The coordinate that is the same at every point.
  public static func constant(_ value: Size) -> Affine { Affine(constant: value) }

  /// The index, when the coordinate is just one.
  @inlinable public var asIndex: Int? {
    terms.count == 1 && terms[0].coefficient.isOne && constant.isZero ? terms[0].index : nil
  }

  /// Whether the coordinate depends on no index; it may depend on sizes.
  @inlinable public var isConstant: Bool { terms.isEmpty }

  /// The multiple of an index in the coordinate; zero where the index does not occur.
  public func coefficient(of index: Int) -> Size {
    terms.first { $0.index == index }?.coefficient ?? .zero
  }

  private var isZero: Bool { terms.isEmpty && constant.isZero }

  /// Whether the coordinate depends on an index.
  @inlinable public func mentions(_ index: Int) -> Bool {
    for i in terms.indices where terms[i].index == index { return true }
    return false
  }

  /// Adds the indices that the coordinate depends on to a set.
  @inlinable public func addIndices(to set: inout NumberSet) {
    for i in terms.indices { set.insert(terms[i].index) }
  }

  /// The sum of two coordinates, term by term.
  public static func + (a: Affine, b: Affine) -> Affine {
    if a.isZero { return b }
    if b.isZero { return a }
    if b.terms.isEmpty { return Affine(constant: a.constant + b.constant, terms: a.terms) }
    if a.terms.isEmpty { return Affine(constant: a.constant + b.constant, terms: b.terms) }
    return Affine(constant: a.constant + b.constant, terms: a.terms + b.terms)
  }

  /// The difference of two coordinates, term by term.
  public static func - (a: Affine, b: Affine) -> Affine { a + b * Size(-1) }

  /// The coordinate with its constant and every term multiplied by a size.
  public static func * (a: Affine, factor: Size) -> Affine {
    if factor.isOne { return a }
    return Affine(
      constant: a.constant * factor,
      terms: a.terms.map { Term(index: $0.index, coefficient: $0.coefficient * factor) })
  }

  /// The coordinate moved by a constant.
  public static func + (a: Affine, b: Size) -> Affine {
    Affine(constant: a.constant + b, terms: a.terms)
  }

  /// The coordinate with every index replaced by an affine function of other indices.
  public func substituting(_ replacement: (Int) -> Affine) -> Affine {
    var result = Affine(constant: constant)
    for term in terms { result = result + replacement(term.index) * term.coefficient }
    return result
  }

  /// The coordinate with an index replaced by an affine function of indices.
  public func substituting(_ index: Int, by replacement: Affine) -> Affine {
    guard let position = terms.firstIndex(where: { $0.index == index }) else { return self }
    var rest = terms
    let factor = rest.remove(at: position).coefficient
    let scaled = replacement * factor
    return Affine(constant: constant + scaled.constant, terms: rest + scaled.terms)
  }

  /// The coordinate with indices renumbered.
  public func renumbered(_ number: (Int) -> Int) -> Affine {
    if let index = asIndex { return .index(number(index)) }
    return Affine(
      constant: constant,
      terms: terms.map { Term(index: number($0.index), coefficient: $0.coefficient) })
  }

  /// The coordinate with names of sizes replaced, in the constant and in every multiple.
  public func substitutingSizes(_ sizes: [String: Size]) -> Affine {
    Affine(
      constant: constant.substituting(sizes),
      terms: terms.map {
        Term(index: $0.index, coefficient: $0.coefficient.substituting(sizes))
      })
  }
}
