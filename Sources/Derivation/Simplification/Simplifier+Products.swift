import Scalars
import TensorExpressions

extension Simplifier {
  /// Rule *fuse*: a contraction of contractions is one contraction, where the equations between their indices
  /// have a solution in whole numbers. A softmax stays itself, one factor.
  func fused(
    _ contraction: Contraction, shape: [Size], space: ExpressionSpace
  ) -> TensorExpression {
    step(orElse: space.contraction(contraction, shape: shape)) {
      self.composed(contraction, shape: shape, space: space)
    }
  }

  private func composed(
    _ contraction: Contraction, shape: [Size], space: ExpressionSpace
  ) -> TensorExpression {
    var product = self.product(contraction, shape: shape)
    var position = 0
    while position < product.factors.count {
      let operand = expression(product.factors[position].atom)
      guard case .contraction(let inner) = operand.kind, !operand.isSoftmax,
        product.factors.count + inner.operands.count <= operandLimit + 1
      else {
        position += 1
        continue
      }
      var candidate = product
      let outcome = candidate.compose(
        self.product(inner, shape: operand.shape), at: position, facts: facts)
      switch outcome {
      case .empty: return operand.space.zeros(shape)
      case .stuck: position += 1
      case .solved:
        guard candidate.simplifyWindows(facts: facts) else { return operand.space.zeros(shape) }
        if candidate.isBounded {
          product = candidate
        } else {
          position += 1
        }
      }
    }
    guard product.simplifyWindows(facts: facts) else { return space.zeros(shape) }
    dropLowerWindows(&product)
    dropRepeatedMasks(&product)
    foldMagnitudes(&product)
    foldPicked(&product)
    cancelReciprocals(&product)
    foldQuotients(&product)
    guard reduceMatrices(&product) else { return space.zeros(shape) }
    if foldRoots(&product), let folded = product.asContraction(expression) {
      return fused(folded, shape: shape, space: space)
    }
    foldNames(&product)
    orientSymmetricFactors(&product)
    if multipliesOut, let sum = multipliedOut(product, shape: shape, space: space) { return sum }
    let result = expression(product, space: space) ?? space.contraction(contraction, shape: shape)
    return negatedSum(result) ?? ExponentialNormalization.folded(result) ?? result
  }

  /// Rule *minus*: −c·(a − b) = c·(b − a).
  private func negatedSum(_ value: TensorExpression) -> TensorExpression? {
    guard case .contraction(let c) = value.kind, c.coefficient.leadingSign < 0,
      c.operands.count == 1, c.isPointwise(over: value.shape), c.operands[0].access == c.output,
      c.operands[0].value.shape == value.shape, case .sum(let terms) = c.operands[0].value.kind,
      terms.contains(where: { ($0.asContraction?.coefficient.leadingSign ?? 1) < 0 })
    else { return nil }
    let negated = value.space.sum(terms.map { -$0 }.map(simplified), shape: value.shape)
    return negated.scaled(by: c.coefficient * .minusOne)
  }

  /// Rule *mask*: a factor that is 0 or 1 counts once: m·m = m.
  private func dropRepeatedMasks(_ product: inout IndexProduct) {
    guard product.factors.count(where: { expression($0.atom).isMask }) > 1 else { return }
    var seen: Set<IndexProduct.Factor> = []
    product.factors = product.factors.filter { factor in
      !expression(factor.atom).isMask || seen.insert(factor).inserted
    }
  }

  /// Rule *cancel*: x · 1/x = 1, where x is proved not to be 0 (``isCancellable(_:)``).
  private func cancelReciprocals(_ product: inout IndexProduct) {
    for factor in product.factors {
      guard case .elementwise(let function, let operands) = expression(factor.atom).kind,
        function.name == "reciprocal", isCancellable(operands[0]),
        let other = product.factors.firstIndex(where: {
          $0.atom == operands[0].id && $0.access == factor.access
        }),
        let own = product.factors.firstIndex(of: factor)
      else { continue }
      product.windows += zip(factor.access, factor.shape).map {
        IndexProduct.Window(coordinate: $0, extent: $1)
      }
      product.factors.remove(at: max(own, other))
      product.factors.remove(at: min(own, other))
      _ = product.simplifyWindows(facts: facts)
    }
  }

