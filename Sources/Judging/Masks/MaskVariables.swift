import Evaluation
import Scalars
import TensorExpressions

/// A variable of the arguments of masks.
struct MaskVariable: Sendable {
  enum Origin: Sendable {
    /// An entry of a declared tensor, by its number.
    case entry(TensorExpression, Int)
    /// What is no polynomial of entries.
    case opaque(OpaqueKind)
  }

  /// What an opaque variable is, for words and for its sign.
  enum OpaqueKind: Sendable {
    /// A function of the table's that every arithmetic has.
    case function(ElementaryFunction, ArgumentForm)
    case reciprocal(ArgumentForm)
    case power(ArgumentForm, Rational)
    /// The circle's constant.
    case pi
    /// A sum or product that is too long.
    case long

    /// Whether it is a power that only positive numbers have.
    var isRoot: Bool {
      if case .power(_, let exponent) = self { !exponent.isInteger } else { false }
    }
  }

  let origin: Origin
  let bounds: OpenRange
  let isInteger: Bool
  /// Whether it depends on nothing that is differentiated: its borders are values like any other.
  let isData: Bool
  /// Whether its value may be chosen freely inside its bounds, beside those of all other variables.
  let isFree: Bool

  /// Whether it is an entry of a declared tensor.
  var isEntry: Bool { if case .entry = origin { true } else { false } }
}

/// Numbers between two bounds that may be missing.
struct OpenRange: Hashable, Sendable {
  var low: Rational?
  var high: Rational?
  /// Whether the bounds themselves belong to it.
  var isClosed = false

  static let everything = OpenRange()
  static let positive = OpenRange(low: 0)
}

extension OpenRange {
  /// Where the values of an elementary function lie, whatever its argument.
  init(of function: ElementaryFunction) {
    switch function {
    case .exp, .sqrt, .rsqrt, .softplus: self = .positive
    case .cosh: self.init(low: 1)
    case .sigmoid: self.init(low: 0, high: 1)
    case .tanh, .erf: self.init(low: -1, high: 1)
    case .sin, .cos: self.init(low: -1, high: 1, isClosed: true)
    case .expm1: self.init(low: -1)
    case .acos: self.init(low: 0)
    case .log, .log1p, .tan, .asin, .atan, .sinh, .gelu, .silu: self = .everything
    }
  }

  /// Where the entries of a declared tensor lie.
  init(of symbol: TensorSymbol) {
    let structure = symbol.structure
    if structure.contains(.unitInterval) {
      self.init(low: 0, high: 1)
    } else if structure.contains(.simplex) {
      self.init(low: 0, high: 1, isClosed: symbol.role == .constant)
    } else if structure.contains(.mask) {
      self.init(low: 0, high: 1, isClosed: true)
    } else if structure.contains(.positive) {
      self = .positive
    } else if structure.contains(.nonnegative) {
      self.init(low: 0, isClosed: symbol.role == .constant)
    } else {
      self = .everything
    }
  }
}

extension MaskVariable {
  /// The variable of an entry of a declared tensor.
  init(entry: Int, of node: TensorExpression, _ symbol: TensorSymbol) {
    // Draws obey what these force on their entries together, which no bound says.
    let isTied = !symbol.structure.isDisjoint(with: [.orthogonal, .positiveDefinite])
    self.init(
      origin: .entry(node, entry), bounds: OpenRange(of: symbol),
      isInteger: !symbol.structure.isDisjoint(with: [.integer, .mask]),
      isData: symbol.role == .constant,
      isFree: !isTied)
  }
}

/// The variables met so far, by number, and the signs of forms in them.
struct MaskVariables: Sendable {
  private(set) var all: [MaskVariable] = []
  /// The forms of values met so far: equal values have one.
  private var forms: [UInt64: ArgumentForm] = [:]
  /// Whether one value was met that is two different real numbers, or one root of two: a field takes an odd root of
  /// `-x` for the opposite of that of `x`, and its square for the same. Real roots are those of positive numbers, so
  /// that one of the two has none.
  private(set) var hasTwofoldRoots = false

  subscript(_ number: Int) -> MaskVariable { all[number] }

  /// The form that is known of a value.
  func form(ofValue residue: UInt64) -> ArgumentForm? { forms[residue] }

  mutating func note(_ form: ArgumentForm, ofValue residue: UInt64) {
    guard let known = forms[residue] else {
      forms[residue] = form
      return
    }
    if known != form, hasRoot(known) || hasRoot(form) { hasTwofoldRoots = true }
  }

