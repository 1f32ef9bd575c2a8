import Scalars
import TensorExpressions

/// Statements as nested loops.
extension LoopWriter {
  /// - Parameter assigns: whether the statement is the first of its value and fills it.
  mutating func write(_ nest: LoopNest, assigns: Bool) {
    let statement = nest.statement
    let outer = depth
    let constantTests = nest.constantTests()
    if !constantTests.isEmpty { open(language.condition(constantTests)) }
    let hasSum = nest.firstSum < nest.order.count
    var total = ""
    let parts = SplitProduct(statement, summed: Set(nest.order[nest.firstSum...]))
    let kernel = assigns && !hasSum ? nil : kernel(of: nest, parts)
    let last = nest.order.count - (kernel?.levels ?? 0)
    var hoisted = HoistedProduct(parts, innermost: nest.order.last)
    var depthOfSum = depth
    for level in 0..<nest.order.count {
      if level == nest.firstSum, hasSum {
        total = freshName()
        add(language.realVariable(total, language.number(0)))
        depthOfSum = depth
      }
      if level >= last { continue }
      if level == nest.order.count - 1, level > 0, hoisted.isWorthwhile {
        let name = freshName()
        let product = product(
          hoisted.coefficient, hoisted.outside, hoisted.outsideDivisors, nest.names)
        add(language.realConstant(name, product))
        hoisted.replaceOutside(by: name)
      }
      open(nest, level)
    }
    if let kernel {
      write(kernel, nest, parts.coefficient, parts.factors, parts.divisors, total: total)
    } else {
      let value = product(hoisted.coefficient, hoisted.factors, hoisted.divisors, nest.names)
      let sign = hasSum || !assigns ? "+=" : "="
      let place = hasSum ? total : self.target(of: nest)
      add("\(place) \(sign) \(value)\(language.end)")
    }
    if hasSum {
      while depth > depthOfSum { close() }
      let value = product(
        parts.outerCoefficient, [.call(total, [])] + parts.outerFactors, parts.outerDivisors,
        nest.names)
      add("\(target(of: nest)) \(assigns ? "=" : "+=") \(value)\(language.end)")
    }
    while depth > outer { close() }
  }

  /// Opens a loop with its tests, or reads the entry that is its index.
  mutating func open(_ nest: LoopNest, _ level: Int) {
    if let place = nest.place(at: level) {
      let entry = "\(place.name)[\(self.place(place.access, place.shape, nest.names))]"
      let name = nest.names[place.index]
      let count = LoopText.size(nest.statement.extents[place.index])
      var tests = ["\(name) >= 0", "\(name) < \(count)"]
      if let ignored = place.ignored { tests.append("\(name) != \(ignored)") }
      open(language.condition(reading: name, entry, tests))
      return
    }
    let (head, tests) = nest.loop(at: level, in: language)
    open(head)
    if !tests.isEmpty { open(language.condition(tests)) }
  }

  /// The entry that a nest adds to.
  private mutating func target(of nest: LoopNest) -> String {
    let statement = nest.statement
    return "\(statement.name)[\(place(statement.target, statement.shape, nest.names))]"
  }

  /// The kernel that the innermost loops are, in a language that needs one to know that nothing overlaps.
  private func kernel(of nest: LoopNest, _ parts: SplitProduct) -> LoopKernel? {
    guard language == .cxx, let kernel = LoopKernel(nest, parts.factors, parts.divisors),
      nest.bounds(at: nest.order.count - 1, in: language).tests.isEmpty
    else { return nil }
    return kernel
  }
}

/// A statement's product split into what stands before its innermost sums and what they add up.
private struct SplitProduct {
  let coefficient: Coefficient
  let factors: [IndexFormula]
  let divisors: [IndexFormula]
  let outerCoefficient: Coefficient
  let outerFactors: [IndexFormula]
  let outerDivisors: [IndexFormula]

  /// - Parameter summed: the indices of the innermost sums; none where the product is added up in place.
  init(_ statement: IndexStatement, summed: Set<Int>) {
    guard !summed.isEmpty else {
      coefficient = statement.coefficient
      factors = statement.factors
      divisors = statement.divisors
      outerCoefficient = .one
      outerFactors = []
      outerDivisors = []
      return
    }
    func isInner(_ factor: IndexFormula) -> Bool { !factor.indices.isDisjoint(with: summed) }
    coefficient = .one
    factors = statement.factors.filter(isInner)
    divisors = statement.divisors.filter(isInner)
    outerCoefficient = statement.coefficient
    outerFactors = statement.factors.filter { !isInner($0) }
    outerDivisors = statement.divisors.filter { !isInner($0) }
  }
}

/// A product split into what the innermost loop changes and what it does not.
private struct HoistedProduct {
  private(set) var coefficient: Coefficient
  private(set) var outside: [IndexFormula]
  private(set) var outsideDivisors: [IndexFormula]
  private var inside: [IndexFormula]
  private let insideDivisors: [IndexFormula]
  private var isReplaced = false

  init(_ statement: SplitProduct, innermost: Int?) {
    func isInside(_ factor: IndexFormula) -> Bool {
      innermost.map { factor.indices.contains($0) } ?? true
    }
    coefficient = statement.coefficient
    outside = statement.factors.filter { !isInside($0) }
    inside = statement.factors.filter(isInside)
    outsideDivisors = statement.divisors.filter { !isInside($0) }
    insideDivisors = statement.divisors.filter(isInside)
  }

  /// Whether something is saved by computing the outer part once.
  var isWorthwhile: Bool { !(outside.isEmpty && outsideDivisors.isEmpty) && !inside.isEmpty }

  var factors: [IndexFormula] { isReplaced ? inside : outside + inside }
  var divisors: [IndexFormula] { isReplaced ? insideDivisors : outsideDivisors + insideDivisors }

  mutating func replaceOutside(by name: String) {
    inside.insert(.call(name, []), at: 0)
    coefficient = .one
    isReplaced = true
  }
}
