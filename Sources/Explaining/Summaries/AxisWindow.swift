import TensorExpressions

/// How one axis of a value slides over an axis of an operand: a convolution or pooling, or the transpose of one.
///
/// ```
/// y[…, p, …] += x[…, stride·p + dilation·k + offset, …] · …        sliding
/// y[…, stride·p + dilation·k + offset, …] += x[…, p, …] · …        spreading
/// ```
public struct AxisWindow: Hashable, Sendable {
  /// Which of the two axes a window lies on.
  public enum Direction: Hashable, Sendable {
    /// Each output reads a window of the operand.
    case sliding
    /// Each entry of the operand is written to a window of the output.
    case spreading
  }

  /// Whether the window lies on the operand or on the output.
  public let direction: Direction
  /// The axis of the value.
  public let axis: Int
  /// How many taps the window has.
  public let kernel: Int
  /// How many entries lie from one tap of the window to the next.
  public let dilation: Int
  /// How many entries lie from one window to the next.
  public let stride: Int
  /// The entry that the first tap of the first window is at; negative in the padding.
  public let offset: Int
  /// The extent of the axis of the value.
  public let outputExtent: Int
  /// The extent of the operand's axis.
  public let operandExtent: Int

  /// The entries from the first to the last of a window: 1 + (kernel − 1)·dilation.
  public var span: Int { 1 + (kernel - 1) * dilation }

  /// How far the windows reach before the axis that they slide over, and behind it.
  public var padding: (before: Int, after: Int) {
    let (steps, extent) =
      direction == .sliding ? (outputExtent, operandExtent) : (operandExtent, outputExtent)
    let end = (steps - 1) * stride + span + offset
    return (max(0, -offset), max(0, end - extent))
  }

  /// How often the outputs of each remainder modulo the stride are written, for a spreading window.
  ///
  /// They differ when the stride does not divide the kernel, which is seen as a checkerboard.
  public var coverage: [Int] {
    guard direction == .spreading else { return [] }
    var counts = Array(repeating: 0, count: stride)
    for k in 0..<kernel { counts[k * dilation % stride] += 1 }
    return counts
  }

  /// Whether some outputs are written more often than others, so that a checkerboard is seen.
  public var isUneven: Bool { Set(coverage).count > 1 }

  /// The extents that the other axis could have had: what a sliding window can have been applied to, or the
  /// outputs that a spreading one can be asked for. All give the same extent on this side.
  public var possibleExtents: ClosedRange<Int> {
    switch direction {
    case .sliding: operandExtent - leftOver...operandExtent - leftOver + stride - 1
    case .spreading: smallestOutput...smallestOutput + stride - 1
    }
  }

  /// Entries at the operand's end that no window reaches, as far as the padding after it is as large as before it.
  private var leftOver: Int {
    let padding = max(0, -offset)
    let reached = (outputExtent - 1) * stride + span - 2 * padding
    return max(0, min(operandExtent - reached, stride - 1))
  }

  private var smallestOutput: Int {
    let padding = max(0, -offset)
    let least = (operandExtent - 1) * stride + span - 2 * padding
    return max(1, outputExtent - max(0, min(outputExtent - least, stride - 1)))
  }
}

extension AxisWindow {
  /// The windows of a node over data, for numbers of the sizes; none where one is not known.
  ///
  /// - Parameter isData: whether an operand is computed from inputs, and not from parameters and constants alone.
  package static func windows(
    of node: TensorExpression, sizes: [String: Int], isData: (TensorExpression) -> Bool
  ) -> [AxisWindow] {
    switch node.kind {
    case .contraction(let contraction):
      let extents = contraction.indices.map { try? $0.evaluated(sizes) }
      return contraction.operands.filter { isData($0.value) }.flatMap { operand in
        windows(
          output: contraction.output, shape: node.shape, access: operand.access,
          operand: operand.value.shape, extents: extents, sizes: sizes)
      }
    case .extremum(let extremum):
      let extents = (extremum.outputExtents + extremum.windowExtents).map {
        try? $0.evaluated(sizes)
      }
      return windows(
        output: extremum.outputExtents.indices.map(Affine.index), shape: node.shape,
        access: extremum.access, operand: extremum.operand.shape, extents: extents, sizes: sizes)
    case .symbol, .sum, .elementwise, .selector, .inverse, .determinant, .cholesky, .named,
      .recurrence:
      return []
    }
  }

  private static func windows(
    output: [Affine], shape: [Size], access: [Affine], operand: [Size], extents: [Int?],
    sizes: [String: Int]
  ) -> [AxisWindow] {
    var found: [AxisWindow] = []
    for (axis, target) in output.enumerated() {
      for (position, source) in access.enumerated() {
        guard let outputExtent = try? shape[axis].evaluated(sizes),
          let operandExtent = try? operand[position].evaluated(sizes)
        else { continue }
        let isSliding = target.asIndex != nil
        guard let p = isSliding ? target.asIndex : source.asIndex else { continue }
        let sliding = isSliding ? source : target
        guard let window = WindowTerms(sliding, along: p, extents: extents, sizes: sizes)
        else { continue }
        // An index that moves another axis along belongs to a reshape and not to a window.
        let others = isSliding ? output.removing(axis) : access.removing(position)
        if others.contains(where: { !$0.coefficient(of: window.index).isZero }) { continue }
        found.append(
          AxisWindow(
            direction: isSliding ? .sliding : .spreading, axis: axis, kernel: window.extent,
            dilation: window.dilation, stride: window.stride, offset: window.offset,
            outputExtent: outputExtent, operandExtent: operandExtent))
      }
    }
    return found
  }
}

/// A coordinate read as `stride·p + dilation·k + offset`, with one window index k.
private struct WindowTerms {
  let index: Int
  let extent: Int
  let dilation: Int
  let stride: Int
  let offset: Int

  init?(_ coordinate: Affine, along p: Int, extents: [Int?], sizes: [String: Int]) {
    guard coordinate.terms.count == 2,
      let stride = try? coordinate.coefficient(of: p).evaluated(sizes),
      stride >= 1, let other = coordinate.terms.first(where: { $0.index != p }),
      let dilation = try? other.coefficient.evaluated(sizes), dilation >= 1,
      let extent = extents[other.index], extent >= 1,
      let offset = try? coordinate.constant.evaluated(sizes)
    else { return nil }
    index = other.index
    self.extent = extent
    self.dilation = dilation
    self.stride = stride
    self.offset = offset
  }
}

extension [Affine] {
  fileprivate func removing(_ position: Int) -> [Affine] {
    enumerated().filter { $0.offset != position }.map(\.element)
  }
}
