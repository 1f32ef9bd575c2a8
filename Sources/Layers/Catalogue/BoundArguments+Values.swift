import Scalars
import TensorExpressions

/// Arguments read as what a definition needs. An argument of another kind is a
/// ``ShapeError/argument(function:name:rule:)`` that names the rule.
extension BoundArguments {
  /// A tensor; a number is a scalar, a list the tensors stacked along a new first axis.
  public func tensor(_ name: String) throws(ShapeError) -> TensorExpression {
    try tensor(self[name], name)
  }

  func tensor(_ argument: Argument, _ name: String) throws(ShapeError) -> TensorExpression {
    switch argument {
    case .tensor(let tensor): return tensor
    case .size, .number:
      guard let number = argument.asNumber else { throw broken(name, "is a tensor") }
      return number.isZero ? space.zeros([]) : space.filled(number)
    case .list(let entries):
      var parts: [TensorExpression] = []
      for entry in entries { parts.append(try tensor(entry, name)) }
      return try TensorExpression.stacked(parts, assuming: assumptions)
    case .text, .flag, .none: throw broken(name, "is a tensor")
    }
  }

  /// A tensor, or nil where it is left out or the number 0.
  public func tensorUnlessZero(_ name: String) throws(ShapeError) -> TensorExpression? {
    if case .none = self[name] { return nil }
    let tensor = try tensor(name)
    return tensor.isZero ? nil : tensor
  }

  /// A tensor, or nil where it is left out or the number 1.
  public func tensorUnlessOne(_ name: String) throws(ShapeError) -> TensorExpression? {
    if case .none = self[name] { return nil }
    let tensor = try tensor(name)
    return tensor.rank == 0 && tensor.asConstant?.isOne == true ? nil : tensor
  }

  /// A list of tensors, each read as ``tensor(_:)`` reads one.
  public func tensors(_ name: String) throws(ShapeError) -> [TensorExpression] {
    guard case .list(let entries) = self[name] else { throw broken(name, "is a list of tensors") }
    var result: [TensorExpression] = []
    for entry in entries { result.append(try tensor(entry, name)) }
    return result
  }

  /// A size, which may be a number.
  public func size(_ name: String) throws(ShapeError) -> Size {
    guard let size = self[name].asSize else { throw broken(name, "is a size") }
    return size
  }

  /// A size that is at least 0.
  public func extent(_ name: String) throws(ShapeError) -> Size {
    let size = try size(name)
    guard assumptions.isAtLeast(size, 0) else { throw broken(name, "is at least 0") }
    return size
  }

  /// A whole number that does not depend on sizes.
  public func integer(_ name: String) throws(ShapeError) -> Int {
    guard let value = self[name].asSize?.asInt else { throw broken(name, "is an integer") }
    return value
  }

  /// `True` or `False`.
  public func flag(_ name: String) throws(ShapeError) -> Bool {
    guard case .flag(let flag) = self[name] else { throw broken(name, "is True or False") }
    return flag
  }

  /// A string.
  public func text(_ name: String) throws(ShapeError) -> String {
    guard case .text(let text) = self[name] else { throw broken(name, "is a text") }
    return text
  }

  /// Whether the argument is `None`, as one that is left out may be.
  public func isNone(_ name: String) -> Bool { self[name] == .none }

  /// Axes as an integer or a list of them, nil for all.
  public func axes(_ name: String = "axis") throws(ShapeError) -> [Int]? {
    if isNone(name) { return nil }
    var result: [Int] = []
    for entry in self[name].entries {
      guard let axis = entry.asSize?.asInt else {
        throw broken(name, "is an integer or a tuple of integers")
      }
      result.append(axis)
    }
    return result
  }

  /// A list of sizes; a single size is a list of one.
  public func sizes(_ name: String) throws(ShapeError) -> [Size] {
    var result: [Size] = []
    for entry in self[name].entries {
      guard let size = entry.asSize else { throw broken(name, "is made of sizes") }
      result.append(size)
    }
    return result
  }

  /// The extents of a shape, each at least 0 or the −1 that leaves it open.
  public func openShape(_ name: String) throws(ShapeError) -> [Size?] {
    try sizes(name).map { $0.asInt == -1 ? nil : $0 }
  }

  /// A shape.
  public func shape(_ name: String) throws(ShapeError) -> [Size] {
    let sizes = try sizes(name)
    for size in sizes {
      guard assumptions.isAtLeast(size, 0) else { throw broken(name, "is made of extents") }
    }
    return sizes
  }

  /// One size for each of `count` spatial axes; a single one stands for all.
  public func spatial(_ name: String, _ count: Int) throws(ShapeError) -> [Size] {
    let sizes = try sizes(name)
    if case .list = self[name] {
      guard sizes.count == count else {
        throw broken(name, "is one size or a tuple of \(count)")
      }
      return sizes
    }
    return Array(repeating: sizes[0], count: count)
  }

  /// The padding of `count` spatial axes: a size, one for each axis, a pair for each axis, or a word.
  public func padding(_ name: String = "padding", _ count: Int) throws(ShapeError) -> WindowPadding
  {
    if case .text(let word) = self[name] {
      guard let padding = WindowPadding(word: word) else {
        throw broken(name, "is a size, sizes, pairs, or one of \(WindowPadding.words)")
      }
      return padding
    }
    let entries = self[name].entries
    if count == 1, entries.count == 2, let before = entries[0].asSize, let after = entries[1].asSize
    {
      return .sides([PaddingSides(before: before, after: after)])
    }
    guard entries.contains(where: { if case .list = $0 { true } else { false } }) else {
      return .sides(try spatial(name, count).map { PaddingSides(before: $0, after: $0) })
    }
    guard entries.count == count else {
      throw broken(name, "has one pair for each of \(count) axes")
    }
    return .sides(try pairs(entries, name))
  }

  /// Pairs of sizes, before and after.
  func pairs(_ entries: [Argument], _ name: String) throws(ShapeError) -> [PaddingSides] {
    var result: [PaddingSides] = []
    for entry in entries {
      let pair = entry.entries.compactMap(\.asSize)
      guard pair.count == 2, entry.entries.count == 2 else {
        throw broken(name, "is made of pairs of sizes")
      }
      result.append(PaddingSides(before: pair[0], after: pair[1]))
    }
    return result
  }

  /// The order of batch, channels and space, by the letters of ``SpatialLayout/init(_:)``.
  public func layout(_ name: String = "layout") throws(ShapeError) -> SpatialLayout {
    guard case .text(let text) = self[name], let layout = SpatialLayout(text) else {
      throw broken(name, "is \"NCHW\" or \"NHWC\"")
    }
    return layout
  }

  /// How a loss brings its entries together: `"mean"`, `"sum"` or `"none"`.
  public func reduction(_ name: String = "reduction") throws(ShapeError) -> Reduction {
    guard case .text(let text) = self[name], let reduction = Reduction(rawValue: text) else {
      throw broken(name, "is \"mean\", \"sum\" or \"none\"")
    }
    return reduction
  }
}
