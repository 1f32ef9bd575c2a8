import ExpressionLanguage
import Judging

extension RepairRule {
  /// Two parts of a list exchanged.
  static let order = RepairRule(name: "order") { site, context in
    guard let call = site.expression.namedCall,
      case .list(let elements)? = call.arguments.first?.value.kind, elements.count <= 8
    else { return [] }
    let parts = elements.map { context.fragment($0).text }
    var result: [Variant] = []
    for i in parts.indices {
      for j in parts.indices where j > i {
        var exchanged = parts
        exchanged.swapAt(i, j)
        let rest = call.arguments.dropFirst().map(context.text)
        let text = call.text(["[\(exchanged.joined(separator: ", "))]"] + rest)
        let length = Fragment.tokenCount(parts[i]) + Fragment.tokenCount(parts[j])
        result.append(
          Variant(
            site, Fragment(text, .postfix), .channel, cost: 2 + length,
            "the order of `\(parts[i])` and `\(parts[j])` is exchanged"))
      }
    }
    return result
  }
}
