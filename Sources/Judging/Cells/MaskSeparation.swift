import Evaluation
import Notation
import Scalars
import TensorExpressions

/// Finds points at which a mask of one side of an equation and a mask of the other fall differently, where every draw
/// so far shows them fall alike.
///
/// Masks of `z > 0` and `z > -1e-9` differ on a slab that no random point meets. Between a point where both are 0 and
/// one where both are 1 each turns somewhere; halving the segment ends in the slab, unless they turn together, to
/// within 2⁻⁶⁴ of its length.
struct MaskSeparation {
  private let pairs: [(a: TensorExpression, b: TensorExpression)]
  private let symbols: [TensorExpression]
  private let options: CheckOptions
  private let trueMasks: Set<MaskRecord.Kink.Place>

  private static let halvings = 64
  /// How many pairs are looked at, and at how many entries each.
  private static let pairLimit = 12
  private static let entryLimit = 2

  init(_ equations: [Equation], symbols: [TensorExpression], options: CheckOptions) {
    self.symbols = symbols
    self.options = options
    trueMasks = MaskRecord.places(in: equations.map(\.left))
    pairs = Array(
      equations.flatMap { equation -> [(a: TensorExpression, b: TensorExpression)] in
        let left = MaskRecord.maskNodes(in: [equation.left])
        let right = MaskRecord.maskNodes(in: [equation.right])
        let (own, others) = (Set(left), Set(right))
        // Masks of both sides are not what makes these differ.
        return left.flatMap { a in
          right.filter { b in
            a !== b && b.shape == a.shape && !(others.contains(a) && own.contains(b))
          }.map { (a, $0) }
        }
      }.prefix(Self.pairLimit))
  }

  /// A draw with how masks fell there.
  typealias Sight = (draw: Draw, record: MaskRecord)

  /// Draws that tell pairs of masks apart.
  ///
  /// - Parameter sights: draws of equal sizes.
  func draws(beyond sights: [Sight]) -> [Draw] {
    pairs.compactMap { a, b in
      guard let relation = Relation(a, b, sights.map(\.record)) else { return nil }
      return ends(a, sights).lazy.compactMap { separated(a, b, relation, $0, $1, entry: $2) }.first
    }
  }

  /// How two masks fall together wherever they were seen.
  private enum Relation {
    case equal, opposite

    /// Nil where they were seen to fall differently, or were not seen.
    init?(_ a: TensorExpression, _ b: TensorExpression, _ records: [MaskRecord]) {
      let seen = records.compactMap { record in
        record.pattern(of: a).flatMap { x in record.pattern(of: b).map { (x, $0) } }
      }
      guard !seen.isEmpty else { return nil }
      if seen.allSatisfy({ $0 == $1 }) {
        self = .equal
      } else if seen.allSatisfy({ zip($0, $1).allSatisfy { $0 != $1 } }) {
        self = .opposite
      } else {
        return nil
      }
    }

    func holds(_ x: [Int], _ y: [Int]) -> Bool {
      zip(x, y).allSatisfy { (self == .equal) == ($0 == $1) }
    }
  }

  /// Pairs of draws between which an entry of a mask turns.
  private func ends(_ mask: TensorExpression, _ sights: [Sight]) -> [(Draw, Draw, Int)] {
    var result: [(Draw, Draw, Int)] = []
    guard let first = sights.first, let count = first.record.pattern(of: mask)?.count else {
      return []
    }
    for entry in 0..<count where result.count < Self.entryLimit {
      var byValue: [Int: Draw] = [:]
      for (draw, record) in sights {
        guard let pattern = record.pattern(of: mask), pattern.count == count else { continue }
        byValue[pattern[entry]] = byValue[pattern[entry]] ?? draw
      }
      let values = byValue.keys.sorted()
      if values.count > 1, let p = byValue[values[0]], let q = byValue[values[1]] {
        result.append((p, q, entry))
      }
    }
    return result
  }

  /// A draw between two others at which the relation fails.
  private func separated(
    _ a: TensorExpression, _ b: TensorExpression, _ relation: Relation, _ p: Draw, _ q: Draw,
    entry: Int
  ) -> Draw? {
    guard let start = try? p.rationalPoint(for: symbols, attempt: 0),
      let end = try? q.rationalPoint(for: symbols, attempt: 0),
      let atStart = patterns(a, b, start)?.a
    else { return nil }
    let way = way(from: start, to: end)
    var (low, high) = (Rational(0), Rational(1))
    for _ in 0..<Self.halvings {
      let middle = (low + high) / 2
      guard let point = try? start.moved(by: middle, along: way),
        let (x, y) = patterns(a, b, point)
      else { return nil }
      if !relation.holds(x, y) { return p.placed(at: point.values) }
      if x[entry] == atStart[entry] { low = middle } else { high = middle }
    }
    return nil
  }

  private func patterns(
    _ a: TensorExpression, _ b: TensorExpression, _ point: EvaluationPoint<Rational>
  ) -> (a: [Int], b: [Int])? {
    guard
      let record = try? MaskRecord.recording(
        [a, b], at: point, largestPrecision: options.precisionLimit),
      let x = record.pattern(of: a), let y = record.pattern(of: b)
    else { return nil }
    // A point that is on a kink exactly tells nothing.
    return record.kinks.contains { trueMasks.contains($0.place) } ? nil : (x, y)
  }

  /// What leads from one point to another; symbols whose structure a mean does not obey stay where they are.
  private func way(
    from start: EvaluationPoint<Rational>, to end: EvaluationPoint<Rational>
  ) -> [TensorExpression: Tensor<Rational>] {
    var result: [TensorExpression: Tensor<Rational>] = [:]
    for (node, value) in start.values {
      guard case .symbol(let symbol) = node.kind, let other = end.values[node],
        symbol.structure.isDisjoint(with: [.oneHot, .integer, .orthogonal])
      else { continue }
      result[node] = Tensor(
        extents: value.extents, elements: zip(value.elements, other.elements).map { $1 - $0 })
    }
    return result
  }
}

extension MaskRecord {
  /// What a mask chose in each entry: a side, or the first place of a window; nil where it was not met.
  package func pattern(of mask: TensorExpression) -> [Int]? {
    switch mask.kind {
    case .extremum(let extremum), .selector(let extremum):
      windows[extremum]?.map { $0.first ?? -1 }
    default: steps[mask]?.map { $0 ? 1 : 0 }
    }
  }
}