  /// The variable of a root.
  ///
  /// - Parameter base: what the root is taken of.
  mutating func root(
    _ value: UInt64, opposite: UInt64, of base: ArgumentForm, _ make: () -> MaskVariable
  ) -> ArgumentForm {
    if forms[opposite] != nil { hasTwofoldRoots = true }
    if let known = forms[value], self.base(ofRoot: known) != base { hasTwofoldRoots = true }
    return variable(value, make)
  }

  /// What a form is a root of; nil where it is none.
  private func base(ofRoot form: ArgumentForm) -> ArgumentForm? {
    guard form.constant.isZero, form.terms.count == 1, form.terms[0].monomial.count == 1,
      case .opaque(.power(let base, _)) = all[form.terms[0].monomial[0]].origin
    else { return nil }
    return base
  }

  /// Whether a root of a number occurs in a form.
  private func hasRoot(_ form: ArgumentForm) -> Bool {
    form.variables.contains { number in
      if case .opaque(let kind) = all[number].origin { kind.isRoot } else { false }
    }
  }

  /// The form that is one variable, the same for equal values.
  mutating func variable(
    _ value: UInt64, _ make: () -> MaskVariable
  ) -> ArgumentForm {
    if let known = forms[value] { return known }
    let form = ArgumentForm(variable: all.count)
    all.append(make())
    forms[value] = form
    return form
  }

  func isData(_ form: ArgumentForm) -> Bool { form.variables.allSatisfy { all[$0].isData } }

  /// Whether a form may depend on some declared tensors.
  func depends(_ form: ArgumentForm, on symbols: Set<TensorExpression>) -> Bool {
    form.variables.contains { number in
      switch all[number].origin {
      case .entry(let symbol, _): symbols.contains(symbol)
      case .opaque(.function(_, let inner)), .opaque(.reciprocal(let inner)),
        .opaque(.power(let inner, _)):
        depends(inner, on: symbols)
      case .opaque(.pi): false
      case .opaque(.long): true
      }
    }
  }

  /// The sign that the form has everywhere inside the domains, off its zeros; nil where it may have either.
  func certainSign(of form: ArgumentForm) -> Int? {
    if form.isConstant { return form.constant.signum() }
    if isNowhereNegative(form) { return 1 }
    return isNowhereNegative(-form) ? -1 : nil
  }

  /// Whether the form is zero nowhere, not on the borders of its domains either.
  func isNowhereZero(_ form: ArgumentForm) -> Bool {
    if form.constant.isZero, form.terms.count == 1, form.variables.allSatisfy(isNowhereZero) {
      return true
    }
    for signed in [form, -form] {
      guard let low = leastValue(of: signed) else { continue }
      if low.signum() > 0 { return true }
      let mayReach = signed.terms.allSatisfy { term in
        term.monomial.allSatisfy { all[$0].bounds.isClosed || all[$0].bounds.low != 0 }
      }
      if low.isZero, !mayReach { return true }
    }
    return false
  }

  private func isNowhereZero(_ variable: Int) -> Bool {
    if case .opaque(.reciprocal) = all[variable].origin { return true }
    let bounds = all[variable].bounds
    return bounds.low.map { $0.signum() > 0 || $0.isZero && !bounds.isClosed } ?? false
  }

  private func isNowhereNegative(_ form: ArgumentForm) -> Bool {
    if let least = leastValue(of: form), least.signum() >= 0 { return true }
    return QuadraticForm(form)?.isDefinite ?? false
  }

  /// A number that no value of the form lies below, made from the bounds of each term alone.
  private func leastValue(of form: ArgumentForm) -> Rational? {
    var least = form.constant
    for term in form.terms {
      let range = range(of: term.monomial)
      guard let bound = term.coefficient.signum() > 0 ? range.low : range.high else { return nil }
      least += term.coefficient * bound
    }
    return least
  }

  func range(of monomial: ArgumentForm.Monomial) -> OpenRange {
    if monomial.count == 1 { return all[monomial[0]].bounds }
    var counts: [Int: Int] = [:]
    for variable in monomial { counts[variable, default: 0] += 1 }
    var product = OpenRange(low: 0, high: 1)
    for (variable, count) in counts {
      let bounds = all[variable].bounds
      let isNonnegative = bounds.low.map { $0.signum() >= 0 } ?? false
      guard isNonnegative || count % 2 == 0 else { return .everything }
      if !isNonnegative || bounds.high.map({ $0 > 1 }) ?? true { product.high = nil }
      if bounds.isClosed || !isNonnegative { product.isClosed = true }
    }
    return product
  }
}
