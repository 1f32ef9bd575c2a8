import TensorExpressions

/// Accesses that hold one index or none, made plain by views.
extension Relation {
  /// The factor sliced and flipped so that every such coordinate is an index over the whole axis.
  ///
  /// - Returns: nil for a stride that is not a number.
  func plainFactor(_ factor: Factor) -> Factor? {
    var slices: [FormulaSlice] = []
    var flipped: [Int] = []
    var result = Factor(
      formula: factor.formula, shape: [], access: [], isChain: factor.isChain)
    for (coordinate, extent) in zip(factor.access, factor.shape) {
      if coordinate.isConstant {
        if extent.isOne {
          slices.append(.all)
          result.shape.append(.one)
          result.access.append(coordinate)
        } else if factors.count == 1, output.count == factor.access.count,
          output[slices.count].isConstant
        {
          // The output has this axis, too.
          slices.append(
            .range(
              start: coordinate.constant, stop: coordinate.constant + 1, step: 1, extent: extent))
          result.shape.append(.one)
          result.access.append(.constant(.zero))
        } else {
          slices.append(.index(coordinate.constant))
        }
        continue
      }
      guard coordinate.terms.count == 1 else {
        slices.append(.all)
        result.shape.append(extent)
        result.access.append(coordinate)
        continue
      }
      let index = coordinate.terms[0].index
      guard let (slice, isFlipped) = slice(coordinate, extent) else { return nil }
      slices.append(slice)
      if isFlipped { flipped.append(result.shape.count) }
      result.shape.append(extents[index])
      result.access.append(.index(index))
    }
    if slices.contains(where: { $0 != .all }) {
      result.formula = result.formula.viewed(.slice(slices))
    }
    if !flipped.isEmpty { result.formula = result.formula.viewed(.flip(flipped)) }
    return withoutRepeatedIndices(result)
  }

  /// What a coordinate of one index takes of its axis, and whether from the end.
  private func slice(_ coordinate: Affine, _ extent: Size) -> (FormulaSlice, isFlipped: Bool)? {
    let index = coordinate.terms[0].index
    guard let step = coordinate.terms[0].coefficient.asInt, step != 0, step != .min else {
      return nil
    }
    let length = extents[index]
    if length == extent, coordinate.asIndex != nil || step == -1 { return (.all, step < 0) }
    let last = coordinate.constant + Size(step) * (length - 1)
    let (first, end) = step > 0 ? (coordinate.constant, last) : (last, coordinate.constant)
    return (.range(start: first, stop: end + 1, step: abs(step), extent: extent), step < 0)
  }

  /// Takes the diagonal where an index stands on two axes.
  func withoutRepeatedIndices(_ factor: Factor) -> Factor {
    let unique = factor.access.reduce(into: [Affine]()) { list, coordinate in
      if coordinate.isConstant || !list.contains(coordinate) { list.append(coordinate) }
    }
    if unique.count == factor.access.count { return factor }
    var result = factor
    result.access = unique
    result.shape = unique.map { coordinate in
      factor.shape[factor.access.firstIndex(of: coordinate) ?? 0]
    }
    if factor.access.count == 2, unique.count == 1 {
      result.formula = factor.formula.viewed(.diagonal)
      return result
    }
    var letters: [Affine: Character] = [:]
    var input = ""
    var spare = "abcdefghijklmnopqrstuvwxyz".makeIterator()
    var output = ""
    for coordinate in factor.access {
      let known = coordinate.isConstant ? nil : letters[coordinate]
      guard let letter = known ?? spare.next() else { return factor }
      input.append(letter)
      if known == nil {
        output.append(letter)
        letters[coordinate] = letter
      }
    }
    result.formula = factor.formula.mappingTensor { .einsum("\(input)->\(output)", [$0]) }
    return result
  }

