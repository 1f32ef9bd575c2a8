import TensorExpressions

/// Transposes, reshapes, sums over axes, and einsum.
extension ProductSearch {
  /// The candidate with its axes in another order, and axes of extent 1 put in or left out.
  func arranged(_ candidate: Candidate, _ target: [Int]) -> Candidate? {
    if candidate.layout == target { return candidate }
    var result = candidate
    result.layout = target
    result.isChain = false
    result.summedCount = nil
    let source = candidate.layout.filter { $0 != Self.unit }
    let wanted = target.filter { $0 != Self.unit }
    guard source.count == wanted.count else { return nil }
    if source == wanted, candidate.layout.count == 2, target == candidate.layout.reversed() {
      result.formula = candidate.formula.viewed(.transpose)
      result.cost += 3
      return result
    }
    if source == wanted {
      result.formula = candidate.formula.viewed(.reshape(shape(target)))
      result.cost += target.isEmpty ? 14 : 12
      return result
    }
    var order: [Int] = []
    var unitAxes = candidate.layout.indices.filter { candidate.layout[$0] == Self.unit }
    let hasAllAxes = candidate.layout.count == target.count
    for label in hasAllAxes ? target : wanted {
      if label == Self.unit {
        order.append(unitAxes.removeFirst())
      } else if let axis = candidate.layout.firstIndex(of: label) {
        order.append(axis)
      } else {
        return nil
      }
    }
    var formula = candidate.formula
    if !hasAllAxes, source.count != candidate.layout.count {
      formula = formula.viewed(.reshape(shape(source)))
      result.cost += 12
      order = wanted.compactMap { source.firstIndex(of: $0) }
    }
    let isUndone: Bool
    switch formula {
    case .view(.transpose, _), .view(.matrixTranspose, _): isUndone = true
    default: isUndone = false
    }
    result.formula = formula.viewed(.permute(order))
    let isSwap = order.count >= 2 && order.dropLast(2).elementsEqual(0..<(order.count - 2))
    if isUndone {
      result.cost -= 3
    } else if isSwap {
      result.cost += formula.isAtom ? 3 : 6
    } else {
      result.cost += 18
    }
    if !hasAllAxes, wanted.count != target.count {
      result.formula = result.formula.viewed(.reshape(shape(target)))
      result.cost += 12
    }
    return result
  }

  /// The candidate with every axis summed that nothing outside needs, with and without the axis left in place.
  func reduced(_ candidate: Candidate, _ around: Surroundings) -> [Candidate] {
    var closed: [Int] = []
    for (axis, label) in candidate.layout.enumerated() where label != Self.unit {
      guard let index = plainIndex(label), !around.indices.contains(index) else { continue }
      let isShared = candidate.layout.contains { other in
        other != label && other != Self.unit && indices(of: other).contains(index)
      }
      if !isShared { closed.append(axis) }
    }
    var result = [candidate]
    if !closed.isEmpty {
      let count = Size.product(closed.map { extent(of: candidate.layout[$0]) })
      let rest = candidate.layout.indices.filter { !closed.contains($0) }
      let isWhole = rest.isEmpty
      var summed = candidate
      summed.isChain = false
      summed.summedCount = count
      summed.formula = candidate.formula.summed(
        over: isWhole ? nil : closed, keepsAxes: false, rank: candidate.layout.count, count: count)
      summed.layout = rest.map { candidate.layout[$0] }
      summed.cost += 15
      result = [summed]
      if !isWhole {
        summed.formula = candidate.formula.summed(
          over: closed, keepsAxes: true, rank: candidate.layout.count, count: count)
        summed.layout = candidate.layout.indices.map {
          closed.contains($0) ? Self.unit : candidate.layout[$0]
        }
        summed.cost += 1
        result.append(summed)
      }
    }
    guard hasComposites else { return result }
    return result.flatMap { [$0] + windowSums($0, around) }
  }

  /// The product of the candidates under an einsum subscript, labels that `kept` leaves out summed.
  func einsum(_ operands: [Candidate], to kept: [Int]) -> Candidate? {
    let all = Self.labels(of: operands.flatMap(\.layout))
    guard areIndependent(all), all.allSatisfy({ kept.contains($0) || plainIndex($0) != nil })
    else { return nil }
    var cost = Self.einsumCost(operands)
    var inputs: [Formula] = []
    var layouts: [[Int]] = []
    for operand in operands {
      let layout = operand.layout.filter { $0 != Self.unit }
      guard let squeezed = arranged(operand, layout) else { return nil }
      cost += squeezed.cost - operand.cost
      inputs.append(squeezed.formula)
      layouts.append(layout)
    }
    let letters = EinsumLetters(layouts.flatMap { $0 } + kept) { label in
      extent(of: label).asName
    }
    guard let letters else { return nil }
    let subscripts = layouts.map { $0.map(letters.letter).joined() }.joined(separator: ",")
    var outer = FormulaProduct(coefficient: .one, scalars: [], entries: [])
    inputs = inputs.map { $0.withoutScalars(into: &outer) }
    let formula = Formula.einsum("\(subscripts)->\(kept.map(letters.letter).joined())", inputs)
    return Candidate(
      formula: Formula(outer.times(formula.asProduct)), layout: kept, cost: cost,
      gathered: operands.reduce(NumberSet()) { $0.union($1.gathered) })
  }

  /// What an einsum costs whose operands need no reshaping.
  static func einsumCost(_ operands: [Candidate]) -> Int {
    operands.reduce(30) { $0 + 5 + $1.cost }
  }

  /// Whether no label holds an index that another one holds too.
  func areIndependent(_ labels: NumberSet) -> Bool {
    var seen = NumberSet()
    for label in labels {
      for index in indices(of: label) where !seen.insert(index) { return false }
    }
    return true
  }
}

/// The letters of an einsum subscript: an axis of size `B` is `b` where that is free.
struct EinsumLetters {
  /// In the order in which they are taken.
  private static let alphabet = "ijklmnopqrstuvwxyzabcdefgh".map(String.init)

  private var letters: [Int: String] = [:]

  /// - Returns: nil for more labels than there are letters.
  init?(_ labels: [Int], name: (Int) -> String?) {
    var seen = NumberSet()
    let ordered = labels.filter { seen.insert($0) }
    guard ordered.count <= Self.alphabet.count else { return nil }
    var taken = NumberSet()
    var unnamed: [Int] = []
    for label in ordered {
      if let wanted = name(label)?.lowercased(),
        let position = Self.alphabet.firstIndex(of: wanted), taken.insert(position)
      {
        letters[label] = Self.alphabet[position]
      } else {
        unnamed.append(label)
      }
    }
    let free = Self.alphabet.indices.filter { !taken.contains($0) }
    for (label, position) in zip(unnamed, free) { letters[label] = Self.alphabet[position] }
  }

  func letter(_ label: Int) -> String { letters[label] ?? "?" }
}
