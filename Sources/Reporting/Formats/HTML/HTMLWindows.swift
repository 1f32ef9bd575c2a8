import Explaining
import Judging

/// Pictures of convolutions and pooling along each axis: which entries the first windows read or write, what is
/// padding, and how far a window moves.
struct HTMLWindows {
  let report: CheckReport

  var markup: Markup {
    let summary = WindowSummary(ModelSummary(report.program, overrides: report.sizes))
    if summary.lines.isEmpty { return "" }
    let figures = summary.lines.map { line -> Markup in
      """
      <figure><figcaption><span class="name">\(line.name)</span>, axis \(line.window.axis): \
      \(sentence(line.window))</figcaption>
      \(WindowPicture(line.window).markup)</figure>

      """
    }
    return "<h3>windows</h3>\n\(figures.concatenated())"
  }

  private func sentence(_ window: AxisWindow) -> String {
    let padding = window.padding
    var parts = ["kernel \(window.kernel)"]
    if window.dilation > 1 { parts.append("dilation \(window.dilation)") }
    switch window.direction {
    case .sliding: parts.append("stride \(window.stride)")
    case .spreading: parts.append("stride 1/\(window.stride)")
    }
    parts.append("padding \(padding.before) and \(padding.after)")
    if window.isUneven {
      let counts = Set(window.coverage).sorted().map(String.init).joined(separator: " or ")
      parts.append("entries are written \(counts) times")
    }
    return parts.joined(separator: ", ")
  }
}

/// The axis that windows move over as a row of cells, and below it a row for each of the first windows.
private struct WindowPicture {
  let window: AxisWindow

  private static let cell = 16
  private static let mostCells = 48
  private static let mostWindows = 4

  init(_ window: AxisWindow) { self.window = window }

  /// The extent of the axis that windows move over, and how many windows there are.
  private var extent: Int {
    window.direction == .sliding ? window.operandExtent : window.outputExtent
  }
  private var steps: Int {
    window.direction == .sliding ? window.outputExtent : window.operandExtent
  }

  var markup: Markup {
    let before = window.padding.before
    let total = before + extent + window.padding.after
    let shown = min(total, Self.mostCells)
    let cells = (0..<shown).map { place -> Markup in
      let isPadding = place < before || place >= before + extent
      return square(place, isPadding ? "pad" : "cell")
    }
    let rows = (0..<min(steps, Self.mostWindows)).map { row(of: $0, before: before, shown: shown) }
    let width = shown * Self.cell + 40
    let height = (rows.count + 1) * (Self.cell + 4) + 4
    let more =
      total > shown
      ? "<text class=\"quiet\" x=\"\(shown * Self.cell + 6)\" y=\"14\">…</text>" : "" as Markup
    return """
      <svg class="windows" role="img" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)">
      <title>cells with a dashed border are padding; each row below is one window</title>
      \(cells.concatenated())\(more)
      \(rows.concatenated())</svg>

      """
  }

  /// One window: its span as a frame, the entries that it reads or writes as dots.
  private func row(of step: Int, before: Int, shown: Int) -> Markup {
    let start = step * window.stride + window.offset + before
    guard start >= 0, start + window.span <= shown else { return "" }
    let top = (step + 1) * (Self.cell + 4)
    let dots = (0..<window.kernel).map { k -> Markup in
      let x = (start + k * window.dilation) * Self.cell + Self.cell / 2
      return "<circle class=\"read\" cx=\"\(x)\" cy=\"\(top + Self.cell / 2)\" r=\"4\"/>"
    }
    return """
      <rect class="window" x="\(start * Self.cell + 1)" y="\(top + 1)" width="\(window.span * Self.cell - 2)" \
      height="\(Self.cell - 2)" rx="3"/>\(dots.concatenated())

      """
  }

  private func square(_ place: Int, _ style: String) -> Markup {
    let side = Self.cell - 1
    return
      "<rect class=\"\(style)\" x=\"\(place * Self.cell)\" y=\"1\" width=\"\(side)\" height=\"\(side)\"/>"
  }
}
