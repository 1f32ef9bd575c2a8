/// An amount of work as sentences say it: `4.1e10 multiply-adds`.
public struct WorkFigure: Hashable, Sendable, CustomStringConvertible {
  /// The number of multiply-adds of machine numbers.
  public let count: Int

  public init(_ count: Int) { self.count = count }

  /// The count alone, rounded up to two digits from a million on.
  public var number: String {
    if count < 1_000_000 { return "\(count)" }
    if count == .max { return "9.3e18" }
    var unit = 1
    var exponent = 0
    while count / unit >= 100 {
      unit *= 10
      exponent += 1
    }
    // One more digit than `unit` shows, rounded up, which may carry.
    var digits = count / unit + (count % unit == 0 ? 0 : 1)
    if digits == 100 {
      digits = 10
      exponent += 1
    }
    let fraction = digits % 10 == 0 ? "" : ".\(digits % 10)"
    return "\(digits / 10)\(fraction)e\(exponent + 1)"
  }

  public var description: String {
    (count == .max ? "more than 2⁶³" : number) + " multiply-adds"
  }
}

/// An amount of memory as sentences say it: `320 MiB`.
public struct MemoryFigure: Hashable, Sendable, CustomStringConvertible {
  /// The number of bytes.
  public let bytes: Int

  public init(_ bytes: Int) { self.bytes = bytes }

  private static let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

  /// Rounded up, in the largest unit of which there are at least ten.
  public var description: String {
    var amount = bytes
    var unit = 0
    while amount >= 10 * 1024, unit < Self.units.count - 1 {
      amount = amount / 1024 + (amount % 1024 == 0 ? 0 : 1)
      unit += 1
    }
    return "\(amount) \(Self.units[unit])"
  }
}
