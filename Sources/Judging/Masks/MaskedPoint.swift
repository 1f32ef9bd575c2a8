import Evaluation
import Scalars
import TensorExpressions

/// A random point of a field for the symbols of an equation, with a variable for each entry that may be chosen, and the classes
/// of one-hot tensors as masks.
struct MaskedPoint {
  /// An entry of a declared tensor.
  struct Entry {
    let symbol: TensorExpression
    let number: Int
  }

  /// An entry whose value follows from variables.
  struct Derived {
    let entry: Entry
    let form: ArgumentForm
  }

  let sizes: [String: Int]
  private let formedBase: FormArithmetic
  private(set) var formed: [TensorExpression: Tensor<MaskPolynomial<FormedValue>>] = [:]
  private(set) var plain: [TensorExpression: Tensor<MaskPolynomial<PrimeTowerElement>>] = [:]
  /// The entries that have a variable's value.
  private(set) var entries: [Int: [Entry]] = [:]
  private(set) var derived: [Derived] = []
  private(set) var domain: [CellProgram.Condition] = []
  /// The variables' values, and what some of them are replaced by.
  private var values: [Int: FormedValue] = [:]
  private let border: [Int: ArgumentForm]

  var formedPoint: EvaluationPoint<MaskPolynomial<FormedValue>> {
    EvaluationPoint(sizes: sizes, values: formed)
  }
  var plainPoint: EvaluationPoint<MaskPolynomial<PrimeTowerElement>> {
    EvaluationPoint(sizes: sizes, values: plain)
  }

  /// - Parameters:
  ///   - given: the symbols whose values someone gave.
  ///   - border: variables that equal affine forms of others.
  init(
    _ symbols: [TensorExpression], at draw: Draw, in levels: FieldLevels, attempt: Int,
    _ base: FormArithmetic, border: [Int: ArgumentForm]
  ) throws(EvaluationError) {
    sizes = draw.sizes
    formedBase = base
    self.border = border
    let point = try draw.levelledPoint(
      for: symbols, in: levels, like: nil, attempt: attempt, hasFormalClasses: true)
    for node in symbols {
      guard case .symbol(let symbol) = node.kind, let first = point.levels[0].values[node] else {
        continue
      }
      let residues = first.elements.indices.map { number in
        PrimeTowerElement(
          residues: point.levels.map { $0.values[node]?.elements[number] ?? 0 })
      }
      if let given = draw.given[symbol.name] {
        take(
          node, first.extents,
          zip(residues, given.elements).map {
            FormedValue(value: $0, form: ArgumentForm(constant: $1))
          })
      } else if let axis = symbol.structure.oneHotAxis, first.extents.indices.contains(axis) {
        takeClasses(node, first.extents, axis, mayBeNone: !symbol.structure.sumsToOne)
      } else {
        takeEntries(node, symbol, first.extents, residues)
      }
    }
    for (variable, form) in border { bound(variable, form) }
  }

  private mutating func take(
    _ node: TensorExpression, _ extents: [Int], _ values: [FormedValue]
  ) {
    formed[node] = Tensor(
      extents: extents,
      elements: values.map { value in
        formedBase.isZero(value) ? MaskPolynomial([]) : MaskPolynomial(constant: value)
      })
    plain[node] = Tensor(
      extents: extents,
      elements: values.map { value in
        formedBase.isZero(value) ? MaskPolynomial([]) : MaskPolynomial(constant: value.value)
      })
  }

  /// A variable for each entry; entries that a structure makes equal share one, and those that it makes zero have none.
  private mutating func takeEntries(
    _ node: TensorExpression, _ symbol: TensorSymbol, _ extents: [Int],
    _ residues: [PrimeTowerElement]
  ) {
    let isShare = symbol.structure.contains(.simplex) && !extents.isEmpty
    let length = extents.last ?? 1
    var own: [FormedValue] = []
    for (number, value) in residues.enumerated() {
      let entry = Entry(symbol: node, number: number)
      if value.residue == 0 {
        own.append(formedBase.zero)
      } else if isShare, number % length == length - 1 {
        // What the other shares leave.
        let others = own.suffix(length - 1).reduce(ArgumentForm(constant: 0)) { $0 + $1.form }
        let form = ArgumentForm(constant: 1) - others
        own.append(FormedValue(value: value, form: form))
        derived.append(Derived(entry: entry, form: form))
        domain.append(CellProgram.Condition(form: form, relation: .above))
      } else {
        own.append(variable(entry, symbol, value))
      }
    }
    if let axis = symbol.structure.maskAxis { boundSums(of: own, along: axis, extents) }
    take(node, extents, own)
  }

