import TensorExpressions

/// Convolutions and pooling.
extension PythonPrinter {
  func convolution(_ c: FormulaConvolution) -> String {
    if dialect == .jax { return jaxConvolution(c) }
    var image = string(c.image)
    var kernel = string(c.kernel)
    let isMoved = c.isChannelsLast && dialect == .torch
    if isMoved { (image, kernel) = channelsFirst(c) }
    var arguments: [String] = []
    if c.strides.contains(where: { !$0.isOne }) { arguments.append("stride=\(uniform(c.strides))") }
    if c.isCausal, dialect == .language {
      arguments.append("padding=\"causal\"")
    } else if c.paddings.contains(where: { $0.before != $0.after }) {
      if dialect == .language {
        arguments.append(
          "padding=" + tuple(c.paddings.map { "(\($0.before), \($0.after))" }))
      } else {
        let flat = c.paddings.reversed().flatMap { [$0.before.description, $0.after.description] }
        image = call("F.pad", [image, tuple(flat)])
      }
    } else if c.paddings.contains(where: { !$0.before.isZero }) {
      arguments.append("padding=\(uniform(c.paddings.map(\.before)))")
    }
    if dialect == .language {
      if let output = c.outputExtents {
        arguments.append("output_size=" + tuple(output.map(\.description)))
      }
    } else if let padding = c.outputPadding {
      arguments.append("output_padding=\(uniform(padding))")
    }
    if c.dilations.contains(where: { !$0.isOne }) {
      arguments.append("dilation=\(uniform(c.dilations))")
    }
    if !c.groups.isOne { arguments.append("groups=\(c.groups)") }
    if c.isChannelsLast, dialect == .language { arguments.append("layout=\"NHWC\"") }
    let name = "conv\(c.isTransposed ? "_transpose" : "")\(c.spatialRank)d"
    let result = call(dialect.layerPrefix + name, [image, kernel] + arguments)
    let back = [0] + Array(2..<(2 + c.spatialRank)) + [1]
    return isMoved ? dialect.permute(result, list(back)) : result
  }

  /// The operands in the order of PyTorch, which knows no other.
  private func channelsFirst(_ c: FormulaConvolution) -> (image: String, kernel: String) {
    let n = c.spatialRank
    let image = [0, n + 1] + Array(1...n)
    let channels = c.isTransposed ? [n, n + 1] : [n + 1, n]
    return (
      dialect.permute(string(c.image, .atom), list(image)),
      dialect.permute(string(c.kernel, .atom), list(channels + Array(0..<n)))
    )
  }

  private func list(_ numbers: [Int]) -> String {
    numbers.map { "\($0)" }.joined(separator: ", ")
  }

  func pooling(_ p: FormulaPooling, suffix: String) -> String {
    if dialect == .jax, suffix.isEmpty { return jaxPooling(p) }
    let rank = p.window.count
    let isMoved = p.isChannelsLast && dialect == .torch
    let operand =
      isMoved
      ? dialect.permute(string(p.operand, .atom), list([0, rank + 1] + Array(1...rank)))
      : string(p.operand)
    let isPaddedFirst = dialect == .torch && p.hasWidePadding
    var arguments = [isPaddedFirst ? padded(operand, p) : operand, uniform(p.window)]
    if p.strides != p.window { arguments.append("stride=\(uniform(p.strides))") }
    if !isPaddedFirst, p.paddings.contains(where: { !$0.isZero }) {
      arguments.append("padding=\(uniform(p.paddings))")
    }
    if p.dilations.contains(where: { !$0.isOne }) {
      arguments.append("dilation=\(uniform(p.dilations))")
    }
    if p.hangsOver { arguments.append("ceil_mode=True") }
    if p.isChannelsLast, !isMoved { arguments.append("layout=\"NHWC\"") }
    let name = "\(p.kind == .average ? "avg" : "max")_pool\(rank)d\(suffix)"
    let result = call(dialect.layerPrefix + name, arguments)
    return isMoved ? dialect.permute(result, list([0] + Array(2...(rank + 1)) + [1])) : result
  }

  /// The operand with what lies around it, which PyTorch's pooling pads by half a window at most.
  private func padded(_ operand: String, _ p: FormulaPooling) -> String {
    let widths = tuple(p.paddings.reversed().flatMap { [$0.description, $0.description] })
    let fill = p.kind == .maximum ? ["value=-torch.inf"] : []
    return call("F.pad", [operand, widths] + fill)
  }
}

extension FormulaPooling {
  /// Whether some padding may be more than half of its window.
  fileprivate var hasWidePadding: Bool {
    let facts = ExtentFacts(positives: window)
    return zip(paddings, window).contains { !$0.isZero && !facts.isAtMost($0 + $0, $1) }
  }
}
