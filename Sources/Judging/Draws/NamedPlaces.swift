import ExpressionLanguage
import TensorExpressions

/// The places on axes that a program names by their numbers: a claim that forgets `t != 20` is wrong only where an axis
/// is that long.
struct NamedPlaces {
  /// The greatest place that is looked at because it is named.
  static let furthest = 62

  /// By the name of a size, the largest number that a place on an axis of it is compared with, or read at.
  private(set) var numbers: [String: Int] = [:]
  /// By the name of a size, the numbers that the size itself is compared with.
  private var compared: [String: Set<Int>] = [:]
  /// By the name of a size that the file leaves open, and nobody gave, the largest number that it may have.
  private let largest: [String: Int]

  init(of program: Program, options: CheckOptions) {
    largest = program.sizes.reduce(into: [:]) { largest, size in
      guard options.sizes[size.name] == nil else { return }
      switch size.extent {
      case .fixed: break
      case .free: largest[size.name] = .max
      case .range(let range): largest[size.name] = range.upperBound
      }
    }
    let claimed = program.claims.compactMap { try? $0.claimed.get() }
    let nodes = TensorExpression.postorder(of: program.values.map(\.value) + claimed)
    for node in nodes {
      if let contraction = node.asContraction { add(contraction) }
    }
    for mask in Self.masks(in: nodes, ofPlacesAnd: []) {
      let parts = TensorExpression.postorder(of: [mask])
      let names = parts.flatMap(\.coefficientNames)
      add(Self.largestNumber(in: mask), Set(mask.shape.flatMap(\.names) + names))
      let numbers = parts.flatMap(\.wholeNumbers)
      for name in names { compared[name, default: []].formUnion(numbers) }
    }
    for recurrence in program.recurrences { add(recurrence) }
  }

  /// For sizes that are open, numbers at which the places that are looked at are some.
  var lengths: [String: Int] {
    numbers.reduce(into: [:]) { lengths, named in
      guard let most = largest[named.key] else { return }
      lengths[named.key] = min(min(named.value, Self.furthest) + 2, most)
    }
  }

  /// Numbers that sizes which are open are compared with, each by itself: a size may be told from all others.
  var singleSizes: [[String: Int]] {
    compared.sorted { $0.key < $1.key }.flatMap { name, numbers in
      numbers.sorted().filter { 0 < $0 && $0 <= min(Self.furthest, largest[name] ?? 0) }
        .prefix(Self.fewNumbers).map { [name: $0] }
    }
  }

  private static let fewNumbers = 4

