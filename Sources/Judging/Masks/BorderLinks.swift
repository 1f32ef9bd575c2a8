import Evaluation
import Scalars
import TensorExpressions

/// Which borders of data meet in an entry of an equation.
///
/// Entries of data that some border, or some structure, ties to each other are one group. An entry of the equation that
/// depends on no entry of a group is the same on that group's borders as off them: so only borders have to be looked at
/// together whose groups one entry depends on. Without this the borders of `c[n] * relu(x[n])` would be 2ᴺ.
struct BorderLinks {
  /// What each entry of the equation depends on, by groups.
  private let reached: Set<UInt64>
  /// By variable of an entry of data.
  private let groups: [Int: Int]

  /// Not more groups than a word has bits.
  private static let mostGroups = 64

  /// - Returns: nil where something is not known, or there are too many groups.
  init?(
    of forms: [ArgumentForm], _ variables: MaskVariables, at point: MaskedPoint,
    sides: [TensorExpression], _ symbols: [TensorExpression]
  ) {
    var union = Groups()
    var asked: Set<Int> = []
    for form in forms {
      guard let formula = EntryFormula(form, variables) else { return nil }
      let own = formula.variables.sorted()
      for variable in own { union.join(variable, own[0]) }
      asked.formUnion(own)
    }
    // Entries that a structure ties together are in one group as soon as one of them is.
    var first: [TensorExpression: Int] = [:]
    for (variable, entries) in point.entries.sorted(by: { $0.key < $1.key }) {
      for entry in entries where entry.symbol.isTied {
        let other = first[entry.symbol] ?? variable
        first[entry.symbol] = other
        union.join(variable, other)
      }
    }
    let roots = Set(asked.map { union.root($0) }).sorted()
    guard roots.count <= Self.mostGroups else { return nil }
    let numbers = Dictionary(uniqueKeysWithValues: zip(roots, roots.indices))
    var groups: [Int: Int] = [:]
    for variable in point.entries.keys { groups[variable] = numbers[union.root(variable)] }
    self.groups = groups
    guard let reached = try? Self.reached(groups, point, sides, symbols) else { return nil }
    self.reached = Set(reached)
  }

  /// The groups that a form's variables are in; nil where one is in none.
  func groups(of form: ArgumentForm, _ variables: MaskVariables) -> UInt64? {
    guard let own = EntryFormula(form, variables)?.variables else { return nil }
    var bits: UInt64 = 0
    for variable in own {
      guard let group = groups[variable] else { return nil }
      bits |= 1 << UInt64(group)
    }
    return bits
  }

  /// Whether some entry depends on all of some groups.
  func meet(_ groups: UInt64) -> Bool { reached.contains { $0 & groups == groups } }

  /// By entry of the sides, the groups that it depends on.
  private static func reached(
    _ groups: [Int: Int], _ point: MaskedPoint, _ sides: [TensorExpression],
    _ symbols: [TensorExpression]
  ) throws(EvaluationError) -> [UInt64] {
    var entries: [TensorExpression: [Dependence]] = [:]
    var extents: [TensorExpression: [Int]] = [:]
    for symbol in symbols {
      let own = try TensorShape.extents(symbol.shape, point.sizes)
      extents[symbol] = own
      entries[symbol] = Array(repeating: Dependence(), count: own.reduce(1, *))
    }
    for (variable, places) in point.entries {
      guard let group = groups[variable] else { continue }
      for place in places { entries[place.symbol]?[place.number].groups = 1 << UInt64(group) }
    }
    // What follows from others in a structure depends on them.
    for derived in point.derived where derived.entry.symbol.isTied {
      let own = entries[derived.entry.symbol]?.reduce(UInt64(0)) { $0 | $1.groups } ?? 0
      entries[derived.entry.symbol]?[derived.entry.number].groups = own
    }
    var values: [TensorExpression: Tensor<Dependence>] = [:]
    for (symbol, elements) in entries {
      values[symbol] = Tensor(extents: extents[symbol] ?? [], elements: elements)
    }
    let found = try Evaluator(
      DependenceArithmetic(), at: EvaluationPoint(sizes: point.sizes, values: values),
      maskModel: .dependence
    ).evaluate(sides)
    return zip(found[0].elements, found[1].elements).map { $0.groups | $1.groups }
  }
}

extension TensorExpression {
  /// Whether entries of a declared tensor may depend on each other.
  fileprivate var isTied: Bool {
    let free: TensorStructure = [.positive, .nonnegative, .unitInterval, .integer, .mask]
    return !structure.subtracting(free).isEmpty || structure.maskAxis != nil
  }
}

/// Sets that grow together.
private struct Groups {
  private var parents: [Int: Int] = [:]

  mutating func root(_ member: Int) -> Int {
    var root = member
    while let parent = parents[root], parent != root { root = parent }
    return root
  }

  mutating func join(_ a: Int, _ b: Int) {
    let (first, second) = (root(a), root(b))
    parents[max(first, second)] = min(first, second)
  }
}

/// What a value depends on, and whether it is known to be zero.
private struct Dependence: Sendable {
  var groups: UInt64 = 0
  var isZero = false

  static func | (a: Dependence, b: Dependence) -> Dependence {
    Dependence(groups: a.groups | b.groups)
  }
}

/// Dependences in place of numbers: a result depends on all that its operands do, but for products with zero.
private struct DependenceArithmetic: ScalarArithmetic {
  var zero: Dependence { Dependence(isZero: true) }
  var one: Dependence { Dependence() }
  var productWork: Int { 1 }

  func constant(_ value: Rational) throws(ScalarError) -> Dependence {
    Dependence(isZero: value.isZero)
  }
  func add(_ a: Dependence, _ b: Dependence) -> Dependence { a.isZero ? b : b.isZero ? a : a | b }
  func subtract(_ a: Dependence, _ b: Dependence) -> Dependence { add(a, b) }
  func multiply(_ a: Dependence, _ b: Dependence) -> Dependence {
    a.isZero || b.isZero ? zero : a | b
  }
  func negate(_ a: Dependence) -> Dependence { a }
  func divide(_ a: Dependence, _ b: Dependence) throws(ScalarError) -> Dependence {
    if b.isZero { throw .divisionByZero }
    return a.isZero ? zero : a | b
  }
  func isZero(_ a: Dependence) -> Bool { a.isZero }
  func sign(_ a: Dependence) throws(ScalarError) -> Int { throw .unordered }
  func apply(_ function: ElementaryFunction, _ x: Dependence) throws(ScalarError) -> Dependence {
    Dependence(groups: x.groups)
  }
  func power(_ x: Dependence, _ exponent: Rational) throws(ScalarError) -> Dependence {
    Dependence(groups: x.groups)
  }
  func pi() throws(ScalarError) -> Dependence { Dependence() }
}

extension MaskModel where Element == Dependence {
  /// A mask depends on what it compares.
  fileprivate static var dependence: MaskModel {
    MaskModel(
      step: { (_, operand) throws(EvaluationError) in
        operand.elements.map { Dependence(groups: $0.groups) }
      },
      weights: { (_, _, _, values) throws(EvaluationError) in
        let all = values.reduce(Dependence()) { $0 | $1 }
        return values.map { _ in all }
      },
      rounded: { (_, operand, _) throws(EvaluationError) in
        operand.elements.map { Dependence(groups: $0.groups) }
      })
  }
}
