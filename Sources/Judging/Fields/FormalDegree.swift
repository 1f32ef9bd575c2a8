import Evaluation
import Scalars
import TensorExpressions

/// A bound on the degree of an equation's difference as a rational function of its symbols, of the parameters
/// that structured symbols are drawn by, and of the functions in it that a field replaces by random ones.
///
/// It bounds the probability that two different functions agree at a random point of a field of p elements:
/// deg/p (J. Schwartz, "Fast probabilistic algorithms for verification of polynomial identities", 1980). A
/// random function counts as a variable of its own for each argument; two different arguments that happen to
/// have one value would make one variable of two, which is counted for every pair of them.
///
/// Every entry of a value is a quotient N/D. D is a product of denominators that are told apart: by the node
/// that a denominator came from, and by the entry of it that is read. So the sum of two quotients over one
/// denominator has it once, and the sum over an axis has as many as there are entries along it.
package struct FormalDegree {
  private let sizes: [String: Int]
  private var quotients: [TensorExpression: FormalQuotient] = [:]
  private var lengths: ExponentLength
  /// By node, the degree of a denominator that came from it, and how many entries the node has.
  private(set) var factors = FormalFactors()
  /// On how many branches roots of pivots have one value or the other, times how many draws show one of them.
  private var branches = 1.0
  /// By random function, how many arguments it has and the largest degree of the difference of two.
  private var arguments: [String: (count: Double, degree: Double)] = [:]

  package init(sizes: [String: Int]) {
    self.sizes = sizes
    lengths = ExponentLength(sizes: sizes)
  }

  /// The degree of the numerator of a difference of two expressions, with the collisions of arguments.
  mutating func ofDifference(_ a: TensorExpression, _ b: TensorExpression) -> Double {
    let roots = [a, b]
    lengths.measure(roots)
    let sides = roots.map { quotient($0) }
    let difference = FormalQuotient.sum(sides, factors)
    let collisions = arguments.values.reduce(0) { $0 + $1.count * $1.count * $1.degree }
    return max(1, difference.top(factors)) * branches + collisions
  }

  /// The larger of the degrees of an expression's numerator and denominator, with the collisions of arguments.
  package mutating func ofQuotient(_ root: TensorExpression) -> Double {
    lengths.measure([root])
    let value = quotient(root)
    let collisions = arguments.values.reduce(0) { $0 + $1.count * $1.count * $1.degree }
    return max(1, value.top(factors), value.denominator.degree(factors)) * branches + collisions
  }

  /// The denominator over which the arguments of all exponentials were brought.
  package var exponentDenominator: Double { lengths.commonDenominator }

  private mutating func quotient(_ root: TensorExpression) -> FormalQuotient {
    for node in TensorExpression.postorder(of: [root]) where quotients[node] == nil {
      quotients[node] = computed(node)
    }
    return quotients[root] ?? .variable
  }

  private mutating func computed(_ node: TensorExpression) -> FormalQuotient {
    switch node.kind {
    case .symbol(let symbol): return drawn(symbol, node)
    case .recurrence(let recurrence, let line):
      var unrolling = Unrolling(steps: sizes)
      return quotient(unrolling(node.space.recurrence(recurrence, line: line)))
    case .named(_, let value): return quotient(value)
    case .sum(let terms): return .sum(terms.map { quotient($0) }, factors)
    case .contraction(let contraction):
      let operands = contraction.operands.map { (quotient($0.value), $0.access) }
      return IndexedSum(contraction, sizes).quotient(operands, factors)
    case .elementwise(let function, let operands): return value(of: function, operands, node)
    case .extremum(let extremum):
      // Random weights of the window's entries, where masks are formal.
      countArguments(of: extremum.operand, "mask", entries: entries(of: extremum))
      var chosen = IndexedSum(extremum, sizes)
        .quotient([(quotient(extremum.operand), extremum.access)], factors)
      chosen.excess += 1
      return chosen
    case .selector(let extremum):
      countArguments(of: extremum.operand, "mask", entries: entries(of: extremum))
      return .variable
    case .inverse(let matrix): return inverse(of: matrix, node)
    case .determinant(let matrix): return determinant(of: matrix)
    case .cholesky(let matrix): return factor(of: matrix, node)
    }
  }

  /// A symbol's entries as functions of what they are drawn by.
  private mutating func drawn(_ symbol: TensorSymbol, _ node: TensorExpression) -> FormalQuotient {
    // L·Lᵀ, where the diagonal of L is made of squares when a factor is taken of it.
    if symbol.structure.contains(.positiveDefinite) { return FormalQuotient(excess: 4) }
    guard symbol.structure.contains(.orthogonal), node.shape.count == 2 else { return .variable }
    // A product of reflections I − 2vvᵀ/vᵀv, as many as there are rows.
    let reflections = node.shape.map(extent).max() ?? 1
    factors.add(node, degree: 2 * reflections, entries: 1)
    return FormalQuotient(excess: 0, denominator: .one(node, [], power: 1))
  }

  // MARK: Functions

  private mutating func value(
    of function: Elementwise, _ operands: [TensorExpression], _ node: TensorExpression
  ) -> FormalQuotient {
    switch function.primitive {
    case .reciprocal: return reciprocal(quotient(operands[0]), node)
    case .step, .floor, .round:
      countArguments(of: operands[0], "mask", entries: entries(of: operands[0]))
      return .variable
    case .pi: return FormalQuotient(excess: 2)
    case .stopped: return quotient(operands[0])
    case .power: return power(operands, node)
    case .elementary(let elementary): return value(of: elementary, operands[0], node)
    case nil:
      guard let definition = function.definition else { return .variable }
      return quotient(definition(operands))
    }
  }

  private mutating func reciprocal(
    _ x: FormalQuotient, _ node: TensorExpression
  ) -> FormalQuotient {
    let degree = x.top(factors)
    if degree <= 0 { return FormalQuotient(excess: -x.excess) }
    factors.add(node, degree: degree, entries: entries(of: node))
    return FormalQuotient(
      excess: -x.excess, denominator: .one(node, node.shape.indices.map(Affine.index), power: 1))
  }

  private mutating func power(
    _ operands: [TensorExpression], _ node: TensorExpression
  ) -> FormalQuotient {
    guard let exponent = try? operands[1].unnamed.asConstant?.evaluated(sizes) else {
      return FormalQuotient(excess: .infinity)
    }
    let x = quotient(operands[0])
    guard exponent.isInteger else {
      // A root is a variable of its own, and a power of it has that power's degree.
      countArguments(of: operands[0], "root", entries: entries(of: node))
      let degree =
        abs(exponent.numerator.approximation) + exponent.denominator.approximation
      factors.add(node, degree: degree, entries: entries(of: node))
      return FormalQuotient(
        excess: degree, denominator: .one(node, node.shape.indices.map(Affine.index), power: 1))
    }
    let raised = x.raised(to: abs(exponent.numerator.approximation))
    return exponent.signum() < 0 ? reciprocal(raised, node) : raised
  }

  /// An elementary function: a rational function of a random value, which the table of ``Behaviour`` describes.
  private mutating func value(
    of function: ElementaryFunction, _ operand: TensorExpression, _ node: TensorExpression
  ) -> FormalQuotient {
    let behaviour = Behaviour(function)
    countArguments(of: operand, behaviour.family, entries: entries(of: operand))
    let scale = behaviour.family == Behaviour.exponentials ? lengths.degree(of: operand) : 1
    var result = FormalQuotient(excess: behaviour.excess * scale)
    if behaviour.denominator > 0 {
      factors.add(node, degree: behaviour.denominator * scale, entries: entries(of: node))
      result.denominator = .one(node, node.shape.indices.map(Affine.index), power: 1)
    }
    return behaviour.timesOperand ? result.times(quotient(operand), factors) : result
  }

  private mutating func countArguments(
    of operand: TensorExpression, _ family: String, entries: Double
  ) {
    let x = quotient(operand)
    let degree = max(1, max(x.excess, 0) + 2 * x.denominator.degree(factors))
    let known = arguments[family] ?? (1, 0)
    arguments[family] = (known.count + entries, max(known.degree, degree))
  }

  // MARK: Matrices

  /// det X over the product of the denominators of all entries, of which each term has n, one of each row.
  private mutating func determinant(of matrix: TensorExpression) -> FormalQuotient {
    let n = matrix.shape.last.map(extent) ?? 1
    let x = quotient(matrix)
    return FormalQuotient(
      excess: n * x.excess, denominator: x.denominator.ofMatrix(n, factors))
  }

  /// The cofactors over the determinant, both over the product of all denominators.
  private mutating func inverse(
    of matrix: TensorExpression, _ node: TensorExpression
  ) -> FormalQuotient {
    let degree = determinant(of: matrix).top(factors)
    let excess = -quotient(matrix).excess
    if degree <= 0 { return FormalQuotient(excess: excess) }
    factors.add(node, degree: degree, entries: 1)
    return FormalQuotient(excess: excess, denominator: .one(node, [], power: 1))
  }

  /// The entries of a Cholesky factor. That of a declared matrix is what the matrix is drawn by, with squares on its
  /// diagonal.
  ///
  /// Of other matrices it is L[i,j] = M·s/q for a minor M, the product q of two leading minors and s = √q. A difference
  /// that is not zero has a norm, the product over both signs of each of the n roots, which is not zero and in which
  /// s² = q. It is met at points at which all pivots are squares, one in 2ⁿ.
  private mutating func factor(
    of matrix: TensorExpression, _ node: TensorExpression
  ) -> FormalQuotient {
    if matrix.unnamed.structure.contains(.positiveDefinite) { return FormalQuotient(excess: 2) }
    let n = matrix.shape.last.map(extent) ?? 1
    let minor = determinant(of: matrix)
    let degree = max(1, minor.top(factors), minor.denominator.degree(factors))
    branches *= (0..<Int(n)).reduce(1) { product, _ in 4 * product }
    factors.add(node, degree: 4 * degree, entries: n)
    return FormalQuotient(excess: 0, denominator: .one(node, [.index(1)], power: 1))
  }

  // MARK: Extents

  private func extent(_ size: Size) -> Double { Double((try? size.evaluated(sizes)) ?? 1) }

  private func entries(of node: TensorExpression) -> Double {
    node.shape.reduce(1) { $0 * extent($1) }
  }

  private func entries(of extremum: Extremum) -> Double {
    (extremum.outputExtents + extremum.windowExtents).reduce(1) { $0 * extent($1) }
  }
}

