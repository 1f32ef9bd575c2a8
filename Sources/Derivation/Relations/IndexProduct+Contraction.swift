import TensorExpressions

extension IndexProduct {
  /// The relation of a contraction, its operands numbered by `atom`.
  init(_ contraction: Contraction, shape: [Size], atom: (TensorExpression) -> Int) {
    self.init(
      coefficient: contraction.coefficient, output: contraction.output, outputShape: shape,
      factors: contraction.operands.map {
        Factor(atom: atom($0.value), shape: $0.value.shape, access: $0.access)
      },
      windows: contraction.indices.enumerated().map {
        Window(coordinate: .index($0), extent: $1)
      }
        + contraction.guards.map { Window(coordinate: $0.coordinate, extent: $0.extent) },
      indexCount: contraction.indices.count)
  }

  /// Puts `inner`, a product that stands for factor `position`, in its place.
  ///
  /// - Returns: what became of the equations between the factor's access and the inner output.
  mutating func compose(_ inner: IndexProduct, at position: Int, facts: SizeFacts) -> Outcome {
    let outer = factors.remove(at: position)
    let offset = indexCount
    func moved(_ affine: Affine) -> Affine { affine.renumbered { $0 + offset } }
    coefficient = coefficient * inner.coefficient
    indexCount += inner.indexCount
    factors.insert(
      contentsOf: inner.factors.map {
        Factor(atom: $0.atom, shape: $0.shape, access: $0.access.map(moved))
      }, at: position)
    windows += inner.windows.map { Window(coordinate: moved($0.coordinate), extent: $0.extent) }
    // The intermediate tensor's own extents bound the point as well.
    windows += zip(outer.access, outer.shape).map { Window(coordinate: $0, extent: $1) }
    // The equations change as indices are eliminated, so each is kept as a window's coordinate until its turn.
    let base = windows.count
    for (outside, inside) in zip(outer.access, inner.output) {
      windows.append(Window(coordinate: outside - moved(inside), extent: .one))
    }
    while windows.count > base {
      let equation = windows.removeLast().coordinate
      // A merged axis is taken apart into its digits: the whole goes, the parts stay.
      let inside = equation.terms.filter { $0.index >= offset }
      let isMerged = inside.count > 1 && equation.terms.count == inside.count + 1
      let outcome = impose(equation, facts: facts) { ($0 >= offset) != isMerged }
      guard case .solved = outcome else { return outcome }
    }
    return .solved
  }

  /// Whether every index has bounds of its own, which the box of a contraction needs.
  var isBounded: Bool {
    var bounded = NumberSet()
    var used = NumberSet()
    forEachWindow { coordinate, _ in
      if let (index, _) = coordinate.soleIndex {
        bounded.insert(index)
      } else {
        coordinate.addIndices(to: &used)
      }
    }
    return used.isSubset(of: bounded)
  }

  /// The product as a contraction, its atoms turned back into expressions; nil when some index has no bounds
  /// of its own.
  ///
  /// Indices are numbered with those of plain output coordinates first, so that a product entry by entry looks
  /// like one.
  func asContraction(_ expression: (Int) -> TensorExpression) -> Contraction? {
    guard isBounded else { return nil }
    var copy = self
    var order: [Int] = []
    var extents: [Size] = []
    var taken = NumberSet()
    func box(_ coordinate: Affine, _ extent: Size) -> Bool {
      guard let (index, sign) = coordinate.soleIndex, taken.insert(index) else { return false }
      // The coordinate itself becomes the index: v = ±(coordinate − constant).
      let shifted = Affine.index(index) + -coordinate.constant
      copy.substitute(index, sign == 1 ? shifted : shifted * Size(-1))
      order.append(index)
      extents.append(extent)
      return true
    }
    forEachSlotWindow { _ = box($0, $1) }
    let boxed = windows.map { box($0.coordinate, $0.extent) }
    // There are few indices, and a search in a short list takes less than a table.
    func renumbered(_ affine: Affine) -> Affine {
      affine.renumbered { order.firstIndex(of: $0) ?? 0 }
    }
    return Contraction(
      coefficient: coefficient, indices: extents, output: copy.output.map(renumbered),
      operands: copy.factors.map {
        Contraction.Operand(expression($0.atom), $0.access.map(renumbered))
      },
      guards: zip(copy.windows, boxed).compactMap { window, isBoxed in
        isBoxed ? nil : Contraction.Guard(renumbered(window.coordinate), below: window.extent)
      })
  }
}

extension Affine {
  /// The index that alone decides the coordinate, which goes up or down with it by steps of one; nil for any other.
  fileprivate var soleIndex: (index: Int, sign: Int)? {
    guard terms.count == 1, let sign = terms[0].coefficient.asInt, abs(sign) == 1 else {
      return nil
    }
    return (terms[0].index, sign)
  }
}
