import Derivation
import Evaluation
import ExpressionLanguage
import Notation
import Scalars
import TensorExpressions

/// What the claims of a program need beside what its forward pass and its declarations grant.
///
/// A claim is right where the forward pass has a value, or its domain is smaller: that is said. Where it has none on a
/// whole cell of masks, and the gradient has one, the claim is wrong.
final class ClaimDomains {
  private let program: Program
  /// Whether two values are equal, by numbers.
  private let isEqual: (TensorExpression, TensorExpression) -> Bool
  private let forward: DomainNeeds
  private lazy var knowledge = DomainKnowledge(facts: program.facts, granting: [forward])

  init(_ program: Program, isEqual: @escaping (TensorExpression, TensorExpression) -> Bool) {
    self.program = program
    self.isEqual = isEqual
    forward = DomainNeeds.granted(by: program.output?.values ?? [])
  }

  /// What nothing grants of a claim as it is written, each once; of an identity what one side needs and the other does
  /// not.
  func open(claim number: Int) -> [DomainCondition] {
    let claim = program.claims[number]
    guard case .success(let claimed) = claim.claimed else { return [] }
    let right = DomainNeeds(of: [claimed])
    switch claim.subject {
    case .gradient: return right.isEmpty ? [] : open(right, knowledge)
    case .assertion(let left):
      let left = DomainNeeds(of: [left])
      return open(left, beside: right) + open(right, beside: left)
    }
  }

  private func open(_ needs: DomainNeeds, beside other: DomainNeeds) -> [DomainCondition] {
    if needs.isEmpty { return [] }
    return open(needs, DomainKnowledge(facts: program.facts, granting: [forward, other]))
  }

  /// What is not known, and not granted of something that has the same value either. What is made of numbers alone was
  /// computed.
  private func open(_ needs: DomainNeeds, _ knowledge: DomainKnowledge) -> [DomainCondition] {
    knowledge.open(needs).filter { condition in
      !TensorExpression.symbols(of: [condition.value]).isEmpty
        && !knowledge.candidates(for: condition).prefix(Self.comparisons).contains {
          isEqual(condition.value, $0)
        }
    }
  }

  /// With how many values one that is divided by is compared by numbers.
  private static let comparisons = 4

  /// Those that are broken on a whole cell.
  func onCells(_ conditions: [DomainCondition]) -> [DomainCondition] {
    conditions.filter { $0.excludesZero && knowledge.vanishesOnCells($0.value) }
  }

  /// Whether a value is 0 on a whole cell of masks.
  func vanishesOnCells(_ value: TensorExpression) -> Bool { knowledge.vanishesOnCells(value) }
}

extension EquationJudge.Finding {
  private static let attempts = 24

  /// A point at which the claimed side has no value since a condition of a kind is broken, and the true one and the
  /// forward pass have one; nil where none is met.
  static func withoutValue(
    _ equation: Equation, because isReason: (DomainCondition) -> Bool, draws: [Draw],
    forward: TensorExpression?, options: CheckOptions
  ) -> EquationJudge.Finding? {
    let forward = forward.map { [$0] } ?? []
    let symbols = TensorExpression.symbols(of: [equation.left, equation.right] + forward)
    for draw in draws {
      for attempt in 0..<attempts {
        guard let point = try? draw.rationalPoint(for: symbols, attempt: attempt) else { continue }
        let comparison = ValueComparison(point: point, precisionLimit: options.precisionLimit)
        let difference = comparison.withoutValue(equation, where: forward) { error in
          error.brokenConditions.contains(where: isReason)
        }
        guard let difference else { continue }
        return EquationJudge.Finding(
          equality: .different(difference), witness: draw.fixed(to: symbols, attempt: attempt))
      }
    }
    return nil
  }
}

extension EvaluationError {
  /// The conditions of the node at which there is no value.
  fileprivate var brokenConditions: [DomainCondition] {
    switch self {
    case .scalar(.domain, let node, _), .scalar(.divisionByZero, let node, _):
      node.domainConditions
    default: []
    }
  }
}

extension DomainCondition {
  /// The condition as a person writes it: `x > 0`.
  var text: String {
    if let (_, matrix) = value.asMatrixFunction, relation == .positive {
      return "`\(matrix.formulaText)` has a positive determinant"
    }
    switch relation {
    case .invertible: return "`\(value.formulaText)` has an inverse"
    case .positiveDefinite: return "`\(value.formulaText)` is positive definite"
    case .nonzero: return "\(value.formulaText) ≠ 0"
    case .positive: return isolated(">", "<")
    case .nonnegative: return isolated("≥", "≤")
    }
  }

  /// `x > −1` for 1 + x > 0.
  private func isolated(_ above: String, _ below: String) -> String {
    let terms = value.name == nil ? value.asTerms ?? [value] : [value]
    let numbers = terms.compactMap { $0.asConstant?.asRational }
    let others = terms.filter { $0.asConstant == nil }
    guard others.count == 1, numbers.count + 1 == terms.count else {
      return "\(value.formulaText) \(above) 0"
    }
    let slope = others[0].name == nil ? others[0].asContraction?.coefficient.asRational ?? 1 : 1
    let bound = -numbers.reduce(Rational(0), +) / slope.magnitude
    let value = others[0].scaled(by: Coefficient(slope.reciprocal))
    let side = slope.signum() < 0 ? -bound : bound
    return "\(value.formulaText) \(slope.signum() < 0 ? below : above) \(side)"
  }
}
