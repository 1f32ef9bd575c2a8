import ExpressionLanguage
import Judging

extension RepairRule {
  /// Another entry, another part of an axis, or a part where the whole belongs.
  static let subscripts = RepairRule(name: "subscripts") { site, context in
    guard case .subscripted(let receiver, let items) = site.expression.kind else { return [] }
    let whole = context.fragment(receiver)
    let texts = items.map(context.text)
    var result = [
      Variant(
        site, whole, .missingSum, cost: site.fragment.length - whole.length,
        signature: "whole", "only a part of `\(whole.text)` is taken")
    ]
    for (place, item) in items.enumerated() where texts[place] != ":" {
      if case .ellipsis = item { break }
      let others = texts.indices.filter { $0 != place }
      guard others.allSatisfy({ texts[$0] == ":" }) else { continue }
      let text = "sum(\(whole.text), axis=\(place))"
      result.append(
        Variant(
          site, Fragment(text, .postfix), .missingSum, cost: 3,
          "only a part of `\(whole.text)` is taken along axis \(place), not the sum over it"))
    }
    for (place, item) in items.enumerated() {
      for other in alternatives(item, context) where other != texts[place] {
        var parts = texts
        parts[place] = other
        let text = "\(whole.text(atLeast: .postfix))[\(parts.joined(separator: ", "))]"
        let kind: Cause.Kind = other == ":" ? .missingSum : isSlice(item) ? .edge : .entry
        result.append(
          Variant(
            site, Fragment(text, .postfix), kind, cost: 3,
            signature: "item \(texts[place]) \(other)",
            "`\(site.fragment.text)` is read where `\(text)` belongs"))
      }
    }
    return result
  }

  private static func isSlice(_ item: SubscriptItem) -> Bool {
    if case .slice = item { true } else { false }
  }

  private static func alternatives(_ item: SubscriptItem, _ context: RepairContext) -> [String] {
    switch item {
    case .index(let index):
      let text = context.fragment(index).text
      guard let place = Int(text), place.magnitude < largestNumber else {
        return moved(index, text, context)
      }
      return [place + 1, place - 1, place + 2, place - 2].filter { ($0 < 0) == (place < 0) }
        .map(String.init)
    case .slice(let start, let stop, nil):
      let from = start.map { context.fragment($0).text }
      let to = stop.map { context.fragment($0).text }
      switch (from, to) {
      case (nil, nil): return []
      case (let from?, nil): return [":" + from, ":" + negated(from), negated(from) + ":"]
      case (nil, let to?): return [to + ":", negated(to) + ":", ":" + negated(to)]
      case (let from?, let to?): return [":" + from, to + ":", ":", ":" + to, from + ":"]
      }
    case .slice, .ellipsis, .newAxis: return []
    }
  }

  /// A place one further and one before, `t+1` and `t` for `t`.
  private static func moved(
    _ index: SyntaxExpression, _ text: String, _ context: RepairContext
  ) -> [String] {
    var (head, offset) = (text, 0)
    if case .chain(let first, let links) = index.kind, links.count == 1,
      links[0].operator == .add || links[0].operator == .subtract,
      case .number(let literal) = links[0].operand.kind, let value = literal.integerValue,
      value.magnitude < largestNumber
    {
      head = context.fragment(first).text
      offset = links[0].operator == .add ? value : -value
    } else if case .name = index.kind {
    } else {
      head = "(\(text))"
    }
    return [offset + 1, offset - 1].map { other in
      other == 0 ? head : head + (other < 0 ? "\(other)" : "+\(other)")
    }
  }

  static func negated(_ text: String) -> String {
    if text.hasPrefix("-") { return String(text.dropFirst()) }
    return text.contains { "+-*/".contains($0) } ? "-(\(text))" : "-" + text
  }
}
