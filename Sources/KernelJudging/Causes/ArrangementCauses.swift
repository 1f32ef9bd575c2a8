import Evaluation
import Scalars

/// Causes that move entries: two indices exchanged, an axis reversed or shifted, axes exchanged.
struct ArrangementCauses {
  let compared: ComparedTensor

  private var extents: [Int] { compared.exact.extents }

  var cause: String? {
    if compared.exact.count < 2 { return nil }
    return exchangedIndices ?? reversed ?? shifted ?? exchangedAxes
  }

  /// Whether the computed numbers are the exact ones taken from other places; nil stands for a zero.
  private func fits(_ source: ([Int]) -> [Int]?) -> Bool {
    compared.exact.elements.indices.allSatisfy { place in
      let entry = TensorShape.entry(at: place, in: extents)
      let exact =
        source(entry).map { compared.exact.elements[TensorShape.offset(of: $0, in: extents)] }
        ?? RoundedNumber(exactly: 0)
      return !EntryComparison(
        exact: exact, computed: compared.computed[place], storage: compared.storage
      ).isBeyond
    }
  }

  /// Two indices of one axis exchanged: those at which entries are beyond the bound.
  private var exchangedIndices: String? {
    let entries = compared.beyond.map { TensorShape.entry(at: $0, in: extents) }
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
