import Evaluation
import Scalars
import TensorExpressions

/// Looks for points at which conditions hold that are no linear ones, or on entries that a structure ties together:
/// from several starts, by steps in one number at a time, each of which makes what is missing smaller.
///
/// Floating point leads there; the point that is reached is rational, and whether the conditions hold is decided by
/// enclosures.
struct CellDescent {
  private let table: MaskTable
  private let conditions: [CellProgram.Condition]
  private let signs: ConditionSigns
  private let base: EvaluationPoint<Rational>
  private let point: MaskedPoint
  private let blocks: [Block]
  /// The opaque variables that conditions need, each after those that it depends on.
  private let opaque: [Int]
  private let seed: UInt64
  /// What one look at the conditions takes.
  private let workOfLook: Int

  /// What some of the numbers that are varied stand for.
  private enum Block {
    case entry(Int, isInteger: Bool)
    case matrix(TensorExpression, StructureParameters, variables: [(variable: Int, entry: Int)])

    var count: Int {
      switch self {
      case .entry: 1
      case .matrix(_, let parameters, _): parameters.count
      }
    }

    /// What its entries take, in products of a condition's term: for a matrix of n rows 8·n³, as was measured.
    var work: Int {
      switch self {
      case .entry: 1
      case .matrix(_, .orthogonal(let extents, _), _):
        extents.reduce(8, *) * (extents.max() ?? 1)
      case .matrix(_, .definite(let size), _): 8 * size * size * size
      }
    }
  }

  private static let mostNumbers = 48
  private static let starts = 10
  private static let rounds = 60
  /// In products of a condition's term.
  private static let workLimit = 3_000_000

  /// Nil is made where a condition says nothing that can be computed.
  ///
  /// - Parameters:
  ///   - base: the values of what is not varied.
  ///   - kind: which orthogonal matrices are reflections, bit by bit.
  init?(
    _ conditions: [CellProgram.Condition], signs: ConditionSigns,
    base: EvaluationPoint<Rational>, seed: UInt64, kind: UInt64
  ) {
    self.conditions = conditions
    self.signs = signs
    self.base = base
    self.seed = seed
    let variables = signs.table.variables
    table = signs.table
    point = signs.point
    guard
      let needed = Self.variables(of: conditions.map(\.form), variables),
      let blocks = Self.blocks(
        for: needed.filter { variables[$0].isEntry }, variables, base, kind: kind)
    else { return nil }
    self.blocks = blocks
    opaque = needed.filter { !variables[$0].isEntry }.sorted()
    workOfLook =
      conditions.reduce(opaque.count * 8) { $0 + $1.form.terms.count + 1 }
      + blocks.reduce(0) { $0 + $1.work }
    guard (1...Self.mostNumbers).contains(blocks.reduce(0) { $0 + $1.count }) else { return nil }
  }

  /// The variables of some forms and of what those are functions of; nil where one is of unknown make.
  private static func variables(
    of forms: [ArgumentForm], _ variables: MaskVariables
  ) -> Set<Int>? {
    var found: Set<Int> = []
    var pending = forms.flatMap(\.variables)
    while let next = pending.popLast() {
      guard found.insert(next).inserted else { continue }
      switch variables[next].origin {
      case .entry, .opaque(.pi): continue
      case .opaque(.function(_, let form)), .opaque(.reciprocal(let form)),
        .opaque(.power(let form, _)):
        pending += form.variables
      case .opaque(.long): return nil
      }
    }
    return found
  }

  private static func blocks(
    for entries: Set<Int>, _ variables: MaskVariables, _ base: EvaluationPoint<Rational>,
    kind: UInt64
  ) -> [Block]? {
    var blocks: [Block] = []
    var tied: [TensorExpression: [(variable: Int, entry: Int)]] = [:]
    var order: [TensorExpression] = []
    for variable in entries.sorted() {
      guard case .entry(let symbol, let number) = variables[variable].origin else { return nil }
      if variables[variable].isFree {
        blocks.append(.entry(variable, isInteger: variables[variable].isInteger))
      } else {
        if tied[symbol] == nil { order.append(symbol) }
        tied[symbol, default: []].append((variable, number))
      }
    }
    for (place, node) in order.enumerated() {
      guard case .symbol(let symbol) = node.kind, let value = base.values[node],
        let parameters = StructureParameters(
          symbol.structure, value.extents,
          isReflection: kind >> UInt64(place) & 1 == 1)
      else { return nil }
      blocks.append(.matrix(node, parameters, variables: tied[node] ?? []))
    }
    return blocks
  }

  // MARK: The search

  /// Some points, from different starts.
  func points(_ most: Int) -> [EvaluationPoint<Rational>] {
    var found: [EvaluationPoint<Rational>] = []
    var work = 0
    var generator = SeededGenerator(seed: seed, stream: 0xCE11)
    for start in 0..<Self.starts where found.count < most && work < Self.workLimit {
      var numbers = self.start(start, using: &generator)
      guard descend(&numbers, &work, using: &generator), let point = rational(numbers),
        signs.violated(conditions, at: point)?.isEmpty == true
      else { continue }
      found.append(point)
    }
    return found
  }

  private static let scales = [1.0, 8, 1.0 / 16, 100, 1e4, 1e-3]

