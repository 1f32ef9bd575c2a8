import TensorExpressions

/// Numbers for the names in sizes, chosen so that a check can see mistakes: distinct, at least 2, and small.
///
/// Equal sizes hide exchanged axes, and an extent of 1 hides a missing sum.
public struct SizeBindings: Sendable {
  /// What the numbers must meet.
  public enum Condition: Hashable, Sendable {
    /// The size is at least the number.
    case atLeast(Size, Int)
    /// The first size is a multiple of the second.
    case divisible(Size, by: Size)
    /// The two sizes are the same number.
    case equal(Size, Size)
  }

  /// The names to choose numbers for, in the order in which they were declared.
  public let names: [String]
  /// Numbers that are given; they are honoured even where they are 1 or equal.
  public let given: [String: Int]
  /// Ranges that names are declared in.
  public let ranges: [String: ClosedRange<Int>]
  /// What the numbers must meet beside the ranges.
  public let conditions: [Condition]

  public init(
    names: [String], given: [String: Int] = [:], ranges: [String: ClosedRange<Int>] = [:],
    conditions: [Condition] = []
  ) {
    self.names = names
    self.given = given
    self.ranges = ranges
    self.conditions = conditions
  }

  /// The names and conditions of some expressions: every extent and index range is at least 1.
  ///
  /// - Parameter others: names that may stand in no extent, but in numbers.
  public init(
    for roots: [TensorExpression], also others: [String] = [], given: [String: Int] = [:],
    ranges: [String: ClosedRange<Int>] = [:], conditions: [Condition] = []
  ) {
    var names: [String] = []
    var seen: Set<String> = []
    var extents: [Size] = []
    var known: Set<Size> = []
    for node in TensorExpression.postorder(of: roots) {
      for size in node.shape + (node.asContraction?.indices ?? []) where known.insert(size).inserted
      {
        names += size.names.sorted().filter { seen.insert($0).inserted }
        if !size.isConstant { extents.append(size) }
      }
    }
    names += others.filter { seen.insert($0).inserted }
    self.init(
      names: names, given: given, ranges: ranges,
      conditions: extents.map { .atLeast($0, 1) } + conditions)
  }

  /// The largest number that is tried for a name without a range.
  private static let largestChoice = 64
  /// How many assignments a search may look at.
  private static let largestEffort = 200_000

  /// Numbers that meet every condition; nil when the search finds none.
  ///
  /// Draws with different numbers give different sizes where the conditions leave a choice. Distinctness is
  /// given up only where the conditions demand it.
  public func chosen(draw: Int = 0) -> [String: Int]? {
    for isDistinct in [true, false] {
      // Small numbers first: the bound on all of them grows until there is a solution.
      var effort = 0
      for largest in max(2, names.count + 1)...Self.largestChoice + names.count {
        var search = Search(bindings: self, isDistinct: isDistinct, largest: largest, skip: draw)
        if let found = search.run() { return found }
        effort += search.effort
        if effort > Self.largestEffort { break }
      }
    }
    return nil
  }

  /// One search by backtracking, name after name.
  private struct Search {
    let bindings: SizeBindings
    let isDistinct: Bool
    let largest: Int
    let free: [String]
    /// The conditions that can be judged once a name has its number, by the number of names chosen.
    var ready: [[Condition]] = []
    var skip: Int
    var effort = 0
    private var isExhausted: Bool { effort > SizeBindings.largestEffort }

    init(bindings: SizeBindings, isDistinct: Bool, largest: Int, skip: Int) {
      self.bindings = bindings
      self.isDistinct = isDistinct
      self.largest = largest
      self.skip = max(0, skip)
      free = bindings.names.filter { bindings.given[$0] == nil }
      ready = Array(repeating: [], count: free.count + 1)
      for condition in bindings.conditions {
        let last = free.lastIndex { condition.names.contains($0) }
        ready[(last ?? -1) + 1].append(condition)
      }
    }

    mutating func run() -> [String: Int]? {
      guard ready[0].allSatisfy({ $0.holds(bindings.given) }) else { return nil }
      return extend(bindings.given, 0)
    }

    // The depth is the number of names, so that plain recursion is safe.
    private mutating func extend(_ values: [String: Int], _ position: Int) -> [String: Int]? {
      if position == free.count {
        if skip == 0 { return values }
        skip -= 1
        return nil
      }
      let name = free[position]
      let range = bindings.ranges[name] ?? 2...largest
      // The start of a range counts as the smallest choice, wherever it lies.
      let end = range.lowerBound.addingReportingOverflow(largest - 2).partialValue
      for value in range.clamped(to: range.lowerBound...max(range.lowerBound, end)) {
        effort += 1
        if isExhausted { return nil }
        if isDistinct, values.values.contains(value) { continue }
        var extended = values
        extended[name] = value
        guard ready[position + 1].allSatisfy({ $0.holds(extended) }) else { continue }
        if let found = extend(extended, position + 1) { return found }
      }
      return nil
    }
  }
}

extension SizeBindings.Condition {
  /// The names that the condition depends on.
  public var names: Set<String> {
    switch self {
    case .atLeast(let size, _): size.names
    case .divisible(let a, let b), .equal(let a, let b): a.names.union(b.names)
    }
  }

  /// Whether the condition holds at numbers for all of its names; false where a size has no value.
  public func holds(_ values: [String: Int]) -> Bool {
    func number(_ size: Size) -> Int? { try? TensorShape.number(size, values) }
    switch self {
    case .atLeast(let size, let bound):
      guard let value = number(size) else { return false }
      return value >= bound
    case .divisible(let a, let b):
      guard let dividend = number(a), let divisor = number(b), divisor > 0 else { return false }
      return dividend % divisor == 0
    case .equal(let a, let b):
      guard let left = number(a), let right = number(b) else { return false }
      return left == right
    }
  }
}
