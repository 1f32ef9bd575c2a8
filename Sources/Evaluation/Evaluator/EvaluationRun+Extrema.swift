import Scalars
import TensorExpressions

/// An extremum with numbers for its sizes: where each window's places lie in the operand.
///
/// Windows are numbered like the output's entries, and places like those of a tensor of the window's extents, both in
/// row-major order. The offset of a place is the window's start and the place's own offset.
struct ConcreteExtremum {
  /// A coordinate that leaves the operand somewhere.
  private struct Check {
    let extent: Int
    /// By axis of the output, and where the coordinate starts.
    let steps: [Int]
    let constant: Int
    /// By place.
    let reach: [Int]
  }

  let outputExtents: [Int]
  let windowExtents: [Int]
  /// How far each place of a window lies from its start.
  private let placeOffsets: [Int]
  /// The windows' starts: by axis of the output, and where the first one is.
  private let startSteps: [Int]
  private let firstStart: Int
  private let checks: [Check]

  var windowCount: Int { outputExtents.reduce(1, *) }
  var placeCount: Int { placeOffsets.count }

  init(_ extremum: Extremum, sizes: [String: Int]) throws(EvaluationError) {
    outputExtents = try TensorShape.extents(extremum.outputExtents, sizes)
    windowExtents = try TensorShape.extents(extremum.windowExtents, sizes)
    let operandExtents = try TensorShape.extents(extremum.operand.shape, sizes)
    let relation = Contraction(
      indices: extremum.outputExtents + extremum.windowExtents, output: [],
      operands: [Contraction.Operand(extremum.operand, extremum.access)])
    let concrete = try ConcreteContraction(relation, shape: [], sizes: sizes)
    let access = concrete.operands[0]
    let rank = outputExtents.count
    let strides = TensorShape.strides(operandExtents)
    let entries = (0..<(TensorShape.count(windowExtents) ?? 0)).map {
      [windowExtents] in TensorShape.entry(at: $0, in: windowExtents)
    }
    /// By place, what a step for each index of the window adds up to.
    func sums(_ steps: some Collection<Int>) -> [Int] {
      entries.map { zip($0, steps).reduce(0) { $0 &+ $1.0 &* $1.1 } }
    }
    let steps = concrete.extents.indices.map { index in
      zip(access, strides).reduce(0) { $0 &+ $1.0.coefficients[index] &* $1.1 }
    }
    firstStart = zip(access, strides).reduce(0) { $0 &+ $1.0.constant &* $1.1 }
    startSteps = Array(steps.prefix(rank))
    placeOffsets = sums(steps.dropFirst(rank))
    checks = access.filter { !$0.isAlwaysInside(concrete.extents) }.map { coordinate in
      Check(
        extent: coordinate.extent, steps: Array(coordinate.coefficients.prefix(rank)),
        constant: coordinate.constant, reach: sums(coordinate.coefficients.dropFirst(rank)))
    }
  }

  /// A constant and a step for each axis of the output, at the entry of a window.
  private func value(_ constant: Int, _ steps: [Int], at window: Int) -> Int {
    var value = constant
    var rest = window
    for axis in outputExtents.indices.reversed() {
      let (quotient, index) = rest.quotientAndRemainder(dividingBy: outputExtents[axis])
      value &+= index &* steps[axis]
      rest = quotient
    }
    return value
  }

  /// The offset in the operand from which the offsets of a window's places count; it need not lie inside.
  func start(of window: Int) -> Int { value(firstStart, startSteps, at: window) }

  /// The offset of a place from its window's start.
  func offset(ofPlace place: Int) -> Int { placeOffsets[place] }

  /// The places of one window that lie inside the operand, with their offsets there.
  func places(of window: Int) -> [(place: Int, offset: Int)] {
    let start = start(of: window)
    let origins = checks.map { value($0.constant, $0.steps, at: window) }
    var result: [(place: Int, offset: Int)] = []
    result.reserveCapacity(placeCount)
    for place in placeOffsets.indices {
      var isInside = true
      for (check, origin) in zip(checks, origins) {
        let coordinate = origin &+ check.reach[place]
        isInside = isInside && coordinate >= 0 && coordinate < check.extent
      }
      if isInside { result.append((place, start &+ placeOffsets[place])) }
    }
    return result
  }

