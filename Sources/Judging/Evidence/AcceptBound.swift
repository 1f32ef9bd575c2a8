import Evaluation
import Scalars
import TensorExpressions

/// How likely it is that sides which differ agree at a random point of a field.
struct AcceptBound {
  private let equation: Equation
  private let levels: Int
  fileprivate let orthogonal: [TensorExpression]
  private var degrees: [[String: Int]: Double] = [:]

  init(_ equation: Equation) {
    self.equation = equation
    let sides = [equation.left, equation.right]
    levels = FunctionProfile(of: sides).levelCount
    orthogonal = TensorExpression.symbols(of: sides).filter(\.isRotationOrReflection)
  }

  /// Whether some draws have shown every component of the declared structures: both kinds of each orthogonal
  /// matrix, in all combinations.
  func coversComponents(_ draws: [Draw]) -> Bool {
    hasFewComponents && draws.components(of: orthogonal).count == 1 << orthogonal.count
  }

  /// Whether there are no more components than draws can show.
  fileprivate var hasFewComponents: Bool { orthogonal.count <= Self.mostOrthogonal }

  /// Sixteen components.
  private static let mostOrthogonal = 4

  /// The base-2 logarithm of a bound of the probability, of one draw; never above 0.
  mutating func bits(at draw: Draw) -> Double {
    let bits = degree(at: draw).exponentAbove - PrimeFieldChain.leastBits(count: levels)
    return min(0, bits)
  }

  private mutating func degree(at draw: Draw) -> Double {
    let degree = degrees[draw.sizes] ?? degree(sizes: draw.sizes)
    degrees[draw.sizes] = degree
    // Where values are large, they are compared along random vectors; see `RandomProjection`.
    let isProjected = draw.isLarge(for: [equation.left, equation.right])
    return degree + (isProjected ? Double(equation.left.shape.count) : 0)
  }

  private func degree(sizes: [String: Int]) -> Double {
    var degrees = FormalDegree(sizes: sizes)
    return degrees.ofDifference(equation.left, equation.right)
  }

  /// Why no number of draws that fits is enough.
  mutating func refusal(at draw: Draw) -> String {
    orthogonal.count > 2
      ? "\(orthogonal.count) orthogonal matrices have too many kinds together to draw each"
      : """
      a formula of degree 2^\(Int(min(degree(at: draw).exponentAbove, 1e6))) \
      is too large for random evaluation to tell it from another
      """
  }
}

extension Double {
  /// A whole number e with 2^e at least the number, which is at least 1.
  fileprivate var exponentAbove: Double {
    isFinite ? Double(exponent) + (significand > 1 ? 1 : 0) : .infinity
  }
}

extension [Draw] {
  /// The components of the declared structures that the draws are of, each by its reflections.
  func components(of symbols: [TensorExpression]) -> Set<Set<TensorExpression>> {
    Set(map { $0.reflections(among: symbols) })
  }

  /// Some of the draws, with as many more as show the components that any of them shows.
  func spanning(_ chosen: [Draw], _ symbols: [TensorExpression]) -> [Draw] {
    var seen = chosen.components(of: symbols)
    return chosen + filter { seen.insert($0.reflections(among: symbols)).inserted }
  }

  /// The draws with siblings of the one that takes least, until every component of the declared structures is
  /// shown, where they have few.
  func showingComponents(of equation: Equation) -> [Draw] {
    let bound = AcceptBound(equation)
    let sides = [equation.left, equation.right]
    guard bound.hasFewComponents, !bound.coversComponents(self),
      let base = self.min(by: { $0.work(of: sides) < $1.work(of: sides) })
    else { return self }
    var all = self
    for number in 0..<Self.mostSiblings where !bound.coversComponents(all) {
      let next = base.sibling(Self.firstSibling + number)
      if !all.components(of: bound.orthogonal).contains(next.reflections(among: bound.orthogonal)) {
        all.append(next)
      }
    }
    return all
  }

  /// The siblings of a draw from this number on serve nothing else.
  private static var firstSibling: Int { 1 << 21 }
  private static var mostSiblings: Int { 200 }
}

extension TensorExpression {
  /// Whether it is a square orthogonal matrix, of which there are two kinds.
  var isRotationOrReflection: Bool {
    guard case .symbol(let symbol) = kind else { return false }
    return symbol.structure.contains(.orthogonal) && shape.count == 2 && shape[0] == shape[1]
  }
}
