import TensorExpressions

/// A layer as a module for an array library: `forward`, `backward`, and what the library needs to use them in its own
/// differentiation.
struct PythonModule {
  let plan: CodePlan
  let target: CodeTarget
  let dialect: Dialect

  func text() -> String {
    let functions =
      [function("forward", plan.forward, upstreams: [])]
      + [function("backward", plan.backward, upstreams: plan.upstreams)]
      + plan.derivatives.map { function($0.results[0].name, $0, upstreams: []) }
      + wrapper()
    let helpers = PythonHelpers(target: target, dialect: dialect).definitions(
      for: functions.flatMap { $0 })
    let blocks = helpers + functions
    let constants = constants(for: functions.flatMap { $0 })
    var head = ["\"\"\"\(plan.stem): its forward pass and the derivatives of it.\"\"\"", ""]
    head += PythonHelpers.imports(target, for: blocks.flatMap { $0 })
    var parts = [head]
    if !constants.isEmpty { parts.append(constants) }
    parts += blocks
    return parts.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n\n")
  }

  // MARK: Functions

  private var argumentNames: [String] { plan.arguments.map(\.name) }

  private func function(
    _ name: String, _ function: CodePlan.Function, upstreams: [CodePlan.Tensor]
  ) -> [String] {
    var writer = ArrayWriter(dialect, reference: plan.reference, usedNames: plan.usedNames)
    var body = function.statements.flatMap { writer.lines($0) }
    let results = function.results.map(\.name)
    let isTuple = name == "backward" || results.count > 1
    body.append("return " + (isTuple ? tuple(results) : results[0]))
    let given = (upstreams + plan.arguments).map { "\($0.name) \(Self.shape($0.shape))" }
    let returned = function.results.map { "\($0.name) \(Self.shape($0.shape))" }
    let parameters = (upstreams.map(\.name) + argumentNames).joined(separator: ", ")
    return ["def \(name)(\(parameters)):"]
      + documentation(given, returned)
      + (sizeLines(for: body) + body).map { "    \($0)" }
  }

  private func documentation(_ given: [String], _ returned: [String]) -> [String] {
    let line =
      "    \"\"\"\(given.joined(separator: ", ")) -> \(returned.joined(separator: ", "))\"\"\""
    return [line.count <= 120 ? line : "    \"\"\"-> \(returned.joined(separator: ", "))\"\"\""]
  }

  private static func shape(_ shape: [Size]) -> String {
    "[\(shape.map(\.description).joined(separator: ", "))]"
  }

  private func tuple(_ names: [String]) -> String {
    names.count == 1 ? "(\(names[0]),)" : names.joined(separator: ", ")
  }

  // MARK: Sizes

  /// The sizes that some lines use, from the shapes of the arguments.
  private func sizeLines(for lines: [String]) -> [String] {
    let needed = plan.sizes.needed(Identifiers.names(in: lines))
    var result: [String] = []
    for (number, argument) in plan.arguments.enumerated() {
      let sources = needed.filter { $0.argument == number }
      let places = argument.shape.indices.map { axis in
        sources.first { $0.axis == axis && $0.isPlain }?.name
      }
      let known = places.compactMap { $0 }.count
      if !sources.isEmpty, sources.allSatisfy(\.isPlain), known * 2 > places.count {
        let names = places.map { $0 ?? "_" }
        let left = names.count == 1 ? "\(names[0])," : names.joined(separator: ", ")
        result.append("\(left) = \(argument.name).shape")
      } else {
        result += sources.filter(\.isPlain).map(line)
      }
    }
    // What is computed from other sizes stands below them.
    return result + needed.filter { !$0.isPlain }.map(line)
  }

  private func line(of source: SizeSources.Source) -> String {
    var text = "\(plan.arguments[source.argument].name).shape[\(source.axis)]"
    if !source.rest.isZero {
      text = "\(text) - \(source.rest.factorText)"
      if !source.factor.isOne { text = "(\(text))" }
    }
    if !source.factor.isOne { text += "//\(source.factor.factorText)" }
    return "\(source.name) = \(text)"
  }

