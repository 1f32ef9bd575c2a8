import ExpressionLanguage
import Judging
import TensorExpressions

/// Which entries of a claimed tensor differ: the last axis from left to right, all others from top to bottom, with
/// a gap where the last but one begins anew.
struct HTMLHeatMap {
  private let difference: Difference
  /// The extents of the tensor; nil where they are not known or too large to draw.
  private let extents: [Int]?

  private static let largest = 64
  private static let cell = 12
  private static let gap = 5

  init(_ difference: Difference, of claim: ClaimReport, in program: Program) {
    self.difference = difference
    let shape = program.claims.first { $0.name == claim.name && $0.range == claim.range }
      .map { claim -> [Size] in
        switch claim.subject {
        case .gradient(let primal): primal.shape
        case .assertion(let left): left.shape
        }
      }
    let extents = shape?.compactMap { try? $0.evaluated(difference.sizes) } ?? []
    let isWhole =
      extents.count == shape?.count && extents.reduce(1, *) == difference.total
      && difference.total > 1
    self.extents = isWhole ? extents : nil
  }

  private var columns: Int { extents?.last ?? 0 }
  private var rows: Int { extents?.dropLast().reduce(1, *) ?? 0 }

  /// The map; nothing for a single value.
  var markup: Markup {
    guard let extents else { return "" }
    guard columns <= Self.largest, rows <= Self.largest else {
      return "<p class=\"note\">\(difference.total) entries are too many for a map</p>\n"
    }
    let block = extents.count > 2 ? extents[extents.count - 2] : max(rows, 1)
    let differing = Set(difference.places)
    let cells = (0..<rows * columns).map { place in
      rect(place, block, differing.contains(entry(place, extents)) ? "differs" : "cell")
    }
    let largest = ring(at: difference.largest.entry, extents, block)
    let width = columns * Self.cell + 2
    let height = rows * Self.cell + (rows - 1) / max(block, 1) * Self.gap + 2
    let cut =
      difference.count > difference.places.count
      ? "; the first \(difference.places.count) are shown" : ""
    return """
      <svg class="map" role="img" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)">
      <title>entries that differ</title>
      \(cells.concatenated())\(largest)</svg>
      <p class="note">\(difference.count) of \(difference.total) entries differ\(cut); \
      the ring is around the largest error, \(difference.largest.text)</p>

      """
  }

  private func rect(_ place: Int, _ block: Int, _ style: String) -> Markup {
    let (x, y) = corner(place, block)
    return "<rect class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" width=\"10\" height=\"10\"/>"
  }

  private func ring(at entry: [Int], _ extents: [Int], _ block: Int) -> Markup {
    let place = zip(entry, extents).reduce(0) { $0 * $1.1 + $1.0 }
    let (x, y) = corner(place, block)
    return "<rect class=\"ring\" x=\"\(x)\" y=\"\(y)\" width=\"10\" height=\"10\"/>\n"
  }

  private func corner(_ place: Int, _ block: Int) -> (x: Int, y: Int) {
    let (row, column) = (place / columns, place % columns)
    return (1 + column * Self.cell, 1 + row * Self.cell + row / max(block, 1) * Self.gap)
  }

  private func entry(_ place: Int, _ extents: [Int]) -> [Int] {
    var rest = place
    return extents.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }
}
