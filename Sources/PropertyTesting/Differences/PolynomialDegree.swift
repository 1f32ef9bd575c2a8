import Scalars
import TensorExpressions

/// The degree of an expression as a polynomial in a parameter that moves some of its symbols along a line.
///
/// It decides how many points a central difference needs to be an equality. A bound from above: terms that cancel
/// are not seen.
struct PolynomialDegree: Hashable, Sendable {
  let degree: Int
  /// Whether the polynomial is another one on the other side of some mask.
  let isPiecewise: Bool

  /// Why an expression is no polynomial.
  enum Obstacle: Error, Hashable {
    /// A function of a moving argument that is no polynomial, by its name.
    case function(String)
    /// The degree leaves every reasonable number of points.
    case tooHigh
  }

  /// No central difference of more than half as many pairs of points is taken.
  static let limit = 64

  private static let still = PolynomialDegree(degree: 0, isPiecewise: false)

  /// The degree of `root` where the symbols of `moving` depend on the parameter linearly.
  ///
  /// - Parameter sizes: the numbers of the sizes, for determinants.
  static func of(
    _ root: TensorExpression, moving: Set<TensorExpression>, sizes: [String: Int]
  ) throws(Obstacle) -> PolynomialDegree {
    var memo: [TensorExpression: PolynomialDegree] = [:]
    for node in TensorExpression.postorder(of: [root]) {
      memo[node] = try degree(of: node, moving, sizes) { memo[$0] ?? still }
    }
    return memo[root] ?? still
  }

  private static func degree(
    of node: TensorExpression, _ moving: Set<TensorExpression>, _ sizes: [String: Int],
    _ known: (TensorExpression) -> PolynomialDegree
  ) throws(Obstacle) -> PolynomialDegree {
    let operands = node.operands.map(known)
    let highest = operands.map(\.degree).max() ?? 0
    let isPiecewise = operands.contains(where: \.isPiecewise)
    var total = highest
    switch node.kind {
    case .symbol:
      return moving.contains(node) ? PolynomialDegree(degree: 1, isPiecewise: false) : still
    case .sum, .named: break
    case .contraction: total = operands.reduce(0) { $0 + $1.degree }
    case .elementwise(let function, let arguments):
      return try degree(of: function, arguments, operands, moving, sizes, known)
    case .extremum:
      return PolynomialDegree(degree: highest, isPiecewise: highest > 0 || isPiecewise)
    case .selector: return PolynomialDegree(degree: 0, isPiecewise: highest > 0 || isPiecewise)
    case .recurrence:
      // Differences are taken of what is written out step by step.
      if highest > 0 { throw .function("for") }
    case .inverse:
      if highest > 0 { throw .function("inv") }
    case .cholesky:
      if highest > 0 { throw .function("cholesky") }
    case .determinant(let matrix):
      guard let order = try? matrix.shape[0].evaluated(sizes) else { throw .tooHigh }
      total = highest * order
    }
    if total > limit { throw .tooHigh }
    return PolynomialDegree(degree: total, isPiecewise: isPiecewise)
  }

  private static func degree(
    of function: Elementwise, _ arguments: [TensorExpression], _ operands: [PolynomialDegree],
    _ moving: Set<TensorExpression>, _ sizes: [String: Int],
    _ known: (TensorExpression) -> PolynomialDegree
  ) throws(Obstacle) -> PolynomialDegree {
    let isStill = operands.allSatisfy { $0.degree == 0 }
    let isPiecewise = operands.contains(where: \.isPiecewise)
    if isStill { return PolynomialDegree(degree: 0, isPiecewise: isPiecewise) }
    if function.primitive?.decidesByOrder == true {
      return PolynomialDegree(degree: 0, isPiecewise: true)
    }
    if function.primitive == .power, let exponent = arguments[1].asConstant?.asRational?.asInt,
      exponent >= 0
    {
      guard exponent <= limit, operands[0].degree * exponent <= limit else { throw .tooHigh }
      return PolynomialDegree(degree: operands[0].degree * exponent, isPiecewise: isPiecewise)
    }
    // Functions that are made of masks and products, such as relu.
    guard function.primitive == nil, let definition = function.definition else {
      throw .function(function.name)
    }
    let body = definition(arguments)
    var inner: [TensorExpression: PolynomialDegree] = [:]
    for (argument, degree) in zip(arguments, operands) { inner[argument] = degree }
    for node in TensorExpression.postorder(of: [body]) where inner[node] == nil {
      inner[node] = try degree(of: node, moving, sizes) { inner[$0] ?? known($0) }
    }
    return inner[body] ?? still
  }
}

extension PolynomialDegree.Obstacle {
  var sentence: String {
    switch self {
    case .function(let name): "`\(name)` is no polynomial"
    case .tooHigh: "its degree is above \(PolynomialDegree.limit)"
    }
  }
}
