import Derivation
import Evaluation
import Notation
import Scalars
import TensorExpressions

/// Looks for what explains residues that are not those of the formula.
///
/// Nothing is close in a field: a slip that gives the computed residues is what the code does, at this point.
struct ExactCauses {
  let comparison: ExactComparison
  let exact: Tensor<UInt64>
  let places: [Int]

  private var point: ExactPoint { comparison.point }
  private var field: PrimeFieldArithmetic { point.field.levels.identityField }
  private var own: [UInt64] { comparison.computed.residues[0].map { $0 ?? 0 } }

  var cause: String? {
    factor ?? kink ?? arrangement ?? otherTensor ?? leftOut ?? limited { slip }
  }

  /// A search within a part of the work that the file may take.
  private func limited(_ search: () -> String?) -> String? {
    var limits = EvaluationLimits.current
    limits.meter = limits.meter?.part(limit: 4_000_000_000)
    return limits.value(search)
  }

  private var arrangement: String? {
    ArrangementCauses(extents: exact.extents, places: places) { computed, source in
      own[computed] == (source.map { exact.elements[$0] } ?? 0)
    }.cause
  }

  private var kink: String? {
    let kinks = point.masks.kinks
    guard let first = kinks.first,
      isGiven(by: comparison.result.formula, point.masks.turning(kinks))
    else { return nil }
    let place = "[\(first.entry.map(String.init).joined(separator: ", "))]"
    return "kink: the point lies on one at \(place), and the kernel takes the other side"
  }

  /// Whether a formula has the computed residues.
  private func isGiven(
    by formula: TensorExpression, _ masks: MaskRecord? = nil, at other: LevelledPoint? = nil
  ) -> Bool {
    guard let value = try? comparison.judge.evaluate([formula], masks: masks, at: other).first
    else { return false }
    return value.elements == own
  }
}

// MARK: - One ratio

extension ExactCauses {
  /// One ratio for all entries.
  private var factor: String? {
    if own.allSatisfy({ $0 == 0 }) { return "missing term: every entry is zero" }
    guard let place = exact.elements.firstIndex(where: { $0 != 0 }),
      let ratio = try? field.divide(own[place], exact.elements[place]), exact.count > 1,
      zip(own, exact.elements).allSatisfy({ $0 == field.multiply(ratio, $1) })
    else { return nil }
    guard let fraction = fraction(ratio) else { return nil }
    if fraction == -1 { return "sign: every entry has the opposite sign" }
    for (name, size) in point.sizes.sorted(by: { $0.key < $1.key }) where size > 1 {
      if fraction == Rational(1, size) {
        return
          "mean for sum: every entry is 1/\(name) = 1/\(size) of the exact one: a mean over \(name)"
      }
      if fraction == Rational(size) {
        return
          "sum for mean: every entry is \(name) = \(size) times the exact one: a factor 1/\(name) is missing"
      }
    }
    return "factor: every entry is \(fraction) times the exact one"
  }

  /// The fraction of small numbers that an element stands for, if there is one.
  ///
  /// - SeeAlso: P. Wang, M. Guy, J. Davenport, "p-adic reconstruction of rational numbers" (1982).
  private func fraction(_ element: UInt64) -> Rational? {
    let limit: Int64 = 1 << 24
    var (r0, r1) = (Int64(field.modulus), Int64(element))
    var (t0, t1): (Int64, Int64) = (0, 1)
    while r1 >= limit {
      let quotient = r0 / r1
      (r0, r1) = (r1, r0 - quotient * r1)
      (t0, t1) = (t1, t0 - quotient * t1)
      if t1.magnitude >= UInt64(limit) { return nil }
    }
    guard t1 != 0, r1 != 0 else { return nil }
    return Rational(Int(t1 < 0 ? -r1 : r1), Int(t1.magnitude))
  }
}

// MARK: - Other tensors

