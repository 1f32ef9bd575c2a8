import ExpressionLanguage
import Scalars
import TensorExpressions

/// Chooses the sizes of each draw: the file's own first, then others where the file leaves them open.
///
/// Points are generic on purpose: sizes that are free differ from each other and are at least 2. Where given
/// sizes are 1 or coincide, a draw with distinct ones is added, since a missing sum over an axis of extent 1 and an
/// exchange of equal axes cannot be seen otherwise.
struct DrawPlan {
  let program: Program
  let options: CheckOptions

  func draws() throws(CheckFailure) -> [Draw] {
    let first = try sizes(variant: 0)
    var plans = [first]
    for trial in 1..<max(2, options.trials) {
      let next = try? sizes(variant: trial)
      plans.append(next ?? first)
    }
    if let generic = genericSizes(unlike: first) { plans.append(generic) }
    return plans.enumerated().map { number, sizes in
      Draw(
        sizes: sizes, seed: options.seed &+ UInt64(number) &* 0xD1B5_4A32_D192_ED03,
        given: options.givenValues)
    }
  }

  /// The sizes that the declared and computed shapes need, so that free ones can be chosen.
  private var names: Set<String> {
    var result = Set(program.sizes.map(\.name))
    let nodes = TensorExpression.postorder(
      of: program.declarations.map(\.symbol) + program.values.map(\.value))
    for node in nodes { for extent in node.shape { result.formUnion(extent.names) } }
    return result
  }

  private var extents: [Size] {
    let nodes = TensorExpression.postorder(
      of: program.declarations.map(\.symbol) + program.values.map(\.value))
    return Array(Set(nodes.flatMap(\.shape).filter { !$0.isConstant }))
  }

  private func sizes(variant: Int) throws(CheckFailure) -> [String: Int] {
    var result = options.sizes
    var open: [(name: String, range: ClosedRange<Int>)] = []
    var declared: Set<String> = []
    for size in program.sizes {
      declared.insert(size.name)
      if result[size.name] != nil { continue }
      switch size.extent {
      case .fixed(let value): result[size.name] = value
      case .range(let range): open.append((size.name, range))
      case .free: open.append((size.name, 2...64))
      }
    }
    for name in names.subtracting(declared).sorted() where result[name] == nil {
      open.append((name, 2...64))
    }
    guard let chosen = search(open, given: result, variant: variant) else {
      throw .sizes("no sizes were found that give every axis at least one entry")
    }
    return chosen
  }

  /// Numbers for the open names, distinct and small, such that every extent is at least 1 and every condition is met;
  /// tried in growing order, bounded.
  private func search(
    _ open: [(name: String, range: ClosedRange<Int>)], given: [String: Int], variant: Int
  ) -> [String: Int]? {
    let extents = self.extents
    var generator = SeededGenerator(seed: options.seed &+ UInt64(truncatingIfNeeded: variant))
    for attempt in 0..<400 {
      var sizes = given
      var taken = Set(given.values)
      // A wider window with every attempt: kernels want inputs that are larger than they are.
      let width = 3 + open.count + attempt / 8
      for (name, range) in open {
        let upper = min(range.upperBound, max(range.lowerBound, 2) + width + variant)
        let lower = min(max(range.lowerBound, min(2, range.upperBound)), upper)
        var value = Int.random(in: lower...upper, using: &generator)
        for _ in 0..<8 where taken.contains(value) {
          value = Int.random(in: lower...upper, using: &generator)
        }
        taken.insert(value)
        sizes[name] = value
      }
      if Self.isPossible(sizes, extents: extents, conditions: program.conditions.map(\.condition)) {
        return sizes
      }
      if open.isEmpty { return nil }
    }
    return nil
  }

  private static func isPossible(
    _ sizes: [String: Int], extents: [Size], conditions: [Divisibility]
  ) -> Bool {
    for extent in extents {
      guard let value = try? extent.evaluated(sizes), value >= 1 else { return false }
    }
    return conditions.allSatisfy { (try? $0.isMet(sizes)) == true }
  }

  /// Sizes that differ from each other and are above 1, where the given ones are not so and the file allows others.
  private func genericSizes(unlike given: [String: Int]) -> [String: Int]? {
    guard options.sizes.isEmpty, options.givenValues.isEmpty else { return nil }
    let values = Array(given.values)
    let isGeneric = Set(values).count == values.count && !values.contains(1)
    if isGeneric { return nil }
    let open = given.keys.sorted().map { name in
      (name: name, range: max(2, min(given[name] ?? 2, 3))...(max(given[name] ?? 2, 3) + 8))
    }
    return search(open, given: [:], variant: 1)
  }

  /// What the first draw's sizes hide, and what was done about it.
  static func remarks(_ program: Program, _ draws: [Draw]) -> [String] {
    guard let first = draws.first, let last = draws.last else { return [] }
    return first.sizes.keys.sorted().compactMap { name in
      guard first.sizes[name] == 1 else { return nil }
      let seen = last.sizes[name] ?? 1
      return "\(name) is 1: a missing sum over it cannot be seen there"
        + (seen > 1 ? "; checked at \(name)=\(seen) as well" : "")
    }
  }
}
