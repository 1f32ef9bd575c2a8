import Scalars
import TensorExpressions

/// Index tensors: their numbers, their one-hot tensors, and statements that put entries at the
/// places that they name.
extension FormulaBuilder {
  /// A declared tensor: an index tensor stands for its one-hot tensor.
  func symbolPiece(_ symbol: TensorSymbol, _ node: TensorExpression) -> Piece {
    guard node.isIndexSymbol, let extent = node.shape.last else {
      return Piece(formula: .name(symbol.name), shape: node.shape)
    }
    return Piece(
      formula: .function("one_hot", [.name(symbol.name), .number(Coefficient(extent))]),
      shape: node.shape)
  }

  /// The numbers of an axis, or of a declared index tensor; nil for anything else.
  func numbersPiece(_ node: TensorExpression) -> Piece? {
    if let count = node.placesCount {
      return Piece(
        formula: .function("arange", [.number(Coefficient(count))]), shape: node.shape)
    }
    guard let contraction = node.asContraction, contraction.operands.count == 2 else { return nil }
    for operand in contraction.operands {
      guard operand.value.isIndexSymbol, operand.value.lastPlaces === node,
        let name = operand.value.name, isPlainIndex(operand.value)
      else { continue }
      return Piece(formula: .name(name), shape: node.shape)
    }
    return nil
  }

  /// Whether the numbers of an index tensor are the places of its ones.
  private func isPlainIndex(_ node: TensorExpression) -> Bool {
    node.structure.ignoredIndex ?? 0 == 0
  }

  /// The terms of a sum with those that are the numbers of an index tensor together taken out, and these.
  func numbers(in terms: [TensorExpression]) -> (pieces: [Piece], rest: [TensorExpression]) {
    var rest = terms
    var pieces: [Piece] = []
    for term in terms {
      guard let contraction = term.asContraction, contraction.operands.count == 2,
        let hot = contraction.operands.map(\.value).first(where: \.isIndexSymbol),
        let name = hot.name, case .sum(let parts)? = hot.indexNumbers?.kind,
        parts.allSatisfy(rest.contains)
      else { continue }
      rest.removeAll(where: parts.contains)
      pieces.append(Piece(formula: .name(name), shape: term.shape))
    }
    return (pieces, rest)
  }

  /// The statement that puts a product at the places that an index tensor names, `dE[idx[n],d] += dy[n,d]`;
  /// nil for a contraction that does not, or needs temporaries.
  mutating func scatterStatement(
    name: String, _ contraction: Contraction, shape: [Size]
  ) -> IndexStatement? {
    guard contraction.operands.count > 1 else { return nil }
    let places = contraction.operands.filter(\.value.isIndexSymbol).compactMap {
      $0.access.last?.asIndex
    }
    let isScatter = places.contains { place in
      contraction.output.contains { $0.mentions(place) }
        && contraction.operands.allSatisfy { operand in
          operand.value.isIndexSymbol || !operand.access.contains { $0.mentions(place) }
        }
    }
    guard isScatter else { return nil }
    var trial = self
    let statement = trial.indexStatement(name: name, contraction, shape: shape)
    return trial.temporaries.count == temporaries.count ? statement : nil
  }

}

extension Contraction {
  /// Whether entries are added up at the places that an index tensor names.
  var addsUpPlaces: Bool {
    lookups.values.contains { place in
      output.contains { $0.mentions(place.index) }
        && place.access.contains { coordinate in
          coordinate.terms.contains { term in !output.contains { $0.mentions(term.index) } }
        }
    }
  }

  /// The operands that name places, by the position of each.
  var lookups: [Int: IndexPlace] {
    var result: [Int: IndexPlace] = [:]
    for (position, operand) in operands.enumerated() {
      guard operand.value.isIndexSymbol, let name = operand.value.name,
        let place = operand.access.last?.asIndex,
        indices[place] == operand.value.shape.last,
        !result.values.contains(where: { $0.index == place }),
        !operand.access.dropLast().contains(where: { $0.mentions(place) }),
        !result.values.contains(where: { known in
          operand.access.dropLast().contains { $0.mentions(known.index) }
            || known.access.contains { $0.mentions(place) }
        })
      else { continue }
      result[position] = IndexPlace(
        index: place, name: name, access: Array(operand.access.dropLast()),
        shape: Array(operand.value.shape.dropLast()), ignored: operand.value.ignoredClass)
    }
    return result
  }
}

/// An index of a statement that is an entry of an index tensor, `idx[n]`.
struct IndexPlace: Hashable, Sendable {
  let index: Int
  let name: String
  let access: [Affine]
  let shape: [Size]
  /// The entry that names no place although there is a place of that number.
  let ignored: Int?
}
