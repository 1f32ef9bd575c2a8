import ExpressionLanguage
import Judging

extension RepairRule {
  /// A shift by padding or by zeros put in front that goes the wrong way: `pad(g[:-1], ((1, 0),))` for
  /// `pad(g[1:], ((0, 1),))`, and a running sum from the wrong end.
  static let shifts = RepairRule(name: "shifts") { site, context in
    guard let call = site.expression.namedCall, let operand = call.arguments.first?.value else {
      return []
    }
    return [
      padded(call, context), joined(call, operand, context), accumulated(call, site, context),
    ]
    .compactMap { $0 }.map { text in
      Variant(
        site, Fragment(text, .postfix), .edge, cost: 4, signature: "shift",
        "`\(site.fragment.text)` runs the wrong way")
    }
  }

  private static func padded(_ call: NamedCall, _ context: RepairContext) -> String? {
    guard call.function.name == "pad", call.arguments.count >= 2,
      let operand = turned(call.arguments[0].value, context),
      let widths = exchanged(call.arguments[1].value, context)
    else { return nil }
    return call.text([operand, widths] + call.arguments.dropFirst(2).map(context.text))
  }

  private static func joined(
    _ call: NamedCall, _ operand: SyntaxExpression, _ context: RepairContext
  ) -> String? {
    let elements: [SyntaxExpression]
    switch operand.kind {
    case .list(let parts), .tuple(let parts): elements = parts
    case .number, .string, .boolean, .none, .name, .unary, .chain, .power, .comparison, .call,
      .methodCall, .attribute, .subscripted:
      return nil
    }
    guard elements.count == 2 else { return nil }
    let parts = elements.map { turned($0, context) }
    guard parts.contains(where: { $0 != nil }) else { return nil }
    let texts = zip(parts, elements).map { $0 ?? context.fragment($1).text }
    let list = "[\(texts.reversed().joined(separator: ", "))]"
    return call.text([list] + call.arguments.dropFirst().map(context.text))
  }

  private static func accumulated(
    _ call: NamedCall, _ site: Site, _ context: RepairContext
  ) -> String? {
    guard call.function.name == "cumsum", let value = site.value, value.rank > 0 else { return nil }
    let texts = call.arguments.map(context.text)
    let axis = call.arguments.count > 1 ? context.fragment(call.arguments[1].value).text : "0"
    guard value.rank == 1 || call.arguments.count > 1 else { return nil }
    let inner = call.text(["flip(\(texts[0]), axis=\(axis))"] + texts.dropFirst())
    return "flip(\(inner), axis=\(axis))"
  }

  /// A part of an axis without its other end: `g[1:]` for `g[:-1]`.
  private static func turned(_ expression: SyntaxExpression, _ context: RepairContext) -> String? {
    guard case .subscripted(let receiver, let items) = expression.kind else { return nil }
    var isTurned = false
    let texts = items.map { item -> String in
      guard case .slice(let start, let stop, nil) = item else { return context.text(item) }
      switch (start.map { context.fragment($0).text }, stop.map { context.fragment($0).text }) {
      case (let from?, nil):
        isTurned = true
        return ":" + negated(from)
      case (nil, let to?):
        isTurned = true
        return negated(to) + ":"
      case (nil, nil), (_?, _?): return context.text(item)
      }
    }
    guard isTurned else { return nil }
    return context.fragment(receiver).text(atLeast: .postfix)
      + "[\(texts.joined(separator: ", "))]"
  }

  /// Widths before and behind, exchanged: `((0, 1),)` for `((1, 0),)`.
  private static func exchanged(
    _ expression: SyntaxExpression, _ context: RepairContext
  ) -> String? {
    guard case .tuple(let elements) = expression.kind else { return nil }
    let texts = elements.map { context.fragment($0).text }
    let isPair = elements.count == 2 && texts.allSatisfy { Int($0) != nil }
    if isPair { return texts[0] == texts[1] ? nil : "(\(texts[1]), \(texts[0]))" }
    let parts = elements.map { exchanged($0, context) }
    guard parts.contains(where: { $0 != nil }) else { return nil }
    let all = zip(parts, texts).map { $0 ?? $1 }
    return "(\(all.joined(separator: ", "))\(all.count == 1 ? "," : ""))"
  }
}
