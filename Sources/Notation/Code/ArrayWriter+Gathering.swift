import Scalars
import TensorExpressions

/// A factor of an index statement as an array with an axis for each of some indices.
struct GatheredFactor {
  /// The index of each axis; one may stand at two axes, which then is a diagonal.
  var indices: [Int]
  var text: String
  /// Whether a subscript or a method can follow the text.
  var isAtom = true

  var factorText: String { isAtom ? text : "(\(text))" }
}

/// Entries of tensors at affine places, gathered into arrays.
extension ArrayWriter {
  /// The context of one statement.
  struct IndexBox {
    let extents: [Size]
    let names: [String]
    let facts: ExtentFacts
    /// The indices that are entries of index tensors, with the indices that say which entry.
    let places: [Int: [Int]]
    /// The names of index tensors that are read whole, by index.
    let wholePlaces: [Int: String]

    init(_ statement: IndexStatement, facts: ExtentFacts, usedNames: Set<String>) {
      extents = statement.extents
      names = IndexNames(statement, usedNames: usedNames).names
      self.facts = facts
      places = Dictionary(
        statement.places.map { ($0.index, $0.access.flatMap { $0.terms.map(\.index) }) }
      ) { first, _ in first }
      let whole = statement.places.filter { place in
        Set(place.access).count == place.access.count
          && zip(place.access, place.shape).allSatisfy { coordinate, extent in
            coordinate.asIndex.map { statement.extents[$0] == extent } ?? false
          }
      }
      wholePlaces = Dictionary(whole.map { ($0.index, $0.name) }) { first, _ in first }
    }

    /// The indices that run over an axis of their own, each once, for those that some coordinates mention.
    func free(_ coordinates: [Affine]) -> [Int] {
      var seen: Set<Int> = []
      return coordinates.flatMap { $0.terms.flatMap { places[$0.index] ?? [$0.index] } }
        .filter { seen.insert($0).inserted }
    }

    func lookUp(_ coordinates: [Affine]) -> Bool {
      coordinates.contains { $0.terms.contains { places[$0.index] != nil } }
    }

    /// The smallest and the largest value of a coordinate.
    func range(_ coordinate: Affine) -> (low: Size, high: Size) { coordinate.range(over: extents) }

    func staysInside(_ coordinate: Affine, _ extent: Size) -> Bool {
      coordinate.staysInside(extent, extents: extents, facts)
    }
  }

  /// A factor as an array; the lines are what it needs before it.
  mutating func gathered(
    _ factor: IndexFormula, _ box: IndexBox, fill: String? = nil
  ) -> (lines: [String], factor: GatheredFactor) {
    if case .entry(let name, let access, let shape) = factor {
      if let sliced = sliced(name, access, shape, box) { return ([], sliced) }
    }
    if case .entry(let name, let access, let shape) = factor, !box.lookUp(access) {
      if fill == nil, let windows = windows(name, access, shape, box) { return windows }
      if let sliced = slicedPadding(name, access, shape, box, fill: fill) { return ([], sliced) }
    }
    let indices = box.free(factor.coordinates.map(\.coordinate)).sorted()
    var lines = grid(indices, box)
    let text: String
    if case .entry(let name, let access, let shape) = factor {
      text = padded(name, access, shape, box, fill: fill)
    } else {
      text = masked(factor, box)
    }
    let name = freshName()
    lines.append("\(name) = \(text)")
    return (lines, GatheredFactor(indices: indices, text: name))
  }

  /// Names for the values of indices, shaped to be combined by broadcasting.
  func grid(_ indices: [Int], _ box: IndexBox) -> [String] {
    let names = indices.map { box.names[$0] }
    let extents = indices.map { box.extents[$0].description }
    if indices.count > 1, dialect != .torch {
      let ranges = extents.map { ":\($0)" }.joined(separator: ", ")
      return ["\(names.joined(separator: ", ")) = \(dialect.module)ogrid[\(ranges)]"]
    }
    return indices.indices.map { place in
      let range = printer.call("\(dialect.module)arange", [extents[place]])
      let behind = Array(repeating: "1", count: indices.count - 1 - place)
      if behind.isEmpty { return "\(names[place]) = \(range)" }
      return "\(names[place]) = \(range).reshape(\((["-1"] + behind).joined(separator: ", ")))"
    }
  }