  /// The rank that a window stands for, which the output's last axis counts.
  func rank(of window: Int) -> Int { window % max(1, outputExtents.last ?? 1) }

  /// The output entry of a window, for messages.
  func entry(of window: Int) -> [Int] { TensorShape.entry(at: window, in: outputExtents) }
}

extension EvaluationRun {
  /// The extreme entry of each window; the mean of a tie that is shared, so that its derivative is shared too.
  mutating func value(
    of extremum: Extremum, _ node: TensorExpression, _ operand: Tensor<A.Element>
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let extents = try allocating(node)
    let concrete = try ConcreteExtremum(extremum, sizes: point.sizes)
    if let windows = try weightedWindows(of: extremum, concrete, node, operand) {
      return Tensor(
        extents: extents,
        elements: windows.map {
          $0.reduce(arithmetic.zero) {
            arithmetic.add($0, arithmetic.multiply($1.weight, operand.elements[$1.offset]))
          }
        })
    }
    let windows = try windows(of: extremum, concrete, node, operand)
    let shares = try shares(upTo: extremum.ties == .shared ? concrete.placeCount : 1)
    var elements: [A.Element] = []
    elements.reserveCapacity(windows.count)
    for (number, taken) in windows.enumerated() {
      guard let first = taken.first else {
        throw .emptyWindow(node: node, entry: concrete.entry(of: number))
      }
      let start = concrete.start(of: number)
      var sum = operand.elements[start + concrete.offset(ofPlace: first)]
      if extremum.ties == .shared, taken.count > 1 {
        for place in taken.dropFirst() {
          sum = arithmetic.add(sum, operand.elements[start + concrete.offset(ofPlace: place)])
        }
        sum = arithmetic.multiply(sum, shares[taken.count])
      }
      elements.append(sum)
    }
    return Tensor(extents: extents, elements: elements)
  }

  /// 1 at the place that each window takes, or its share of a tie, and 0 elsewhere.
  mutating func selector(
    of extremum: Extremum, _ node: TensorExpression, _ operand: Tensor<A.Element>?
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let extents = try allocating(node)
    let concrete = try ConcreteExtremum(extremum, sizes: point.sizes)
    let placeCount = concrete.placeCount
    var result = Tensor(extents: extents, repeating: arithmetic.zero)
    if let operand, let windows = try weightedWindows(of: extremum, concrete, node, operand) {
      for (number, taken) in windows.enumerated() {
        for entry in taken { result.elements[number * placeCount + entry.place] = entry.weight }
      }
      return result
    }
    let windows = try windows(of: extremum, concrete, node, operand)
    let shares = try shares(upTo: extremum.ties == .shared ? placeCount : 1)
    for (number, taken) in windows.enumerated() {
      let places = extremum.ties == .first ? taken.prefix(1) : taken[...]
      let share = shares[places.count]
      for place in places { result.elements[number * placeCount + place] = share }
    }
    return result
  }

  /// [n]: what each of n places that share a tie counts for.
  private func shares(upTo count: Int) throws(EvaluationError) -> [A.Element] {
    var shares = [arithmetic.one, arithmetic.one]
    for places in 2..<max(2, count + 1) {
      shares.append(try arithmetic.number(Rational(1, places)))
    }
    return shares
  }

  /// A window's places with the weights that stand for its mask.
  private typealias WeightedWindow = [(place: Int, offset: Int, weight: A.Element)]

  /// The windows with weights for what they take; nil where what they take is decided or on record.
  private func weightedWindows(
    of extremum: Extremum, _ concrete: ConcreteExtremum, _ node: TensorExpression,
    _ operand: Tensor<A.Element>
  ) throws(EvaluationError) -> [WeightedWindow]? {
    if masks.windows[extremum] != nil { return nil }
    if let maskModel {
      return try modelledWindows(of: extremum, concrete, node, operand, maskModel)
    }
    if let formalMasks {
      return try formalWindows(of: extremum, concrete, node, operand, formalMasks)
    }
    return nil
  }

