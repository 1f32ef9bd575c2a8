import Evaluation
import Scalars

/// How two values of one shape differ at one point.
public struct Difference: Hashable, Sendable {
  /// The first entry that differs.
  public let entry: [Int]
  /// The true value, as an integer, `p/q`, or a decimal with right digits.
  public let exact: String
  /// The claimed value in the same form, with as many digits as it takes to see the difference.
  public let claimed: String
  /// How many entries differ, of how many.
  public let count: Int
  /// How many entries there are.
  public let total: Int
  /// The sizes at which they were found.
  public let sizes: [String: Int]
  /// The first entries that differ, with their values: at most ``toldEntries``.
  public let first: [Entry]
  /// The places that differ, in order: at most ``toldPlaces``.
  public let places: [[Int]]
  /// The entry whose two values are furthest apart.
  public let largest: Distance
  /// The values at which they were found, by the names of the symbols that the two depend on.
  public let point: [String: Tensor<Rational>]

  /// One entry that differs.
  public struct Entry: Hashable, Sendable {
    /// The coordinates of the entry.
    public let entry: [Int]
    /// The true value, as text.
    public let exact: String
    /// The claimed value, as text.
    public let claimed: String
  }

  /// How far apart the values of an entry are.
  public struct Distance: Hashable, Sendable {
    /// The coordinates of the entry.
    public let entry: [Int]
    /// The distance of the two values, as text.
    public let text: String
  }

  /// The digits that values which are no fractions are shown to, and those that are needed at most to tell two apart.
  private static let leastDigits = 12
  private static let mostDigits = 768

  /// How many entries are told with their values.
  public static let toldEntries = 8
  /// How many places of differing entries are told.
  public static let toldPlaces = 1000
}

extension Difference {
  /// The same place with other words for what is claimed there.
  func claiming(_ words: String) -> Difference {
    Difference(self, claimed: words)
  }

  private init(_ other: Difference, claimed: String) {
    entry = other.entry
    exact = other.exact
    self.claimed = claimed
    count = other.count
    total = other.total
    sizes = other.sizes
    first = other.first.map { Entry(entry: $0.entry, exact: $0.exact, claimed: claimed) }
    places = other.places
    largest = other.largest
    point = other.point
  }

  /// The difference of two tensors in some of their entries, of which there is at least one.
  ///
  /// - Parameters:
  ///   - text: a value's text, to so many digits where it is no fraction.
  ///   - distance: that of the two values at a place, as text and as a number that orders distances.
  init?<Element, Order: Comparable>(
    _ differing: [Int], _ exact: Tensor<Element>, _ claimed: Tensor<Element>,
    at point: EvaluationPoint<Rational>, text: (_ value: Element, _ digits: Int) -> String,
    distance: (Element, Element) -> (order: Order, text: () -> String)
  ) {
    func entry(_ place: Int) -> Entry {
      let values = (exact.elements[place], claimed.elements[place])
      var digits = Self.leastDigits
      // What differs is shown by digits that differ.
      while digits < Self.mostDigits, text(values.0, digits) == text(values.1, digits) {
        digits *= 2
      }
      return Entry(
        entry: TensorShape.entry(at: place, in: exact.extents),
        exact: text(values.0, digits), claimed: text(values.1, digits))
    }
    guard let start = differing.first else { return nil }
    var furthest = (place: start, distance(exact.elements[start], claimed.elements[start]))
    for place in differing.dropFirst() {
      let next = distance(exact.elements[place], claimed.elements[place])
      if furthest.1.order < next.order { furthest = (place, next) }
    }
    let head = entry(start)
    self.entry = head.entry
    self.exact = head.exact
    self.claimed = head.claimed
    count = differing.count
    total = exact.count
    sizes = point.sizes
    first = differing.prefix(Self.toldEntries).map(entry)
    places = differing.prefix(Self.toldPlaces).map {
      TensorShape.entry(at: $0, in: exact.extents)
    }
    largest = Distance(
      entry: TensorShape.entry(at: furthest.place, in: exact.extents), text: furthest.1.text())
    self.point = point.declaredValues
  }
}
