extension ScalarArithmetic {
  /// Eight products of machine numbers, unless an arithmetic has its own figure.
  public var productWork: Int { 8 }
  /// One, for elements that are plain numbers.
  public var productCount: Int { 1 }
  /// A hundred products, unless an arithmetic has its own figure.
  public var functionWork: Int { 100 * productWork }
  /// The bytes of the element itself, for elements without digits on the heap.
  public var elementBytes: Int { MemoryLayout<Element>.stride }
}

// The figures are ratios of measured times, rounded up.

extension RationalArithmetic {
  /// A product of fractions, with its reduction to lowest terms.
  public var productWork: Int { 200 }
  /// As long as five products: what has a rational value has it without a series.
  public var functionWork: Int { 1000 }
}

extension IntervalArithmetic {
  /// Products of bounds take time with the square of their precision once that is several words.
  public var productWork: Int { 400 + precision * precision / 256 }
  /// A function's enclosure takes as long as forty products of the same precision.
  public var functionWork: Int { 40 * productWork }
  /// Two numbers with their digits in a block, and the object that holds them.
  public var elementBytes: Int { 144 + precision / 4 }
}

extension DualArithmetic {
  /// Three products of the base: a·b, ȧ·b and a·ḃ.
  public var productWork: Int { 3 * base.productWork }
  /// Three products of the base, each of what one of them counts.
  public var productCount: Int { 3 * base.productCount }
  /// A value, its derivative and the product with the tangent, each at most a function of the base.
  public var functionWork: Int { 3 * base.functionWork }
  /// A primal and a tangent.
  public var elementBytes: Int { 2 * base.elementBytes }
}