  private func modelledWindows(
    of extremum: Extremum, _ concrete: ConcreteExtremum, _ node: TensorExpression,
    _ operand: Tensor<A.Element>, _ model: MaskModel<A.Element>
  ) throws(EvaluationError) -> [WeightedWindow] {
    var windows: [WeightedWindow] = []
    windows.reserveCapacity(concrete.windowCount)
    for number in 0..<concrete.windowCount {
      let places = concrete.places(of: number)
      if places.isEmpty { throw .emptyWindow(node: node, entry: concrete.entry(of: number)) }
      let weights = try model.weights(
        node, extremum, extremum.isRanked ? concrete.rank(of: number) : number,
        places.map { operand.elements[$0.offset] })
      windows.append(zip(places, weights).map { ($0.place, $0.offset, $1) })
    }
    return windows
  }

  private func formalWindows(
    of extremum: Extremum, _ concrete: ConcreteExtremum, _ node: TensorExpression,
    _ operand: Tensor<A.Element>, _ masks: FormalMasks<A.Element>
  ) throws(EvaluationError) -> [WeightedWindow] {
    var windows: [WeightedWindow] = []
    let keys = keys(of: operand, masks)
    let isPlain = masks.isPlain(node)
    windows.reserveCapacity(concrete.windowCount)
    for number in 0..<concrete.windowCount {
      let places = concrete.places(of: number)
      if places.isEmpty { throw .emptyWindow(node: node, entry: concrete.entry(of: number)) }
      // min(u) = −max(−u).
      let values = places.map { place in
        let key = keys[place.offset]
        return extremum.kind == .maximum ? key : masks.negated(key)
      }
      let found =
        extremum.isRanked
        ? masks.rankedWeights(values, concrete.rank(of: number)) : masks.weights(values, isPlain)
      guard let weights = found else {
        throw .scalar(.unordered, node: node, entry: concrete.entry(of: number))
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
    windows.reserveCapacity(concrete.windowCount)
    var ordered: [[Int]] = []
    for number in 0..<concrete.windowCount {
      let places = concrete.places(of: number)
      guard let first = places.first,
        !extremum.isRanked || concrete.rank(of: number) < places.count
      else {
        throw .emptyWindow(node: node, entry: concrete.entry(of: number))
      }
      do {
        if extremum.isRanked, concrete.rank(of: number) == 0 {
          ordered = try inOrder(places, extremum, operand)
        }
        windows.append(
          try extremum.isRanked
            ? ordered[concrete.rank(of: number)] : taken(places, first, extremum, operand))
      } catch {
        throw .scalar(error, node: node, entry: concrete.entry(of: number))
      }
    }
    masks.record(extremum: extremum, windows: windows, extents: concrete.outputExtents)
    return windows
  }

  /// The places with the extreme value, by the signs of differences.
  private func taken(
    _ places: [(place: Int, offset: Int)], _ first: (place: Int, offset: Int),
    _ extremum: Extremum, _ operand: Tensor<A.Element>
  ) throws(ScalarError) -> [Int] {
    var best = first.offset
    var taken = [first.place]
    var residues: [UInt64]?
    for (place, offset) in places.dropFirst() {
      let difference = arithmetic.subtract(operand.elements[offset], operand.elements[best])
      var sign = 0
      do throws(ScalarError) {
        sign = try arithmetic.sign(difference)
      } catch {
        if error == .undecided {
          residues = residues ?? zeroTest?.residues(of: extremum.operand, masks: masks)
        }
        guard error == .undecided, let residues, residues[offset] == residues[best] else {
          throw error
        }
      }
      if sign == 0 {
        taken.append(place)
      } else if (sign > 0) == (extremum.kind == .maximum) {
        best = offset
        taken = [place]
      }
    }
    return taken
  }
}