extension ExactCauses {
  /// What the kernel takes, and the other results, where they have the same extents.
  private var known: [(name: String, values: [UInt64])] {
    let inputs = point.layer.inputs.compactMap { symbol -> (name: String, values: [UInt64])? in
      guard let tensor = point.residues.levels[0].values[symbol], tensor.extents == exact.extents
      else { return nil }
      return (symbol.name ?? "", tensor.elements)
    }
    let others = point.layer.results.filter { $0.name != comparison.result.name }
    let values = others.compactMap { other -> (name: String, values: [UInt64])? in
      guard
        (try? TensorShape.extents(other.formula.shape, point.sizes)) == exact.extents,
        let value = try? comparison.judge.evaluate([other.formula]).first
      else { return nil }
      return (other.name, value.elements)
    }
    return inputs + values
  }

  /// The entries of another tensor, alone, added to the true ones, or as a factor.
  private var otherTensor: String? {
    for (name, values) in known {
      if own == values { return "the entries are those of `\(name)`" }
      if zip(own, zip(exact.elements, values)).allSatisfy({ $0 == field.add($1.0, $1.1) }) {
        return "accumulation: `\(name)` is added to every entry"
      }
      if zip(own, zip(exact.elements, values)).allSatisfy({ $0 == field.subtract($1.0, $1.1) }) {
        return "missing term: `\(name)` is subtracted from every entry"
      }
      if zip(own, zip(exact.elements, values)).allSatisfy({ $0 == field.multiply($1.0, $1.1) }) {
        return "factor: every entry is multiplied by `\(name)`"
      }
    }
    return nil
  }

  /// Indices of a tensor that the sums do not reach: the first or the last one along an axis, or all but the first.
  private var leftOut: String? {
    let nodes = Set(TensorExpression.postorder(of: [comparison.result.formula]))
    for symbol in point.layer.inputs.reversed() where nodes.contains(symbol) {
      guard let extents = point.rational.values[symbol]?.extents else { continue }
      for axis in extents.indices where extents[axis] > 1 {
        let last = extents[axis] - 1
        for (kept, words) in [
          (0...last - 1, "the last index"), (1...last, "the first index"),
          (0...0, "every index but the first"),
        ] where isGiven(by: comparison.result.formula, at: keeping(kept, axis, of: symbol)) {
          return
            "left out: \(words) of `\(symbol.name ?? "")` along axis \(axis) does not count"
        }
      }
    }
    return nil
  }

  /// The point with zeros in a tensor outside of some indices along an axis.
  private func keeping(
    _ range: ClosedRange<Int>, _ axis: Int, of symbol: TensorExpression
  ) -> LevelledPoint {
    var changed = point.residues
    for level in changed.levels.indices {
      guard let tensor = changed.levels[level].values[symbol] else { continue }
      let elements = tensor.elements.indices.map { place in
        range.contains(TensorShape.entry(at: place, in: tensor.extents)[axis])
          ? tensor.elements[place] : 0
      }
      changed.levels[level].values[symbol] = Tensor(extents: tensor.extents, elements: elements)
    }
    return changed
  }
}

// MARK: - Slips in formulas

extension ExactCauses {
  private static let largestSearch = 600

  private var slip: String? {
    let slips = FormulaSlips(
      layer: point.layer, name: comparison.result.name, formula: comparison.result.formula)
    let doubles = point.doubles
    for group in slips.groups {
      for slip in group().prefix(Self.largestSearch) {
        guard let masks = masks(ifClose: slip.formula, doubles) else { continue }
        if isGiven(by: slip.formula, masks) { return slip.sentence() }
      }
    }
    return nil
  }

  /// How the masks of a slip fall in double precision; nil where its values are not those beside the computed residues.
  private func masks(
    ifClose formula: TensorExpression, _ doubles: EvaluationPoint<Double>
  ) -> MaskRecord? {
    guard
      let found = try? Evaluator(DoubleArithmetic(), at: doubles)
        .evaluateRecordingMasks([formula]),
      found.values[0].count == own.count
    else { return nil }
    let shadows = comparison.computed.shadows
    let scale = shadows.reduce(0x1p-40) { max($0, $1.magnitude) }
    let isClose = zip(found.values[0].elements, shadows).allSatisfy {
      ($0 - $1).magnitude <= 0x1p-24 * scale
    }
    return isClose ? found.masks : nil
  }
}
