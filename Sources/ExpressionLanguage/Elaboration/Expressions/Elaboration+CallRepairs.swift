import Diagnostics
import Layers
import TensorExpressions

/// What is meant by a call that has no meaning, or whose arguments do not fit.
extension Elaboration {
  /// `max(0, x)` of two values is `maximum(0, x)` here.
  mutating func offerPairwise(
    from start: Int, _ function: Identifier, _ receiver: SyntaxExpression?,
    _ arguments: [Argument], _ range: SourceRange
  ) {
    guard let pairwise = Self.pairwise[function.name], receiver == nil, arguments.count == 2,
      arguments.allSatisfy({ $0.label == nil })
    else { return }
    for position in problems.indices.dropFirst(start) {
      problems[position].repairs = [
        Repair(range, Self.call(pairwise, nil, arguments, range))
      ]
    }
  }

  private static let pairwise = ["max": "maximum", "min": "minimum"]

  mutating func failUnknownFunction(
    _ function: Identifier, _ receiver: SyntaxExpression?, _ arguments: [Argument],
    _ range: SourceRange
  ) {
    if isQuiet {
      return fail(.name(.unknownFunction(function.name, isValue: false)), function.range)
    }
    let modules = Self.modules(with: function.name)
    if !modules.isEmpty {
      fail(.name(.ambiguousFunction(function.name, modules: modules.count)), function.range)
      problems[problems.count - 1].advice =
        modules.map { $0.mention(of: function.name) }.joined(separator: ", ")
      return
    }
    if offerOtherName(function, receiver, arguments, range) { return }
    let isValue = scope.entry(function.name) != nil || scope.parameters[function.name] != nil
    if isValue, receiver == nil, !arguments.isEmpty, arguments.allSatisfy({ $0.label == nil }) {
      fail(.name(.unknownFunction(function.name, isValue: true)), function.range)
      let value = SyntaxExpression(.name(function.name), range: function.range)
      let entry = SyntaxExpression(
        .subscripted(value, arguments.map { .index($0.value) }), range: range)
      problems[problems.count - 1].repairs = [Repair(range, entry)]
      return
    }
    let known =
      Self.catalogue.names + Prelude.functions.keys.sorted() + scope.functions.keys.sorted()
    let isTried = !isValue && problems.count < Self.repairLimit
    let closest = !isTried ? nil : SpellingSuggestion.closest(to: function.name, among: known)
    fail(
      .name(.unknownFunction(function.name, isValue: isValue)), function.range,
      repairs: closest.map {
        [Repair(range, Self.call($0, receiver, arguments, range), shown: $0)]
      } ?? [])
  }

  /// A name of another language, a property that is called, or a function that is given to another one: what is meant
  /// is tried, or said.
  mutating func offerOtherName(
    _ function: Identifier, _ receiver: SyntaxExpression?, _ arguments: [Argument],
    _ range: SourceRange
  ) -> Bool {
    var repair: SyntaxExpression?
    var advice: String?
    // In-place methods of a value that has no name are no different.
    let plain = function.name.hasSuffix("_") ? String(function.name.dropLast()) : nil
    let given = arguments.first { argument in
      argument.value.nameValue.map { scope.entry($0) == nil && Self.callee($0, of: nil) != nil }
        ?? false
    }
    if let receiver, arguments.isEmpty, Self.catalogue.isProperty(function.name) {
      repair = SyntaxExpression(.attribute(receiver, function), range: range)
    } else if let known = OtherName.table[function.name] {
      switch known {
      case .function(let name): repair = Self.call(name, receiver, arguments, range)
      case .advice(let text): advice = text
      }
    } else if let plain, Self.callee(plain, of: nil) != nil {
      repair = Self.call(plain, receiver, arguments, range)
    } else if let given, let name = given.value.nameValue {
      let others = arguments.filter { $0 != given }
      repair = Self.call(name, receiver, others, range)
      if let receiver, framework(receiver) != nil { repair = Self.call(name, nil, others, range) }
    } else {
      return false
    }
    fail(.name(.unknownFunction(function.name, isValue: false)), function.range)
    problems[problems.count - 1].advice = advice
    problems[problems.count - 1].repairs = repair.map { [Repair(range, $0)] } ?? []
    return true
  }

  /// `concat(x, y)`: a function of a list, whose entries are given one by one.
  mutating func offerList(
    from start: Int, _ definition: CatalogueFunction, _ function: Identifier,
    _ receiver: SyntaxExpression?, _ arguments: [Argument], _ range: SourceRange
  ) {
    let entries = arguments.filter { $0.label == nil }.map(\.value)
    guard definition.takesList, receiver == nil, entries.count > 1, let first = entries.first,
      let last = entries.last
    else { return }
    let list = SyntaxExpression(
      .list(entries), range: SourceRange(start: first.range.start, end: last.range.end))
    let changed = [Argument(list)] + arguments.filter { $0.label != nil }
    for position in problems.indices.dropFirst(start) {
      problems[position].repairs = [
        Repair(range, Self.call(function.name, nil, changed, range))
      ]
    }
  }