  /// Makes the output's coordinates indices of their own, over whole axes.
  ///
  /// - Returns: the views that lead from the plain result to the output, the last one first; nil for a result spread
  ///   out with gaps.
  mutating func makeOutputPlain() -> [FormulaView]? {
    var pads: [FormulaPadding] = []
    var flipped: [Int] = []
    for axis in output.indices {
      let coordinate = output[axis]
      let extent = shape[axis]
      var pad = FormulaPadding.none
      if coordinate.isConstant {
        if !extent.isOne {
          pad = FormulaPadding(
            before: coordinate.constant, after: extent - 1 - coordinate.constant)
          shape[axis] = .one
        }
        output[axis] = .constant(.zero)
      } else if coordinate.terms.count == 1 {
        let index = coordinate.terms[0].index
        let length = extents[index]
        guard let step = coordinate.terms[0].coefficient.asInt, abs(step) == 1 else { return nil }
        if step < 0 { flipped.append(axis) }
        let before = step > 0 ? coordinate.constant : coordinate.constant - length + 1
        pad = FormulaPadding(before: before, after: extent - before - length)
        output[axis] = .index(index)
        shape[axis] = length
      }
      pads.append(pad)
    }
    var views: [FormulaView] = []
    if pads.contains(where: { $0 != .none }) { views.append(.pad(pads)) }
    if !flipped.isEmpty { views.append(.flip(flipped)) }
    if output.count == 2, output[0] == output[1], output[0].asIndex != nil {
      views.append(.diagonal)
      output = [output[0]]
      shape = [shape[0]]
      return views
    }
    separateRepeatedOutputs()
    return views
  }

  /// Writes an index that stands on several axes of the output as several, tied by an identity matrix.
  mutating func separateRepeatedOutputs() {
    for axis in output.indices {
      guard let index = output[axis].asIndex,
        let first = output.firstIndex(of: output[axis]), first < axis
      else { continue }
      let fresh = extents.count
      extents.append(extents[index])
      output[axis] = .index(fresh)
      factors.append(
        Factor(
          formula: .filled(.identity(extents[index])),
          shape: [extents[index], extents[index]], access: [.index(index), .index(fresh)]))
    }
  }

  /// Writes the remaining guards as triangles of a factor or of the result, or as factors of ones.
  ///
  /// - Parameter views: what leads from the result to the output, to which triangles of the result are added.
  mutating func applyGuards(_ views: inout [FormulaView]) {
    for window in guards {
      if let (row, column, view) = triangle(window) {
        let rows = Affine.index(row)
        let columns = Affine.index(column)
        // What is the same along an axis would have to be repeated there first.
        let isWhole = [rows, columns].allSatisfy { axis in
          factors.contains { $0.access.contains(axis) }
        }
        let holder = factors.firstIndex { Array($0.access.suffix(2)) == [rows, columns] }
        if let holder {
          factors[holder].formula = factors[holder].formula.viewed(view)
        } else if isWhole, Array(output.suffix(2)) == [rows, columns] {
          views.append(view)
        } else if isWhole, Array(output.suffix(2)) == [columns, rows] {
          views.append(view.transposedTriangle)
        } else {
          let shape = [extents[row], extents[column]]
          factors.append(
            Factor(
              formula: .view(view, .filled(.ones(shape))), shape: shape, access: [rows, columns]))
        }
      } else {
        factors.append(
          Factor(
            formula: .filled(.ones([window.extent])), shape: [window.extent],
            access: [window.coordinate]))
      }
    }
    guards = []
  }

  /// The guard as a triangle over a row and a column index, the earlier one the row.
  private func triangle(_ window: Contraction.Guard) -> (Int, Int, FormulaView)? {
    let terms = window.coordinate.terms
    guard terms.count == 2, let c = window.coordinate.constant.asInt,
      let s0 = terms[0].coefficient.asInt, let s1 = terms[1].coefficient.asInt,
      abs(s0) == 1, s0 == -s1
    else { return nil }
    let (plus, minus) = s0 > 0 ? (terms[0].index, terms[1].index) : (terms[1].index, terms[0].index)
    // 0 ≤ plus − minus + c < extent, where one of the two bounds always holds.
    if facts.isAtMost(Size(c) + extents[plus], window.extent) {
      // minus ≤ plus + c
      return s0 > 0
        ? (plus, minus, .lowerTriangle(c)) : (minus, plus, .upperTriangle(-c))
    }
    guard facts.isNonnegative(Size(c) - extents[minus] + 1),
      let offset = (Size(c) - window.extent + 1).asInt
    else { return nil }
    // minus ≥ plus + offset
    return s0 > 0
      ? (plus, minus, .upperTriangle(offset)) : (minus, plus, .lowerTriangle(-offset))
  }
}

extension FormulaView {
  /// The triangle that a triangle's transpose is.
  fileprivate var transposedTriangle: FormulaView {
    switch self {
    case .lowerTriangle(let offset): .upperTriangle(-offset)
    case .upperTriangle(let offset): .lowerTriangle(-offset)
    case .transpose, .matrixTranspose, .permute, .reshape, .slice, .flip, .roll, .pad, .broadcast,
      .diagonal:
      self
    }
  }
}
