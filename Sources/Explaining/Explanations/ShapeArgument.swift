import TensorExpressions

/// Which product a term is, in one sentence, and why the shapes allow no other.
package struct ShapeArgument {
  package let product: String
  package let reason: String

  /// - Parameters:
  ///   - name: the gradient's name, `dW`.
  ///   - shape: the shape that it must have, that of the value.
  init(_ term: FormulaTerm, name: String, shape: [Size]) {
    let must = "\(name) must be \(shapeText(shape))"
    switch term.kind {
    case .matrix: (product, reason) = Self.matrix(term, must, shape)
    case .elementwise, .mask: (product, reason) = Self.entryByEntry(term, must, shape)
    case .outer: (product, reason) = Self.outer(term, must)
    case .contraction(let pattern): (product, reason) = Self.contraction(term, pattern, must)
    case .convolution(let isTransposed):
      product =
        isTransposed
        ? "Transposed convolution: every entry of the gradient is spread over its window."
        : "Convolution: windows of one factor are multiplied with the other and summed."
      reason =
        "\(must). The sizes of the window, the stride and the padding are those of the forward "
        + "line; with any other the extents would not come out."
    case .sum, .mean: (product, reason) = Self.sum(term, must, shape)
    case .arrangement:
      product = "No product: entries are put in other places, copied, or set between zeros."
      reason = "\(must), so every entry of the gradient goes back to the place it came from."
    case .copy:
      product = "No product: \(term.text) is handed on as it is."
      reason = "\(must), and \(term.text) has this shape already."
    case .scaling:
      product = "A number times one tensor, entry by entry."
      reason = "\(must), and \(term.factors.first?.text ?? "the tensor") has this shape already."
    case .number:
      product = "A constant."
      reason = "\(must): the same number in every entry."
    }
  }

  // MARK: Matrix products

  private static func matrix(
    _ term: FormulaTerm, _ must: String, _ shape: [Size]
  ) -> (String, String) {
    let factors = term.factors
    guard factors.count == 2, factors.allSatisfy({ (1...2).contains($0.shape.count) }) else {
      return (
        "Matrix product: neighbours are multiplied and summed over the axis between them.",
        "\(must): the axes at the two ends stay, those between two factors are summed."
      )
    }
    let summed = factors[0].shape[factors[0].shape.count - 1]
    let product =
      shape.isEmpty
      ? "Inner product: entries are multiplied and summed over \(summed)."
      : "Matrix product: entries are multiplied and summed over \(summed)."
    let bases = factors.map(Arrangement.base)
    let pattern =
      "\(shapeText(shape)) = " + factors.map { shapeText($0.shape) }.joined(separator: " @ ")
    let all = Arrangement.all(of: bases)
    let fitting = all.filter { $0.shape == shape }
    // A vector has no transpose to write, so its product can be written from either side.
    let twin = shape.count < 2 ? Arrangement.turned(factors) : nil
    let others = fitting.map(\.text).filter { $0 != term.text && $0 != twin }
    var reason = "\(must). \(bases[0].text) is \(shapeText(bases[0].shape)), "
    reason += "\(bases[1].text) is \(shapeText(bases[1].shape)): \(pattern). "
    if others.isEmpty {
      reason +=
        "Of the \(all.count) ways to write `@` between them, transposed or not, only this one fits"
      reason +=
        fitting.contains { $0.text == twin } ? ", and its mirror image `\(twin ?? "")`." : "."
    } else {
      reason +=
        "By shape alone \(listed(others)) would do as well, since extents agree here: which "
      reason += "axis is summed decides, and it is the one that the two factors share."
    }
    return (product, reason)
  }

  private static func listed(_ texts: [String]) -> String {
    texts.map { "`\($0)`" }.joined(separator: ", ")
  }

  // MARK: Products entry by entry

  private static func entryByEntry(
    _ term: FormulaTerm, _ must: String, _ shape: [Size]
  ) -> (String, String) {
    let isMask = term.kind == .mask
    var product =
      isMask
      ? "Mask: the product with zeros and ones, entry by entry."
      : "Elementwise product: entries at the same place are multiplied, nothing is summed."
    if term.factors.count < 2, !isMask { product = "Elementwise: every entry for itself." }
    let repeated = term.factors.filter { $0.shape != shape }
    var reason = "\(must). "
    if let small = repeated.first {
      reason += "\(small.text) is \(shapeText(small.shape)) and is repeated along the other axes."
    } else if term.factors.count < 2 {
      reason += "There is one tensor, and it has this shape already."
    } else {
      reason += "Every factor has this shape already, so no axis may go and none may come."
      if shape.count == 2, shape[0] != shape[1], !shape.contains(where: \.isOne) {
        reason += " `@` would need \(shape[1]) to be \(shape[0])."
      }
    }
    return (product, reason)
  }

  // MARK: Others

  private static func outer(_ term: FormulaTerm, _ must: String) -> (String, String) {
    let factors = term.factors.map { "\($0.text) is \(shapeText($0.shape))" }
    return (
      "Outer product: every entry of the one with every entry of the other.",
      "\(must). \(factors.joined(separator: ", ")): they share no axis, so nothing can be summed, "
        + "and their axes one behind the other are what is needed."
    )
  }

  private static func contraction(
    _ term: FormulaTerm, _ pattern: String, _ must: String
  ) -> (String, String) {
    let kept = Set(pattern.split(separator: ">").last ?? "")
    var seen: Set<Character> = []
    let summed = (pattern.split(separator: "-").first ?? "")
      .filter { $0.isLetter && !kept.contains($0) && seen.insert($0).inserted }
    let factors = term.factors.map { "\($0.text) is \(shapeText($0.shape))" }
    let over = summed.isEmpty ? "" : " over " + summed.map { "`\($0)`" }.joined(separator: ", ")
    return (
      "Contraction: entries are multiplied and summed\(over).",
      "\(must). \(factors.joined(separator: ", ")): the axes that the gradient lacks are the ones "
        + "that are summed."
    )
  }

  private static func sum(
    _ term: FormulaTerm, _ must: String, _ shape: [Size]
  ) -> (String, String) {
    let word = term.kind == .mean ? "Mean" : "Sum"
    guard let factor = term.factors.first else {
      return ("\(word).", "\(must): the other axes are summed.")
    }
    let own = term.shape ?? shape
    var rest = own.filter { !$0.isOne }[...]
    let gone = factor.shape.filter { size in
      if rest.first == size {
        rest.removeFirst()
        return false
      }
      return !size.isOne
    }
    let axes = gone.map(\.description).joined(separator: ", ")
    var reason = "\(must). \(factor.text) is \(shapeText(factor.shape))"
    if gone.isEmpty { return ("\(word) over axes.", reason + ".") }
    reason += ": \(axes) \(gone.count == 1 ? "has" : "have") to go."
    if own != shape { reason += " The result is repeated to \(shapeText(shape))." }
    if term.kind == .sum {
      reason += " The value was used once for every \(axes), so its gradients add."
    }
    return ("\(word) over \(axes).", reason)
  }
}

