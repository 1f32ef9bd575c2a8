/// An indivisible unknown of a size: a declared name, or a floor division that does not come out even.
///
/// Two atoms are equal when their canonical texts are; the text is made once, when the atom is.
public struct SizeAtom: Hashable, Comparable, Sendable {
  /// What an atom stands for.
  public indirect enum Meaning: Sendable {
    /// A declared name.
    case name(String)
    /// ⌊dividend / divisor⌋, in this order.
    case floorDivision(Size, Size)
  }

  /// Whether the atom is a name or a floor division, with its parts.
  public let meaning: Meaning
  /// The canonical text, by which atoms are compared and ordered.
  public let text: String
  /// The text's hash, made once: sizes are looked up far more often than made.
  private let hash: Int

  private init(meaning: Meaning, text: String) {
    self.meaning = meaning
    self.text = text
    hash = text.hashValue
  }

  /// The atom of a declared name, which is its own text.
  public static func name(_ name: String) -> SizeAtom {
    SizeAtom(meaning: .name(name), text: name)
  }

  static func floorDivision(_ dividend: Size, _ divisor: Size) -> SizeAtom {
    SizeAtom(
      meaning: .floorDivision(dividend, divisor),
      text: "\(dividend.factorText)//\(divisor.factorText)")
  }

  public static func == (a: SizeAtom, b: SizeAtom) -> Bool { a.text == b.text }
  public static func < (a: SizeAtom, b: SizeAtom) -> Bool { a.text < b.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  package var isName: Bool { if case .name = meaning { true } else { false } }

  /// The names that the atom depends on.
  var names: Set<String> {
    switch meaning {
    case .name(let name): [name]
    case .floorDivision(let dividend, let divisor): dividend.names.union(divisor.names)
    }
  }
}

/// A product of powers of atoms; the empty one is 1.
public struct SizeMonomial: Hashable, Comparable, Sendable {
  /// Sorted by atom; every exponent is at least 1.
  public let factors: [Factor]

  /// A power of an atom.
  public struct Factor: Hashable, Sendable {
    /// What is raised to the power.
    public let atom: SizeAtom
    /// The exponent, at least 1.
    public let exponent: Int
  }

  /// The empty product.
  public static let one = SizeMonomial(factors: [])

  init(factors: [Factor]) { self.factors = factors }

  /// The monomial of one atom.
  public init(_ atom: SizeAtom) { factors = [Factor(atom: atom, exponent: 1)] }

  /// Whether the product is empty.
  public var isOne: Bool { factors.isEmpty }
  /// The sum of the exponents; a floor division counts as a name does.
  public var degree: Int { factors.reduce(0) { $0 + $1.exponent } }

  /// The product, with the exponents of an atom that both have added.
  public static func * (a: SizeMonomial, b: SizeMonomial) -> SizeMonomial {
    if a.isOne { return b }
    if b.isOne { return a }
    var result: [Factor] = []
    var i = 0
    var j = 0
    while i < a.factors.count, j < b.factors.count {
      let x = a.factors[i]
      let y = b.factors[j]
      if x.atom == y.atom {
        result.append(Factor(atom: x.atom, exponent: x.exponent + y.exponent))
        i += 1
        j += 1
      } else if x.atom < y.atom {
        result.append(x)
        i += 1
      } else {
        result.append(y)
        j += 1
      }
    }
    result += a.factors[i...]
    result += b.factors[j...]
    return SizeMonomial(factors: result)
  }

  /// The quotient, when `divisor` divides this monomial.
  func divided(by divisor: SizeMonomial) -> SizeMonomial? {
    if divisor.isOne { return self }
    var result: [Factor] = []
    var j = 0
    for x in factors {
      if j < divisor.factors.count, divisor.factors[j].atom == x.atom {
        let exponent = x.exponent - divisor.factors[j].exponent
        if exponent < 0 { return nil }
        if exponent > 0 { result.append(Factor(atom: x.atom, exponent: exponent)) }
        j += 1
      } else {
        result.append(x)
      }
    }
    return j == divisor.factors.count ? SizeMonomial(factors: result) : nil
  }

  /// The exponent of `atom`, 0 where it does not occur.
  func exponent(of atom: SizeAtom) -> Int {
    factors.first { $0.atom == atom }?.exponent ?? 0
  }

  /// Higher degrees first, then by the atoms in order: a monomial order, so leading terms multiply.
  public static func < (a: SizeMonomial, b: SizeMonomial) -> Bool {
    let (p, q) = (a.degree, b.degree)
    if p != q { return p > q }
    for (x, y) in zip(a.factors, b.factors) {
      if x.atom != y.atom { return x.atom < y.atom }
      if x.exponent != y.exponent { return x.exponent > y.exponent }
    }
    return false
  }

  var text: String {
    factors.map { factor in
      if factor.exponent == 1 {
        if case .floorDivision = factor.atom.meaning, factors.count > 1 {
          return "(\(factor.atom.text))"
        }
        return factor.atom.text
      }
      if case .floorDivision = factor.atom.meaning {
        return "(\(factor.atom.text))**\(factor.exponent)"
      }
      return "\(factor.atom.text)**\(factor.exponent)"
    }.joined(separator: "*")
  }
}