  /// At least one of the entries along an axis is 1.
  private mutating func boundSums(of entries: [FormedValue], along axis: Int, _ extents: [Int]) {
    guard extents.indices.contains(axis) else { return }
    var sums: [[Int]: ArgumentForm] = [:]
    for (place, entry) in entries.enumerated() {
      var rest = TensorShape.entry(at: place, in: extents)
      rest.remove(at: axis)
      sums[rest] = (sums[rest] ?? ArgumentForm(constant: -1)) + entry.form
    }
    for (_, form) in sums.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      domain.append(CellProgram.Condition(form: form, relation: .atLeast))
    }
  }

  private mutating func variable(
    _ entry: Entry, _ symbol: TensorSymbol, _ value: PrimeTowerElement
  ) -> FormedValue {
    let form = formedBase.plain.table { table in
      table.variables.variable(value.residue) {
        MaskVariable(entry: entry.number, of: entry.symbol, symbol)
      }
    }
    guard let number = form.terms.first?.monomial.first else { return formedBase.zero }
    let own = FormedValue(value: value, form: form)
    values[number] = own
    if let replaced = border[number], let value = evaluated(replaced) {
      derived.append(Derived(entry: entry, form: replaced))
      return FormedValue(value: value, form: replaced)
    }
    entries[number, default: []].append(entry)
    return own
  }

  /// The value of an affine form of variables that have values.
  private func evaluated(_ form: ArgumentForm) -> PrimeTowerElement? {
    let field = formedBase.plain
    guard var sum = try? field.constant(form.constant) else { return nil }
    for term in form.terms {
      guard term.monomial.count == 1, let value = values[term.monomial[0]],
        let factor = try? field.constant(term.coefficient)
      else { return nil }
      sum = field.add(sum, field.multiply(factor, value.value))
    }
    return sum
  }

  /// What the bounds of a replaced variable say of the others.
  private mutating func bound(_ variable: Int, _ form: ArgumentForm) {
    let bounds = formedBase.plain.table { $0.variables[variable].bounds }
    let relation: LinearConstraint.Relation = bounds.isClosed ? .atLeast : .above
    if let low = bounds.low, !form.isConstant {
      domain.append(.init(form: form - ArgumentForm(constant: low), relation: relation))
    }
    if let high = bounds.high, !form.isConstant {
      domain.append(.init(form: ArgumentForm(constant: high) - form, relation: relation))
    }
  }

  /// The classes of each fibre along an axis; no class is one more, which no entry stands for.
  private mutating func takeClasses(
    _ node: TensorExpression, _ extents: [Int], _ axis: Int, mayBeNone: Bool
  ) {
    let count = extents.reduce(1, *)
    let field = formedBase
    var elements = Array(repeating: MaskPolynomial<FormedValue>([]), count: count)
    for start in 0..<count {
      var entry = TensorShape.entry(at: start, in: extents)
      guard entry[axis] == 0 else { continue }
      let fibre = (0..<extents[axis]).map { place -> Int in
        entry[axis] = place
        return TensorShape.offset(of: entry, in: extents)
      }
      let monomials = field.plain.table { table -> [Int] in
        let group = table.classes(
          of: node, entries: mayBeNone ? fibre + [MaskTable.noEntry] : fibre)
        return table.atomsOfGroup[group].map { table.monomial([$0]) }
      }
      var last = [MaskPolynomial<FormedValue>.Term(monomial: 0, coefficient: field.one)]
      for (number, monomial) in zip(fibre, monomials) {
        elements[number] = MaskPolynomial([.init(monomial: monomial, coefficient: field.one)])
        last.append(.init(monomial: monomial, coefficient: field.negate(field.one)))
      }
      if mayBeNone { continue }
      elements[fibre[fibre.count - 1]] = MaskPolynomial(last.sorted { $0.monomial < $1.monomial })
    }
    formed[node] = Tensor(extents: extents, elements: elements)
    plain[node] = Tensor(
      extents: extents,
      elements: elements.map { element in
        MaskPolynomial(
          (element.terms ?? []).map {
            .init(monomial: $0.monomial, coefficient: $0.coefficient.value)
          })
      })
  }
}
