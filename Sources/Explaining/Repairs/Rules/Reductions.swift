import ExpressionLanguage
import Judging

extension RepairRule {
  /// Axes of sums, means and softmaxes: others, more, fewer; a sum left out.
  static let reductions = RepairRule(name: "reductions") { site, context in
    otherAxes(site, context) + missing(site, context) + einsums(site, context)
  }

  private static let reducing: Set = [
    "sum", "mean", "max", "min", "prod", "var", "std", "logsumexp", "norm2", "softmax",
    "log_softmax", "flip", "cumsum", "amax", "amin", "concat", "stack",
  ]

  private static func otherAxes(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard let call = site.expression.namedCall, case (let function, let arguments) = call.parts,
      reducing.contains(function.name) || context.functions.contains(function.name),
      let operand = arguments.first,
      let rank = context.rank(of: operand.value), (1...5).contains(rank)
    else { return [] }
    let place =
      arguments.firstIndex { $0.label?.name == "axis" || $0.label?.name == "dim" }
      ?? (arguments.count > 1 && arguments[1].label == nil ? 1 : nil)
    let isSum = ["sum", "mean", "max", "min", "prod", "var", "std"].contains(function.name)
    let before = place.map { context.fragment(arguments[$0].value).text } ?? ""
    var result: [Variant] = []
    for (axes, count) in axisTexts(rank, isSum: isSum) where axes != before {
      var parts = arguments.map(context.text)
      if let place {
        let label = arguments[place].label.map { "\($0.name)=" } ?? ""
        parts[place] = label + axes
      } else {
        parts.append("axis=\(axes)")
      }
      let fragment = Fragment(call.text(parts), .postfix)
      let sentence =
        place == nil
        ? "`\(function.name)` runs over all axes, not over \(axes)"
        : "`\(function.name)` runs over axis \(before), not over \(axes)"
      result.append(
        Variant(
          site, fragment, isSum ? .missingSum : .transpose,
          cost: place == nil ? 2 + count : count,
          signature: "axis \(before) \(axes)", sentence))
    }
    if isSum { result += keptAxes(site, context, call, place) }
    return result
  }

  /// With `keepdims` where it is not, and the other way round; over all axes where it is over some.
  private static func keptAxes(
    _ site: Site, _ context: RepairContext, _ call: NamedCall, _ place: Int?
  ) -> [Variant] {
    let (function, arguments) = call.parts
    let keeping = arguments.firstIndex { ["keepdims", "keepdim"].contains($0.label?.name ?? "") }
    var parts = arguments.map(context.text)
    if let keeping { parts.remove(at: keeping) } else { parts.append("keepdims=True") }
    let fragment = Fragment(call.text(parts), .postfix)
    var result = [
      Variant(
        site, fragment, .shape, cost: 4, signature: "keepdims",
        keeping == nil ? "the summed axis is not kept" : "the summed axis is kept")
    ]
    if let place, arguments.count <= 2 {
      var parts = arguments.map(context.text)
      parts.remove(at: place)
      let whole = Fragment(call.text(parts), .postfix)
      result.append(
        Variant(
          site, whole, .missingSum, cost: 4, "`\(function.name)` does not run over all axes"))
    }
    return result
  }

  /// Each axis, and sets of them, with how many tokens that is.
  private static func axisTexts(_ rank: Int, isSum: Bool) -> [(String, Int)] {
    var result = (0..<rank).map { ("\($0)", 1) }
    guard isSum, rank <= 4, rank > 1 else { return result }
    for set in 1..<(1 << rank) - 1 {
      let axes = (0..<rank).filter { set >> $0 & 1 == 1 }
      guard axes.count > 1 else { continue }
      result.append(("(" + axes.map(String.init).joined(separator: ", ") + ")", 3))
    }
    return result
  }

  /// A sum that was left out, where the claim has an axis too many.
  private static func missing(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard let value = site.value, (1...4).contains(value.rank), !site.isNumber else { return [] }
    var result: [Variant] = []
    for (axes, count) in axisTexts(value.rank, isSum: true) {
      for keeps in [", keepdims=True", ""] {
        let fragment = Fragment("sum(\(site.fragment.text), axis=\(axes)\(keeps))", .postfix)
        result.append(
          Variant(
            site, fragment, .missingSum, cost: 5 + count + (keeps.isEmpty ? 0 : 2),
            "the sum of `\(site.fragment.text)` over axis \(axes) is missing"))
      }
    }
    result.append(
      Variant(
        site, Fragment("sum(\(site.fragment.text))", .postfix), .missingSum, cost: 4,
        "the sum of `\(site.fragment.text)` is missing"))
    return result
  }

  /// `einsum` with fewer letters in its result, or with two of them exchanged.
  private static func einsums(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard let call = site.expression.namedCall, case (let function, let arguments) = call.parts,
      function.name == "einsum", case .string(let text)? = arguments.first?.value.kind,
      let arrow = text.firstIndex(of: ">")
    else { return [] }
    let head = text[...arrow]
    let letters = Array(text[arrow...].dropFirst().filter { $0 != " " })
    var outputs = letters.indices.map { place in
      var rest = letters
      rest.remove(at: place)
      return rest
    }
    for i in letters.indices {
      for j in letters.indices where j > i {
        var exchanged = letters
        exchanged.swapAt(i, j)
        outputs.append(exchanged)
      }
    }
    let rest = arguments.dropFirst().map(context.text)
    return outputs.map { output in
      let isShorter = output.count < letters.count
      return Variant(
        site, Fragment(call.text(["\"\(head)\(String(output))\""] + rest), .postfix),
        isShorter ? .missingSum : .transpose, cost: 3, signature: "einsum",
        isShorter ? "an axis is kept that should be summed over" : "two axes are exchanged")
    }
  }
}
