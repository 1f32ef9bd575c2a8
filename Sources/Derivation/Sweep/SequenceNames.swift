import TensorExpressions

/// Names for sequences of recurrences that have none: a derived recurrence reads them step by step.
struct SequenceNames {
  /// The named sequences that were introduced.
  let values: [TensorExpression]

  init(of roots: [TensorExpression], avoiding taken: Set<String>) {
    let nodes = TensorExpression.postorder(of: roots)
    let known = Set(
      nodes.compactMap { node in node.name == nil ? nil : SequenceCotangents.value(of: node) })
    var seen: Set<Recurrence> = []
    var values: [TensorExpression] = []
    var number = 0
    for node in nodes {
      guard let recurrence = node.asRecurrence?.recurrence, seen.insert(recurrence).inserted else {
        continue
      }
      for sequence in recurrence.sequences where !known.contains(sequence) {
        repeat { number += 1 } while taken.contains("s\(number)") || taken.contains("ds\(number)")
        values.append(node.space.named("s\(number)", sequence))
      }
    }
    self.values = values
  }

  /// The named sequences of the recurrences that some expressions hold.
  static func sequences(
    of roots: [TensorExpression], in names: [TensorExpression]
  ) -> [TensorExpression] {
    let held = Set(
      TensorExpression.postorder(of: roots).compactMap { $0.asRecurrence?.recurrence })
    return names.filter { name in
      guard name.namedValue != nil else { return false }
      return SequenceCotangents.value(of: name)?.asRecurrence.map {
        held.contains($0.recurrence)
      } ?? false
    }
  }

  /// The values of a forward pass with those introduced before the first that belongs to their recurrence.
  func inserted(into forward: [TensorExpression]) -> [TensorExpression] {
    if values.isEmpty { return forward }
    var left = values
    var result: [TensorExpression] = []
    for value in forward {
      let held = Set(
        TensorExpression.postorder(of: [value]).compactMap { $0.asRecurrence?.recurrence })
      let own = left.filter {
        $0.definition.asRecurrence.map { held.contains($0.recurrence) } ?? false
      }
      left.removeAll { own.contains($0) }
      result += own
      result.append(value)
    }
    return result
  }
}

extension TensorExpression {
  fileprivate var definition: TensorExpression {
    namedValue ?? self
  }
}
