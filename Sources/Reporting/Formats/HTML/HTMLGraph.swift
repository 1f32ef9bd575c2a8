import ExpressionLanguage
import Judging
import TensorExpressions

/// The forward graph, each value in the colour of the claim about its gradient.
struct HTMLGraph {
  let report: CheckReport

  /// The most values that are drawn.
  private static let mostNodes = 400

  var markup: Markup {
    let graph = ForwardGraph(report.program)
    if graph.edges.isEmpty { return "" }
    guard graph.nodes.count <= Self.mostNodes else {
      return "<p class=\"note\">\(graph.nodes.count) values are too many for a picture</p>\n"
    }
    let layout = GraphLayout(graph) { $0.count }
    let places = Dictionary(layout.nodes.map { ($0.name, $0) }) { first, _ in first }
    let edges = graph.edges.compactMap { edge -> Markup? in
      guard let from = places[edge.from], let to = places[edge.to] else { return nil }
      return line(from, to)
    }
    return """
      <h3>graph</h3>
      <div class="scroll"><svg class="graph" role="img" viewBox="0 0 \(layout.width) \(layout.height)" \
      width="\(layout.width)" height="\(layout.height)">
      <title>which values are computed from which, coloured by the claims about their gradients</title>
      <defs><marker id="arrow" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6" markerHeight="6" orient="auto">\
      <path d="M0 0L6 3L0 6z"/></marker></defs>
      \(edges.concatenated())\(layout.nodes.map(box).concatenated())</svg></div>

      """
  }

  private func line(_ from: GraphLayout.Node, _ to: GraphLayout.Node) -> Markup {
    let half = GraphLayout.boxHeight / 2
    let (start, end) = (from.y + half, to.y - half)
    let middle = (start + end) / 2
    return """
      <path class="edge" marker-end="url(#arrow)" \
      d="M\(from.x) \(start)C\(from.x) \(middle) \(to.x) \(middle) \(to.x) \(end)"/>

      """
  }

  private func box(_ node: GraphLayout.Node) -> Markup {
    let claim = report.claims.first { $0.name == "d" + node.name }
    let half = GraphLayout.boxHeight / 2
    return """
      <g class="node \(claim?.verdict.styleName ?? "plain")"><title>\(words(on: node.name, claim))</title>\
      <rect x="\(node.x - node.width / 2)" y="\(node.y - half)" width="\(node.width)" \
      height="\(GraphLayout.boxHeight)" rx="4"/>\
      <text x="\(node.x)" y="\(node.y + 4)" text-anchor="middle">\(node.name)</text></g>

      """
  }

  /// What is shown over a box: the value with its shape, and what was found of its gradient.
  private func words(on name: String, _ claim: ClaimReport?) -> String {
    let program = report.program
    let value =
      program.declarations.first { $0.symbol.name == name }?.symbol
      ?? program.values.first { $0.name == name }?.value
    let shape = value.map { " " + shapeText($0.shape) } ?? ""
    guard let claim else { return name + shape }
    return
      "\(name)\(shape): \(claim.name) \(claim.verdict.word), \(claim.verdict.reason(in: program))"
  }
}
