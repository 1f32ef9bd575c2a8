import Diagnostics
import Layers
import TensorExpressions

/// An entry that an index statement reads.
struct EntryAccess {
  let value: TensorExpression
  let coordinates: [IndexCoordinate]
  let range: SourceRange
}

/// The accesses of an index statement's right side, and how they are read while a part of it that is no product is
/// evaluated as an ordinary expression.
struct AccessReading {
  /// By the range of the access.
  var accesses: [SourceRange: EntryAccess] = [:]
  /// In order of appearance.
  var order: [SourceRange] = []
  var mode = Mode.products

  enum Mode {
    /// Accesses are factors of products and never evaluated.
    case products
    /// All accesses are the same entry of the same tensor, and the whole tensor stands for it.
    case wholeTensor
    /// Every access is gathered over the box.
    case gathered(IndexBox)
  }

  /// What every access needs to stay inside its tensor, in order of appearance.
  var bounds: [IndexRangeInference.Bound] {
    order.compactMap { accesses[$0] }.flatMap { access in
      zip(access.coordinates, access.value.shape).map {
        IndexRangeInference.Bound(coordinate: $0, extent: $1)
      }
    }
  }

  func accesses(in expression: SyntaxExpression) -> [EntryAccess] {
    order.compactMap { range in
      range.start >= expression.range.start && range.end <= expression.range.end
        ? accesses[range] : nil
    }
  }
}

extension Elaboration {
  /// The value of an access in the mode that is set; nil when the expression is no access.
  func entry(at expression: SyntaxExpression) -> Value? {
    guard let reading = accessReading, callRange == nil,
      let access = reading.accesses[expression.range]
    else { return nil }
    switch reading.mode {
    case .products: return nil
    case .wholeTensor: return .tensor(access.value)
    case .gathered(let box):
      return .tensor(
        access.value.reindexed(
          access.coordinates.map { $0.affine(in: box) }, to: box.extents))
    }
  }

  /// Collects the accesses of an index statement's right side.
  ///
  /// - Returns: nil where one of them fails.
  mutating func collectAccesses(_ expression: SyntaxExpression) -> AccessReading? {
    var reading = AccessReading()
    var isWhole = true
    collect(expression, into: &reading, &isWhole)
    return isWhole ? reading : nil
  }

  private mutating func collect(
    _ expression: SyntaxExpression, into reading: inout AccessReading, _ isWhole: inout Bool
  ) {
    var expression = expression
    if let change = substitution, change.range == expression.range {
      expression = change.expression.with(range: change.range)
    }
    switch expression.kind {
    case .subscripted(let receiver, let items):
      let places = items.compactMap { item -> SyntaxExpression? in
        if case .index(let place) = item { place } else { nil }
      }
      guard places.count == items.count, places.contains(where: hasIndex) || mentionsStep(items)
      else { break }
      guard let access = access(receiver, places, expression.range) else {
        isWhole = false
        return
      }
      reading.accesses[expression.range] = access
      reading.order.append(expression.range)
      return
    case .name(let name) where isIndexName(name):
      fail(.index(.outsideAccess(name)), expression.range)
      isWhole = false
      return
    case .name(let name):
      // The entry of a scalar, which needs no brackets.
      guard case .tensor(let value)? = scope.entry(name)?.meaning, value.rank == 0 else { break }
      return
    default: break
    }
    for child in expression.kind.children { collect(child, into: &reading, &isWhole) }
  }

  /// Whether the name of an index stands in a coordinate.
  private func hasIndex(_ expression: SyntaxExpression) -> Bool {
    switch expression.kind {
    case .name(let name): isIndexName(name)
    default: expression.kind.children.contains(where: hasIndex)
    }
  }

  /// Whether a name stands for an index here: one that is free, or that of a tensor, which the index hides.
  func isIndexName(_ name: String) -> Bool {
    if let step = stepContext, name == step.index.name { return step.readsCoordinate }
    return statedIndices.contains(name) && mayBeIndex(name)
  }

  /// Whether a coordinate may be called so: a tensor is no coordinate, and so a bias `b` may stand beside an index `b`.
  func mayBeIndex(_ name: String) -> Bool {
    guard scope.parameters[name] == nil else { return false }
    switch scope.entries[name]?.meaning {
    // A number that names a place is one.
    case .tensor(let value) where value.rank == 0:
      return IndexForm(value, facts: assumptions.facts)?.places.isEmpty ?? true
    case nil, .tensor, .open: return true
    case .size, .number, .failed: return false
    }
  }

