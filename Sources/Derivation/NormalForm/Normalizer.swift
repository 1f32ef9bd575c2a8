import TensorExpressions

/// Brings expressions into ``NormalForm`` and decides by it whether they are equal.
///
/// Equality of forms is a proof for all sizes and all values at which both sides are defined; different forms
/// prove nothing, since atoms may be related in ways that the rules here do not know.
public final class Normalizer {
  /// Why an expression has no normal form within the limits.
  public enum Limit: Error, Hashable, Sendable {
    /// A sum that is multiplied out has more terms than are kept.
    case tooManyTerms
    /// So many products were met that the proof is given up.
    case tooMuchWork
  }

  /// What stands behind an atom, by which equal atoms are one.
  enum Atom: Hashable {
    case expression(Int)
    case function(String, [NormalForm], [Size])
    case form(NormalForm, [Size])
    case extremum(Extremum.Kind, Extremum.TieRule, Windows)
    case selector(Extremum.Kind, Extremum.TieRule, Windows)
    case inverse(NormalForm, [Size])
    case determinant(NormalForm, [Size])
    case cholesky(NormalForm, [Size])
    /// The factors of an inverse or a determinant taken apart, and the like.
    case reciprocal(Int)
    case exponential(NormalForm, [Size])
    case recurrence(RecurrenceForm)
  }

  /// The windows of an extremum. A form does not know its own extents, so that they are listed.
  struct Windows: Hashable {
    let operand: NormalForm
    let operandExtents: [Size]
    let outputExtents: [Size]
    let windowExtents: [Size]
    let access: [Affine]
    let isRanked: Bool

    init(_ extremum: Extremum, of operand: NormalForm) {
      self.operand = operand
      operandExtents = extremum.operand.shape
      outputExtents = extremum.outputExtents
      windowExtents = extremum.windowExtents
      access = extremum.access
      isRanked = extremum.isRanked
    }
  }

  let facts: SizeFacts
  /// Whether the definitions behind names are expanded; else a name is an atom.
  let expandsNames: Bool
  /// Named values that are atoms all the same.
  let opaqueNames: Set<TensorExpression>
  let termLimit: Int
  /// Named values that stand for others, by which a name is one atom however its definition was written anew.
  let aliases: [TensorExpression: TensorExpression]
  private(set) var memo: [TensorExpression: NormalForm] = [:]
  /// What has no form within the limits, so that it is not tried again in every claim that it is a part of.
  private var failures: [TensorExpression: Limit] = [:]
  /// What is left of the work for one equation.
  private var workLeft: Int
  private let workLimit: Int
  /// The work for one equation in a proof, some third of a second.
  public static let usualWorkLimit = 3_000_000
  private var numbers: [Atom: Int] = [:]
  private(set) var atoms: [Atom] = []
  var symmetricAtoms: Set<Int> = []
  var maskAtoms: Set<Int> = []
  /// The values of names that are atoms.
  private(set) var namedAtoms: [Int: TensorExpression] = [:]
  /// Which atoms may be zero on whole cells, of those that were asked for.
  var cellZerosOfAtoms: [Int: Bool] = [:]
  /// Which atoms are other formulas on other cells, of those that were asked for.
  var atomsWithMasks: [Int: Bool] = [:]
  let cellZeros = CellZeros()
  var positiveAtoms: Set<Int> = []
  /// Atoms no entry of which is 0.
  var nonzeroAtoms: Set<Int> = []
  /// What is assumed of a declared tensor, and what its inverse inherits.
  var structures: [Int: TensorStructure] = [:]
  /// Whether a lower triangular matrix is declared.
  var hasLowerSymbols = false
  /// The atom of 1/a for the atom a, both ways.
  var reciprocalOf: [Int: Int] = [:]
  /// The atoms of 1/a that an equation asks for only in branches of a selection, which need not be chosen.
  var guardedReciprocals: Set<Int> = []
  /// Whether a value is made with a selection, of those that were asked for.
  var selectionsOfValues: [TensorExpression: Bool] = [:]
  /// The laws that were applied so far.
  private(set) var usedLaws: Set<Law> = []

  /// A normalizer that has met no value yet.
  ///
  /// - Parameters:
  ///   - workLimit: what one equation may take, in coordinates of products that are brought to canonical form.
  ///   - opaqueNames: named values that are atoms although other names are expanded.
  public init(
    facts: SizeFacts, expandsNames: Bool = true, termLimit: Int = 600,
    workLimit: Int = Normalizer.usualWorkLimit,
    aliases: [TensorExpression: TensorExpression] = [:],
    opaqueNames: Set<TensorExpression> = []
  ) {
    self.opaqueNames = opaqueNames
    self.workLimit = workLimit
    workLeft = workLimit
    self.facts = facts
    self.expandsNames = expandsNames
    self.termLimit = termLimit
    self.aliases = aliases
  }

