import TensorExpressions

/// Convolutions and pooling.
extension PythonPrinter {
  func convolution(_ c: FormulaConvolution) -> String {
    if dialect == .jax { return jaxConvolution(c) }
    var image = string(c.image)
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
    return call(dialect.layerPrefix + name, [image, string(c.kernel)] + arguments)
  }

  /// A transposed convolution is a convolution of the stretched grid with the flipped kernel.
  private func jaxConvolution(_ c: FormulaConvolution) -> String {
    let rank = c.spatialRank
    var kernel = string(c.kernel)
    var arguments: [String] = []
    if c.isTransposed {
      let axes = Array(2..<(2 + rank))
      kernel = "jnp.flip(\(string(c.kernel, .atom)).swapaxes(0, 1), axis=\(self.axes(axes)))"
      let added = c.outputPadding ?? Array(repeating: .zero, count: rank)
      // The span of the kernel less 1, less the padding, on both sides.
      let pads = (0..<rank).map { axis in
        let span =
          "\(c.dilations[axis].factorText)*(\(string(c.kernel, .atom)).shape[\(axis + 2)] - 1)"
        let p = c.paddings[axis].before
        let more = added[axis] - p
        return "(\(span) - \(p.factorText), \(span) + \(more.factorText))"
      }
      arguments = ["(\((0..<rank).map { _ in "1" }.joined(separator: ", ")),)", tuple(pads)]
      arguments.append("lhs_dilation=\(tuple(c.strides.map(\.description)))")
    } else {
      arguments = [
        tuple(c.strides.map(\.description)),
        tuple(c.paddings.map { "(\($0.before), \($0.after))" }),
      ]
    }
    if c.dilations.contains(where: { !$0.isOne }) {
      arguments.append("rhs_dilation=\(tuple(c.dilations.map(\.description)))")
    }
    if !c.groups.isOne { arguments.append("feature_group_count=\(c.groups)") }
    return call("lax.conv_general_dilated", [string(c.image), kernel] + arguments)
  }

  func pooling(_ p: FormulaPooling, suffix: String) -> String {
    var arguments = [string(p.operand), uniform(p.window)]
    if p.strides != p.window { arguments.append("stride=\(uniform(p.strides))") }
    if p.paddings.contains(where: { !$0.isZero }) {
      arguments.append("padding=\(uniform(p.paddings))")
    }
    if p.dilations.contains(where: { !$0.isOne }) {
      arguments.append("dilation=\(uniform(p.dilations))")
    }
    if p.isChannelsLast { arguments.append("layout=\"NHWC\"") }
    let name = "\(p.kind == .average ? "avg" : "max")_pool\(p.window.count)d\(suffix)"
    return call(dialect.layerPrefix + name, arguments)
  }
}
