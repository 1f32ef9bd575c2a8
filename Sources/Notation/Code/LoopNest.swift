import TensorExpressions

/// A statement with its loops in an order, and what must be tested where.
struct LoopNest {
  let statement: IndexStatement
  /// Names of the indices.
  let names: [String]
  /// The indices from the outermost loop to the innermost.
  let order: [Int]
  /// The first loop of the inner ones that only sum, as a position of ``order``.
  let firstSum: Int
  let facts: ExtentFacts

  /// - Parameter order: the loops from the outermost to the innermost; the best order for memory where it is nil.
  init(_ statement: IndexStatement, order given: [Int]? = nil, usedNames: Set<String>) {
    self.statement = statement
    names = Self.names(of: statement, usedNames)
    facts = ExtentFacts(positives: statement.extents + statement.coordinates.map(\.extent))
    let order = given ?? Self.order(of: statement)
    self.order = order
    let outer = Set(statement.target.flatMap { $0.terms.map(\.index) })
    firstSum = (order.lastIndex { outer.contains($0) } ?? -1) + 1
  }

  /// The names of the indices; an entry of an index tensor is `idx_at`.
  private static func names(of statement: IndexStatement, _ usedNames: Set<String>) -> [String] {
    var names = IndexNames(statement, usedNames: usedNames).names
    for place in statement.places {
      var name = place.name + "_at"
      while usedNames.contains(name) || names.contains(name) { name += "_" }
      names[place.index] = name
    }
    return names
  }

  /// The entry of an index tensor that the index of a level is.
  func place(at level: Int) -> IndexPlace? {
    statement.places.first { $0.index == order[level] }
  }

  /// Whether every entry of the output is reached exactly once by the loops outside of the inner sums.
  var fillsOutput: Bool {
    var seen: Set<Int> = []
    for (coordinate, extent) in zip(statement.target, statement.shape) {
      if coordinate.isConstant, coordinate.constant.isZero, extent.isOne { continue }
      if StepPlace.holds(coordinate) { continue }
      guard let index = coordinate.asIndex, statement.extents[index] == extent,
        seen.insert(index).inserted
      else { return false }
    }
    guard Set(order[..<firstSum]) == seen, (0..<firstSum).allSatisfy({ place(at: $0) == nil })
    else { return false }
    // Where a test leaves a point out, zero stays: unless the test is inside of the sum.
    return checks(below: firstSum).isEmpty
  }

  // MARK: Order

  /// Output loops outside, sums inside; innermost what runs along memory in most accesses.
  private static func order(of statement: IndexStatement) -> [Int] {
    var order = orderOfLoops(statement)
    for place in statement.places {
      let read = place.access.flatMap { $0.terms.compactMap { order.firstIndex(of: $0.index) } }
      order.insert(place.index, at: (read.max() ?? -1) + 1)
    }
    return order
  }

  private static func orderOfLoops(_ statement: IndexStatement) -> [Int] {
    var seen = Set(statement.places.map(\.index))
    let appearing = statement.coordinates.flatMap { $0.coordinate.terms.map(\.index) }
      .filter { seen.insert($0).inserted }
    let outer = Set(statement.target.flatMap { $0.terms.map(\.index) })
    let ordered = appearing.filter(outer.contains) + appearing.filter { !outer.contains($0) }
    let accesses =
      (statement.factors + statement.divisors).flatMap(\.accesses)
    guard
      let best = ordered.min(by: { a, b in
        cost(a, statement, outer, accesses) < cost(b, statement, outer, accesses)
      })
    else { return [] }
    let rest = ordered.filter { $0 != best }
    guard outer.contains(best), let row = rowIndex(rest, statement, outer, accesses) else {
      return rest + [best]
    }
    return rest.filter { $0 != row } + [row, best]
  }

  /// A summed index that no window holds: its loop is whole, and stands best right around the innermost one.
  private static func rowIndex(
    _ indices: [Int], _ statement: IndexStatement, _ outer: Set<Int>, _ accesses: [[Affine]]
  ) -> Int? {
    indices.last { index in
      guard !outer.contains(index), statement.extents[index].asInt.map({ $0 > 8 }) ?? true else {
        return false
      }
      return accesses.allSatisfy { access in
        access.allSatisfy { !$0.mentions(index) || $0.asIndex == index }
      }
    }
  }

  /// How badly an index serves as the innermost one.
  private static func cost(
    _ index: Int, _ statement: IndexStatement, _ outer: Set<Int>, _ accesses: [[Affine]]
  ) -> Int {
    var cost = 4 * stride(of: index, in: statement.target)
    for access in accesses { cost += 2 * stride(of: index, in: access) }
    if !outer.contains(index) { cost += 3 }
    if let extent = statement.extents[index].asInt, extent <= 8 { cost += 6 }
    return cost
  }

  /// 0 where an access does not move with the index, 1 where it moves along memory, more where it jumps.
  private static func stride(of index: Int, in access: [Affine]) -> Int {
    guard access.contains(where: { $0.mentions(index) }) else { return 0 }
    let jumps = access.dropLast().contains { $0.mentions(index) }
    guard !jumps, let coefficient = access.last?.coefficient(of: index).asInt else { return 4 }
    return abs(coefficient) == 1 ? 1 : 4
  }

