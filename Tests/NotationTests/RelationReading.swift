import TensorExpressions

/// Reads contractions from statements such as `i,o += b,i * b,o`, for tests.
struct Relations {
  let space = ExpressionSpace()

  func input(_ name: String, _ shape: Size...) -> TensorExpression { space.input(name, shape) }

  /// The contraction of `operands` by the accesses in `statement`; indices without an axis of their own take
  /// their extent from `extents`.
  func contract(
    _ statement: String, _ operands: TensorExpression..., shape: [Size],
    extents: [String: Size] = [:], coefficient: Coefficient = .one,
    guards: [(String, Size)] = []
  ) -> TensorExpression {
    let sides = statement.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let left = coordinates(String(sides[0].dropLast()))
    let right =
      operands.isEmpty ? [] : sides[1].split(separator: "*|").map { coordinates(String($0)) }
    var names: [String] = []
    var sizes: [Size] = []
    func number(_ name: String) -> Int {
      if let known = names.firstIndex(of: name) { return known }
      names.append(name)
      sizes.append(extents[name] ?? 0)
      return names.count - 1
    }
    let slots = [(left, shape)] + zip(right, operands).map { ($0, $1.shape) }
    for (access, shape) in slots {
      for (text, extent) in zip(access, shape)
      where text.count == 1 && text.first!.isLetter {
        let i = number(text)
        if sizes[i].isZero { sizes[i] = extent }
      }
    }
    func affine(_ text: String) -> Affine {
      var result = Affine.constant(.zero)
      let signed = text.replacing("-", with: "+-")
      for part in signed.split(separator: "+") {
        var factor = Size.one
        var index: Int?
        var part = part
        if part.first == "-" {
          factor = -factor
          part = part.dropFirst()
        }
        for piece in part.split(separator: "*") {
          if let value = Int(piece) {
            factor *= Size(value)
          } else if piece.first!.isUppercase {
            factor *= Size(String(piece))
          } else {
            index = number(String(piece))
          }
        }
        result = result + (index.map { Affine.index($0) * factor } ?? .constant(factor))
      }
      return result
    }
    let output = left.map(affine)
    let parts = zip(right, operands).map { Contraction.Operand($1, $0.map(affine)) }
    let windows = guards.map { Contraction.Guard(affine($0.0), below: $0.1) }
    return space.contraction(
      Contraction(
        coefficient: coefficient, indices: sizes, output: output, operands: parts, guards: windows),
      shape: shape)
  }

  private func coordinates(_ text: String) -> [String] {
    text.filter { $0 != " " }.split(separator: ",").map(String.init)
  }
}
