import Diagnostics
import Evaluation
import Scalars

/// A tensor whose entries are text with right digits: integers, fractions, or decimals of what is not rational.
public struct PrintedValue: Hashable, Sendable {
  /// The extents of the axes.
  public let extents: [Int]
  /// The entries in row-major order.
  public let entries: [Entry]

  /// One entry, as exactly as it is known.
  public enum Entry: Hashable, Sendable {
    /// The exact value.
    case rational(Rational)
    /// A decimal, correctly rounded.
    case decimal(String)
    /// Zero, or a number of smaller magnitude than 2⁻ᵇⁱᵗˢ.
    case negligible(bits: Int)

    /// The text that is shown: an integer, `p/q` or a decimal; `0` for what is negligible.
    public var text: String {
      switch self {
      case .rational(let value): value.description
      case .decimal(let text): text
      case .negligible: "0"
      }
    }

    /// An integer is a number, anything else a string.
    var json: JSONValue {
      switch self {
      case .rational(let value) where value.isInteger: .number(value.description)
      case .rational(let value): .string(value.description)
      case .decimal(let text): .string(text)
      case .negligible: .number("0")
      }
    }
  }

  /// The bits of the least certain zero; nil where every entry is certain.
  var zeroBits: Int? {
    entries.compactMap { if case .negligible(let bits) = $0 { bits } else { nil } }.min()
  }

  /// A value of printed entries.
  ///
  /// - Precondition: there are as many entries as the product of the extents.
  public init(extents: [Int], entries: [Entry]) {
    precondition(entries.count == extents.reduce(1, *), "one entry for each place")
    self.extents = extents
    self.entries = entries
  }

  init(_ tensor: Tensor<Rational>) {
    self.init(extents: tensor.extents, entries: tensor.elements.map(Entry.rational))
  }

  /// The entries as nested lists; a scalar as itself.
  public var json: JSONValue { nested(axis: 0, from: 0) }

  private func nested(axis: Int, from start: Int) -> JSONValue {
    if axis == extents.count { return entries[start].json }
    let stride = extents[(axis + 1)...].reduce(1, *)
    return .array((0..<extents[axis]).map { nested(axis: axis + 1, from: start + $0 * stride) })
  }

  /// The entries as nested lists, one row on a line, the columns aligned.
  public var text: String {
    if extents.isEmpty { return entries[0].text }
    let columns = extents[extents.count - 1]
    let width = entries.map { $0.text.utf8.count }.max() ?? 0
    let rows = stride(from: 0, to: entries.count, by: max(columns, 1)).map { start in
      entries[start..<min(start + columns, entries.count)]
        .map { $0.text.rightAligned(to: width) }.joined(separator: ", ")
    }
    return rows.enumerated().map { number, row in
      let opening = openings(beforeRow: number)
      let margin = String(repeating: " ", count: extents.count - opening)
      let closing = String(repeating: "]", count: openings(beforeRow: number + 1))
      return margin + String(repeating: "[", count: opening) + row + closing
    }.joined(separator: ",\n")
  }

  /// How many lists begin with a row.
  private func openings(beforeRow row: Int) -> Int {
    var count = 1
    var stride = 1
    for extent in extents.dropLast().reversed() {
      stride *= extent
      guard row % stride == 0 else { break }
      count += 1
    }
    return count
  }
}
