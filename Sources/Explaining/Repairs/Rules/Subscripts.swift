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
        return ["(\(text)) + 1", "(\(text)) - 1"]
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

  private static func negated(_ text: String) -> String {
    if text.hasPrefix("-") { return String(text.dropFirst()) }
    return text.contains { "+-*/".contains($0) } ? "-(\(text))" : "-" + text
  }
}
