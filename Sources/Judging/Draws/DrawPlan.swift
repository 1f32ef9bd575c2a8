import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Chooses the sizes of each draw: the file's own first, then others where the file leaves them open.
///
/// Points are generic on purpose: sizes that are free differ from each other and are at least 2. Where given
/// sizes are 1 or coincide, a draw with distinct ones is added, since a missing sum over an axis of extent 1 and an
/// exchange of equal axes cannot be seen otherwise.
package struct DrawPlan {
  package let program: Program
  package let options: CheckOptions

  package init(program: Program, options: CheckOptions) {
    self.program = program
    self.options = options
  }

  package func draws() throws(CheckFailure) -> [Draw] {
    let first = try sizes(variant: 0)
    var plans = [first]
    for trial in 1..<max(2, options.trials) {
      let next = try? sizes(variant: trial)
      plans.append(next ?? first)
    }
    if let generic = genericSizes { plans.append(generic) }
    if let far = farSizes(beyond: plans) { plans.append(far) }
    return plans.enumerated().map(draw)
  }

  /// A draw at the smallest sizes that the shapes allow; nil where those given are small.
  var smallDraw: Draw? {
    guard let given = try? sizes(variant: 0), (given.values.max() ?? 0) > Self.smallSize,
      let smaller = smallerSizes(than: given).last
    else { return nil }
    return draw(Self.smallDrawNumber, smaller)
  }

  private static let smallSize = 4
  private static let smallDrawNumber = 1 << 16

  /// As many draws at sizes that are chosen otherwise.
  package func draws(at sizes: [String: Int]) -> [Draw] {
    (0..<max(2, options.trials)).map { draw($0, sizes) }
  }

  private func draw(_ number: Int, _ sizes: [String: Int]) -> Draw {
    Draw(
      sizes: sizes, seed: seed &+ UInt64(number) &* 0xD1B5_4A32_D192_ED03,
      given: options.givenValues, order: order)
  }

  /// The chosen seed mixed with the file's text, so that no file can be written for the numbers that it is judged with.
  private var seed: UInt64 {
    program.source.utf8.reduce(SeededGenerator.mixed(options.seed)) {
      SeededGenerator.mixed($0 &+ UInt64($1) &+ 1)
    }
  }

  /// What is drawn, in the order of the file: a claim's point does not depend on the other claims. Classes
  /// come first, so that they are the same where nothing else is drawn.
  private var order: [TensorExpression] {
    FieldTrials.classesFirst(
      program.declarations.map(\.symbol) + (program.output?.upstreams ?? []))
  }

  /// What is said of the sizes: their numbers, and the ranges of others.
  private var stated: (given: [String: Int], ranges: [String: ClosedRange<Int>]) {
    var given = options.sizes
    var ranges: [String: ClosedRange<Int>] = [:]
    for size in program.sizes where given[size.name] == nil {
      switch size.extent {
      case .fixed(let value): given[size.name] = value
      case .range(let range): ranges[size.name] = range
      case .free: break
      }
    }
    return (given, ranges)
  }

  /// Whether numbers of sizes are such as the file, and who asks, leave open.
  func allows(_ sizes: [String: Int]) -> Bool {
    let (given, ranges) = stated
    return given.allSatisfy { sizes[$0] == nil || sizes[$0] == $1 }
      && ranges.allSatisfy { name, range in sizes[name].map(range.contains) ?? true }
  }

  private func sizes(variant: Int) throws(CheckFailure) -> [String: Int] {
    let (given, ranges) = stated
    guard let chosen = bindings(given: given, ranges: ranges).chosen(draw: variant) else {
      throw .sizes("no sizes were found that give every axis at least one entry")
    }
    return chosen
  }

  /// Sizes that differ from each other and are above 1, where the given ones are not so and the file allows others.
  var genericSizes: [String: Int]? {
    guard options.sizes.isEmpty, options.givenValues.isEmpty, let given = try? sizes(variant: 0)
    else { return nil }
    let values = Array(given.values)
    if Set(values).count == values.count && !values.contains(1) { return nil }
    return bindings(given: [:], ranges: [:]).chosen(draw: 1)
  }

  /// A draw at other sizes, of which those are equal, or 1, that are so in the file; nil where the shapes allow none.
  var alikeDraw: Draw? {
    guard let given = try? sizes(variant: 0) else { return nil }
    for step in Self.alikeSteps {
      let other = given.mapValues { $0 == 1 ? 1 : $0 + step }
      if let sizes = bindings(given: other, ranges: [:]).chosen() {
        return draw(Self.alikeDrawNumber, sizes)
      }
    }
    return nil
  }

  private static let alikeDrawNumber = 1 << 18
  private static let alikeSteps = 3...24

  /// Sizes at which every place that is named by its number is one, where the file leaves them open and none of
  /// others is so large.
  private func farSizes(beyond plans: [[String: Int]]) -> [String: Int]? {
    guard program.hasOpenSizes, options.givenValues.isEmpty, program.claimFiles.isEmpty else {
      return nil
    }
    let far = NamedPlaces(of: program, options: options).lengths.filter { name, length in
      length > plans.compactMap { $0[name] }.max() ?? 0
    }
    if far.isEmpty { return nil }
    var (given, ranges) = stated
    for name in far.keys { ranges[name] = nil }
    given.merge(far) { $1 }
    return bindings(given: given, ranges: ranges).chosen()
  }

  /// Draws at the ends of the ranges that the file gives, at all sizes in them where these are few, and at those that
  /// an open size is compared with; none that is among `plans`.
  package func rangeDraws(beyond plans: [Draw]) -> [Draw] {
    var seen = Set(plans.map(\.sizes))
    let sizes = (rangeSizes + comparedSizes).filter { seen.insert($0).inserted }
    return sizes.enumerated().map { draw(Self.rangeDrawNumber + $0, $1) }
  }

  private static let rangeDrawNumber = 1 << 17
  /// So many sizes are few.
  private static let fewSizes = 6
  /// How far from the end of a range numbers are tried that meet the file's conditions.
  private static let endLimit = 16

  private var comparedSizes: [[String: Int]] {
    guard program.hasOpenSizes, options.givenValues.isEmpty, program.claimFiles.isEmpty else {
      return []
    }
    let (given, ranges) = stated
    return NamedPlaces(of: program, options: options).singleSizes.compactMap { single in
      bindings(given: given.merging(single) { $1 }, ranges: ranges).chosen()
    }.filter(allows)
  }

  private var rangeSizes: [[String: Int]] {
    let (given, ranges) = stated
    let open = ranges.filter { $0.value.count > 1 }
    guard !open.isEmpty, options.givenValues.isEmpty, program.claimFiles.isEmpty else { return [] }
    let names = open.keys.sorted()
    func chosen(_ fixed: [String: Int]) -> [String: Int]? {
      bindings(given: given.merging(fixed) { $1 }, ranges: ranges).chosen()
    }
    let count = open.values.reduce(1) { $0.multipliedReportingOverflow(by: $1.count).partialValue }
    if (1...Self.fewSizes).contains(count) {
      let all = names.reduce([[:]]) { (partial: [[String: Int]], name) in
        partial.flatMap { fixed in
          (ranges[name] ?? 1...1).map { number in fixed.merging([name: number]) { $1 } }
        }
      }
      return all.compactMap(chosen)
    }
    /// The numbers of some ranges at an end of theirs, one after the other.
    func end(_ names: [String], isUpper: Bool) -> [String: Int]? {
      var fixed: [String: Int] = [:]
      for name in names {
        guard let range = open[name] else { continue }
        let numbers =
          isUpper ? range.suffix(Self.endLimit).reversed() : Array(range.prefix(Self.endLimit))
        fixed[name] = numbers.first { chosen(fixed.merging([name: $0]) { $1 }) != nil }
      }
      return chosen(fixed)
    }
    let corners = [end(names, isUpper: false), end(names, isUpper: true)]
    return (corners + names.map { end([$0], isUpper: true) }).compactMap { $0 }
  }

  /// Sizes that the shapes allow and of which none is larger than given, the largest first.
  /// None where a point is given, which has sizes of its own.
  func smallerSizes(than given: [String: Int]) -> [[String: Int]] {
    guard options.givenValues.isEmpty, !given.isEmpty else { return [] }
    return [32, 16, 8, 4, 2].compactMap { most in
      let ranges = given.mapValues { min($0, most / 2)...min($0, most) }
      return bindings(given: [:], ranges: ranges).chosen()
    }
  }

  /// A draw whose sizes are unlike the small constants of formulas, so that a factor 2 is told from a batch of 2, and
  /// unlike the file's own; nil when the shapes allow none.
  package var explainingDraw: Draw? { explainingDraws.first }

  /// Two such draws at different sizes; fewer where the shapes do not allow it.
  package var explainingDraws: [Draw] {
    if options.isAtOnePoint { return [] }
    let own = stated.given
    var result: [Draw] = []
    for (number, least) in [5, 4].enumerated() {
      let ranges = Dictionary(
        program.sizes.map { size in
          // Neither is the file's own: 5 and 4; of a 5 in the file 6 and 4, of a 4 there 5 and 6.
          (size.name, (own[size.name] == least ? 6 : least)...64)
        }
      ) { first, _ in first }
      guard let sizes = bindings(given: [:], ranges: ranges).chosen() else { continue }
      let seed = seed &+ 0x5EED &+ UInt64(2 * number)
      result.append(Draw(sizes: sizes, seed: seed, given: [:], order: order))
    }
    return result
  }

  /// The smallest sizes that the shapes allow, whatever the file's numbers are; distinct where that is possible.
  package var smallestSizes: [String: Int]? { bindings(given: [:], ranges: [:]).chosen() }

  private func bindings(
    given: [String: Int], ranges: [String: ClosedRange<Int>]
  ) -> SizeBindings {
    SizeBindings(
      for: program.declarations.map(\.symbol) + program.values.map(\.value),
      also: program.sizes.map(\.name), given: given, ranges: ranges,
      conditions: program.shapeConditions.map(\.condition.sizeBinding))
  }

  /// What the first draw's sizes hide, and what was done about it.
  package static func remarks(_ program: Program, _ draws: [Draw]) -> [String] {
    guard let first = draws.first, let last = draws.last else { return [] }
    return first.sizes.keys.sorted().compactMap { name in
      guard first.sizes[name] == 1 else { return nil }
      let seen = last.sizes[name] ?? 1
      return "\(name) is 1: a missing sum over it cannot be seen there"
        + (seen > 1 ? "; checked at \(name)=\(seen) as well" : "")
    }
  }
}