  private mutating func access(
    _ receiver: SyntaxExpression, _ places: [SyntaxExpression], _ range: SourceRange
  ) -> EntryAccess? {
    if let part = places.firstIndex(where: mentionsStep) {
      return stepAccess(receiver, places, part, range)
    }
    let value = evaluateTensor(receiver)
    let coordinates = places.map { coordinate($0) }
    guard let value else { return nil }
    guard value.rank == coordinates.count else {
      fail(
        .index(
          .rank(access: text(range), expected: value.rank, found: coordinates.count)), range,
        labels: [Diagnostic.Label(receiver.range, shapeText(value.shape))])
      return nil
    }
    let known = coordinates.compactMap { $0 }
    guard known.count == coordinates.count else { return nil }
    let settled = zip(known, zip(places, value.shape)).map { coordinate, place in
      self.settled(coordinate, below: place.1, place.0.range)
    }
    guard settled.allSatisfy({ $0 != nil }) else { return nil }
    return EntryAccess(value: value, coordinates: settled.compactMap { $0 }, range: range)
  }
}

extension Elaboration {
  /// An access in a block with the step in a coordinate: one of what the step reads.
  private mutating func stepAccess(
    _ receiver: SyntaxExpression, _ places: [SyntaxExpression], _ part: Int, _ range: SourceRange
  ) -> EntryAccess? {
    var items = places.map { _ in SubscriptItem.slice(start: nil, stop: nil, step: nil) }
    items[part] = .index(places[part])
    let saved = accessReading
    accessReading = nil
    let value = stepPart(receiver, items, range).flatMap { tensor($0, receiver) }
    accessReading = saved
    var rest = places
    rest.remove(at: part)
    let coordinates = rest.map { coordinate($0) }
    let known = coordinates.compactMap { $0 }
    guard let value, known.count == rest.count else { return nil }
    return EntryAccess(value: value, coordinates: known, range: range)
  }
}

// MARK: Coordinates

extension Elaboration {
  /// A coordinate as an affine function of the indices.
  mutating func coordinate(_ expression: SyntaxExpression) -> IndexCoordinate? {
    if let change = substitution, change.range == expression.range {
      substitution = nil
      defer { substitution = change }
      return coordinate(change.expression)
    }
    guard hasIndex(expression) else {
      if let value = indexScalar(expression) {
        return lookupCoordinate(value, at: [], expression.range)
      }
      return evaluateSize(expression).map { IndexCoordinate(constant: $0) }
    }
    let result: IndexCoordinate?
    switch expression.kind {
    case .name(let name): result = .index(name)
    case .unary(let sign, let operand):
      result = coordinate(operand).map { sign == .minus ? $0 * -1 : $0 }
    case .chain(let first, let links): result = coordinate(first, links)
    case .subscripted(let receiver, let items): result = lookup(receiver, items, expression.range)
    default:
      fail(.index(.notAffine(text(expression.range))), expression.range)
      return nil
    }
    guard let result else { return nil }
    guard !result.isOverflowed else {
      fail(.size(.tooLarge), expression.range)
      return nil
    }
    return result
  }

  /// An entry of an index tensor, `idx[n]`, whose own places are coordinates as well.
  private mutating func lookup(
    _ receiver: SyntaxExpression, _ items: [SubscriptItem], _ range: SourceRange
  ) -> IndexCoordinate? {
    let places = items.compactMap { item -> SyntaxExpression? in
      if case .index(let place) = item { place } else { nil }
    }
    guard places.count == items.count, let access = access(receiver, places, range) else {
      if places.count != items.count { fail(.index(.notAffine(text(range))), range) }
      return nil
    }
    return lookupCoordinate(access.value, at: access.coordinates, range)
  }

  /// The whole number that an expression without an index is, where it is a tensor and no size.
  private mutating func indexScalar(_ expression: SyntaxExpression) -> TensorExpression? {
    switch expression.kind {
    case .name(let name):
      guard case .tensor(let value)? = scope.entry(name)?.meaning, value.rank == 0,
        IndexForm(value, facts: assumptions.facts) != nil
      else { return nil }
      return value
    case .subscripted(let receiver, _):
      guard let name = receiver.nameValue, case .tensor? = scope.entry(name)?.meaning,
        case .tensor(let value)? = evaluate(expression), value.rank == 0
      else { return nil }
      return value
    case .number, .string, .boolean, .none, .unary, .chain, .power, .comparison, .call,
      .methodCall, .attribute, .tuple, .list:
      return nil
    }
  }

  private mutating func coordinate(
    _ first: SyntaxExpression, _ links: [ChainLink]
  ) -> IndexCoordinate? {
    let start = coordinate(first)
    let operands = links.map { coordinate($0.operand) }
    guard var result = start else { return nil }
    for (link, operand) in zip(links, operands) {
      guard let operand else { return nil }
      switch link.operator {
      case .add: result = result + operand
      case .subtract: result = result + operand * -1
      case .multiply where operand.isConstant: result = result * operand.constant
      case .multiply where result.isConstant: result = operand * result.constant
      case .multiply, .divide, .floorDivide, .remainder, .matrixMultiply:
        if link.operator == .floorDivide, result.isConstant, operand.isConstant,
          !operand.constant.isZero
        {
          result = IndexCoordinate(
            constant: result.constant.flooredDivision(by: operand.constant))
          continue
        }
        let range = first.range.union(link.operand.range)
        fail(.index(.notAffine(text(range))), range)
        return nil
      }
    }
    return result
  }
}
