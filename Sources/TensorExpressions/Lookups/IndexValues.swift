/// The numbers that one-hot tensors stand for. An index tensor is its one-hot tensor, which nothing ever
/// makes in full where it can be looked up; as numbers it is the places of the ones.
extension ExpressionSpace {
  /// The one-hot tensor of a declared index tensor.
  ///
  /// - Parameter shape: that of the index tensor.
  public func index(
    _ name: String, _ shape: [Size], below extent: Size, ignoring ignored: Int? = nil
  ) -> TensorExpression {
    symbol(
      TensorSymbol(
        name, role: .constant, structure: .index(ignoring: ignored, axis: shape.count)),
      shape: shape + [extent])
  }

  /// The numbers 0 … `count` − 1: how many places stand before each.
  ///
  /// ```
  /// y[i] += 1     where 0 ≤ i − j − 1
  /// ```
  public func places(_ count: Size) -> TensorExpression {
    let window = Contraction.Guard(Affine.index(0) - .index(1) + -1, below: count)
    return contraction(
      Contraction(indices: [count, count], output: [.index(0)], operands: [], guards: [window]),
      shape: [count])
  }
}

extension TensorExpression {
  /// How many places there are, for the tensor that ``ExpressionSpace/places(_:)`` makes.
  public var placesCount: Size? {
    guard let c = asContraction, c.operands.isEmpty, c.guards.count == 1, c.coefficient.isOne,
      c.indices.count == 2, shape.count == 1, c.indices == [shape[0], shape[0]],
      c.hasPlainOutput,
      c.guards[0] == Contraction.Guard(Affine.index(0) - .index(1) + -1, below: shape[0])
    else { return nil }
    return shape[0]
  }

  /// The place of the 1 along the last axis of a one-hot tensor.
  ///
  /// ```
  /// y[n] += v · hot[n, v]
  /// ```
  public var lastPlaces: TensorExpression {
    let own = shape.indices.map(Affine.index)
    let lead = Array(own.dropLast())
    return space.contraction(
      Contraction(
        indices: shape, output: lead,
        operands: [
          .init(self, own), .init(space.places(shape[shape.count - 1]), [own[own.count - 1]]),
        ]), shape: Array(shape.dropLast()))
  }

  /// 1 where a fibre along the last axis of a one-hot tensor has its 1.
  ///
  /// ```
  /// y[n] += hot[n, v]
  /// ```
  public var lastAxisSummed: TensorExpression {
    let own = shape.indices.map(Affine.index)
    return space.contraction(
      Contraction(indices: shape, output: Array(own.dropLast()), operands: [.init(self, own)]),
      shape: Array(shape.dropLast()))
  }

  /// The numbers that a declared index tensor has, those of ignored entries included; nil for any other tensor.
  public var indexNumbers: TensorExpression? {
    isIndexSymbol ? numbers(ignoring: structure.ignoredIndex) : nil
  }

  /// The numbers that a one-hot tensor stands for, those of entries included that index nothing.
  public func numbers(ignoring ignored: Int?) -> TensorExpression {
    guard let ignored, ignored != 0 else { return lastPlaces }
    let numbers = lastPlaces
    return numbers + lastAxisSummed.scaled(by: Coefficient(Size(-ignored)))
      + space.filled(Coefficient(Size(ignored)), numbers.shape)
  }

  /// The shape that a declared tensor has for its author: that of an index tensor has no axis of classes.
  public var declaredShape: [Size] {
    isIndexSymbol ? Array(shape.dropLast()) : shape
  }

  /// Whether it is the one-hot tensor of a declared index tensor.
  public var isIndexSymbol: Bool {
    structure.contains(.index)
  }

  /// What is declared of a tensor's entries; nothing of what is computed.
  public var structure: TensorStructure {
    declaredSymbol?.structure ?? []
  }

  /// What its declaration says of an index tensor: `index(V, ignore=-100)`.
  public var indexWord: String? {
    guard case .symbol(let symbol) = kind, symbol.structure.contains(.index),
      let extent = shape.last
    else { return nil }
    return symbol.structure.ignoredIndex.map { "index(\(extent), ignore=\($0))" }
      ?? "index(\(extent))"
  }
}