  /// Rule *name*: factors whose product a named value stands for are written by its name.
  private func foldNames(_ product: inout IndexProduct) {
    guard product.factors.count >= 2 else { return }
    let candidates = Set(product.factors.map(\.atom)).flatMap { namedProducts[$0] ?? [] }
    for named in candidates.sorted(by: { $0.value.id > $1.value.id }) {
      guard named.definition.factors.count <= product.factors.count else { continue }
      while let match = named.definition.match(in: product),
        let inverse = named.definition.coefficient.reciprocal
      {
        product.factors = product.factors.enumerated().filter { !match.used.contains($0.offset) }
          .map(\.element)
        product.factors.append(
          self.product(
            Contraction(
              indices: named.value.shape, output: named.value.shape.indices.map(Affine.index),
              operands: [.init(named.value, named.value.shape.indices.map(Affine.index))]),
            shape: named.value.shape
          ).factors[0])
        product.factors[product.factors.count - 1].access = match.access
        product.coefficient = product.coefficient * inverse
      }
    }
  }
}

extension IndexProduct {
  /// Whether nothing is summed, and the output's axes are plain indices that factors bound.
  var isPlainPointwise: Bool {
    guard windows.isEmpty || windows.allSatisfy({ $0.coordinate.asIndex != nil }) else {
      return false
    }
    let outputs = output.compactMap(\.asIndex)
    let own = NumberSet(outputs)
    guard outputs.count == output.count, own.count == outputs.count else { return false }
    guard usedIndices == own else { return false }
    let bound = NumberSet(factors.flatMap { $0.access.compactMap(\.asIndex) })
    return own.isSubset(of: bound)
      && factors.allSatisfy { $0.access.allSatisfy { $0.asIndex != nil || $0.isConstant } }
  }

  /// Whether the output has every product of its factors' entries: neither its extents nor a window leaves out points
  /// that all factors have.
  func isWhole(facts: SizeFacts) -> Bool {
    let bounds = zip(output, outputShape).map { Window(coordinate: $0, extent: $1) } + windows
    return bounds.allSatisfy { bound in
      factors.contains { factor in
        zip(factor.access, factor.shape).contains {
          $0 == bound.coordinate && facts.isAtMost($1, bound.extent)
        }
      }
    }
  }

  /// How many placements of factors a search for a match may try: equal factors could be placed in any order.
  private static var matchEffort: Int { 2000 }

  /// Where this product's factors occur among those of `other`, and where its output is read there.
  func match(in other: IndexProduct) -> (used: Set<Int>, access: [Affine])? {
    var missing: [Int: Int] = [:]
    for factor in factors { missing[factor.atom, default: 0] += 1 }
    for factor in other.factors { missing[factor.atom]? -= 1 }
    guard missing.values.allSatisfy({ $0 <= 0 }) else { return nil }
    var used: Set<Int> = []
    var binding: [Int: Affine] = [:]
    var effort = Self.matchEffort
    guard match(0, in: other, &used, &binding, &effort) else { return nil }
    let access = output.compactMap { $0.asIndex.flatMap { binding[$0] } }
    return access.count == output.count ? (used, access) : nil
  }

  private func match(
    _ position: Int, in other: IndexProduct, _ used: inout Set<Int>, _ binding: inout [Int: Affine],
    _ effort: inout Int
  ) -> Bool {
    if position == factors.count { return true }
    let factor = factors[position]
    for (candidate, target) in other.factors.enumerated()
    where target.atom == factor.atom && !used.contains(candidate) {
      effort -= 1
      if effort < 0 { return false }
      let saved = binding
      var fits = true
      for (own, theirs) in zip(factor.access, target.access) {
        if let index = own.asIndex {
          if let bound = binding[index] {
            fits = bound == theirs
          } else {
            binding[index] = theirs
          }
        } else {
          fits = own == theirs
        }
        if !fits { break }
      }
      if fits {
        used.insert(candidate)
        if match(position + 1, in: other, &used, &binding, &effort) { return true }
        used.remove(candidate)
      }
      binding = saved
    }
    return false
  }
}
