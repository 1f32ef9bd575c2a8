import Scalars
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One line of a reference file: an exact argument and 100 digits of a function's value.
private struct ReferenceValue {
  var function: ElementaryFunction
  var argument: Rational
  /// The value as it is written, and bounds around it one unit of its last digit away.
  var value: Rational
  var lower: Rational
  var upper: Rational

  init?(line: Substring) {
    let fields = line.split(separator: " ")
    guard fields.count == 4, let function = ElementaryFunction(rawValue: String(fields[0])),
      let mantissa = Integer(parsing: String(fields[1])), let exponent = Int(fields[2]),
      let value = Rational(parsing: String(fields[3])),
      let slack = Rational(parsing: "1e-99")
    else { return nil }
    self.function = function
    argument = Rational(mantissa) * Rational(2).power(exponent)
    self.value = value
    lower = value - value.magnitude * slack
    upper = value + value.magnitude * slack
  }
}

/// What a comparison of enclosures with reference values found.
private struct Tally: CustomStringConvertible {
  var count = 0
  var misses = 0
  /// In units of the last place of the precision.
  var greatestWidth: Rational = 0
  var firstMiss = ""

  var description: String {
    "\(count) enclosures, \(misses) misses, width at most "
      + "\(greatestWidth.decimalString(digits: 3)) ulp \(firstMiss)"
  }

  mutating func add(_ reference: ReferenceValue, _ enclosure: Interval) {
    count += 1
    guard let bounds = enclosure.rationalBounds, bounds.lower <= reference.upper,
      bounds.upper >= reference.lower
    else {
      misses += 1
      if firstMiss.isEmpty {
        firstMiss = "\(reference.function) \(reference.argument): \(enclosure)"
      }
      return
    }
    let place = Rational(2).power(
      Self.binaryExponent(reference.value.magnitude) - enclosure.precision)
    greatestWidth = max(greatestWidth, (bounds.upper - bounds.lower) / place)
  }

  /// The e with 2^(e−1) ≤ value < 2^e.
  private static func binaryExponent(_ value: Rational) -> Int {
    let estimate = value.numerator.bitWidth - value.denominator.bitWidth
    return value < Rational(2).power(estimate) ? estimate : estimate + 1
  }
}

@Suite struct IntervalReferenceTests {
  static let precisions = [53, 128, 256]

  /// Compares every line of a file at a precision.
  private func compare(
    _ text: String, precision: Int
  ) throws -> [ElementaryFunction: Tally] {
    let arithmetic = IntervalArithmetic(precision: precision)
    var tallies: [ElementaryFunction: Tally] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let reference = try #require(ReferenceValue(line: line), "unreadable: \(line.prefix(80))")
      let argument = Interval(reference.argument, precision: 53)
      #expect(argument.isPoint)
      let enclosure = try arithmetic.apply(reference.function, argument)
      tallies[reference.function, default: Tally()].add(reference, enclosure)
    }
    return tallies
  }

  private static func committedFile() throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = folder.appendingPathComponent("ReferenceValues/elementary-functions.txt")
    return try String(contentsOf: file, encoding: .utf8)
  }

  @Test(arguments: precisions) func committedValues(precision: Int) throws {
    let tallies = try compare(Self.committedFile(), precision: precision)
    for function in ElementaryFunction.allCases {
      let tally = try #require(tallies[function], "no values for \(function)")
      #expect(tally.count >= 40)
      #expect(tally.misses == 0, "\(function): \(tally)")
      #expect(tally.greatestWidth <= 4, "\(function): \(tally)")
    }
  }

  static let longFile = ProcessInfo.processInfo.environment["GRADCHECK_INTERVAL_REFERENCE"]

  @Test(
    .enabled(
      if: longFile != nil,
      "GRADCHECK_INTERVAL_REFERENCE names no file; make one with Scripts/interval-reference"),
    arguments: precisions)
  func longComparison(precision: Int) throws {
    let file = URL(fileURLWithPath: try #require(Self.longFile))
    let tallies = try compare(String(contentsOf: file, encoding: .utf8), precision: precision)
    for (function, tally) in tallies.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      print("\(precision) bits, \(function): \(tally)")
      #expect(tally.misses == 0, "\(function): \(tally)")
      #expect(tally.greatestWidth <= 4, "\(function): \(tally)")
    }
  }

  /// The comparison itself refuses a value that is off in its 90th digit, and a wide enclosure.
  @Test func comparisonCanFail() throws {
    let line = "exp 1 0 2.71828182845904523536028747135266249775724709369995957496696762772407663"
    #expect(ReferenceValue(line: "exp 1 0") == nil)
    let right = try #require(ReferenceValue(line: Substring(line + "0353547594571382178525166427")))
    var wrong = right
    let offset = Rational(10).power(-60)
    (wrong.lower, wrong.upper) = (right.lower + offset, right.upper + offset)
    let enclosure = try IntervalArithmetic(precision: 256).apply(.exp, Interval(1, precision: 53))
    var tally = Tally()
    tally.add(right, enclosure)
    #expect(tally.misses == 0 && tally.greatestWidth <= 4)
    tally.add(wrong, enclosure)
    #expect(tally.misses == 1)
    let wide = enclosure.union(Interval(right.value + offset, precision: 256))
    tally.add(right, wide)
    #expect(tally.misses == 1 && tally.greatestWidth > 4)
  }
}
