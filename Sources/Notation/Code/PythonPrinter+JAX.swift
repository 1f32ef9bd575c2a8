import TensorExpressions

/// Convolutions and pooling in the terms of `jax.lax`.
extension PythonPrinter {
  /// A transposed convolution is a convolution of the stretched grid with the flipped kernel.
  func jaxConvolution(_ c: FormulaConvolution) -> String {
    let rank = c.spatialRank
    var kernel = string(c.kernel)
    var arguments: [String] = []
    if c.isTransposed {
      kernel = jaxTransposedKernel(c)
      let added = c.outputPadding ?? Array(repeating: .zero, count: rank)
      let firstTap = c.isChannelsLast ? 0 : 2
      // The span of the kernel less 1, less the padding, on both sides.
      let pads = (0..<rank).map { axis in
        let extent = "\(string(c.kernel, .atom)).shape[\(firstTap + axis)]"
        let span = "\(c.dilations[axis].factorText)*(\(extent) - 1)"
        let p = c.paddings[axis].before
        return "(\(span) - \(p.factorText), \(span) + \((added[axis] - p).factorText))"
      }
      arguments = [tuple((0..<rank).map { _ in "1" }), tuple(pads)]
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
    if c.isChannelsLast {
      let space = String("DHW".suffix(rank))
      arguments.append(
        "dimension_numbers=(\"N\(space)C\", \"\(space)IO\", \"N\(space)C\")")
    }
    return call("lax.conv_general_dilated", [string(c.image), kernel] + arguments)
  }

  /// The kernel flipped, with its channels in the order of the convolution that it serves.
  private func jaxTransposedKernel(_ c: FormulaConvolution) -> String {
    let taps = c.isChannelsLast ? 0..<c.spatialRank : 2..<(2 + c.spatialRank)
    let w = string(c.kernel, .atom)
    let flipped = "jnp.flip(\(w), axis=\(tuple(taps.map { "\($0)" })))"
    if c.isChannelsLast {
      if c.groups.isOne { return flipped }
      let n = c.spatialRank
      let groups = c.groups.factorText
      let folded = "\(flipped).reshape(*\(w).shape[:\(n)], \(groups), -1, \(w).shape[-1])"
      return "\(folded).swapaxes(\(n), \(n + 1))"
        + ".reshape(*\(w).shape[:\(n)], -1, \(groups)*\(w).shape[-1])"
    }
    if c.groups.isOne { return "\(flipped).swapaxes(0, 1)" }
    let groups = c.groups.factorText
    let folded = "\(flipped).reshape(\(groups), -1, *\(w).shape[1:]).swapaxes(1, 2)"
    return "\(folded).reshape(-1, \(w).shape[0]//\(groups), *\(w).shape[2:])"
  }

  func jaxPooling(_ p: FormulaPooling) -> String {
    func all(_ spatial: [String], _ other: String) -> String {
      tuple(p.isChannelsLast ? [other] + spatial + [other] : [other, other] + spatial)
    }
    let isMaximum = p.kind == .maximum
    var arguments = [
      string(p.operand), isMaximum ? "-jnp.inf" : "0.0", isMaximum ? "lax.max" : "lax.add",
      all(p.window.map(\.description), "1"), all(p.strides.map(\.description), "1"),
      all(p.paddings.map { "(\($0), \($0))" }, "(0, 0)"),
    ]
    if p.dilations.contains(where: { !$0.isOne }) {
      arguments.append("window_dilation=\(all(p.dilations.map(\.description), "1"))")
    }
    let sum = call("lax.reduce_window", arguments)
    return isMaximum ? sum : "(\(sum) / \(Size.product(p.window).factorText))"
  }
}
