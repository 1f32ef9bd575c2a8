import Evaluation
import Scalars

/// Causes that move entries: two indices exchanged, an axis reversed or shifted, axes exchanged.
struct ArrangementCauses {
  private let extents: [Int]
  /// The places of the entries that are wrong.
  private let places: [Int]
  /// Whether the number computed at a place is the exact one of another place, or zero for nil.
  private let isSame: (_ computed: Int, _ exact: Int?) -> Bool

  init(extents: [Int], places: [Int], isSame: @escaping (Int, Int?) -> Bool) {
    self.extents = extents
    self.places = places
    self.isSame = isSame
  }

  init(compared: ComparedTensor) {
    self.init(extents: compared.exact.extents, places: compared.beyond) { computed, exact in
      !EntryComparison(
        exact: exact.map { compared.exact.elements[$0] } ?? RoundedNumber(exactly: 0),
        computed: compared.computed[computed], storage: compared.storage
      ).isBeyond
    }
  }

  private var count: Int { extents.reduce(1, *) }

  var cause: String? {
    if count < 2 { return nil }
    return exchangedIndices ?? reversed ?? shifted ?? exchangedAxes
  }

  /// Whether the computed numbers are the exact ones taken from other places; nil stands for a zero.
  private func fits(_ source: ([Int]) -> [Int]?) -> Bool {
    (0..<count).allSatisfy { place in
      let entry = TensorShape.entry(at: place, in: extents)
      return isSame(place, source(entry).map { TensorShape.offset(of: $0, in: extents) })
    }
  }

  /// Two indices of one axis exchanged: those at which entries are beyond the bound.
  private var exchangedIndices: String? {
    let entries = places.map { TensorShape.entry(at: $0, in: extents) }
    for axis in extents.indices where extents[axis] > 2 {
      let taken = Set(entries.map { $0[axis] }).sorted()
      guard taken.count == 2 else { continue }
      if fits({ entry in
        var entry = entry
        if let place = taken.firstIndex(of: entry[axis]) { entry[axis] = taken[1 - place] }
        return entry
      }) {
        return "channel: indices \(taken[0]) and \(taken[1]) along axis \(axis) are exchanged"
      }
    }
    return nil
  }

  private var reversed: String? {
    let axes = extents.indices.filter { extents[$0] > 1 }
    // Every set of axes, for the few that a tensor has.
    guard axes.count <= 5 else { return nil }
    for subset in 1..<(1 << axes.count) {
      let chosen = axes.indices.filter { subset >> $0 & 1 == 1 }.map { axes[$0] }
      if fits({ entry in
        var entry = entry
        for axis in chosen { entry[axis] = extents[axis] - 1 - entry[axis] }
        return entry
      }) {
        let words = chosen.map(String.init).joined(separator: " and ")
        return "flip: the entries are reversed along axis \(words)"
      }
    }
    return nil
  }

  private var shifted: String? {
    for axis in extents.indices where extents[axis] > 2 {
      for shift in [1, -1, 2, -2] where extents[axis] > shift.magnitude {
        for wraps in [false, true] {
          if fits({ entry in
            var entry = entry
            entry[axis] -= shift
            if wraps { entry[axis] = (entry[axis] + extents[axis]) % extents[axis] }
            return extents[axis] > entry[axis] && entry[axis] >= 0 ? entry : nil
          }) {
            return "edge: the entries are shifted by \(shift) along axis \(axis)"
          }
        }
      }
    }
    return nil
  }

  private var exchangedAxes: String? {
    for first in extents.indices {
      for second in extents.indices.dropFirst(first + 1)
      where extents[first] == extents[second] && extents[first] > 1 {
        if fits({ entry in
          var entry = entry
          entry.swapAt(first, second)
          return entry
        }) {
          return "transpose: axes \(first) and \(second) are exchanged"
        }
      }
    }
    return nil
  }
}