  /// Whether `a` and `b` are proved equal.
  public func provesEqual(_ a: TensorExpression, _ b: TensorExpression) -> Bool {
    if a === b { return true }
    workLeft = workLimit
    guard a.shape == b.shape, let x = try? form(of: a), let y = try? form(of: b) else {
      return false
    }
    var difference = x
    difference.add(y, scaledBy: .minusOne)
    if difference.isZero { return true }
    guardReciprocals(of: [a, b])
    return (try? vanishesWhereDefined(difference)) ?? false
  }

  /// The form of a value by itself, with the work of one equation; nil where that is not enough.
  func formByItself(of value: TensorExpression) -> NormalForm? {
    workLeft = workLimit
    return try? form(of: value)
  }

  func form(of root: TensorExpression) throws(Limit) -> NormalForm {
    var pending = [root]
    while let node = pending.last {
      if memo[node] != nil {
        pending.removeLast()
        continue
      }
      let needed = dependencies(of: node)
      if let failure = ([node] + needed).lazy.compactMap({ self.failures[$0] }).first {
        failures[node] = failure
        throw failure
      }
      let missing = needed.filter { memo[$0] == nil }
      if missing.isEmpty {
        do throws(Limit) {
          memo[node] = try computed(node)
        } catch {
          failures[node] = error
          throw error
        }
      } else {
        pending += missing
      }
    }
    return memo[root] ?? NormalForm()
  }

  /// Takes note of a law that is applied.
  func use(_ law: Law) { usedLaws.insert(law) }

  /// Counts one step of rewriting that no product shows, such as a function of a function.
  func chargeStep() throws(Limit) {
    workLeft -= 1
    if workLeft < 0 { throw .tooMuchWork }
  }

  /// Counts the work of bringing a product to canonical form; what its arrangements add is counted as they are tried.
  func charge(_ product: IndexProduct) throws(Limit) {
    workLeft -= Self.work(of: product)
    if workLeft < 0 { throw .tooMuchWork }
  }

  /// The coordinates of one arrangement of a product's factors.
  private static func work(of product: IndexProduct) -> Int {
    (1 + product.factors.count) * (1 + product.indexCount)
  }

  /// Whether a named value is looked through.
  private func isExpanded(_ named: TensorExpression) -> Bool {
    expandsNames && !opaqueNames.contains(named)
  }

  /// A value without the names that are looked through.
  private func definition(of value: TensorExpression) -> TensorExpression {
    var result = value
    while case .named(_, let inner) = result.kind, isExpanded(result) { result = inner }
    return result
  }

  /// The expressions whose forms a node's form is made from.
  private func dependencies(of node: TensorExpression) -> [TensorExpression] {
    switch node.kind {
    case .named(_, let value): isExpanded(node) ? [value] : []
    case .elementwise(let function, let operands):
      node.reciprocalOfMagnitude(looksThroughNames: expandsNames).map { [$0] }
        ?? invertedProduct(node)?.operands.map(\.value)
        ?? functionOfLookup(node).map { [$0] }
        ?? function.definition.map { [$0(operands)] } ?? operands
    case .recurrence(let recurrence, _): recurrence.arguments + recurrence.lines.map(\.body)
    default: node.operands
    }
  }

  /// The contraction that a reciprocal is of, when it is a product entry by entry: then its factors are
  /// inverted one by one, before anything is multiplied out.
  private func invertedProduct(_ node: TensorExpression) -> Contraction? {
    guard case .elementwise(let function, let operands) = node.kind, function.name == "reciprocal",
      case .contraction(let contraction) = definition(of: operands[0]).kind,
      contraction.isPointwise(over: node.shape), !contraction.operands.isEmpty,
      contraction.operands.allSatisfy({ Set($0.access).count == $0.access.count }),
      IndexProduct(contraction, shape: node.shape, atom: \.id).reachesEveryEntry(facts: facts)
    else { return nil }
    return contraction
  }

  /// f(E[idx]) as f(E)[idx], where every entry reads just one of the table.
  private func functionOfLookup(_ node: TensorExpression) -> TensorExpression? {
    guard case .elementwise(let function, let operands) = node.kind, operands.count == 1,
      let whole = definition(of: operands[0]).asContraction,
      let lookup = whole.lookedUpOperand(over: node.shape) == nil
        ? whole.asLookup(over: node.shape, in: node.space) : whole,
      let table = lookup.lookedUpOperand(over: node.shape)
    else { return nil }
    let value = node.space.elementwise(function, [lookup.operands[table].value])
    return node.space.contraction(lookup.replacingOperand(table, with: value), shape: node.shape)
  }