  private func constants(for lines: [String]) -> [String] {
    let used = Identifiers.names(in: lines)
    return plan.sizes.constants.compactMap { size in
      guard let extent = size.extent, used.contains(size.name) else { return nil }
      return "\(size.name) = \(extent)"
    }
  }

  // MARK: The library's own differentiation

  private func wrapper() -> [[String]] {
    switch dialect {
    case .language, .numpy: []
    case .torch: [torchFunction()]
    case .jax: [jaxLayer()]
    }
  }

  /// The gradients in the order of the arguments, None for what is not differentiated.
  private var returnedGradients: String {
    let names = plan.backward.results.map(\.name)
    let all = plan.arguments.indices.map { position in
      plan.gradientPositions.firstIndex(of: position).map { names[$0] } ?? "None"
    }
    return tuple(all)
  }

  /// The call of `backward`, and the products with a loss's own gradient.
  private func gradientLines(upstream: String) -> [String] {
    let names = plan.backward.results.map(\.name)
    let call = "\(tuple(names).filter { $0 != "(" && $0 != ")" }) = backward"
    let arguments = argumentNames.joined(separator: ", ")
    if plan.upstreams.isEmpty {
      return ["\(call)(\(arguments))"] + names.map { "\($0) = gradient * \($0)" }
        + ["return \(returnedGradients)"]
    }
    return ["\(call)(\(upstream), \(arguments))", "return \(returnedGradients)"]
  }

  private func torchFunction() -> [String] {
    let arguments = argumentNames.joined(separator: ", ")
    let saved = argumentNames.count == 1 ? "\(arguments)," : arguments
    let upstream = plan.upstreams.map(\.name).joined(separator: ", ")
    var name = ModuleName.camelCase(plan.stem)
    while plan.usedNames.contains(name) { name += "_" }
    return [
      "class \(name)(torch.autograd.Function):", "    @staticmethod",
      "    def forward(ctx, \(arguments)):", "        ctx.save_for_backward(\(arguments))",
      "        return forward(\(arguments))", "", "    @staticmethod",
      "    def backward(ctx, \(upstream.isEmpty ? "gradient" : upstream)):",
      "        \(saved) = ctx.saved_tensors",
    ] + gradientLines(upstream: upstream).map { "        \($0)" }
  }

  private func jaxLayer() -> [String] {
    let arguments = argumentNames.joined(separator: ", ")
    let saved = argumentNames.count == 1 ? "\(arguments)," : arguments
    let upstream = plan.upstreams.count == 1 ? plan.upstreams[0].name : "*gradient"
    let parameter = plan.upstreams.count == 1 ? plan.upstreams[0].name : "gradient"
    return [
      "@jax.custom_vjp", "def layer(\(arguments)):", "    return forward(\(arguments))", "", "",
      "def layer_forward(\(arguments)):", "    return forward(\(arguments)), (\(saved))", "", "",
      "def layer_backward(saved, \(parameter)):", "    \(saved) = saved",
    ] + gradientLines(upstream: upstream).map { "    \($0)" } + [
      "", "", "layer.defvjp(layer_forward, layer_backward)",
    ]
  }
}

extension CodePlan {
  /// An argument of floating-point entries.
  var reference: String? { arguments.first { !$0.isIndex }?.name }
}

extension SizeSources {
  /// The sources of some names, and of the names that those need.
  func needed(_ names: Set<String>) -> [Source] {
    var names = names
    var result: [Source] = []
    for source in told.reversed() where names.contains(source.name) {
      result.insert(source, at: 0)
      names.formUnion(source.rest.names)
      names.formUnion(source.factor.names)
    }
    return result
  }
}

/// What a module is called after its file.
enum ModuleName {
  /// `multi-head-attention` as `MultiHeadAttention`.
  static func camelCase(_ stem: String) -> String {
    let parts = stem.split { !$0.isLetter && !$0.isNumber }
    let name = parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    return name.first?.isNumber ?? true ? "Layer\(name)" : name
  }

  /// The stem with `_` for every sign that no name has.
  static func underscored(_ stem: String) -> String {
    let name = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    return name.first?.isNumber ?? true ? "_\(name)" : name
  }
}
