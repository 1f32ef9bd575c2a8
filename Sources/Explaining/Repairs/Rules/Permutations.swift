import ExpressionLanguage
import Judging

extension RepairRule {
  /// Another order of axes.
  static let permutations = RepairRule(name: "permutations") { site, context in
    guard case .methodCall(let receiver, let method, let arguments) = site.expression.kind,
      ["permute", "transpose", "swapaxes"].contains(method.name), (2...4).contains(arguments.count)
    else { return [] }
    let before = arguments.map(context.text)
    let inner = context.fragment(receiver).text(atLeast: .postfix)
    return orders(of: before.sorted()).filter { $0 != before }.map { order in
      let moved = order.indices.filter { order[$0] != before[$0] }
      let isChannel = order.count > 2 && moved.allSatisfy { $0 < 2 }
      return Variant(
        site, Fragment("\(inner).\(method.name)(\(order.joined(separator: ", ")))", .postfix),
        isChannel ? .channel : .transpose, cost: 1 + moved.count,
        "the axes are permuted by (\(before.joined(separator: ", "))), not by (\(order.joined(separator: ", ")))"
      )
    }
  }

  private static func orders(of texts: [String]) -> [[String]] {
    guard texts.count > 1 else { return [texts] }
    return texts.indices.flatMap { place in
      var rest = texts
      let first = rest.remove(at: place)
      return orders(of: rest).map { [first] + $0 }
    }
  }
}
