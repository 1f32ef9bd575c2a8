import Evaluation
import Scalars
import TensorExpressions

/// Points at which the entries of index tensors are all of one class, all ignored, or as different as they can be.
///
/// No draw of many entries shows them, and no cell where they fall in more ways than can be looked at. A difference at
/// one of them is one: they are data like any other.
struct ClassCorners {
  let decision: MaskDecision
  let draw: Draw

  fileprivate enum Corner: CaseIterable {
    case first, last, none, distinct
  }

  private static let attempts = 2
  /// The most tensors that are taken to a corner by themselves, beside all of them together.
  private static let mostAlone = 3

  /// A difference with the draw that shows it; nil where none is seen.
  func finding() -> MaskDecision.Finding? {
    let classes = decision.symbols.filter { $0.isOneHot && draw.given[$0.name ?? ""] == nil }
    if classes.isEmpty { return nil }
    let chosen = [classes] + (classes.count > 1 ? classes.prefix(Self.mostAlone).map { [$0] } : [])
    for attempt in 0..<Self.attempts {
      guard let base = try? draw.rationalPoint(for: decision.symbols, attempt: attempt) else {
        continue
      }
      for corner in Corner.allCases {
        for symbols in chosen {
          guard let point = point(base, with: symbols, at: corner) else { continue }
          if let difference = difference(at: point) {
            return .differs(difference, draw.placed(at: point.values))
          }
        }
      }
    }
    return nil
  }

  private func difference(at point: EvaluationPoint<Rational>) -> Difference? {
    let comparison = ValueComparison(
      point: point, precisionLimit: decision.options.precisionLimit)
    guard case .different(let found)? = try? comparison.compare(decision.equation),
      decision.ties.kink(at: point) == nil
    else { return nil }
    return found
  }

  private func point(
    _ base: EvaluationPoint<Rational>, with symbols: [TensorExpression], at corner: Corner
  ) -> EvaluationPoint<Rational>? {
    var values = base.values
    for symbol in symbols {
      guard let tensor = values[symbol], let moved = tensor.classes(of: symbol, at: corner) else {
        return nil
      }
      values[symbol] = moved
    }
    return EvaluationPoint(sizes: base.sizes, values: values)
  }
}

extension Tensor where Element == Rational {
  /// The tensor with its classes at a corner; nil where there is none.
  fileprivate func classes(of node: TensorExpression, at corner: ClassCorners.Corner) -> Self? {
    let structure = node.structure
    guard let axis = structure.oneHotAxis, extents.indices.contains(axis) else { return nil }
    let places = (0..<extents[axis]).filter { $0 != structure.ignoredIndex }
    guard let first = places.first, let last = places.last else { return nil }
    if corner == .none, !structure.contains(.ignoring) { return nil }
    var result = Tensor(extents: extents, repeating: Rational(0))
    var rest = extents
    rest[axis] = 1
    for position in 0..<rest.reduce(1, *) {
      var entry = TensorShape.entry(at: position, in: rest)
      switch corner {
      case .first: entry[axis] = first
      case .last: entry[axis] = last
      case .none: continue
      case .distinct: entry[axis] = places[position % places.count]
      }
      result[entry] = 1
    }
    return result
  }
}
