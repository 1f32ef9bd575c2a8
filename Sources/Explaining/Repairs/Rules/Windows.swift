import ExpressionLanguage
import Judging

extension RepairRule {
  /// The arguments of convolutions and pools: stride, padding, dilation, groups, the output's size.
  static let windows = RepairRule(name: "windows") { site, context in
    padded(site, context) + arguments(site, context) + exchanged(site, context)
  }

  private static let keywords: [(name: String, kind: Cause.Kind)] = [
    ("padding", .edge), ("stride", .strideAndDilation), ("dilation", .strideAndDilation),
    ("groups", .channel), ("output_padding", .outputPadding),
  ]

  private static func isWindow(_ name: String) -> Bool {
    name.hasPrefix("conv") || name.contains("_pool")
  }

  private static func arguments(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard let call = site.expression.namedCall, isWindow(call.function.name) else { return [] }
    let (function, arguments) = call.parts
    var result: [Variant] = []
    for (name, kind) in keywords {
      if name == "output_padding", !function.name.contains("transpose") { continue }
      let place = arguments.firstIndex { $0.label?.name == name }
      let before = place.map { context.fragment(arguments[$0].value).text }
      for other in 0...4 where "\(other)" != before && !(other == 0 && name != "padding") {
        var parts = arguments.map(context.text)
        if let place { parts[place] = "\(name)=\(other)" } else { parts.append("\(name)=\(other)") }
        let sentence =
          before.map { "`\(name)` is \($0), not \(other)" } ?? "`\(name)=\(other)` is missing"
        result.append(
          Variant(
            site, Fragment(call.text(parts), .postfix), kind,
            cost: place == nil ? 4 : 2, signature: "\(name) \(other)", sentence))
      }
    }
    return result + renamed(site, context, call) + sized(site, context, call)
  }

  /// The same number for another argument: a stride where the dilation belongs.
  private static func renamed(
    _ site: Site, _ context: RepairContext, _ call: NamedCall
  ) -> [Variant] {
    let (function, arguments) = call.parts
    let labels = arguments.map { $0.label?.name }
    var result: [Variant] = []
    for (place, argument) in arguments.enumerated() {
      guard let label = argument.label?.name,
        let from = keywords.first(where: { $0.name == label })
      else { continue }
      for to in keywords where !labels.contains(to.name) {
        if to.name == "output_padding", !function.name.contains("transpose") { continue }
        let value = context.fragment(argument.value).text
        var parts = arguments.map(context.text)
        parts[place] = "\(to.name)=\(value)"
        result.append(
          Variant(
            site, Fragment(call.text(parts), .postfix),
            to.kind == .strideAndDilation ? to.kind : from.kind, cost: 2,
            signature: "\(label) \(to.name)", "`\(label)=\(value)` is to be `\(to.name)=\(value)`"))
      }
    }
    return result
  }

  /// With the size of the result where it is not said.
  private static func sized(
    _ site: Site, _ context: RepairContext, _ call: NamedCall
  ) -> [Variant] {
    let (function, arguments) = call.parts
    guard function.name.contains("transpose"), let shape = context.shape, shape.count > 2,
      !arguments.contains(where: { $0.label?.name == "output_size" })
    else { return [] }
    let sizes = shape.dropFirst(2).map(\.description)
    let size = sizes.count == 1 ? sizes[0] : "(\(sizes.joined(separator: ", ")))"
    let parts =
      arguments.filter { $0.label?.name != "output_padding" }.map(context.text)
      + ["output_size=\(size)"]
    return [
      Variant(
        site, Fragment(call.text(parts), .postfix),
        .outputPadding, cost: 5, "`output_size=\(size)` is missing")
    ]
  }

  /// `pad(conv_transpose(…), …)` for entries that the stride leaves over.
  private static func padded(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard let outer = site.expression.namedCall, outer.function.name == "pad",
      let inner = outer.arguments.first?.value, let call = inner.namedCall,
      isWindow(call.function.name)
    else { return [] }
    let inside = Site(
      range: site.range, expression: inner, fragment: context.fragment(inner), needed: site.needed,
      value: nil, link: site.link)
    let words =
      "what the stride leaves over at the end is filled with zeros or added at the wrong end"
    return sized(inside, context, call).map {
      Variant(site, $0.fragment, .outputPadding, cost: 8, words)
    }
  }

  /// The kernel flipped or with its channels exchanged, or its adjoint.
  private static func exchanged(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard let call = site.expression.namedCall, isWindow(call.function.name),
      call.function.name.hasPrefix("conv"), call.arguments.count >= 2
    else { return [] }
    let arguments = call.arguments
    let kernel = context.fragment(arguments[1].value)
    guard let rank = context.rank(of: arguments[1].value), rank > 2 else { return [] }
    let axes = (2..<rank).map(String.init).joined(separator: ", ")
    let flipped =
      rank == 3 ? "flip(\(kernel.text), axis=2)" : "flip(\(kernel.text), axis=(\(axes)))"
    let order = "permute(1, 0, \(axes))"
    let others: [(String, Cause.Kind, String)] = [
      (flipped, .flip, "the kernel `\(kernel.text)` is not flipped"),
      (
        "\(kernel.text(atLeast: .postfix)).\(order)", .channel,
        "the channels of the kernel `\(kernel.text)` are not exchanged"
      ),
      (
        "\(flipped).\(order)", .flip,
        "the kernel `\(kernel.text)` is not flipped, its channels not exchanged"
      ),
    ]
    return others.map { text, kind, sentence in
      var parts = arguments.map(context.text)
      parts[1] = text
      return Variant(
        site, Fragment(call.text(parts), .postfix), kind,
        cost: Fragment.tokenCount(text) - kernel.length, sentence)
    }
  }
}
