import Scalars
import TensorExpressions

/// How many variables, with their powers, the exponential of an expression is a product of.
///
/// ```
/// exp(3·x − y/2) = X⁶ / Y       with X = exp(x/2), Y = exp(y/2)
/// ```
///
/// Arguments are sums of products with rational coefficients; brought over one denominator q for all exponentials of an
/// equation, the sum of the magnitudes of the coefficients is the degree in the exponentials of a q-th of each product.
struct ExponentLength {
  private let sizes: [String: Int]
  private var memo: [TensorExpression: Measure] = [:]
  private(set) var commonDenominator = 1.0

  /// The sum of the magnitudes of numerators over one denominator.
  private struct Measure {
    var length: Double
    var denominator: Double
  }

  init(sizes: [String: Int]) { self.sizes = sizes }

  /// Finds the denominator of all arguments of exponentials in some expressions.
  mutating func measure(_ roots: [TensorExpression]) {
    for node in TensorExpression.postorder(of: roots) {
      guard case .elementwise(let function, let operands) = node.kind,
        case .elementary(let elementary)? = function.primitive, elementary.involvesExponential
      else { continue }
      for operand in operands {
        commonDenominator = Self.leastCommonMultiple(
          commonDenominator, measured(operand).denominator)
      }
    }
  }

  func degree(of argument: TensorExpression) -> Double {
    guard let own = memo[argument] else { return commonDenominator }
    return max(1, own.length * (commonDenominator / own.denominator))
  }

  private mutating func measured(_ root: TensorExpression) -> Measure {
    for node in TensorExpression.postorder(of: [root]) where memo[node] == nil {
      memo[node] = computed(node)
    }
    return memo[root] ?? Measure(length: 1, denominator: 1)
  }

  private func computed(_ node: TensorExpression) -> Measure {
    let atom = Measure(length: 1, denominator: 1)
    switch node.kind {
    case .symbol, .elementwise, .selector, .inverse, .determinant, .cholesky, .recurrence:
      return atom
    case .named(_, let value): return memo[value] ?? atom
    case .extremum(let extremum): return memo[extremum.operand] ?? atom
    case .sum(let terms):
      let all = terms.map { memo[$0] ?? atom }
      let common = all.reduce(1) { Self.leastCommonMultiple($0, $1.denominator) }
      return Measure(
        length: all.reduce(0) { $0 + $1.length * (common / $1.denominator) }, denominator: common)
    case .contraction(let contraction):
      let factor = (try? contraction.coefficient.evaluated(sizes)) ?? 1
      let start = Measure(
        length: abs(Rational(factor.numerator).doubleValue)
          * IndexedSum.points(of: contraction, sizes),
        denominator: Rational(factor.denominator).doubleValue)
      return contraction.operands.reduce(start) { product, operand in
        let x = memo[operand.value] ?? atom
        return Measure(
          length: product.length * x.length, denominator: product.denominator * x.denominator)
      }
    }
  }

  /// Whole numbers as machine numbers; beyond 2⁵³ their product, which is a multiple as well.
  private static func leastCommonMultiple(_ a: Double, _ b: Double) -> Double {
    guard a < 0x1p53, b < 0x1p53 else { return a == b ? a : a * b }
    var (x, y) = (UInt64(max(a, 1)), UInt64(max(b, 1)))
    while y != 0 { (x, y) = (y, x % y) }
    return a / Double(x) * b
  }
}

extension IndexedSum {
  /// Over how many points an entry of a contraction's output is summed.
  static func points(of contraction: Contraction, _ sizes: [String: Int]) -> Double {
    IndexedSum(contraction, sizes).points
  }
}
