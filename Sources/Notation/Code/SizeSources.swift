import TensorExpressions

/// Where a module finds the numbers of its sizes: an axis of an argument, or the file's own number.
struct SizeSources {
  /// A size as an argument's axis gives it: (extent − rest) / factor.
  struct Source {
    let name: String
    let argument: Int
    let axis: Int
    let rest: Size
    let factor: Size

    /// Whether the axis is the size itself.
    var isPlain: Bool { rest.isZero && factor.isOne }
  }

  /// In an order in which each uses only those before it.
  let told: [Source]
  /// Sizes that no axis tells.
  let constants: [LayerCode.NamedSize]

  init(sizes: [LayerCode.NamedSize], arguments: [TensorExpression]) {
    var known: Set<String> = []
    var told: [Source] = []
    var hasGrown = true
    while hasGrown {
      hasGrown = false
      for (number, argument) in arguments.enumerated() {
        for (axis, extent) in argument.declaredShape.enumerated() {
          guard let source = Self.source(extent, known, argument: number, axis: axis) else {
            continue
          }
          told.append(source)
          known.insert(source.name)
          hasGrown = true
        }
      }
    }
    self.told = told
    constants = sizes.filter { !known.contains($0.name) }
  }

  /// The extent solved for its only unknown name, where that is linear.
  private static func source(
    _ extent: Size, _ known: Set<String>, argument: Int, axis: Int
  ) -> Source? {
    let open = extent.names.subtracting(known)
    guard open.count == 1, let name = open.first else { return nil }
    let rest = extent.substituting([name: .zero])
    let factor = extent.substituting([name: .one]) - rest
    guard !factor.names.contains(name), !factor.isZero, factor * Size(name) + rest == extent else {
      return nil
    }
    return Source(name: name, argument: argument, axis: axis, rest: rest, factor: factor)
  }
}
