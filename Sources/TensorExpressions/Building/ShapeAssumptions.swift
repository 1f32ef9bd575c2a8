import Synchronization

/// Decides questions about sizes while expressions are built, and gathers the conditions that were assumed.
///
/// Every building function takes one as `assuming:`. A question that is proved either way is answered; one
/// that depends on the sizes is answered with yes, and its condition is kept in ``conditions``.
/// ``ShapeAssumptions/none`` assumes nothing: there a shape that needs a condition does not fit.
public final class ShapeAssumptions: Sendable {
  /// What is proved without any condition, and nothing else.
  public static let none = ShapeAssumptions(mayAssume: false, facts: SizeFacts())

  private let mayAssume: Bool
  private let state: Mutex<State>

  private struct State {
    var facts: SizeFacts
    var conditions: [ShapeCondition] = []
  }

  private init(mayAssume: Bool, facts: SizeFacts) {
    self.mayAssume = mayAssume
    state = Mutex(State(facts: facts))
  }

  /// Assumptions that may be made, with none made yet.
  ///
  /// - Parameter facts: what is known of the sizes beforehand, such as that declared extents are positive.
  public convenience init(facts: SizeFacts = SizeFacts()) {
    self.init(mayAssume: true, facts: facts)
  }

  /// What is known of the sizes now, with what follows from the conditions assumed so far.
  public var facts: SizeFacts { state.withLock { $0.facts } }

  /// The conditions assumed so far, in the order in which they arose, without repetition.
  public var conditions: [ShapeCondition] { state.withLock { $0.conditions } }

  /// Keeps a condition on the sizes, and what follows from it for later questions.
  ///
  /// - Returns: false where nothing may be assumed.
  @discardableResult
  public func assume(_ condition: ShapeCondition) -> Bool {
    guard mayAssume else { return false }
    state.withLock { state in
      if state.conditions.contains(condition) { return }
      state.conditions.append(condition)
      switch condition {
      case .atLeast(let size, let bound):
        state.facts.assumePositive(size - Size(bound) + 1)
      case .divisible(let condition) where state.facts.isPositive(condition.dividend):
        // A positive multiple is no less than what it is a multiple of.
        state.facts.assumePositive(condition.dividend - condition.divisor + 1)
      case .divisible: break
      }
    }
    return true
  }

  /// Adds the fact, which is no condition, that a size is at least 1.
  public func know(positive size: Size) {
    guard mayAssume else { return }
    state.withLock { $0.facts.assumePositive(size) }
  }

  /// Whether two sizes are equal, if need be under divisibility conditions. Different names are never equal.
  public func areEqual(_ a: Size, _ b: Size) -> Bool {
    if a.isOverflowed || b.isOverflowed { return false }
    if a == b { return true }
    if a.isConstant && b.isConstant { return false }
    guard let conditions = a.conditionsForEquality(with: b) else { return false }
    return assumeAll(conditions)
  }

  /// Whether a size is at least a number, if need be under that condition; false when it never is.
  public func isAtLeast(_ size: Size, _ bound: Int) -> Bool {
    if size.isOverflowed { return false }
    if let value = size.asInt { return value >= bound }
    let facts = facts
    if facts.isNonnegative(size - Size(bound)) { return true }
    if facts.isNonnegative(Size(bound) - 1 - size) { return false }
    // ⌊I/2⌋ ≥ 3 is said as I ≥ 6.
    if let whole = (size - Size(bound)).withoutFloor { return isAtLeast(whole, 0) }
    return assume(.atLeast(size, bound))
  }

  /// The quotient where the divisor divides the dividend, if need be under divisibility conditions.
  ///
  /// A condition is only on numbers: `C` by 2 has the quotient `C//2` where `C` is even, `C` by `H` has none.
  public func quotient(_ dividend: Size, by divisor: Size) -> Size? {
    if dividend.isOverflowed || divisor.isOverflowed || divisor.isZero { return nil }
    if let exact = dividend.exactlyDivided(by: divisor) { return exact }
    if let (quotient, conditions) = dividend.divided(by: divisor), assumeAll(conditions) {
      return quotient
    }
    let content = divisor.content
    guard content > 1, let names = divisor.exactlyDivided(by: Size(content)),
      let rest = dividend.exactlyDivided(by: names), !rest.isConstant
    else { return nil }
    // 2*H + 1 is odd whatever H is.
    let multiples = rest.terms.allSatisfy { $0.coefficient % content == 0 }
    if multiples { return nil }
    let condition = Divisibility(dividend: rest, divisor: Size(content))
    return assume(.divisible(condition)) ? rest.flooredDivision(by: Size(content)) : nil
  }

  private func assumeAll(_ conditions: [Divisibility]) -> Bool {
    if conditions.isEmpty { return true }
    guard mayAssume else { return false }
    for condition in conditions { assume(.divisible(condition)) }
    return true
  }
}

extension Size {
  /// The greatest number that divides every coefficient; 0 for zero.
  var content: Int {
    terms.reduce(greatestCommonDivisor(constant, 0)) { greatestCommonDivisor($0, $1.coefficient) }
  }
}
