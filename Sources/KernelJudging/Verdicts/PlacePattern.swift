import Evaluation

/// Where the entries beyond a bound lie, in words.
struct PlacePattern {
  private let extents: [Int]
  private let places: [Int]
  private let areZero: Bool

  init(_ compared: ComparedTensor) {
    let places = compared.beyond
    self.init(
      extents: compared.exact.extents, places: places,
      areZero: places.allSatisfy { compared.computed[$0] == 0 })
  }

  init(extents: [Int], places: [Int], areZero: Bool) {
    self.extents = extents
    self.places = places
    self.areZero = areZero
  }

  private var total: Int { extents.reduce(1, *) }

  var sentence: String? {
    guard let first = places.first else { return nil }
    let end = areZero ? (places.count == 1 ? ", which is zero" : ", which are zero") : ""
    if places.count == 1 { return "entry \(entryText(first))\(end)" }
    if places.count == total { return areZero ? "all entries, which are zero" : "all entries" }
    if let words = tail ?? slab ?? border ?? multiples { return words + end }
    return "\(places.count) of \(total) entries, the first at "
      + places.prefix(3).map(entryText).joined(separator: ", ") + end
  }

  private func entryText(_ place: Int) -> String {
    "[\(TensorShape.entry(at: place, in: extents).map(String.init).joined(separator: ", "))]"
  }

  /// Everything from one place on, in the order of memory.
  private var tail: String? {
    guard let first = places.first, first > 0, places.count == total - first else { return nil }
    if extents.count > 1, first % (extents.dropFirst().reduce(1, *)) == 0 { return nil }
    let block = [1024, 512, 256, 128, 64, 32, 16, 8, 4].first {
      first % $0 == 0 && total - first < $0
    }
    let tile = block.map { ", the last partial block of \($0)" } ?? ""
    return "the last \(places.count) of \(total) entries, from \(first) on\(tile)"
  }

  /// A range of indices along each of some axes.
  private var slab: String? {
    let entries = places.map { TensorShape.entry(at: $0, in: extents) }
    var parts: [String] = []
    for axis in extents.indices where extents[axis] > 1 {
      let taken = Set(entries.map { $0[axis] }).sorted()
      guard let low = taken.first, let high = taken.last, taken.count < extents[axis] else {
        continue
      }
      if high - low + 1 == taken.count {
        parts.append(range(low, high, axis))
      } else if let step = Self.commonStep(taken) {
        parts.append("every \(step) indices from \(low) on along axis \(axis)")
      } else if taken.count <= 4 {
        parts.append(
          "indices \(taken.map(String.init).joined(separator: ", ")) along axis \(axis)")
      }
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private func range(_ low: Int, _ high: Int, _ axis: Int) -> String {
    let name = extents.count == 2 ? [" (a row)", " (a column)"][axis] : ""
    let side = high == extents[axis] - 1 ? ", the last" : low == 0 ? ", the first" : ""
    if low == high { return "index \(low) along axis \(axis)\(name)\(side)" }
    let block = [256, 128, 64, 32, 16, 8].first {
      low % $0 == 0 && high == extents[axis] - 1 && high - low + 1 < $0
    }
    let tile = block.map { " partial block of \($0)" } ?? ""
    return "indices \(low) to \(high) along axis \(axis)\(side)\(tile)"
  }

  private static func commonStep(_ taken: [Int]) -> Int? {
    guard taken.count > 2 else { return nil }
    let step = taken[1] - taken[0]
    return zip(taken, taken.dropFirst()).allSatisfy { $1 - $0 == step } ? step : nil
  }

  /// Everything close to the ends of the last axes, with entries left inside.
  private var border: String? {
    guard extents.count >= 3 else { return nil }
    let axes = Array(extents.indices.dropFirst(2))
    let reach =
      places.map { place -> Int in
        let entry = TensorShape.entry(at: place, in: extents)
        return axes.map { min(entry[$0], extents[$0] - 1 - entry[$0]) }.min() ?? 0
      }.max() ?? 0
    guard axes.allSatisfy({ extents[$0] > 2 * (reach + 1) }) else { return nil }
    let names = axes.map(String.init).joined(separator: " and ")
    return
      "\(places.count) entries, none farther than \(reach) from the border along axis \(names)"
  }

  /// Every k-th entry in the order of memory.
  private var multiples: String? {
    Self.commonStep(places).map { "every \($0) entries from \(places[0]) on" }
  }
}
