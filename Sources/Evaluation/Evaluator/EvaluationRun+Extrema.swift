import Scalars
import TensorExpressions

/// An extremum with numbers for its sizes: where each window's places lie in the operand.
struct ConcreteExtremum {
  let outputExtents: [Int]
  let windowExtents: [Int]
  let operandExtents: [Int]
  private let access: [ConcreteContraction.Coordinate]

  init(_ extremum: Extremum, sizes: [String: Int]) throws(EvaluationError) {
    outputExtents = try TensorShape.extents(extremum.outputExtents, sizes)
    windowExtents = try TensorShape.extents(extremum.windowExtents, sizes)
    operandExtents = try TensorShape.extents(extremum.operand.shape, sizes)
    let relation = Contraction(
      indices: extremum.outputExtents + extremum.windowExtents, output: [],
      operands: [Contraction.Operand(extremum.operand, extremum.access)])
    access = try ConcreteContraction(relation, shape: [], sizes: sizes).operands[0]
  }

  /// The places of one output entry's window that lie inside the operand, with their offsets there.
  func places(of entry: [Int]) -> [(place: Int, offset: Int)] {
    var result: [(Int, Int)] = []
    for place in 0..<(TensorShape.count(windowExtents) ?? 0) {
      let indices = entry + TensorShape.entry(at: place, in: windowExtents)
      var offset = 0
      var isInside = true
      for coordinate in access {
        var value = coordinate.constant
        for (coefficient, index) in zip(coordinate.coefficients, indices) {
          value += coefficient * index
        }
        isInside = isInside && value >= 0 && value < coordinate.extent
        offset = offset &* coordinate.extent &+ value
      }
      if isInside { result.append((place, offset)) }
    }
    return result
  }
}

extension EvaluationRun {
  /// The extreme entry of each window; the mean of a tie that is shared, so that its derivative is shared too.
  mutating func value(
    of extremum: Extremum, _ node: TensorExpression, _ operand: Tensor<A.Element>
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let extents = try allocating(node)
    let concrete = try ConcreteExtremum(extremum, sizes: point.sizes)
    if let formalMasks, masks.windows[extremum] == nil {
      return Tensor(
        extents: extents,
        elements: try formalWindows(of: extremum, concrete, node, operand, formalMasks).map {
          $0.reduce(arithmetic.zero) {
            arithmetic.add($0, arithmetic.multiply($1.weight, operand.elements[$1.offset]))
          }
        })
    }
    let windows = try windows(of: extremum, concrete, node, operand)
    var elements: [A.Element] = []
    elements.reserveCapacity(windows.count)
    for (number, taken) in windows.enumerated() {
      let entry = TensorShape.entry(at: number, in: extents)
      let offsets = concrete.places(of: entry).filter { taken.contains($0.place) }.map(\.offset)
      guard let first = offsets.first else { throw .emptyWindow(node: node, entry: entry) }
      guard extremum.ties == .shared, offsets.count > 1 else {
        elements.append(operand.elements[first])
        continue
      }
      let sum = offsets.dropFirst().reduce(operand.elements[first]) {
        arithmetic.add($0, operand.elements[$1])
      }
      elements.append(arithmetic.multiply(sum, try share(of: offsets.count)))
    }
    return Tensor(extents: extents, elements: elements)
  }

  /// 1 at the place that each window takes, or its share of a tie, and 0 elsewhere.
  mutating func selector(
    of extremum: Extremum, _ node: TensorExpression, _ operand: Tensor<A.Element>?
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let extents = try allocating(node)
    let concrete = try ConcreteExtremum(extremum, sizes: point.sizes)
    let placeCount = TensorShape.count(concrete.windowExtents) ?? 0
    var result = Tensor(extents: extents, repeating: arithmetic.zero)
    if let formalMasks, let operand, masks.windows[extremum] == nil {
      let windows = try formalWindows(of: extremum, concrete, node, operand, formalMasks)
      for (number, taken) in windows.enumerated() {
        for entry in taken { result.elements[number * placeCount + entry.place] = entry.weight }
      }
      return result
    }
    let windows = try windows(of: extremum, concrete, node, operand)
    for (number, taken) in windows.enumerated() {
      let places = extremum.ties == .first ? Array(taken.prefix(1)) : taken
      let share = try share(of: places.count)
      for place in places { result.elements[number * placeCount + place] = share }
    }
    return result
  }

  private func share(of count: Int) throws(EvaluationError) -> A.Element {
    count <= 1 ? arithmetic.one : try arithmetic.number(Rational(1, count))
  }

  /// The places of each window with the weights that stand for its mask.
  private func formalWindows(
    of extremum: Extremum, _ concrete: ConcreteExtremum, _ node: TensorExpression,
    _ operand: Tensor<A.Element>, _ masks: FormalMasks<A.Element>
  ) throws(EvaluationError) -> [[(place: Int, offset: Int, weight: A.Element)]] {
    var windows: [[(place: Int, offset: Int, weight: A.Element)]] = []
    let keys = keys(of: operand, masks)
    for number in 0..<(TensorShape.count(concrete.outputExtents) ?? 0) {
      let entry = TensorShape.entry(at: number, in: concrete.outputExtents)
      let places = concrete.places(of: entry)
      if places.isEmpty { throw .emptyWindow(node: node, entry: entry) }
      // min(u) = −max(−u).
      let values = places.map { place in
        let key = keys[place.offset]
        return extremum.kind == .maximum ? key : masks.negated(key)
      }
      guard let weights = masks.weights(values) else {
        throw .scalar(.unordered, node: node, entry: entry)
      }
      windows.append(zip(places, weights).map { ($0.place, $0.offset, $1) })
    }
    return windows
  }

  /// The places that the windows take: as recorded, or decided and recorded now.
  private mutating func windows(
    of extremum: Extremum, _ concrete: ConcreteExtremum, _ node: TensorExpression,
    _ operand: Tensor<A.Element>?
  ) throws(EvaluationError) -> [[Int]] {
    if let known = masks.windows[extremum] { return known }
    guard let operand else { return [] }
    var windows: [[Int]] = []
    for number in 0..<(TensorShape.count(concrete.outputExtents) ?? 0) {
      let entry = TensorShape.entry(at: number, in: concrete.outputExtents)
      let places = concrete.places(of: entry)
      guard let first = places.first else { throw .emptyWindow(node: node, entry: entry) }
      do {
        windows.append(try taken(places, first, extremum.kind, operand))
      } catch {
        throw .scalar(error, node: node, entry: entry)
      }
    }
    masks.record(extremum: extremum, windows: windows, extents: concrete.outputExtents)
    return windows
  }

  /// The places with the extreme value, by the signs of differences.
  private func taken(
    _ places: [(place: Int, offset: Int)], _ first: (place: Int, offset: Int),
    _ kind: Extremum.Kind, _ operand: Tensor<A.Element>
  ) throws(ScalarError) -> [Int] {
    var best = operand.elements[first.offset]
    var taken = [first.place]
    for (place, offset) in places.dropFirst() {
      let element = operand.elements[offset]
      let sign = try arithmetic.sign(arithmetic.subtract(element, best))
      if sign == 0 {
        taken.append(place)
      } else if (sign > 0) == (kind == .maximum) {
        best = element
        taken = [place]
      }
    }
    return taken
  }
}