  private func start(_ number: Int, using generator: inout SeededGenerator) -> [Double] {
    let scale = Self.scales[number % Self.scales.count]
    return blocks.flatMap { block -> [Double] in
      (0..<block.count).map { _ in
        let value = Double.random(in: -2...2, using: &generator)
        switch block {
        case .entry(_, isInteger: true): return (value * scale * 2).rounded()
        case .entry: return value * scale
        case .matrix(_, .orthogonal, _): return value
        case .matrix(_, .definite, _): return value * scale.squareRoot()
        }
      }
    }
  }

  /// Changes one number at a time as long as that brings conditions nearer; whether all hold in the end.
  private func descend(
    _ numbers: inout [Double], _ work: inout Int, using generator: inout SeededGenerator
  ) -> Bool {
    let wholes = blocks.flatMap { block -> [Bool] in
      if case .entry(_, isInteger: true) = block { return [true] }
      return Array(repeating: false, count: block.count)
    }
    var steps = numbers.map { max(abs($0), 0.5) / 2 }
    var missing = self.missing(numbers, &work)
    for _ in 0..<Self.rounds {
      if missing == 0 { return true }
      if work > Self.workLimit { return false }
      var isStuck = true
      for place in numbers.indices.shuffled(using: &generator) {
        let here = numbers[place]
        let moves = [
          here + steps[place], here - steps[place], here * 2, here / 2, -here,
          here * (1 + Double.random(in: -0.1...0.1, using: &generator)),
        ]
        var best = (value: here, missing: missing)
        for move in moves {
          numbers[place] = wholes[place] ? move.rounded() : move
          let left = self.missing(numbers, &work)
          if left < best.missing { best = (numbers[place], left) }
        }
        numbers[place] = best.value
        steps[place] = best.missing < missing ? steps[place] * 2 : steps[place] / 2
        if best.missing < missing { isStuck = false }
        missing = best.missing
        if missing == 0 { return true }
      }
      if isStuck, steps.allSatisfy({ $0 < 1e-12 }) { return false }
    }
    return missing == 0
  }

  // MARK: What numbers give

  /// How far some conditions are from holding, each measured against its terms; 0 where all hold.
  private func missing(_ numbers: [Double], _ work: inout Int) -> Double {
    work += workOfLook
    guard let values = values(numbers) else { return .infinity }
    var sum = 0.0
    for condition in conditions {
      var (value, size) = (condition.form.constant.doubleValue, 0.0)
      size = value.magnitude
      for term in condition.form.terms {
        let product = term.monomial.reduce(term.coefficient.doubleValue) {
          $0 * (values[$1] ?? .nan)
        }
        value += product
        size += product.magnitude
      }
      guard value.isFinite else { return .infinity }
      // Strictly inside, by a little more than rounding.
      let room = condition.relation == .above ? size * 1e-9 : 0
      if value > room || condition.relation != .above && value >= 0 { continue }
      let gap = (room - value) / max(size, 1e-300)
      sum += gap * gap + 1e-3 * gap
    }
    return sum
  }

  /// The values of all variables that conditions need; nil where one has none.
  private func values(_ numbers: [Double]) -> [Int: Double]? {
    var values: [Int: Double] = [:]
    var next = 0
    for block in blocks {
      defer { next += block.count }
      switch block {
      case .entry(let variable, _): values[variable] = numbers[next]
      case .matrix(_, let parameters, let variables):
        guard
          let entries = parameters.entries(
            in: DoubleArithmetic(), Array(numbers[next..<next + block.count]))
        else { return nil }
        for (variable, entry) in variables { values[variable] = entries[entry] }
      }
    }
    for variable in opaque {
      guard let value = value(ofOpaque: variable, values), value.isFinite else { return nil }
      values[variable] = value
    }
    return values
  }

  private func value(ofOpaque variable: Int, _ values: [Int: Double]) -> Double? {
    let arithmetic = DoubleArithmetic()
    func argument(_ form: ArgumentForm) -> Double? {
      (try? form.value(in: arithmetic) { values[$0] }).flatMap { $0 }
    }
    switch table.variables[variable].origin {
    case .opaque(.function(let function, let form)):
      return argument(form).flatMap { try? arithmetic.apply(function, $0) }
    case .opaque(.reciprocal(let form)):
      return argument(form).flatMap { try? arithmetic.divide(1, $0) }
    case .opaque(.power(let form, let exponent)):
      return argument(form).flatMap { try? arithmetic.power($0, exponent) }
    case .opaque(.pi): return arithmetic.pi()
    case .entry, .opaque(.long): return nil
    }
  }

  /// The point of some numbers, exactly.
  private func rational(_ numbers: [Double]) -> EvaluationPoint<Rational>? {
    let exact = numbers.compactMap { Rational(exactly: $0) }
    guard exact.count == numbers.count else { return nil }
    var known = point.values(at: base)
    var result = base
    var next = 0
    for block in blocks {
      defer { next += block.count }
      switch block {
      case .entry(let variable, _): known[variable] = exact[next]
      case .matrix(let symbol, let parameters, _):
        guard let extents = base.values[symbol]?.extents,
          let entries = parameters.entries(
            in: RationalArithmetic(), Array(exact[next..<next + block.count]))
        else { return nil }
        result.values[symbol] = Tensor(extents: extents, elements: entries)
        for (variable, places) in point.entries {
          if let place = places.first(where: { $0.symbol === symbol }) {
            known[variable] = entries[place.number]
          }
        }
      }
    }
    return point.placed(result, at: known)
  }
}
