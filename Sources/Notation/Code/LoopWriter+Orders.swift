import TensorExpressions

/// Entries of windows in order.
extension LoopWriter {
  /// Sorts each window, and writes its entries in order, or 1 at the places that they have.
  mutating func writeOrder(_ e: Extremum, into name: String, isSelector: Bool) {
    let (nest, outer) = nest(e.withoutRanks)
    let values = freshName(like: "values")
    let places = freshName(like: "places")
    let rank = freshName(like: "rank")
    _ = allocate(language.array(values, count: count(e.windowExtents)))
    _ = allocate(language.places(places, count: count(e.windowExtents)))
    let top = depth
    open(nest, 0..<outer)
    let inside = depth
    open(nest, outer..<nest.order.count)
    let lead = e.outputExtents.dropLast().indices
    let window = e.windowExtents.indices.map { axis -> Affine in
      e.windowExtents[axis].isOne ? .constant(.zero) : .index(lead.count + axis)
    }
    let place = LoopText.place(window, e.windowExtents, nest.names)
    add("\(values)[\(place)] = \(entry(e.withoutRanks, nest.names))\(language.end)")
    while depth > inside { close() }
    let isDescending = e.kind == .maximum
    add(language.sorting(places, of: values, isDescending: isDescending))
    open(language.loop(rank, from: "0", to: count([e.outputExtents[lead.count]]), isCut: false))
    // One row of places for each rank, or one entry.
    let axes = lead.map { e.outputExtents[$0].isOne ? Affine() : Affine.index($0) }
    let row = LoopText.place(
      axes + [.index(nest.names.count)], e.outputExtents, nest.names + [rank])
    let taken = "\(places)[\(rank)]"
    if isSelector {
      let width = LoopText.factor(.product(e.windowExtents))
      let start = row.contains(" + ") ? "(\(row))" : row
      add("\(name)[\(start) * \(width) + \(taken)] = \(language.number(1))\(language.end)")
    } else {
      add("\(name)[\(row)] = \(values)[\(taken)]\(language.end)")
    }
    while depth > top { close() }
  }
}
