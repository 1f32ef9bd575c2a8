import Scalars
import TensorExpressions

/// Which entries of an input's axis one entry of a value's axis depends on: those from `stride·o + first` to
/// `stride·o + last` for the entry o.
public struct Reach: Hashable, Sendable {
  /// The name of the input.
  public let input: String
  /// The axis of the input, counted from the front.
  public let inputAxis: Int
  /// How many entries of the input one step along the value's axis moves; a fraction behind a
  /// spreading window.
  public let stride: Rational
  /// Where the first entry that is read lies, from the place `stride·o` on.
  public let first: Rational
  /// Where the last entry that is read lies, from the place `stride·o` on.
  public let last: Rational

  /// The receptive field: how many entries of the input one entry depends on.
  public var field: Int? {
    let span = last - first
    return Int((span.doubleValue).rounded(.down)) + 1
  }

  /// Whether no entry reads an input after its own place, as a causal stack promises.
  public var isCausal: Bool { stride == 1 && last.signum() <= 0 }

  fileprivate func through(scale: Rational, least: Rational, most: Rational) -> Reach {
    Reach(
      input: input, inputAxis: inputAxis, stride: stride * scale, first: first + stride * least,
      last: last + stride * most)
  }

  /// What either of two reaches reads; nil when they are not along one axis or move at different speeds.
  fileprivate func union(_ other: Reach) -> Reach? {
    guard input == other.input, inputAxis == other.inputAxis, stride == other.stride else {
      return nil
    }
    return Reach(
      input: input, inputAxis: inputAxis, stride: stride, first: min(first, other.first),
      last: max(last, other.last))
  }
}

/// The reaches of values, followed through windows from the inputs on.
///
/// An axis that a reshape mixes with others, or that is read as a whole, has none. Values are walked once,
/// operands first.
struct ReachAnalysis {
  private let sizes: [String: Int]
  private var known: [TensorExpression: [Reach?]] = [:]

  init(of values: [TensorExpression], sizes: [String: Int]) {
    self.sizes = sizes
    for node in TensorExpression.postorder(of: values) { known[node] = reaches(of: node) }
  }

  /// One for each axis.
  subscript(value: TensorExpression) -> [Reach?] {
    known[value] ?? value.shape.map { _ in nil }
  }

  private func reaches(of node: TensorExpression) -> [Reach?] {
    switch node.kind {
    case .symbol(let symbol):
      guard symbol.role == .input else { return node.shape.map { _ in nil } }
      return node.shape.indices.map { axis in
        Reach(input: symbol.name, inputAxis: axis, stride: 1, first: 0, last: 0)
      }
    case .named(_, let inner): return self[inner]
    case .sum(let parts), .elementwise(_, let parts):
      return merged(parts.map { self[$0] }, rank: node.rank)
    case .contraction(let contraction):
      let extents = contraction.indices.map { try? $0.evaluated(sizes) }
      let parts = contraction.operands.map { operand in
        moved(self[operand.value], access: operand.access, output: contraction.output, extents)
      }
      return merged(parts, rank: node.rank)
    case .extremum(let extremum):
      let extents = (extremum.outputExtents + extremum.windowExtents).map {
        try? $0.evaluated(sizes)
      }
      let output = extremum.outputExtents.indices.map(Affine.index)
      return moved(self[extremum.operand], access: extremum.access, output: output, extents)
    case .selector, .inverse, .determinant, .cholesky, .recurrence:
      return node.shape.map { _ in nil }
    }
  }

  private func merged(_ parts: [[Reach?]], rank: Int) -> [Reach?] {
    (0..<rank).map { axis in
      let reaches = parts.compactMap { axis < $0.count ? $0[axis] : nil }
      guard let first = reaches.first else { return nil }
      return reaches.dropFirst().reduce(first) { whole, part in whole.union(part) ?? whole }
    }
  }

  /// An operand's reaches seen from the axes of the output.
  private func moved(
    _ reaches: [Reach?], access: [Affine], output: [Affine], _ extents: [Int?]
  ) -> [Reach?] {
    output.enumerated().map { axis, target in
      for (source, reach) in zip(access, reaches) {
        guard let reach else { continue }
        let others = output.enumerated().filter { $0.offset != axis }.map(\.element)
        if let p = target.asIndex, let move = Move(source, along: p, extents, sizes),
          !move.uses(others)
        {
          return reach.through(scale: move.scale, least: move.least, most: move.most)
        }
        if let p = source.asIndex, let move = Move(target, along: p, extents, sizes) {
          // o = s·p + w, hence p = (o − w)/s.
          let scale = move.scale.reciprocal
          return reach.through(
            scale: scale, least: -move.most * scale, most: -move.least * scale)
        }
      }
      return nil
    }
  }

  /// A coordinate as `scale·p + w` with w between two numbers.
  private struct Move {
    let scale: Rational
    private(set) var least: Rational
    private(set) var most: Rational
    private let others: [Int]

    init?(_ coordinate: Affine, along p: Int, _ extents: [Int?], _ sizes: [String: Int]) {
      guard let scale = try? coordinate.coefficient(of: p).evaluated(sizes), scale >= 1,
        let constant = try? coordinate.constant.evaluated(sizes)
      else { return nil }
      self.scale = Rational(scale)
      least = Rational(constant)
      most = Rational(constant)
      others = coordinate.terms.map(\.index).filter { $0 != p }
      for term in coordinate.terms where term.index != p {
        guard let step = try? term.coefficient.evaluated(sizes), let extent = extents[term.index]
        else { return nil }
        let far = Rational(step) * Rational(extent - 1)
        least = least + min(far, 0)
        most = most + max(far, 0)
      }
    }

    /// Whether other axes of the output move along, as a reshape's do.
    func uses(_ coordinates: [Affine]) -> Bool {
      coordinates.contains { coordinate in
        coordinate.terms.contains { others.contains($0.index) }
      }
    }
  }
}
