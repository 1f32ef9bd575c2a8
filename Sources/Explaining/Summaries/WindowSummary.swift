import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// How the values of a network slide over its inputs: spans, strides, receptive fields, uneven coverage.
public struct WindowSummary: Sendable {
  /// One window of a value.
  public struct Line: Sendable {
    /// The name of the value.
    public let name: String
    /// How the value's axis slides over an operand's.
    public let window: AxisWindow
    /// What the value's axis depends on in an input; nil where that cannot be followed.
    public let reach: Reach?
  }

  /// The windows of more than one entry, value after value.
  public let lines: [Line]

  /// The windows of the forward pass, at the numbers that the summary has for sizes; an axis
  /// without a number has none.
  public init(_ summary: ModelSummary) {
    let forward = summary.program.values.filter { !$0.isBackward }
    let reaches = ReachAnalysis(of: forward.map(\.value), sizes: summary.sizes)
    let names = Set(forward.map(\.value))
    let data = Self.data(among: TensorExpression.postorder(of: forward.map(\.value)))
    lines = forward.flatMap { value in
      var seen: Set<AxisWindow> = []
      return ModelSummary.nodes(of: value.value, stoppingAt: names).flatMap { node in
        AxisWindow.windows(of: node, sizes: summary.sizes, isData: data.contains)
          .filter { $0.span > 1 }
      }.filter { seen.insert($0).inserted }.map { window in
        let axes = reaches[value.value]
        return Line(
          name: value.name, window: window,
          reach: axes.count > window.axis ? axes[window.axis] : nil)
      }
    }
  }

  /// The nodes that are computed from inputs; operands stand before what uses them.
  private static func data(among nodes: [TensorExpression]) -> Set<TensorExpression> {
    var data: Set<TensorExpression> = []
    for node in nodes {
      if case .symbol(let symbol) = node.kind {
        if symbol.role == .input { data.insert(node) }
      } else if node.operands.contains(where: data.contains) {
        data.insert(node)
      }
    }
    return data
  }

  /// A table of windows and the warnings that follow from it; empty where nothing slides.
  public func text(style: Style = .plain) -> String {
    if lines.isEmpty { return "" }
    let head = ["value", "axis", "kernel", "span", "stride", "from or to", "reads"]
    let rows = lines.map(cells)
    let widths = head.indices.map { column in
      ([head] + rows).map { terminalWidth(of: $0[column]) }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { $0.padded(to: $1) }
      return padded.joined(separator: "  ").trimmingTrailingSpaces()
    }
    var text = "\n  " + style.apply(.headline, to: line(head)) + "\n"
    text += rows.map { "  " + line($0) + "\n" }.joined()
    for sentence in warnings {
      let lines = TextWrapping.lines(of: "warning: " + sentence, width: 98, hanging: 2)
      let words = lines.joined(separator: "\n  ")
      text +=
        "\n  " + style.apply(.warning, to: "warning") + words.dropFirst("warning".count) + "\n"
    }
    return text
  }

  private func cells(of line: Line) -> [String] {
    let window = line.window
    let possible = window.possibleExtents
    return [
      line.name, String(window.axis),
      window.dilation == 1 ? "\(window.kernel)" : "\(window.kernel), dilation \(window.dilation)",
      String(window.span),
      window.direction == .spreading ? "1/\(window.stride)" : String(window.stride),
      window.stride == 1
        ? "" : "\(possible.lowerBound)..\(possible.upperBound)",
      line.reach.map(Self.text) ?? "",
    ]
  }

  private static func text(of reach: Reach) -> String {
    guard let field = reach.field else { return "" }
    let place = "\(field) of \(reach.input)'s axis \(reach.inputAxis)"
    return reach.isCausal ? place + ", none later" : place
  }

  /// One sentence for each value whose windows cover it unevenly.
  private var warnings: [String] {
    let uneven = lines.filter(\.window.isUneven)
    return uneven.map(\.name).removingRepetitions().compactMap { name in
      let own = uneven.filter { $0.name == name }
      guard let first = own.first?.window else { return nil }
      let axes = own.map { String($0.window.axis) }
      let counts = Set(own.flatMap(\.window.coverage)).sorted().map(String.init)
      return
        "`\(name)` has a kernel of \(first.kernel), which its stride of \(first.stride) does not "
        + "divide: along axis \(axes.joined(separator: " and ")) entries are written "
        + "\(counts.joined(separator: " or ")) times, which shows as a checkerboard"
    }
  }

  /// The lines as an array of objects, one for each window.
  public var json: JSONValue {
    .array(
      lines.map { line in
        let window = line.window
        var object: JSONObject = [
          "name": .string(line.name), "axis": .integer(window.axis),
          "kernel": .integer(window.kernel), "dilation": .integer(window.dilation),
          "span": .integer(window.span), "stride": .integer(window.stride),
          "transposed": .bool(window.direction == .spreading),
          "padding": .array([.integer(window.padding.before), .integer(window.padding.after)]),
          "extents": .object([
            "operand": .integer(window.operandExtent), "output": .integer(window.outputExtent),
          ]),
          "possibleExtents": .array([
            .integer(window.possibleExtents.lowerBound),
            .integer(window.possibleExtents.upperBound),
          ]),
        ]
        if window.direction == .spreading {
          object["coverage"] = .array(window.coverage.map(JSONValue.integer))
        }
        if let reach = line.reach, let field = reach.field {
          object["receptiveField"] = .integer(field)
          object["input"] = .string(reach.input)
          object["inputAxis"] = .integer(reach.inputAxis)
          object["causal"] = .bool(reach.isCausal)
        }
        return .object(object)
      })
  }
}