  /// Puts an unknown keyword's mistake at the keyword, with the one that was likely meant.
  mutating func offerKeyword(
    from start: Int, _ function: Identifier, _ receiver: SyntaxExpression?,
    _ arguments: [Argument], _ range: SourceRange
  ) {
    for position in problems.indices.dropFirst(start) {
      guard case .argument(.unknownKeyword(_, let keyword, let known)) = problems[position].problem,
        let label = arguments.compactMap(\.label).first(where: { $0.name == keyword })
      else { continue }
      problems[position].range = label.range
      // `pad=` for `padding=`: a beginning is no misspelling, and means the only one that begins so.
      // Of `padding` and `padding_mode` the first is meant.
      let longer = known.filter { $0.hasPrefix(keyword) && keyword.count > 1 }
        .sorted { $0.count < $1.count }
      let isOne = longer.first.map { first in longer.allSatisfy { $0.hasPrefix(first) } } ?? false
      guard
        let closest = SpellingSuggestion.closest(to: keyword, among: known)
          ?? (isOne ? longer.first : nil)
      else { continue }
      let changed = arguments.map {
        $0.label == label
          ? Argument(label: Identifier(closest, range: label.range), $0.value) : $0
      }
      problems[position].repairs = [
        Repair(range, Self.call(function.name, receiver, changed, range), shown: closest)
      ]
    }
  }
}

// MARK: Operands of another kind

extension Elaboration {
  /// `torch.zeros(V, D).index_add_(…)`: in its place, of what has no name, is no different.
  static func plainName(ofInPlace function: Identifier, _ receiver: SyntaxExpression) -> Identifier?
  {
    guard function.name.hasSuffix("_"), receiver.nameValue == nil, !receiver.kind.children.isEmpty
    else { return nil }
    let name = String(function.name.dropLast())
    return callee(name, of: .pytorch) == nil ? nil : Identifier(name, range: function.range)
  }

  /// The declaration that an operand needs where a function looks something up by it.
  func places(
    wantedBy error: ShapeError, _ operands: [SyntaxExpression], _ values: [Value]
  ) -> String? {
    guard case .argument(_, _, BoundArguments.madeOfIndices) = error else { return nil }
    var (name, own, others) = (String?.none, [Size](), [Size]())
    for (operand, value) in zip(operands, values) {
      guard case .tensor(let tensor) = value else { continue }
      if tensor.declaredSymbol?.role == .constant, let known = operand.nameValue {
        (name, own) = (known, tensor.shape)
      } else {
        others += tensor.shape
      }
    }
    guard let name else { return nil }
    let extents = Set(others).subtracting(own)
    let count = extents.count == 1 ? extents.first?.description ?? "V" : "V"
    return "declare it `const \(name): \(shapeText(own)) index(\(count))`"
  }
}

// MARK: Operands that do not align

extension Elaboration {
  /// Changes that put an operand's axes where they are meant: a reduction that keeps its axes, a vector as a column.
  func alignments(
    of operand: SyntaxExpression, _ value: TensorExpression, with other: [Size],
    _ shown: (SyntaxExpression) -> String
  ) -> [Repair] {
    guard value.rank < other.count else { return [] }
    var changes: [SyntaxExpression] = []
    if let kept = keepingAxes(operand) { changes.append(kept) }
    if value.rank == 1, other.count == 2, value.shape[0] == other[0] {
      let whole = SubscriptItem.slice(start: nil, stop: nil, step: nil)
      changes.append(
        SyntaxExpression(.subscripted(operand, [whole, .newAxis]), range: operand.range))
    }
    return changes.map { Repair(operand.range, $0, shown: shown($0)) }
  }

  /// A reduction along an axis, with the axis kept.
  private func keepingAxes(_ expression: SyntaxExpression) -> SyntaxExpression? {
    let receiver: SyntaxExpression?
    let (name, arguments): (Identifier, [Argument])
    switch expression.kind {
    case .call(let function, let given): (receiver, name, arguments) = (nil, function, given)
    case .methodCall(let value, let function, let given):
      (receiver, name, arguments) = (value, function, given)
    case .number, .string, .boolean, .none, .name, .unary, .chain, .power, .comparison, .attribute,
      .subscripted, .tuple, .list:
      return nil
    }
    let labels = arguments.compactMap(\.label?.name)
    let keyword = labels.contains("dim") ? "keepdim" : "keepdims"
    guard case .catalogue(let function)? = Self.callee(name.name, of: nil),
      function.parameters.contains(where: { $0.name == "keepdims" }), !labels.contains(keyword)
    else { return nil }
    let label = Identifier(keyword, range: name.range)
    let kept = Argument(label: label, SyntaxExpression(.boolean(true), range: name.range))
    return Self.call(name.name, receiver, arguments + [kept], expression.range)
  }
}
