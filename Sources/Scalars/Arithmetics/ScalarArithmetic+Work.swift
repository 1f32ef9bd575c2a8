extension ScalarArithmetic {
  public var productWork: Int { 8 }
  public var productCount: Int { 1 }
  public var functionWork: Int { 100 * productWork }
  public var elementBytes: Int { MemoryLayout<Element>.stride }
}

// The figures are ratios of measured times, rounded up.

extension RationalArithmetic {
  public var productWork: Int { 200 }
  public var functionWork: Int { 1000 }
}

extension IntervalArithmetic {
  /// Products of bounds take time with the square of their precision once that is several words.
  public var productWork: Int { 400 + precision * precision / 256 }
  public var functionWork: Int { 40 * productWork }
  /// Two numbers with their digits in a block, and the object that holds them.
  public var elementBytes: Int { 144 + precision / 4 }
}

extension DualArithmetic {
  public var productWork: Int { 3 * base.productWork }
  public var productCount: Int { 3 * base.productCount }
  public var functionWork: Int { 3 * base.functionWork }
  public var elementBytes: Int { 2 * base.elementBytes }
}