  private func computed(_ node: TensorExpression) throws(Limit) -> NormalForm {
    func known(_ x: TensorExpression) -> NormalForm { memo[x] ?? NormalForm() }
    switch node.kind {
    case .symbol(let symbol):
      return form(of: symbol, node)
    case .named(_, let value):
      if isExpanded(node) { return known(value) }
      let atom = number(.expression((aliases[node] ?? node).id))
      namedAtoms[atom] = node
      return single(atom, shape: node.shape)
    case .sum(let terms):
      var total = NormalForm()
      for term in terms { total.add(known(term)) }
      if total.count > termLimit { throw .tooManyTerms }
      return total
    case .contraction(let contraction):
      return try composed(
        contraction, shape: node.shape, operands: contraction.operands.map { known($0.value) })
    case .elementwise(let function, let operands):
      if let product = node.reciprocalOfMagnitude(looksThroughNames: expandsNames) {
        use(.reciprocalOfMagnitude)
        return known(product)
      }
      if let product = invertedProduct(node), let inverse = product.coefficient.reciprocal {
        use(.reciprocalOfProduct)
        let inverted = Contraction(
          coefficient: inverse, indices: product.indices, output: product.output,
          operands: product.operands)
        return try composed(
          inverted, shape: node.shape,
          operands: product.operands.map { reciprocal(of: known($0.value), shape: $0.value.shape) })
      }
      if let lookup = functionOfLookup(node) {
        use(.functionOfLookup)
        return known(lookup)
      }
      if let definition = function.definition { return known(definition(operands)) }
      return try applied(function, operands.map(known), shape: node.shape)
    case .extremum(let e):
      return single(
        number(.extremum(e.kind, e.ties, Windows(e, of: known(e.operand)))), shape: node.shape)
    case .selector(let e):
      let atom = number(.selector(e.kind, e.ties, Windows(e, of: known(e.operand))))
      if e.ties == .first {
        maskAtoms.insert(atom)
        // Of one axis it is a one-hot tensor, whatever it is the place of.
        if e.windowExtents.count == 1 { structures[atom] = .oneHot(axis: node.rank - 1) }
      }
      return single(atom, shape: node.shape)
    case .recurrence(let recurrence, let line):
      return single(
        number(.recurrence(RecurrenceForm(recurrence, line, form: known))), shape: node.shape)
    case .inverse(let x): return try inverse(known(x), shape: x.shape)
    case .determinant(let x): return try determinant(known(x), of: x)
    case .cholesky(let x): return factor(of: known(x), shape: x.shape)
    }
  }

  // MARK: Atoms and products

  func number(_ atom: Atom) -> Int {
    if let known = numbers[atom] { return known }
    numbers[atom] = atoms.count
    atoms.append(atom)
    return atoms.count - 1
  }

  /// The form that is one atom, read as it is.
  func single(_ atom: Int, shape: [Size]) -> NormalForm {
    let access = shape.indices.map(Affine.index)
    var form = NormalForm()
    insert(
      IndexProduct(
        coefficient: .one, output: access, outputShape: shape,
        factors: [.init(atom: atom, shape: shape, access: access)], windows: [],
        indexCount: shape.count), into: &form)
    return form
  }

  /// Adds a product to a form, canonically.
  func insert(_ product: IndexProduct, into form: inout NormalForm) {
    var product = product
    if hasLowerSymbols { product.windows += lowerWindows(of: product) }
    guard product.simplifyWindows(facts: facts) else { return }
    let canonical = product.canonicalized(isSymmetric: symmetricAtoms.contains, facts: facts)
    workLeft -= (canonical.arrangements - 1) * Self.work(of: product)
    form.add(canonical.product, key: canonical.key)
  }

  /// The form of a contraction: the operands' terms multiplied out.
  func composed(
    _ contraction: Contraction, shape: [Size], operands: [NormalForm]
  ) throws(Limit) -> NormalForm {
    var placeholder = -1
    let product = IndexProduct(contraction, shape: shape) { _ in
      defer { placeholder -= 1 }
      return placeholder
    }
    return try multipliedOut(product, operands: operands)
  }

  /// The form of a product whose factor −1 − i stands for the i-th operand.
  func multipliedOut(
    _ product: IndexProduct, operands: [NormalForm]
  ) throws(Limit) -> NormalForm {
    var products = [product]
    for (position, operand) in operands.enumerated() {
      let terms = operand.sorted
      if products.count * terms.count > termLimit { throw .tooManyTerms }
      var next: [IndexProduct] = []
      for product in products {
        next += substituting(terms, for: -1 - position, in: product, whole: operand)
      }
      products = next
    }
    var form = NormalForm()
    for product in products {
      for reduced in try self.reduced(product) { insert(reduced, into: &form) }
    }
    return form
  }

  /// The products that arise when a placeholder stands for a sum of terms; where an equation between indices
  /// cannot be solved, the sum stays one atom.
  private func substituting(
    _ terms: [IndexProduct], for placeholder: Int, in product: IndexProduct, whole: NormalForm
  ) -> [IndexProduct] {
    guard let position = product.factors.firstIndex(where: { $0.atom == placeholder }) else {
      return [product]
    }
    var result: [IndexProduct] = []
    for term in terms {
      var copy = product
      switch copy.compose(term, at: position, facts: facts) {
      case .empty: continue
      case .solved: result.append(copy)
      case .stuck:
        var opaque = product
        let factor = opaque.factors[position]
        opaque.factors[position] = .init(
          atom: number(.form(whole, factor.shape)), shape: factor.shape, access: factor.access)
        return [opaque]
      }
    }
    return result
  }
}