/// Two matrices or vectors with `@` between them, each as it is or transposed.
private struct Arrangement {
  let text: String
  /// Nil when the axes that meet differ.
  let shape: [Size]?

  /// A factor without its transpose.
  static func base(_ factor: FormulaTerm.Factor) -> FormulaTerm.Factor {
    guard factor.text.hasSuffix(".T") else { return factor }
    return FormulaTerm.Factor(
      text: String(factor.text.dropLast(2)), shape: Array(factor.shape.reversed()))
  }

  /// The same product written from the other side.
  static func turned(_ factors: [FormulaTerm.Factor]) -> String {
    factors.reversed().map { factor in
      guard factor.shape.count == 2 else { return factor.text }
      return factor.text.hasSuffix(".T") ? String(factor.text.dropLast(2)) : factor.text + ".T"
    }.joined(separator: " @ ")
  }

  /// Every order of two factors, and every way to transpose those that are matrices.
  static func all(of factors: [FormulaTerm.Factor]) -> [Arrangement] {
    guard factors.count == 2 else { return [] }
    var result: [Arrangement] = []
    for (a, b) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      for left in ways(a) {
        for right in ways(b) {
          let meets = left.shape.last == right.shape.first
          result.append(
            Arrangement(
              text: "\(left.text) @ \(right.text)",
              shape: meets ? Array(left.shape.dropLast() + right.shape.dropFirst()) : nil))
        }
      }
    }
    return result
  }

  private static func ways(_ factor: FormulaTerm.Factor) -> [FormulaTerm.Factor] {
    guard factor.shape.count == 2 else { return [factor] }
    return [
      factor,
      FormulaTerm.Factor(text: factor.text + ".T", shape: Array(factor.shape.reversed())),
    ]
  }
}
