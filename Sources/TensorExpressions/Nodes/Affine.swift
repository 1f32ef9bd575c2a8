/// A coordinate as an affine function of a contraction's indices: a constant plus multiples of indices.
public struct Affine: Hashable, Sendable {
  public let constant: Size
  /// Sorted by index, without zero coefficients.
  public let terms: [Term]

  public struct Term: Hashable, Sendable {
    public let index: Int
    public let coefficient: Size

    public init(index: Int, coefficient: Size) {
      self.index = index
      self.coefficient = coefficient
    }
  }

  public init(constant: Size = .zero, terms: [Term] = []) {
    self.constant = constant
    if terms.count <= 1 || zip(terms, terms.dropFirst()).allSatisfy({ $0.index < $1.index }) {
      self.terms = terms.filter { !$0.coefficient.isZero }
      return
    }
    var sums: [Int: Size] = [:]
    for term in terms { sums[term.index, default: .zero] += term.coefficient }
    self.terms = sums.filter { !$0.value.isZero }.sorted { $0.key < $1.key }
      .map { Term(index: $0.key, coefficient: $0.value) }
  }

  /// The coordinate that is just one index.
  public static func index(_ index: Int) -> Affine {
    Affine(constant: .zero, terms: [Term(index: index, coefficient: .one)])
  }

  public static func constant(_ value: Size) -> Affine { Affine(constant: value) }

  /// The index, when the coordinate is just one.
  public var asIndex: Int? {
    terms.count == 1 && terms[0].coefficient.isOne && constant.isZero ? terms[0].index : nil
  }

  public var isConstant: Bool { terms.isEmpty }

  public func coefficient(of index: Int) -> Size {
    terms.first { $0.index == index }?.coefficient ?? .zero
  }

  public static func + (a: Affine, b: Affine) -> Affine {
    if b.terms.isEmpty { return Affine(constant: a.constant + b.constant, terms: a.terms) }
    if a.terms.isEmpty { return Affine(constant: a.constant + b.constant, terms: b.terms) }
    return Affine(constant: a.constant + b.constant, terms: a.terms + b.terms)
  }

  public static func - (a: Affine, b: Affine) -> Affine { a + b * Size(-1) }

  public static func * (a: Affine, factor: Size) -> Affine {
    if factor.isOne { return a }
    return Affine(
      constant: a.constant * factor,
      terms: a.terms.map { Term(index: $0.index, coefficient: $0.coefficient * factor) })
  }

  public static func + (a: Affine, b: Size) -> Affine {
    Affine(constant: a.constant + b, terms: a.terms)
  }

  /// The coordinate with every index replaced by an affine function of other indices.
  public func substituting(_ replacement: (Int) -> Affine) -> Affine {
    var result = Affine(constant: constant)
    for term in terms { result = result + replacement(term.index) * term.coefficient }
    return result
  }

  /// The coordinate with indices renumbered.
  public func renumbered(_ number: (Int) -> Int) -> Affine {
    Affine(
      constant: constant,
      terms: terms.map { Term(index: number($0.index), coefficient: $0.coefficient) })
  }

  public func substitutingSizes(_ sizes: [String: Size]) -> Affine {
    Affine(
      constant: constant.substituting(sizes),
      terms: terms.map {
        Term(index: $0.index, coefficient: $0.coefficient.substituting(sizes))
      })
  }
}
