import TensorExpressions

/// Sizes, places and coordinates in the syntax that C++ and Swift share.
enum LoopText {
  /// A size as a whole number.
  static func size(_ size: Size) -> String {
    var text = ""
    // A positive term first, so that no text begins with a sign where one does not.
    let ordered =
      size.terms.filter { $0.coefficient > 0 } + size.terms.filter { $0.coefficient < 0 }
    for term in ordered {
      let factors = term.monomial.factors.flatMap { factor in
        Array(repeating: atom(factor.atom), count: factor.exponent)
      }
      let magnitude = term.coefficient.magnitude
      let product = ((magnitude == 1 ? [] : ["\(magnitude)"]) + factors).joined(separator: " * ")
      let isNegative = term.coefficient < 0
      text +=
        text.isEmpty ? (isNegative ? "-" : "") + product : (isNegative ? " - " : " + ") + product
    }
    if size.constant != 0 || text.isEmpty {
      let magnitude = size.constant.magnitude
      let isNegative = size.constant < 0
      text += text.isEmpty ? "\(size.constant)" : (isNegative ? " - " : " + ") + "\(magnitude)"
    }
    return text
  }

  private static func atom(_ atom: SizeAtom) -> String {
    switch atom.meaning {
    case .name(let name): StepPlace.text(name)
    // Sizes are not negative, so that their quotients are floors.
    case .floorDivision(let dividend, let divisor):
      "(\(factor(dividend)) / \(factor(divisor)))"
    }
  }

  /// A size as a factor.
  static func factor(_ size: Size) -> String {
    let text = self.size(size)
    let isWrapped =
      text.hasPrefix("(") && text.hasSuffix(")") && size.terms.count == 1
      && size.constant == 0 && size.terms[0].coefficient == 1 && size.terms[0].monomial.degree == 1
    return isWrapped || size.asName != nil || size.isConstant && size.constant >= 0
      ? text : "(\(text))"
  }

  /// A coordinate with the indices' names.
  static func coordinate(_ coordinate: Affine, _ names: [String]) -> String {
    var text = ""
    func append(_ product: String, isNegative: Bool) {
      text +=
        text.isEmpty ? (isNegative ? "-" : "") + product : (isNegative ? " - " : " + ") + product
    }
    let terms =
      coordinate.terms.filter { !$0.coefficient.isNegativeText }
      + coordinate.terms.filter { $0.coefficient.isNegativeText }
    let constant = coordinate.constant
    let leads = terms.first?.coefficient.isNegativeText ?? true
    if leads, !constant.isZero || terms.isEmpty { text = size(constant) }
    for term in terms {
      let isNegative = term.coefficient.isNegativeText
      let magnitude = isNegative ? -term.coefficient : term.coefficient
      append(
        magnitude.isOne ? names[term.index] : "\(factor(magnitude)) * \(names[term.index])",
        isNegative: isNegative)
    }
    if !leads, !constant.isZero {
      let isNegative = constant.isNegativeText
      append(factor(isNegative ? -constant : constant), isNegative: isNegative)
    }
    return text
  }

  /// The place of an entry, row by row: the last coordinate runs fastest.
  ///
  /// - Parameter shorten: what stands for a place on the way that grows long.
  static func place(
    _ access: [Affine], _ shape: [Size], _ names: [String],
    shorten: (String) -> String = { $0 }
  ) -> String {
    var place = ""
    for (coordinate, extent) in zip(access, shape) {
      let isFirst = coordinate.isConstant && coordinate.constant.isZero
      // Nothing lies before the first entry of the outer axes.
      if isFirst, place.isEmpty || extent.isOne { continue }
      let text = self.coordinate(coordinate, names)
      let isSum = coordinate.terms.count + (coordinate.constant.isZero ? 0 : 1) > 1
      let own = isSum ? "(\(text))" : text
      if place.isEmpty {
        place = own
        continue
      }
      let outer = shorten(place)
      let isWrapped = outer.contains(" + ") || outer.contains(" - ")
      place =
        "\(isWrapped ? "(\(outer))" : outer) * \(factor(extent))" + (isFirst ? "" : " + \(own)")
    }
    return place.isEmpty ? "0" : shorten(place)
  }
}
