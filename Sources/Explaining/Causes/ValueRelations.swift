import Evaluation
import Judging
import Scalars
import TensorExpressions

/// Slips that show in the values alone: how a claimed gradient's entries relate to the true ones.
struct ValueRelations {
  let exact: Tensor<UInt64>
  let claimed: Tensor<UInt64>
  let field: PrimeFieldArithmetic
  let sizes: [String: Int]
  /// The shape, for the names of axes.
  let shape: [Size]
  /// The true gradient's outermost contraction, for what its axes mean.
  let contraction: Contraction?

  /// Whether nothing is claimed but zeros.
  var isAllZero: Bool { claimed.elements.allSatisfy { $0 == 0 } }

  /// The one number by which every entry is multiplied, with the sizes.
  var scaling: SizeRatios.Sample? {
    isAllZero ? nil : commonRatio().map { SizeRatios.Sample(ratio: $0, sizes: sizes) }
  }

  /// Relations between entries at different places.
  func rearrangements() -> Cause? {
    transposed() ?? flipped() ?? shifted()
  }

  /// Where the differing entries lie.
  func places() -> Cause? {
    let differing = exact.elements.indices.filter { exact.elements[$0] != claimed.elements[$0] }
    let entries = differing.map { TensorShape.entry(at: $0, in: exact.extents) }
    guard let first = entries.first else { return nil }
    if entries.count == 1, exact.count > 1 {
      let ratio = self.ratio(claimed.elements[differing[0]], exact.elements[differing[0]])
      return Cause(.entry, "only \(first) differs" + (ratio.map { ", by the factor \($0)" } ?? ""))
    }
    for axis in exact.extents.indices where exact.extents[axis] > 1 {
      let seen = Set(entries.map { $0[axis] })
      let last = exact.extents[axis] - 1
      if seen.count == 1, let place = seen.first {
        let isZero = differing.allSatisfy { claimed.elements[$0] == 0 }
        if place == last, isZero, isStrided(axis) {
          return Cause(
            .outputPadding,
            "the entries that the stride leaves over at the end of axis \(axis) are filled with zeros"
          )
        }
        if place == 0 || place == last {
          return Cause(
            .edge,
            "only the \(place == 0 ? "first" : "last") entries along axis \(shape[axis]) differ")
        }
        return Cause(.entry, "only the entries at \(place) along axis \(shape[axis]) differ")
      }
    }
    let isBorder = entries.allSatisfy { entry in
      entry.indices.contains { axis in
        axis >= 1 && exact.extents[axis] > 2
          && (entry[axis] == 0 || entry[axis] == exact.extents[axis] - 1)
      }
    }
    return isBorder ? Cause(.edge, "only entries at a border differ") : nil
  }

  /// Whether the true gradient scatters along an axis with a stride, as a transposed convolution does.
  private func isStrided(_ axis: Int) -> Bool {
    guard let contraction, contraction.output.indices.contains(axis) else { return false }
    return contraction.output[axis].terms.contains {
      $0.coefficient.asInt.map { abs($0) > 1 } ?? true
    }
  }

  // MARK: Ratios

  private func ratio(_ a: UInt64, _ b: UInt64) -> Rational? {
    guard b != 0, let quotient = try? field.divide(a, b) else { return nil }
    return Self.reconstructed(quotient, modulus: field.modulus)
  }

  /// The one rational by which every entry is multiplied.
  private func commonRatio() -> Rational? {
    guard let pivot = exact.elements.firstIndex(where: { $0 != 0 }),
      let factor = try? field.divide(claimed.elements[pivot], exact.elements[pivot])
    else { return nil }
    let isCommon = zip(exact.elements, claimed.elements).allSatisfy {
      field.multiply(factor, $0) == $1
    }
    return isCommon ? Self.reconstructed(factor, modulus: field.modulus) : nil
  }

  /// The fraction p/q with |p|, q below the root of half the modulus that a residue stands for: Euclid's algorithm,
  /// stopped half way. Source: P. Wang, "A p-adic algorithm for univariate partial fractions" (1981).
  static func reconstructed(_ residue: UInt64, modulus: UInt64) -> Rational? {
    let bound = Int64(Double(modulus / 2).squareRoot())
    var (r0, r1) = (Int64(modulus), Int64(residue))
    var (t0, t1) = (Int64(0), Int64(1))
    while r1 > bound {
      let q = r0 / r1
      (r0, r1) = (r1, r0 - q * r1)
      (t0, t1) = (t1, t0 - q * t1)
    }
    // A fraction with much smaller parts than chance allows is the one; chance gives parts near the bound.
    guard t1 != 0, abs(t1) <= bound, Double(abs(r1)) * Double(abs(t1)) < Double(bound) * 1000 else {
      return nil
    }
    return t1 > 0 ? Rational(Int(r1), Int(t1)) : Rational(Int(-r1), Int(-t1))
  }

  // MARK: Places

  private func matches(_ source: ([Int]) -> [Int]?) -> Bool {
    for place in claimed.elements.indices {
      let entry = TensorShape.entry(at: place, in: claimed.extents)
      let value: UInt64
      if let from = source(entry), zip(from, exact.extents).allSatisfy({ 0 <= $0 && $0 < $1 }) {
        value = exact.elements[TensorShape.offset(of: from, in: exact.extents)]
      } else {
        value = 0
      }
      if value != claimed.elements[place] { return false }
    }
    return true
  }

  private func transposed() -> Cause? {
    for i in exact.extents.indices {
      for j in exact.extents.indices.dropFirst(i + 1) where exact.extents[i] == exact.extents[j] {
        let isExchange = matches { entry in
          var from = entry
          from.swapAt(i, j)
          return from
        }
        if isExchange {
          let pair = AxisPair(i, j, rank: exact.extents.count)
          return Cause(pair.kind, pair.sentence("the result"))
        }
      }
    }
    return nil
  }

  private func flipped() -> Cause? {
    let rank = exact.extents.count
    guard rank > 0, rank <= 8 else { return nil }
    for subset in 1..<(1 << rank) {
      let axes = (0..<rank).filter { subset >> $0 & 1 == 1 && exact.extents[$0] > 1 }
      if axes.isEmpty { continue }
      let isFlip = matches { entry in
        var from = entry
        for axis in axes { from[axis] = exact.extents[axis] - 1 - from[axis] }
        return from
      }
      if isFlip {
        return Cause(
          .flip,
          "the result comes out reversed along axis \(axes.map(String.init).joined(separator: " and "))"
        )
      }
    }
    return nil
  }

  private func shifted() -> Cause? {
    for axis in exact.extents.indices {
      for shift in [1, -1, 2, -2, 3, -3] where abs(shift) < exact.extents[axis] {
        let isShift = matches { entry in
          var from = entry
          from[axis] -= shift
          return from
        }
        if isShift {
          return isStrided(axis)
            ? Cause(
              .outputPadding,
              "what the stride leaves over along axis \(axis) is added at the wrong end")
            : Cause(.edge, "everything is shifted by \(shift) along axis \(axis)")
        }
      }
    }
    return nil
  }

  /// Entries that are the true ones over small whole numbers which differ: a mean over groups of different size.
  func counted() -> Cause? {
    var counts: Set<Int> = []
    for (a, b) in zip(exact.elements, claimed.elements) where a != 0 || b != 0 {
      guard let count = ratio(a, b)?.asInt, (1...4096).contains(count) else { return nil }
      counts.insert(count)
    }
    guard counts.count > 1 else { return nil }
    return Cause(
      .meanForSum, "entries are divided by how many terms they have: means stand for sums")
  }
}