  /// The first of the places that open sizes may have, and that are not looked at.
  func beyond(_ sizes: [[String: Int]]) -> (name: String, place: Int)? {
    let unseen = numbers.filter { name, place in
      place > Self.furthest && largest[name].map { $0 > place } ?? false
        && sizes.allSatisfy { ($0[name] ?? 0) <= place }
    }
    return unseen.min { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private mutating func add(_ number: Int, _ names: Set<String>) {
    for name in names { numbers[name] = max(numbers[name] ?? 0, number) }
  }

  /// What places are read at, and compared with in conditions.
  private mutating func add(_ contraction: Contraction) {
    for operand in contraction.operands {
      for (coordinate, extent) in zip(operand.access, operand.value.shape) {
        add(Int(clamping: coordinate.constant.constant.magnitude), extent.names)
      }
    }
    for condition in contraction.guards {
      for extent in contraction.indices {
        add(Int(clamping: condition.coordinate.constant.constant.magnitude), extent.names)
      }
    }
    add(contraction.coefficient.numerator)
    for factor in contraction.coefficient.denominator { add(SizePolynomial(factor.size)) }
  }

  /// What sizes are divided by with a rest, and the numbers among which zeros of a polynomial in sizes lie: at smaller
  /// sizes than these such a number may be the same as a plainer one.
  private mutating func add(_ number: SizePolynomial) {
    for atom in number.terms.flatMap(\.monomial.factors).map(\.atom) {
      guard case .floorDivision(let dividend, let divisor) = atom.meaning else { continue }
      if let divisor = divisor.asInt { add(divisor, dividend.names) }
      add(SizePolynomial(dividend))
    }
    guard number.terms.count > 1 else { return }
    let largest = number.terms.compactMap { $0.coefficient.magnitude.asInt }.max() ?? 0
    add(min(largest, Self.furthest), number.names)
  }

  /// What steps are compared with.
  private mutating func add(_ recurrence: Recurrence) {
    let isPlain = recurrence.arguments.map { TensorExpression.symbols(of: [$0]).isEmpty }
    let steps = recurrence.reads.compactMap { read -> TensorExpression? in
      switch read.source {
      case .line: nil
      case .whole(let argument), .entry(let argument, _, _):
        isPlain[argument] ? read.symbol : nil
      }
    }
    let nodes = TensorExpression.postorder(of: recurrence.lines.map(\.body))
    for mask in Self.masks(in: nodes, ofPlacesAnd: Set(steps)) {
      add(Self.largestNumber(in: mask), recurrence.first.names.union(recurrence.count.names))
    }
  }

  /// The nodes that compare or round numbers which only places, and some symbols, tell apart.
  ///
  /// - Parameter nodes: operands before what uses them.
  private static func masks(
    in nodes: [TensorExpression], ofPlacesAnd steps: Set<TensorExpression>
  ) -> [TensorExpression] {
    var plain: Set<TensorExpression> = []
    for node in nodes {
      let isSymbol = node.declaredSymbol != nil
      if steps.contains(node) || !isSymbol && node.operands.allSatisfy(plain.contains) {
        plain.insert(node)
      }
    }
    return nodes.filter { plain.contains($0) && $0.decidesByOrder }
  }

  /// The largest number that is added or multiplied in a value, or divided by, up to the next whole one.
  private static func largestNumber(in value: TensorExpression) -> Int {
    TensorExpression.postorder(of: [value]).reduce(0) { largest, node in
      let terms = node.asContraction?.coefficient.numerator.terms ?? []
      return terms.reduce(largest) { largest, term in
        let size = term.coefficient.magnitude
        let number = (size < 1 ? size.reciprocal : size).rounded(toNearest: false).asInt
        return max(largest, number ?? 0)
      }
    }
  }
}

extension TensorExpression {
  /// The whole numbers in the number that it is multiplied by.
  fileprivate var wholeNumbers: [Int] {
    (asContraction?.coefficient.numerator.terms ?? []).compactMap { $0.coefficient.magnitude.asInt }
  }

  /// The names of sizes in the number that it is multiplied by.
  fileprivate var coefficientNames: Set<String> {
    guard let coefficient = asContraction?.coefficient else { return [] }
    return coefficient.denominator.reduce(coefficient.numerator.names) {
      $0.union($1.size.names)
    }
  }

  /// Whether it is a function that jumps, or is defined by one.
  fileprivate var decidesByOrder: Bool {
    guard let function = appliedFunction else { return false }
    if let primitive = function.primitive { return primitive.decidesByOrder }
    guard let definition = function.definition else { return false }
    var stack = [definition(operands)]
    while let node = stack.popLast() {
      if operands.contains(node) { continue }
      if node.decidesByOrder { return true }
      stack += node.operands
    }
    return false
  }
}

extension CheckReport {
  /// The report in which a claim is undecided that was compared only where some place that the file names is none.
  func seeing(_ places: NamedPlaces) -> CheckReport {
    var report = self
    report.claims = claims.map { claim in
      guard let sizes = claim.verdict.comparedSizes, let (name, place) = places.beyond(sizes) else {
        return claim
      }
      let most = sizes.compactMap { $0[name] }.max() ?? NamedPlaces.furthest
      return claim.with(
        .undecided(
          "it holds up to \(name)=\(most), and `\(name)` or a place is compared with \(place)"))
    }
    return report
  }
}

extension Verdict {
  /// The sizes at which values were compared; nil for what does not rest on values at sizes that were chosen.
  fileprivate var comparedSizes: [[String: Int]]? {
    switch self {
    case .identical(let evidence): evidence.sizes
    case .enclosed, .rounded: []
    case .proved, .equalAtPoint, .exact, .wrong, .inherited, .kink, .undecided: nil
    }
  }
}