  /// The entries as a slice of the tensor, where each axis is read by one index in even steps, or at one place.
  private func sliced(
    _ name: String, _ access: [Affine], _ shape: [Size], _ box: IndexBox
  ) -> GatheredFactor? {
    var indices: [Int] = []
    var places: [String] = []
    for (coordinate, extent) in zip(access, shape) {
      if let index = coordinate.asIndex, let name = box.wholePlaces[index],
        !access.contains(where: { $0 != coordinate && box.lookUp([$0]) || $0.isConstant })
      {
        indices += box.places[index] ?? []
        places.append(name)
        continue
      }
      if box.lookUp([coordinate]) { return nil }
      guard box.staysInside(coordinate, extent) else { return nil }
      if coordinate.isConstant {
        places.append(coordinate.constant.description)
        continue
      }
      guard coordinate.terms.count == 1, let step = coordinate.terms[0].coefficient.asInt, step > 0
      else { return nil }
      let index = coordinate.terms[0].index
      indices.append(index)
      if coordinate.asIndex != nil, box.extents[index] == extent {
        places.append(":")
        continue
      }
      let (low, high) = box.range(coordinate)
      let start = low.isZero ? "" : low.description
      places.append("\(start):\(high + 1)" + (step == 1 ? "" : ":\(step)"))
    }
    while places.last == ":" { places.removeLast() }
    let text = places.isEmpty ? name : "\(name)[\(places.joined(separator: ", "))]"
    return GatheredFactor(indices: indices, text: text)
  }

  /// The same of the tensor with room for every place that is read, where it is known how much that is.
  private func slicedPadding(
    _ name: String, _ access: [Affine], _ shape: [Size], _ box: IndexBox, fill: String?
  ) -> GatheredFactor? {
    var roomy: [Size] = []
    var moved: [Affine] = []
    for (coordinate, extent) in zip(access, shape) {
      let (low, high) = box.range(coordinate)
      let ends = [excess(-low, box.facts), excess(high - extent + 1, box.facts)]
      guard ends.allSatisfy({ $0 == nil || $0?.size != nil }) else { return nil }
      let sizes = ends.map { $0?.size ?? .zero }
      roomy.append(sizes[0] + extent + sizes[1])
      moved.append(coordinate + sizes[0])
    }
    return sliced(paddedTensor(name, access, shape, box, fill: fill).text, moved, roomy, box)
  }

