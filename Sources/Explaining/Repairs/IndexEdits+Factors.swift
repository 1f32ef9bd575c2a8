import ExpressionLanguage
import Judging
import TensorExpressions

/// Factors too few, or others than those that stand there.
extension IndexEdits {
  /// A factor that is read where the statement's other accesses are, or a number.
  func factors(_ accesses: [Access]) -> [LineEdit] {
    let whole = context.fragment(statement.value)
    let source = Site(
      range: statement.value.range, expression: statement.value, fragment: whole,
      needed: .comparison,
      value: nil, link: nil)
    var result: [LineEdit] = []
    func add(_ factor: Fragment, cost: Int, kind: Cause.Kind) {
      for isDivisor in [false, true] {
        let text: Fragment = isDivisor ? .over(whole, factor) : .times(whole, factor)
        let shown = isDivisor ? "1 / \(factor.text)" : factor.text
        result.append(
          LineEdit(line, [source.edit(text)], kind, cost: cost + 1) {
            "the factor `\(shown)` is missing"
          })
      }
    }
    for word in words {
      if word.value.rank == 0 { add(word.fragment, cost: word.cost, kind: .factor) }
      guard word.fragment.binding == .postfix, word.value.rank > 0 else { continue }
      for coordinates in coordinates(for: word.value.whole, accesses) {
        let text = "\(word.fragment.text)[\(coordinates.joined(separator: ","))]"
        add(
          Fragment(text, .postfix), cost: Fragment.tokenCount(text),
          kind: word.value.whole.isMaskValue ? .mask : .missingTerm)
      }
    }
    return result
  }

  /// A value for each entry where a number stands: `count[p]` for 2.
  func counts(_ accesses: [Access]) -> [LineEdit] {
    SiteWalk(statement.value, in: context.source).places.flatMap { place -> [LineEdit] in
      guard case .number(let literal) = place.expression.kind else { return [] }
      return words.filter { $0.fragment.binding == .postfix && $0.value.rank > 0 }.flatMap { word in
        coordinates(for: word.value.whole, accesses).map { coordinates in
          let text = "\(word.fragment.text)[\(coordinates.joined(separator: ","))]"
          return LineEdit(
            line, [edit(place.expression, text)], .factor, cost: Fragment.tokenCount(text)
          ) { "`\(literal.text)` stands where `\(text)` belongs" }
        }
      }
    }
  }

  /// The mask of a maximum: what an entry gets that was taken, `(x[n,p+i] == y[n,p])`.
  func winners(_ accesses: [Access]) -> [LineEdit] {
    guard let target = accesses.first, let input = primal(of: target) else { return [] }
    let whole = context.fragment(statement.value)
    return accesses.dropFirst().compactMap(primal).map { output in
      let mask = Fragment("\(input) == \(output)", .comparison)
      return LineEdit(
        line, [edit(statement.value, Fragment.times(whole, mask).text)], .mask, cost: 6
      ) {
        "the mask `\(mask.text)` is missing"
      }
    }
  }

  /// The value that a gradient belongs to, read where the gradient is: `x[n,i]` for `dx[n,i]`.
  private func primal(of access: Access) -> String? {
    let name = String(access.name.dropFirst())
    guard access.name.hasPrefix("d"), words.contains(where: { $0.fragment.text == name }) else {
      return nil
    }
    let coordinates = access.coordinates.map { context.source[$0.range] }
    return "\(name)[\(coordinates.joined(separator: ","))]"
  }

  /// How a tensor may be read: with coordinates that fit its axes in the statement.
  private func coordinates(
    for value: TensorExpression, _ accesses: [Access]
  ) -> [[String]] {
    var byExtent: [Size: [String]] = [:]
    for access in accesses {
      let shape =
        context.values[access.name]?.whole.shape
        ?? (access.name == statement.target.name.name ? context.shape : nil)
      guard let shape, shape.count == access.coordinates.count else { continue }
      for (extent, coordinate) in zip(shape, access.coordinates) {
        let text = context.source[coordinate.range]
        if byExtent[extent]?.contains(text) != true { byExtent[extent, default: []].append(text) }
      }
    }
    var result: [[String]] = [[]]
    for extent in value.shape {
      result = result.flatMap { start in
        (byExtent[extent] ?? []).filter { !start.contains($0) }.map { start + [$0] }
      }
      if result.count > 8 { return [] }
    }
    return result
  }
}