/// How a field's model of a function depends on the random value of its argument; see
/// ``PrimeFieldArithmetic/apply(_:_:)``.
private struct Behaviour {
  /// Functions that are made from one random function.
  let family: String
  /// The degree of the numerator less that of the denominator, at most.
  let excess: Double
  let denominator: Double
  /// Whether the operand itself is a factor.
  var timesOperand = false

  static let exponentials = "exp"

  init(_ function: ElementaryFunction) {
    switch function {
    // The random value or its reciprocal, whichever of u and −u is the upper one.
    case .exp, .expm1, .sinh, .cosh: (family, excess, denominator) = (Self.exponentials, 1, 1)
    case .sigmoid: (family, excess, denominator) = (Self.exponentials, 0, 1)
    case .tanh: (family, excess, denominator) = (Self.exponentials, 0, 2)
    case .silu:
      (family, excess, denominator) = (Self.exponentials, 0, 1)
      timesOperand = true
    case .softplus: (family, excess, denominator) = (Self.exponentials, 1, 0)
    case .log, .log1p: (family, excess, denominator) = ("log", 1, 0)
    case .sqrt: (family, excess, denominator) = ("root", 1, 0)
    case .rsqrt: (family, excess, denominator) = ("root", -1, 1)
    case .sin: (family, excess, denominator) = ("sin", -1, 2)
    case .cos: (family, excess, denominator) = ("sin", 0, 2)
    case .tan: (family, excess, denominator) = ("sin", -1, 2)
    case .asin: (family, excess, denominator) = ("asin", 1, 0)
    case .acos: (family, excess, denominator) = ("asin", 2, 0)
    case .atan: (family, excess, denominator) = ("atan", 1, 0)
    case .erf: (family, excess, denominator) = ("erf", 1, 0)
    case .gelu:
      (family, excess, denominator) = ("erf", 1, 0)
      timesOperand = true
    }
  }
}

extension Integer {
  /// The value as a machine number, rounded; infinite beyond its range.
  fileprivate var approximation: Double { Rational(self).doubleValue }
}