  /// Windows that slide along axes, as a view without a copy.
  private mutating func windows(
    _ name: String, _ access: [Affine], _ shape: [Size], _ box: IndexBox
  ) -> (lines: [String], factor: GatheredFactor)? {
    guard dialect == .numpy else { return nil }
    var indices: [Int] = []
    var behind: [(index: Int, axis: Int, span: Size, step: Int)] = []
    var steps: [String] = []
    for (axis, coordinate) in access.enumerated() {
      guard !coordinate.isConstant, coordinate.terms.count <= 2,
        let first = coordinate.terms[0].coefficient.asInt, first > 0
      else { return nil }
      if coordinate.terms.count == 1 {
        guard coordinate.asIndex != nil, box.extents[coordinate.terms[0].index] == shape[axis]
        else { return nil }
        indices.append(coordinate.terms[0].index)
        steps.append(":")
        continue
      }
      guard let second = coordinate.terms[1].coefficient.asInt, second > 0 else { return nil }
      let (window, tap) = (coordinate.terms[0], coordinate.terms[1])
      indices.append(window.index)
      let constant = coordinate.constant
      guard box.facts.isNonnegative(constant) || box.facts.isNonnegative(-constant) else {
        return nil
      }
      let start = box.facts.isNonnegative(constant) ? constant : .zero
      let end = start + Size(first) * (box.extents[window.index] - 1) + 1
      let span = Size(second) * (box.extents[tap.index] - 1) + 1
      let step = first == 1 ? "" : ":\(first)"
      // The last window ends where the padded axis does, or at the axis's own end.
      let isWhole = start.isZero && box.facts.isAtMost(shape[axis], box.range(coordinate).high + 1)
      steps.append(
        isWhole ? ":\(step)" : "\(start.isZero ? "" : start.description):\(end)\(step)")
      behind.append((tap.index, axis, span, second))
    }
    guard !behind.isEmpty, Set(indices + behind.map(\.index)).count == indices.count + behind.count
    else { return nil }
    for window in behind { steps.append(window.step == 1 ? ":" : "::\(window.step)") }
    while steps.last == ":" { steps.removeLast() }
    var source = paddedTensor(name, access, shape, box, fill: nil).text
    var lines: [String] = []
    if source != name {
      let whole = freshName()
      lines.append("\(whole) = \(source)")
      source = whole
    }
    var text = printer.call(
      "sliding_window_view",
      [
        source, printer.tuple(behind.map(\.span.description)),
        "axis=\(printer.tuple(behind.map { "\($0.axis)" }))",
      ])
    if !steps.isEmpty { text += "[\(steps.joined(separator: ", "))]" }
    let view = freshName()
    let factor = GatheredFactor(indices: indices + behind.map(\.index), text: view)
    return (lines + ["\(view) = \(text)"], factor)
  }

  /// The entries at the places that the grid of indices gives; those outside of the tensor are the fill, or 0.
  private func padded(
    _ name: String, _ access: [Affine], _ shape: [Size], _ box: IndexBox, fill: String?
  ) -> String {
    let (text, shifts) = paddedTensor(name, access, shape, box, fill: fill)
    let places = zip(access, shifts).map { coordinate, shift -> String in
      let place = IndexStatement.text(coordinate, box.names)
      guard let shift else { return place }
      if let number = shift.size {
        return IndexStatement.text(coordinate + number, box.names)
      }
      return "\(place)+\(shift.text)"
    }
    return "\(text)[\(places.joined(separator: ", "))]"
  }

  /// By how much an axis is padded before its first entry.
  private struct Shift {
    let text: String
    /// Nil where it is not known whether there is any.
    let size: Size?
  }

  /// The tensor with room for every place that is read, and how far its entries move.
  private func paddedTensor(
    _ name: String, _ access: [Affine], _ shape: [Size], _ box: IndexBox, fill: String?
  ) -> (text: String, shifts: [Shift?]) {
    var pairs: [(String, String)] = []
    var shifts: [Shift?] = []
    for (coordinate, extent) in zip(access, shape) {
      let (low, high) = box.range(coordinate)
      let before = excess(-low, box.facts)
      let after = excess(high - extent + 1, box.facts)
      shifts.append(before)
      pairs.append((before?.text ?? "0", after?.text ?? "0"))
    }
    if pairs.allSatisfy({ $0.0 == "0" && $0.1 == "0" }) { return (name, shifts) }
    return (pad(name, pairs, fill: fill), shifts)
  }

  /// What is above 0 of a size; nil where nothing is.
  private func excess(_ size: Size, _ facts: ExtentFacts) -> Shift? {
    if facts.isNonnegative(-size) { return nil }
    if facts.isNonnegative(size) { return Shift(text: size.factorText, size: size) }
    return Shift(text: "max(0, \(size))", size: nil)
  }

