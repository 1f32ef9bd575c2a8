import ExpressionLanguage
import Judging

extension RepairRule {
  /// One function for its relative, a function too many, or one left out.
  static let functions = RepairRule(name: "functions") { site, context in
    exchanged(site, context) + unwrapped(site, context) + wrapped(site, context)
  }

  /// Functions that are taken for each other.
  private static let relatives = [
    "sigmoid tanh relu softplus silu gelu", "sin cos", "sinh cosh tanh", "exp log expm1 log1p",
    "tril triu", "max min mean sum", "maximum minimum", "sqrt rsqrt", "abs sign",
    "softmax log_softmax", "inner outer dot", "sum mean var std",
  ].map(words)

  private static let masking = Set(words("tril triu step where clip relu"))
  private static let summing = Set(words("sum mean max min var std prod trace"))

  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }

  private static func exchanged(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard let call = site.expression.namedCall else { return [] }
    let (function, arguments) = call.parts
    let names = relatives.filter { $0.contains(function.name) }.flatMap { $0 }
      .filter { $0 != function.name }.sorted().removingRepetitions()
    return bounded(site, context, function, arguments)
      + [call.prefix, ""].removingRepetitions().flatMap { prefix in names.map { (prefix, $0) } }
      .map { prefix, name in
        let fragment = Fragment("\(prefix)\(name)(\(context.text(arguments)))", .postfix)
        let kind: Cause.Kind =
          switch (function.name, name) {
          case ("mean", "sum"): .meanForSum
          case ("sum", "mean"): .sumForMean
          default: masking.contains(function.name) ? .mask : .activationInput
          }
        return Variant(
          site, fragment, kind, cost: 1, signature: "function \(function.name) \(name)",
          "`\(function.name)` stands where `\(name)` belongs")
      }
  }

  /// A function, and what it is where its argument is large.
  private static let saturated = words("sign clip")

  /// `clip(d, -1, 1)` for `sign(d)`, which is the same from 1 on.
  private static func bounded(
    _ site: Site, _ context: RepairContext, _ function: Identifier, _ arguments: [Argument]
  ) -> [Variant] {
    guard saturated[0] == function.name, arguments.count == 1 else { return [] }
    let text = "\(saturated[1])(\(context.text(arguments)), -1, 1)"
    return [
      Variant(
        site, Fragment(text, .postfix), .activationInput, cost: 3,
        "`\(saturated[0])` stands where `\(saturated[1])` between -1 and 1 belongs")
    ]
  }

  private static func unwrapped(_ site: Site, _ context: RepairContext) -> [Variant] {
    if let call = site.expression.namedCall {
      let (function, arguments) = call.parts
      let isSum = summing.contains(function.name)
      let kind: Cause.Kind =
        masking.contains(function.name) ? .mask : isSum ? .missingSum : .activationInput
      return arguments.filter { $0.label == nil }.map { argument in
        let inner = context.fragment(argument.value)
        let others = site.fragment.length - inner.length
        return Variant(
          site, inner, kind, cost: 2 + others / 4, signature: "unwrap \(function.name)",
          "`\(function.name)` is applied to `\(inner.text)` and should not be")
      }
    }
    guard case .methodCall(let receiver, let method, _) = site.expression.kind else { return [] }
    let inner = context.fragment(receiver)
    return [
      Variant(
        site, inner, summing.contains(method.name) ? .missingSum : .transpose,
        cost: 2 + (site.fragment.length - inner.length) / 4,
        "`\(method.name)` is applied to `\(inner.text)` and should not be")
    ]
  }

  /// Functions that are easily left out, by the least rank of what they take and by what leaving one out is called.
  private static let omitted: [(names: String, kind: Cause.Kind, leastRank: Int)] = [
    ("abs relu sign", .mask, 0), ("sqrt rsqrt", .factor, 0),
    ("exp log sigmoid tanh", .activationInput, 0),
    ("tril triu", .mask, 2), ("diag softmax", .activationInput, 1), ("inv", .activationInput, 2),
  ]

  private static func wrapped(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard let value = site.value, !site.isNumber else { return [] }
    var result = omitted.filter { $0.leastRank <= value.rank }.flatMap { function in
      words(function.names).map { name in
        Variant(
          site, Fragment("\(name)(\(site.fragment.text))", .postfix), function.kind, cost: 4,
          signature: "wrap \(name) \(site.fragment.text)",
          "`\(name)` of `\(site.fragment.text)` is missing")
      }
    }
    let complement = Fragment.minus(Fragment("1", .postfix), site.fragment)
    result.append(
      Variant(
        site, complement, .activationInput, cost: 4, signature: "complement \(site.fragment.text)",
        "`\(site.fragment.text)` stands where its complement `\(complement.text)` belongs"))
    if case .chain(let first, let links) = site.expression.kind, links.count == 1,
      links[0].operator == .subtract, context.fragment(first).text == "1"
    {
      let inner = context.fragment(links[0].operand)
      result.append(
        Variant(
          site, inner, .activationInput, cost: 2,
          "the complement `\(site.fragment.text)` stands where `\(inner.text)` belongs"))
    }
    return result
  }
}
