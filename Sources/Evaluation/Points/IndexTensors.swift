import Scalars
import TensorExpressions

/// Index tensors as numbers, as their authors write them, and as the one-hot tensors that they are here.
extension Tensor where Element == Rational {
  /// The one-hot tensor of whole numbers, for so many classes.
  ///
  /// - Parameter ignored: the number of entries that index nothing.
  /// - Returns: nil, with the place of the first number that is no class.
  public func oneHot(_ count: Int, ignoring ignored: Int?) -> (tensor: Tensor?, wrong: Int) {
    var hot = Tensor(extents: extents + [count], repeating: 0)
    for (place, number) in elements.enumerated() {
      if let ignored, number == Rational(ignored) { continue }
      guard number.isInteger, let value = number.numerator.asInt, (0..<count).contains(value) else {
        return (nil, place)
      }
      hot.elements[place * count + value] = 1
    }
    return (hot, 0)
  }

  /// The numbers that a one-hot tensor stands for along its last axis.
  public func indexNumbers(ignoring ignored: Int?) -> Tensor {
    guard let count = extents.last, count > 0 else { return self }
    return Tensor(
      extents: Array(extents.dropLast()),
      elements: (0..<elements.count / count).map { fibre in
        let ones = elements[fibre * count..<(fibre + 1) * count]
        return Rational(ones.firstIndex { !$0.isZero }.map { $0 - ones.startIndex } ?? ignored ?? 0)
      })
  }
}

extension EvaluationPoint where Element == Rational {
  /// The values by the names of their symbols, as authors write them: index tensors as numbers.
  public var declaredValues: [String: Tensor<Rational>] {
    Dictionary(
      values.compactMap { symbol, tensor in
        symbol.name.map { ($0, symbol.declaredValue(tensor)) }
      }
    ) { first, _ in first }
  }
}

extension TensorExpression {
  /// A value of a declared tensor as its author writes it.
  public func declaredValue(_ tensor: Tensor<Rational>) -> Tensor<Rational> {
    isIndexSymbol ? tensor.indexNumbers(ignoring: structure.ignoredIndex) : tensor
  }
}
