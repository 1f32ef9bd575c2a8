import Scalars
import TensorExpressions

/// How the masks of an expression fell at a point: which steps were 1, and which entries the windows took.
///
/// On the cell of points with one record every mask is constant, so that an identity of rational functions
/// may be tested there in a field, which has no order of its own.
public struct MaskRecord: Sendable {
  /// For each node of the function `step`, whether each entry is 1.
  public private(set) var steps: [TensorExpression: [Bool]] = [:]
  /// For each extremum, by output entry, the places in the window that hold the extreme value, in order.
  public private(set) var windows: [Extremum: [[Int]]] = [:]
  /// For each node that rounds to whole numbers, these.
  public private(set) var rounded: [TensorExpression: [Integer]] = [:]
  /// The entries at which an argument was exactly on a border.
  public private(set) var kinks: [Kink] = []

  /// An entry of a mask whose argument is exactly zero, or a window with a tie.
  public struct Kink: Hashable, Sendable {
    /// The kinds of node whose masks can be on a border.
    public enum Place: Hashable, Sendable {
      /// A node of the function `step`.
      case step(TensorExpression)
      /// The windows of an extremum.
      case extremum(Extremum)
    }

    /// The node whose mask has the entry.
    public let place: Place
    /// The coordinates of the entry in the mask or in the extremum's output.
    public let entry: [Int]
    /// The entry's number in row-major order.
    public let number: Int
  }

  public init() {}

  /// Whether no mask has been recorded.
  public var isEmpty: Bool { steps.isEmpty && windows.isEmpty && rounded.isEmpty }

  mutating func record(
    rounded node: TensorExpression, _ numbers: [Integer], jumps: [Int], extents: [Int]
  ) {
    rounded[node] = numbers
    for place in jumps {
      kinks.append(
        Kink(
          place: .step(node), entry: TensorShape.entry(at: place, in: extents), number: place))
    }
  }

  mutating func record(step node: TensorExpression, signs: [Int8], extents: [Int]) {
    steps[node] = signs.map { $0 > 0 }
    for (place, sign) in signs.enumerated() where sign == 0 {
      kinks.append(
        Kink(
          place: .step(node), entry: TensorShape.entry(at: place, in: extents), number: place))
    }
  }

  mutating func record(extremum: Extremum, windows taken: [[Int]], extents: [Int]) {
    windows[extremum] = taken
    for (place, ties) in taken.enumerated() where ties.count > 1 {
      kinks.append(
        Kink(
          place: .extremum(extremum), entry: TensorShape.entry(at: place, in: extents),
          number: place))
    }
  }
}

extension MaskRecord {
  // Entries are changed in place: a pattern that is taken out and put back is copied for every entry.

  /// Sets one entry of a step; its extents are those of the kink that names the entry.
  mutating func setStep(_ node: TensorExpression, at place: Int, to isOne: Bool) {
    guard steps[node]?.indices.contains(place) == true else { return }
    steps[node]?[place] = isOne
  }

  /// Sets the places that one window takes.
  mutating func setWindow(of extremum: Extremum, at place: Int, to taken: [Int]) {
    guard windows[extremum]?.indices.contains(place) == true else { return }
    windows[extremum]?[place] = taken
  }

  /// Takes the last entry of a tie instead of the first.
  mutating func reverseTie(of extremum: Extremum, at place: Int) {
    guard windows[extremum]?.indices.contains(place) == true else { return }
    windows[extremum]?[place].reverse()
  }
}
