import TensorExpressions

/// Equations of fractions.
///
/// With *f* other than 0 wherever 1/*f* is defined, *D* = 0 exactly where *D·f* = 0: so the divisors of an
/// equation are cleared one by one, until what is left is a sum of products, which is 0 as a form or is not.
/// A divisor that only a branch of `where` asks for may be 0 where the branch is not chosen: it is not cleared.
extension Normalizer {
  /// How many divisors are cleared.
  private static var longestClearing: Int { 12 }

  /// Whether a form is 0 wherever the reciprocals in it are defined.
  func vanishesWhereDefined(_ form: NormalForm) throws(Limit) -> Bool {
    var form = form
    for _ in 0..<Self.longestClearing {
      if form.isZero { return true }
      guard let divisor = divisor(of: form) else { return false }
      form = try cleared(form, of: divisor)
      use(.divisorsCleared)
    }
    return form.isZero
  }

  /// A reciprocal that is read inside its tensor for every entry, at places that the entry alone decides.
  private func divisor(of form: NormalForm) -> IndexProduct.Factor? {
    let terms = form.sorted
    guard let first = terms.first, terms.allSatisfy(\.hasPlainOutput) else { return nil }
    // A term's own windows do not bound the other terms, which are multiplied as well.
    var frame = first
    frame.factors = []
    frame.windows = []
    let entry = NumberSet(first.output.compactMap(\.asIndex))
    for term in terms {
      for factor in term.factors {
        guard case .reciprocal = atoms[factor.atom], !guardedReciprocals.contains(factor.atom),
          factor.access.allSatisfy({ $0.terms.allSatisfy { entry.contains($0.index) } }),
          frame.readsInside(factor, facts: facts),
          !mayVanishOnCells(reciprocalAtom(factor.atom))
        else { continue }
        return factor
      }
    }
    return nil
  }

  /// The form times what a reciprocal is of, as often as some term has the reciprocal.
  private func cleared(
    _ form: NormalForm, of divisor: IndexProduct.Factor
  ) throws(Limit) -> NormalForm {
    let terms = form.sorted
    let counts = terms.map { term in term.factors.count { $0 == divisor } }
    let power = counts.max() ?? 0
    let base = reciprocalAtom(divisor.atom)
    var operand = single(base, shape: divisor.shape)
    if case .form(let inner, _) = atoms[base] { operand = inner }
    var result = NormalForm()
    for (term, count) in zip(terms, counts) {
      var product = term
      product.factors.removeAll { $0 == divisor }
      let missing = 0..<(power - count)
      product.factors += missing.map {
        .init(atom: -1 - $0, shape: divisor.shape, access: divisor.access)
      }
      result.add(try multipliedOut(product, operands: missing.map { _ in operand }))
      if result.count > termLimit { throw .tooManyTerms }
    }
    return result
  }

  /// Notes which reciprocals stand in branches of selections and nowhere else.
  func guardReciprocals(of sides: [TensorExpression]) {
    guardedReciprocals = []
    guard sides.contains(where: holdsSelection) else { return }
    let plain = alwaysUsed(by: sides)
    var free: Set<Int> = []
    for node in TensorExpression.postorder(of: sides) {
      guardedReciprocals.formUnion(reciprocals(of: node) { _, _ in true })
      // What reads some entries of a divisor says nothing of the others.
      if plain.contains(node), !holdsSelection(node) {
        free.formUnion(
          reciprocals(of: node) { factor, term in
            factor.access == term.output && factor.shape == node.shape
          })
      }
    }
    guardedReciprocals.subtract(free)
  }

  /// Whether a value is made with a selection.
  private func holdsSelection(_ root: TensorExpression) -> Bool {
    var pending = [root]
    while let node = pending.last {
      let operands = node.operands
      let unknown = operands.filter { selectionsOfValues[$0] == nil }
      if selectionsOfValues[node] == nil, !unknown.isEmpty {
        pending += unknown
        continue
      }
      pending.removeLast()
      selectionsOfValues[node] =
        node.appliedFunction == .selectionRow
        || operands.contains { selectionsOfValues[$0] == true }
    }
    return selectionsOfValues[root] == true
  }

  /// The reciprocals among the factors of a value's terms that are read in some way.
  private func reciprocals(
    of node: TensorExpression, where isRead: (IndexProduct.Factor, IndexProduct) -> Bool
  ) -> [Int] {
    (memo[node]?.sorted ?? []).flatMap { term in
      term.factors.filter { factor in
        guard case .reciprocal = atoms[factor.atom] else { return false }
        return isRead(factor, term)
      }.map(\.atom)
    }
  }

  /// What is used whatever selections choose.
  private func alwaysUsed(by sides: [TensorExpression]) -> Set<TensorExpression> {
    var used: Set<TensorExpression> = []
    var pending = sides
    while let node = pending.popLast() {
      guard used.insert(node).inserted else { continue }
      let operands = node.operands
      pending += node.appliedFunction == .selectionRow ? [operands[0]] : operands
    }
    return used
  }
}
