import Diagnostics
import Judging

/// A gradient that is not the layer's, as ``checkGradients(of:sizes:seed:runs:run:computedIn:_:)`` throws it.
///
/// Its description is what a test report shows.
public struct GradientMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with the computed values.
  public enum Finding: Hashable, Sendable {
    /// An entry that is farther off than rounding can explain; nothing is allowed where it was computed exactly.
    case value(exact: String, computed: String, allowed: Double?)
    /// The wrong number of entries.
    case count(expected: Int, extents: [Int], computed: Int)
  }

  /// The layer's name.
  public let layer: String
  /// `dW`
  public let name: String
  /// The first entry that is off.
  public let entry: [Int]
  /// What is wrong with the entry, or with all of them.
  public let finding: Finding
  /// How many entries are off, of how many.
  public let differing: Int
  /// How many entries there are.
  public let total: Int
  /// The slip that explains every entry, when one was found.
  public let cause: String?
  /// Where it was found first.
  public let sizes: [String: Int]
  /// The number of the run that found it, from 0.
  public let run: Int
  /// How many runs were asked for.
  public let runs: Int
  /// What the sizes and values of every run follow from.
  public let seed: UInt64
  /// The smallest case that was found, when it is smaller.
  public let smallest: SmallestCase?

  /// A case at the smallest sizes and with the simplest numbers that were found.
  public struct SmallestCase: Hashable, Sendable {
    /// The numbers of the sizes.
    public let sizes: [String: Int]
    /// The values, as `x = [[0, 1]]`.
    public let values: [String]
    /// The first entry that is off in this case.
    public let entry: [Int]
    /// What is wrong there.
    public let finding: Finding
  }

  public var description: String {
    var lines = ["\(name)\(entry.isEmpty ? "" : "\(entry)") of \(layer) is wrong"]
    lines += finding.lines
    if differing > 0, total > 1 { lines.append("  \(differing) of \(total) entries differ") }
    if let cause { lines.append("  cause: \(cause)") }
    lines.append("  found at \(Self.text(sizes))run \(run) of \(runs), seed \(seed)")
    if let smallest {
      lines.append("  smallest case: \(Self.text(smallest.sizes))entry \(smallest.entry)")
      lines += smallest.finding.lines.map { "  " + $0 }
      lines += smallest.values.map { "    \($0)" }
    }
    lines.append("  repeat with `seed: \(seed), run: \(run)`")
    return lines.joined(separator: "\n")
  }

  private static func text(_ sizes: [String: Int]) -> String {
    sizes.isEmpty ? "" : sizes.sizeText() + ", "
  }
}

extension GradientMismatch.Finding {
  fileprivate var lines: [String] {
    switch self {
    case .value(let exact, let computed, let allowed):
      ["  exact    \(exact)", "  computed \(computed)"]
        + (allowed.map { ["  rounding explains a difference of at most \(shortScientific($0))"] }
          ?? [])
    case .count(let expected, let extents, let computed):
      ["  it has \(computed) entries; the shape \(extents) has \(expected)"]
    }
  }
}

/// Why gradients could not be compared at all.
public enum GradientCheckError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The layer is wrong: its diagnostics, as text.
  case layer(String)
  /// No sizes fit all shapes.
  case noSizes
  /// The closure gave a gradient that the layer does not have.
  case unknownGradient(String, known: [String])
  /// The closure gave none.
  case noGradients
  /// At no point could rounding errors be bounded: values grow beyond all measure, or every point is on a kink.
  case noPoint(String)
  /// The exact gradient is not rational, so that it cannot be compared with exact numbers.
  case irrational(String)
  /// The gradient could not be derived.
  case check(CheckFailure)

  public var description: String {
    switch self {
    case .layer(let diagnostics): "the layer is not understood\n" + diagnostics
    case .noSizes: "no sizes were found that every shape of the layer fits"
    case .unknownGradient(let name, let known):
      "the layer has no gradient `\(name)`; it has \(known.joined(separator: ", "))"
    case .noGradients: "no gradient was computed, so nothing was checked"
    case .noPoint(let reason): "no point was found at which gradients can be compared: \(reason)"
    case .irrational(let name):
      "the exact value of `\(name)` is not rational; compute it in floating point"
    case .check(let failure): "the gradient was not derived: \(failure)"
    }
  }
}