  // MARK: Tests

  /// The coordinates that may leave their axes, with the loop that decides it.
  private var openCoordinates: [(coordinate: Affine, extent: Size, level: Int)] {
    var result: [(coordinate: Affine, extent: Size, level: Int)] = []
    for (coordinate, extent) in statement.coordinates where !StepPlace.holds(coordinate) {
      let (low, high) = range(coordinate)
      if facts.isNonnegative(low), facts.isAtMost(high, extent - 1) { continue }
      if result.contains(where: { $0.coordinate == coordinate && $0.extent == extent }) { continue }
      let level = coordinate.terms.map { order.firstIndex(of: $0.index) ?? 0 }.max() ?? -1
      result.append((coordinate, extent, level))
    }
    return result
  }

  private func range(_ coordinate: Affine) -> (low: Size, high: Size) {
    coordinate.range(over: statement.extents)
  }

  private func checks(below level: Int) -> [Affine] {
    openCoordinates.filter { $0.level < level }.map(\.coordinate)
  }

  /// Tests that no loop decides.
  func constantTests() -> [String] {
    openCoordinates.filter { $0.level < 0 }.flatMap { tests($0.coordinate, $0.extent) }
  }

  /// The ends of a loop, and the tests that have to stand inside of it.
  struct Bounds {
    let lower: String
    let upper: String
    let tests: [String]
    /// Whether the loop may be shorter than the index's extent.
    let isCut: Bool
  }

  /// The head of the loop at a level, and the tests that have to stand inside of it.
  func loop(at level: Int, in language: LoopLanguage) -> (head: String, tests: [String]) {
    let bounds = bounds(at: level, in: language)
    let head = language.loop(
      names[order[level]], from: bounds.lower, to: bounds.upper, isCut: bounds.isCut)
    return (head, bounds.tests)
  }

  /// Whether the loop at a level runs over every value of its index.
  func isWhole(level: Int) -> Bool { !openCoordinates.contains { $0.level == level } }

  /// Whether where the loop at a level ends depends on an index.
  func isCut(level: Int, by index: Int) -> Bool {
    openCoordinates.contains { $0.level == level && $0.coordinate.mentions(index) }
  }

  func bounds(at level: Int, in language: LoopLanguage) -> Bounds {
    let index = order[level]
    var lower = ["0"]
    var upper = [LoopText.size(statement.extents[index])]
    var inside: [String] = []
    var isCut = false
    // Ends that are known to be the closer ones stand alone.
    func cut(_ text: String, _ bounds: inout [String], isCloser: Bool) {
      isCut = true
      if isCloser { bounds[0] = text } else { bounds.append(text) }
    }
    for (coordinate, extent, own) in openCoordinates where own == level {
      let factor = coordinate.coefficient(of: index)
      let rest = coordinate.substituting { $0 == index ? Affine() : .index($0) }
      let (low, high) = range(coordinate)
      func text(_ bound: Affine) -> String { LoopText.coordinate(bound, names) }
      if factor.isOne || factor.asInt.map({ $0 > 1 }) ?? !factor.isNegativeText {
        func bound(_ numerator: Affine) -> String {
          factor.isOne
            ? text(numerator) : language.ceilingQuotient(text(numerator), LoopText.size(factor))
        }
        let isAlone = rest.isConstant && factor.isOne
        if !facts.isNonnegative(low) {
          let isCloser = isAlone && facts.isNonnegative(-rest.constant)
          cut(bound(Affine() - rest), &lower, isCloser: isCloser && lower[0] == "0")
        }
        if !facts.isAtMost(high, extent - 1) {
          let end = extent - rest.constant
          let isCloser = isAlone && facts.isAtMost(end, statement.extents[index])
          let isFirst = upper[0] == LoopText.size(statement.extents[index])
          cut(bound(Affine(constant: extent) - rest), &upper, isCloser: isCloser && isFirst)
        }
      } else if factor.asInt == -1 {
        if !facts.isAtMost(high, extent - 1) {
          cut(text(rest - Affine(constant: extent - 1)), &lower, isCloser: false)
        }
        if !facts.isNonnegative(low) { cut(text(rest + Size.one), &upper, isCloser: false) }
      } else {
        inside += tests(coordinate, extent)
      }
    }
    return Bounds(
      lower: language.largest(lower), upper: language.smallest(upper), tests: inside,
      isCut: isCut)
  }

  private func tests(_ coordinate: Affine, _ extent: Size) -> [String] {
    let text = LoopText.coordinate(coordinate, names)
    return ["\(text) >= 0", "\(text) < \(LoopText.size(extent))"]
  }
}

extension IndexFormula {
  /// The places that are read.
  var accesses: [[Affine]] {
    switch self {
    case .entry(_, let access, _): [access]
    case .number: []
    case .call(_, let parts), .sum(let parts): parts.flatMap(\.accesses)
    case .product(_, let factors, let divisors): (factors + divisors).flatMap(\.accesses)
    case .power(let base, let exponent): base.accesses + exponent.accesses
    }
  }
}
