/// An array of numbers with concrete extents, the last axis varying fastest.
public struct Tensor<Element> {
  /// The extents of the axes, in order; empty for a scalar.
  public let extents: [Int]
  /// The entries in row-major order; as many as the product of the extents.
  public internal(set) var elements: [Element]

  /// The tensor of these entries in row-major order.
  ///
  /// - Precondition: there are as many elements as the product of the extents.
  public init(extents: [Int], elements: [Element]) {
    precondition(
      elements.count == extents.reduce(1, *), "a tensor has one element for each entry")
    self.extents = extents
    self.elements = elements
  }

  /// The tensor with one value in every entry.
  public init(extents: [Int], repeating value: Element) {
    self.extents = extents
    elements = Array(repeating: value, count: extents.reduce(1, *))
  }

  /// The tensor without axes, which has one entry.
  public init(scalar value: Element) {
    extents = []
    elements = [value]
  }

  /// The number of entries; 1 for a scalar, and 0 where an extent is 0.
  public var count: Int { elements.count }

  /// The entry at one coordinate for each axis.
  public subscript(_ entry: [Int]) -> Element {
    get { elements[TensorShape.offset(of: entry, in: extents)] }
    set { elements[TensorShape.offset(of: entry, in: extents)] = newValue }
  }

  /// The entry at one coordinate for each axis, to read only.
  public subscript(_ entry: Int...) -> Element { self[entry] }

  /// The tensor of this shape with every entry changed, in row-major order.
  public func map<Other, Failure: Error>(
    _ change: (Element) throws(Failure) -> Other
  ) throws(Failure) -> Tensor<Other> {
    var changed: [Other] = []
    changed.reserveCapacity(elements.count)
    for element in elements { changed.append(try change(element)) }
    return Tensor<Other>(extents: extents, elements: changed)
  }
}

extension Tensor: Sendable where Element: Sendable {}
extension Tensor: Equatable where Element: Equatable {}
extension Tensor: Hashable where Element: Hashable {}
