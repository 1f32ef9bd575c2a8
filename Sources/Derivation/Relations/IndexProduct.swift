import TensorExpressions

/// A product of tensors over an index relation, with its factors as opaque atoms: what contractions are
/// compared, composed and simplified as.
///
/// ```
/// out[output(v)] += coefficient · Π atomᵢ[accessᵢ(v)]     for every whole vector v inside all windows
/// ```
///
/// Unlike in a ``Contraction``, the indices have no box: windows bound them, those that the factors' and the
/// output's own extents imply as well as the listed ones.
struct IndexProduct {
  var coefficient: Coefficient
  var output: [Affine]
  let outputShape: [Size]
  var factors: [Factor]
  /// Bounds beyond those of the slots: each coordinate lies in `0 ..< extent`.
  var windows: [Window]
  /// One more than the largest index in use.
  var indexCount: Int

  struct Factor: Hashable {
    let atom: Int
    let shape: [Size]
    var access: [Affine]
  }

  struct Window: Hashable {
    var coordinate: Affine
    let extent: Size
  }

  /// What became of imposing an equation.
  enum Outcome {
    case solved
    /// No point satisfies it: the product is zero.
    case empty
    /// It could not be solved in whole numbers by what is known of the sizes.
    case stuck
  }

  /// Every window, those of the slots included.
  var allWindows: [Window] { windows { _, _ in true } }

  /// The windows of the slots and the listed ones, as far as they are asked for.
  func windows(where isWanted: (Affine, Size) -> Bool) -> [Window] {
    var result: [Window] = []
    forEachWindow { coordinate, extent in
      if isWanted(coordinate, extent) {
        result.append(Window(coordinate: coordinate, extent: extent))
      }
    }
    return result
  }

  /// Looks at every window in turn, the listed ones last.
  func forEachWindow(_ body: (Affine, Size) -> Void) {
    forEachSlotWindow(body)
    for i in windows.indices { body(windows[i].coordinate, windows[i].extent) }
  }

  /// Looks at the windows that the output's and the factors' extents are.
  func forEachSlotWindow(_ body: (Affine, Size) -> Void) {
    for axis in output.indices { body(output[axis], outputShape[axis]) }
    for f in factors.indices {
      for axis in factors[f].access.indices {
        body(factors[f].access[axis], factors[f].shape[axis])
      }
    }
  }

  /// Replaces index `index` everywhere.
  mutating func substitute(_ index: Int, _ replacement: Affine) {
    if replacement.asIndex == index { return }
    func replace(in coordinates: inout [Affine]) {
      for i in coordinates.indices where coordinates[i].mentions(index) {
        coordinates[i] = coordinates[i].substituting(index, by: replacement)
      }
    }
    replace(in: &output)
    for i in factors.indices { replace(in: &factors[i].access) }
    for i in windows.indices where windows[i].coordinate.mentions(index) {
      windows[i].coordinate = windows[i].coordinate.substituting(index, by: replacement)
    }
  }

  /// The indices that occur anywhere.
  var usedIndices: NumberSet {
    var result = NumberSet()
    forEachWindow { coordinate, _ in coordinate.addIndices(to: &result) }
    return result
  }

  /// The indices that the output or a factor is read at.
  var slotIndices: NumberSet {
    var result = NumberSet()
    forEachSlotWindow { coordinate, _ in coordinate.addIndices(to: &result) }
    return result
  }

