import ExpressionLanguage

extension RepairRule {
  /// The states of an unrolled recurrence counted one too high or too low: `h1` for `h2` and `h2` for `h3`.
  ///
  /// One name alone for another is what ``WordUses`` offers.
  static let numbering = RepairRule(name: "numbering") { site, context in
    guard let name = site.expression.nameValue,
      let start = name.lastIndex(where: { !("0"..."9").contains($0) }),
      let number = Int(name[name.index(after: start)...]), number < Int(largestNumber)
    else { return [] }
    let stem = name[...start]
    return [number - 1, number + 1].filter { context.values["\(stem)\($0)"] != nil }.map { other in
      Variant(
        site, Fragment("\(stem)\(other)", .postfix), .activationInput, cost: 1,
        signature: "count \(stem) by \(other - number)",
        "`\(name)` stands where `\(stem)\(other)` belongs")
    }
  }
}
