import Evaluation
import Scalars
import TensorExpressions

/// A random point of a field for the symbols of an equation, with a variable for each entry that may be
/// chosen, and the classes of one-hot tensors as masks.
struct MaskedPoint {
  /// An entry of a declared tensor.
  struct Entry {
    let symbol: TensorExpression
    let number: Int
  }

  /// An entry whose value follows from variables.
  struct Derived {
    let entry: Entry
    let formula: EntryFormula
  }

  let sizes: [String: Int]
  private let formedBase: FormArithmetic
  private(set) var formed: [TensorExpression: Tensor<MaskPolynomial<FormedValue>>] = [:]
  private(set) var plain: [TensorExpression: Tensor<MaskPolynomial<PrimeTowerElement>>] = [:]
  /// The entries that have a variable's value.
  private(set) var entries: [Int: [Entry]] = [:]
  private(set) var derived: [Derived] = []
  private(set) var domain: [CellProgram.Condition] = []
  private(set) var ties: [CellProgram.Condition] = []
  /// The variables' values, and what some of them are replaced by.
  private var values: [Int: FormedValue] = [:]
  private let border: [Int: EntryFormula]

  var formedPoint: EvaluationPoint<MaskPolynomial<FormedValue>> {
    EvaluationPoint(sizes: sizes, values: formed)
  }
  var plainPoint: EvaluationPoint<MaskPolynomial<PrimeTowerElement>> {
    EvaluationPoint(sizes: sizes, values: plain)
  }

  /// - Parameters:
  ///   - given: the symbols whose values someone gave.
  ///   - border: variables that equal formulas of others, none of which is replaced itself.
  init(
    _ symbols: [TensorExpression], at draw: Draw, in levels: FieldLevels, attempt: Int,
    _ base: FormArithmetic, border: [Int: EntryFormula]
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
        takeClasses(
          node, first.extents, axis, mayBeNone: !symbol.structure.sumsToOne,
          ignored: symbol.structure.ignoredIndex)
      } else {
        takeEntries(node, symbol, first.extents, residues)
      }
    }
    try putOnBorder()
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
        derived.append(Derived(entry: entry, formula: .polynomial(form)))
        let isClosed = symbol.role == .constant
        domain.append(CellProgram.Condition(form: form, relation: isClosed ? .atLeast : .above))
      } else {
        own.append(variable(entry, symbol, value))
      }
    }
    if let axis = symbol.structure.maskAxis { boundSums(of: own, along: axis, extents) }
    take(node, extents, own)
    let structure = StructureConditions(symbol.structure, extents, own.map(\.form))
    domain += structure.domain
    ties += structure.ties
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
    entries[number, default: []].append(entry)
    return own
  }

  // MARK: Borders

  /// Gives replaced variables the values of their formulas, and what follows from them its own.
  private mutating func putOnBorder() throws(EvaluationError) {
    if border.isEmpty { return }
    for (variable, formula) in border.sorted(by: { $0.key < $1.key }) {
      derived += (entries[variable] ?? []).map { Derived(entry: $0, formula: formula) }
      entries[variable] = nil
    }
    let replaced = Set(border.keys)
    domain.removeAll { !$0.form.variables.isDisjoint(with: replaced) }
    derived = derived.map { one in
      let formula = border.reduce(one.formula) { $0.substituting($1.key, by: $1.value) }
      return Derived(entry: one.entry, formula: formula)
    }
    for one in derived {
      let value = try value(of: one)
      let (symbol, number) = (one.entry.symbol, one.entry.number)
      let isZero = formedBase.isZero(value)
      formed[symbol] = formed[symbol]?.replacing(
        number, by: isZero ? MaskPolynomial([]) : MaskPolynomial(constant: value))
      plain[symbol] = plain[symbol]?.replacing(
        number, by: isZero ? MaskPolynomial([]) : MaskPolynomial(constant: value.value))
      bound(one.entry, value.form)
    }
  }

  private func value(of one: Derived) throws(EvaluationError) -> FormedValue {
    do throws(ScalarError) {
      if let value = try one.formula.value(in: formedBase, at: { values[$0] }) { return value }
    } catch {
      throw .scalar(error, node: one.entry.symbol, entry: [one.entry.number])
    }
    throw .unboundSymbol(one.entry.symbol.name ?? "")
  }

  /// What the bounds of an entry say of the form that it equals.
  private mutating func bound(_ entry: Entry, _ form: ArgumentForm) {
    guard !form.isConstant, case .symbol(let symbol) = entry.symbol.kind else { return }
    let bounds = OpenRange(of: symbol)
    let relation: LinearConstraint.Relation = bounds.isClosed ? .atLeast : .above
    if let low = bounds.low {
      domain.append(.init(form: form - ArgumentForm(constant: low), relation: relation))
    }
    if let high = bounds.high {
      domain.append(.init(form: ArgumentForm(constant: high) - form, relation: relation))
    }
  }

  /// The classes of each fibre along an axis; no class is one more, which no entry stands for.
  private mutating func takeClasses(
    _ node: TensorExpression, _ extents: [Int], _ axis: Int, mayBeNone: Bool, ignored: Int?
  ) {
    let count = extents.reduce(1, *)
    let field = formedBase
    var elements = Array(repeating: MaskPolynomial<FormedValue>([]), count: count)
    for start in 0..<count {
      var entry = TensorShape.entry(at: start, in: extents)
      guard entry[axis] == 0 else { continue }
      let fibre = (0..<extents[axis]).filter { $0 != ignored }.map { place -> Int in
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

extension Tensor {
  /// The tensor with another entry at a place.
  fileprivate func replacing(_ place: Int, by element: Element) -> Tensor {
    var elements = elements
    elements[place] = element
    return Tensor(extents: extents, elements: elements)
  }
}