  /// Restricts the relation to the points where `equation` is 0, eliminating an index; those that satisfy
  /// `prefers` are eliminated first.
  mutating func impose(
    _ equation: Affine, facts: SizeFacts, preferring prefers: (Int) -> Bool = { _ in false }
  ) -> Outcome {
    var equation = equation
    // Every round makes the smallest coefficient smaller, so 64 rounds are enough for any 64-bit numbers.
    for _ in 0..<64 {
      if equation.isConstant {
        if equation.constant.isZero { return .solved }
        let differs =
          facts.isPositive(equation.constant) || facts.isPositive(-equation.constant)
        return differs ? .empty : .stuck
      }
      switch Self.reduced(equation, facts: facts) {
      case .some(let reduced): equation = reduced
      case .none: return .empty
      }
      if let (index, value) = Self.solve(equation, preferring: prefers) {
        substitute(index, value)
        return .solved
      }
      guard let (index, value) = Self.euclideanStep(equation) else { return .stuck }
      substitute(index, value)
      equation = equation.substituting(index, by: value)
    }
    return .stuck
  }

  /// The equation over a common divisor of its coefficients; nil when the constant does not allow a solution.
  private static func reduced(_ equation: Affine, facts: SizeFacts) -> Affine? {
    var divisor = 0
    for term in equation.terms {
      guard let value = term.coefficient.asInt else {
        return reducedSymbolically(equation, facts: facts)
      }
      divisor = gcd(divisor, value)
    }
    if divisor <= 1 { return equation }
    if let constant = equation.constant.exactlyDivided(by: Size(divisor)) {
      return Affine(
        constant: constant,
        terms: equation.terms.map {
          Affine.Term(index: $0.index, coefficient: Size(($0.coefficient.asInt ?? 0) / divisor))
        })
    }
    return equation.constant.isConstant ? nil : equation
  }

  /// The equation over one of its own coefficients, when that divides everything and is proved not to be 0.
  private static func reducedSymbolically(_ equation: Affine, facts: SizeFacts) -> Affine {
    for candidate in equation.terms where !candidate.coefficient.isConstant {
      let divisor = candidate.coefficient
      guard facts.isPositive(divisor) || facts.isPositive(-divisor) else { continue }
      guard let constant = equation.constant.exactlyDivided(by: candidate.coefficient) else {
        continue
      }
      let terms = equation.terms.compactMap { term in
        term.coefficient.exactlyDivided(by: candidate.coefficient).map {
          Affine.Term(index: term.index, coefficient: $0)
        }
      }
      if terms.count == equation.terms.count { return Affine(constant: constant, terms: terms) }
    }
    return equation
  }

  /// The index with coefficient ±1 and its value, preferred ones first.
  private static func solve(
    _ equation: Affine, preferring prefers: (Int) -> Bool
  ) -> (Int, Affine)? {
    let units = equation.terms.filter { abs($0.coefficient.asInt ?? 0) == 1 }
    guard let chosen = units.first(where: { prefers($0.index) }) ?? units.last else { return nil }
    let rest = Affine(
      constant: equation.constant, terms: equation.terms.filter { $0.index != chosen.index })
    return (chosen.index, chosen.coefficient.isOne ? rest * Size(-1) : rest)
  }

  /// One step of Euclid's algorithm: v → v − Σ qᵢ·vᵢ for the index of the smallest coefficient.
  private static func euclideanStep(_ equation: Affine) -> (Int, Affine)? {
    var smallest: (index: Int, value: Int)?
    for term in equation.terms {
      guard let value = term.coefficient.asInt else { return nil }
      if smallest == nil || abs(value) < abs(smallest?.value ?? 0) {
        smallest = (term.index, value)
      }
    }
    guard let (index, pivot) = smallest, equation.terms.count > 1 else { return nil }
    var terms = [Affine.Term(index: index, coefficient: .one)]
    for term in equation.terms where term.index != index {
      let quotient = floored(term.coefficient.asInt ?? 0, pivot)
      terms.append(Affine.Term(index: term.index, coefficient: Size(-quotient)))
    }
    return (index, Affine(terms: terms))
  }

  static func floored(_ n: Int, _ d: Int) -> Int {
    Size(n).flooredDivision(by: Size(d)).asInt ?? 0
  }

  static func gcd(_ a: Int, _ b: Int) -> Int {
    var (x, y) = (abs(a), abs(b))
    while y != 0 { (x, y) = (y, x % y) }
    return x
  }
}