  /// A tensor with entries added before and after each axis.
  func pad(_ name: String, _ pairs: [(String, String)], fill: String? = nil) -> String {
    if dialect == .torch {
      var flat = Array(pairs.reversed())
      while flat.last?.0 == "0", flat.last?.1 == "0" { flat.removeLast() }
      let widths = printer.tuple(flat.flatMap { [$0.0, $0.1] })
      return printer.call("F.pad", [name, widths] + (fill.map { ["value=\($0)"] } ?? []))
    }
    let widths = printer.tuple(pairs.map { "(\($0.0), \($0.1))" })
    return printer.call(
      "\(dialect.module)pad", [name, widths] + (fill.map { ["constant_values=\($0)"] } ?? []))
  }

  /// A function of entries over the grid of indices, 0 where a place lies outside of its tensor.
  private func masked(_ factor: IndexFormula, _ box: IndexBox) -> String {
    let text = gridText(factor, box)
    var tests: [String] = []
    for (coordinate, extent) in factor.coordinates where !box.staysInside(coordinate, extent) {
      let place = comparable(coordinate, box)
      let test = "(0 <= \(place)) & (\(place) < \(extent))"
      if !tests.contains(test) { tests.append(test) }
    }
    if tests.isEmpty { return text }
    return printer.call(
      "\(dialect.module)where", [tests.joined(separator: " & "), text, "0.0"])
  }

  /// A place that is compared and clipped; PyTorch does either to tensors only.
  private func comparable(_ coordinate: Affine, _ box: IndexBox) -> String {
    let place = IndexStatement.text(coordinate, box.names)
    return dialect == .torch && coordinate.isConstant ? "torch.tensor(\(place))" : place
  }

  private func gridText(_ formula: IndexFormula, _ box: IndexBox) -> String {
    switch formula {
    case .entry(let name, let access, let shape):
      if access.isEmpty { return name }
      let places = zip(access, shape).map { coordinate, extent -> String in
        if box.staysInside(coordinate, extent) {
          return IndexStatement.text(coordinate, box.names)
        }
        let place = comparable(coordinate, box)
        return dialect == .torch
          ? "(\(place)).clamp(0, \(extent) - 1)"
          : printer.call("\(dialect.module)clip", [place, "0", "\(extent) - 1"])
      }
      return "\(name)[\(places.joined(separator: ", "))]"
    case .number(let value): return printer.string(.number(value), .atom)
    case .call("pi", _): return dialect.pi
    case .call(let name, let arguments):
      return printer.call(dialect.function(name), arguments.map { gridText($0, box) })
    case .sum(let terms):
      return "(\(terms.map { gridText($0, box) }.joined(separator: " + ")))"
    case .product(let coefficient, let factors, let divisors):
      return "("
        + product(
          coefficient, factors.map { gridText($0, box) }, divisors.map { gridText($0, box) }) + ")"
    case .power(let base, let exponent):
      return "(\(gridText(base, box)))**(\(gridText(exponent, box)))"
    }
  }

  /// A product of texts that bind more strongly than one.
  func product(_ coefficient: Coefficient, _ factors: [String], _ divisors: [String]) -> String {
    let scale = CoefficientText(coefficient)
    let above = (scale.numerator.map { [$0] } ?? []) + factors
    let below = scale.denominators + divisors
    var text =
      (scale.isNegative ? "-" : "") + (above.isEmpty ? "1" : above.joined(separator: " * "))
    if below.count == 1 {
      text += " / \(below[0])"
    } else if below.count > 1 {
      text += " / (\(below.joined(separator: " * ")))"
    }
    return text
  }
}

extension Affine {
  /// The smallest and the largest value over indices below some extents.
  func range(over extents: [Size]) -> (low: Size, high: Size) {
    var (low, high) = (constant, constant)
    for term in terms {
      let reach = term.coefficient * (extents[term.index] - 1)
      if term.coefficient.isNegativeText { low += reach } else { high += reach }
    }
    return (low, high)
  }

  /// Whether the coordinate is proved to stay inside of an axis.
  func staysInside(_ extent: Size, extents: [Size], _ facts: ExtentFacts) -> Bool {
    let (low, high) = range(over: extents)
    return facts.isNonnegative(low) && facts.isAtMost(high, extent - 1)
  }
}
