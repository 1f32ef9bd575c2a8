import ArgumentParser
import Evaluation
import Judging

/// How much work and memory evaluations may take.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The multiply-adds that comparing the values of one file may take; what needs more is left undecided. \
      (default: the file's `budget`, or \(WorkFigure(EvaluationLimits.defaultWork).number))
      """,
      valueName: "count"))
  var budget: WorkCount?

  @Option(
    help: ArgumentHelp(
      """
      The memory that the tensors of one evaluation may take. \
      (default: the file's `budget`, or \(MemoryFigure(EvaluationLimits.defaultMemory)))
      """,
      valueName: "size"))
  var memory: MemorySize?

  /// The options of a check within these limits.
  func limiting(_ options: CheckOptions) -> CheckOptions {
    var result = options
    result.workLimit = budget?.count
    result.memoryLimit = memory?.bytes
    return result
  }
}

/// `2000000` or `2e6`: a count of multiply-adds.
struct WorkCount: ExpressibleByArgument, Hashable, Sendable {
  let count: Int

  init(_ count: Int) { self.count = count }

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    guard parts.count <= 2, let value = Self.scaled(parts[0], parts.count == 2 ? parts[1] : "0"),
      value > 0
    else { return nil }
    count = value
  }

  /// A decimal times a power of ten, where that is a whole number below 2⁶³.
  private static func scaled(_ mantissa: Substring, _ exponent: Substring) -> Int? {
    let digits = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard digits.count <= 2, let power = Int(exponent), (0...18).contains(power) else { return nil }
    let fraction = digits.count == 2 ? digits[1] : ""
    let text = String(digits[0]) + fraction
    guard fraction.count <= power, text.allSatisfy(\.isNumber), var value = Int(text) else {
      return nil
    }
    for _ in 0..<power - fraction.count {
      let (next, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = next
    }
    return value
  }
}

/// `512MiB`, `2GiB`, or bytes: an amount of memory.
struct MemorySize: ExpressibleByArgument, Hashable, Sendable {
  let bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  private static let units: [(name: String, shift: Int)] = [
    ("", 0), ("b", 0), ("k", 10), ("kib", 10), ("m", 20), ("mib", 20), ("g", 30), ("gib", 30),
    ("t", 40), ("tib", 40),
  ]

  init?(argument: String) {
    let number = argument.prefix(while: \.isNumber)
    let unit = argument.dropFirst(number.count).lowercased()
    guard let amount = Int(number), amount > 0,
      let shift = Self.units.first(where: { $0.name == unit })?.shift
    else { return nil }
    let (bytes, overflow) = amount.multipliedReportingOverflow(by: 1 << shift)
    guard !overflow else { return nil }
    self.bytes = bytes
  }
}
