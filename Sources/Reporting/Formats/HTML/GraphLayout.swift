/// Places for the values of a forward pass: what is computed stands below what it is computed from.
struct GraphLayout {
  struct Node: Hashable {
    let name: String
    /// The middle of its box.
    let x: Int
    let y: Int
    let width: Int
  }

  let nodes: [Node]
  let width: Int
  let height: Int

  static let boxHeight = 26
  private static let rowHeight = 62
  private static let gap = 18
  private static let margin = 10
  /// The width of a letter, and the room around a name.
  private static let letter = 8
  private static let room = 18

  /// - Parameters:
  ///   - names: the nodes, each behind those that it is computed from.
  ///   - labelWidth: the letters of what is written into a node's box.
  init(_ graph: ForwardGraph, labelWidth: (String) -> Int) {
    let rows = Self.rows(of: graph)
    let widths = Dictionary(
      graph.nodes.map { ($0, max(36, labelWidth($0) * Self.letter + Self.room)) }
    ) { first, _ in first }
    func extent(_ row: [String]) -> Int {
      row.map { widths[$0] ?? 0 }.reduce(0, +) + max(0, row.count - 1) * Self.gap
    }
    let widest = rows.map(extent).max() ?? 0
    var nodes: [Node] = []
    for (number, row) in rows.enumerated() {
      var left = Self.margin + (widest - extent(row)) / 2
      for name in row {
        let width = widths[name] ?? 0
        nodes.append(
          Node(
            name: name, x: left + width / 2,
            y: Self.margin + number * Self.rowHeight + Self.boxHeight / 2, width: width))
        left += width + Self.gap
      }
    }
    self.nodes = nodes
    width = widest + 2 * Self.margin
    height = max(0, rows.count - 1) * Self.rowHeight + Self.boxHeight + 2 * Self.margin
  }

  /// The names of each row. A tensor that is declared stands just above the first that uses it.
  private static func rows(of graph: ForwardGraph) -> [[String]] {
    let sources = Dictionary(grouping: graph.edges, by: \.to)
    var depth: [String: Int] = [:]
    for name in graph.nodes {
      depth[name] = (sources[name] ?? []).map { (depth[$0.from] ?? 0) + 1 }.max() ?? 0
    }
    for name in graph.nodes where sources[name] == nil {
      let users = graph.edges.filter { $0.from == name }.compactMap { depth[$0.to] }
      if let first = users.min() { depth[name] = max(0, first - 1) }
    }
    var rows = Array(repeating: [String](), count: (depth.values.max() ?? -1) + 1)
    for name in graph.nodes { rows[depth[name] ?? 0].append(name) }
    return rows.reduce(into: [[String]]()) { done, row in
      done.append(ordered(row, below: done.last ?? [], sources))
    }
  }

  /// A row in the order of the places of what its values are computed from.
  private static func ordered(
    _ row: [String], below previous: [String], _ sources: [String: [ForwardGraph.Edge]]
  ) -> [String] {
    let places = Dictionary(previous.enumerated().map { ($1, $0) }) { first, _ in first }
    let keyed = row.enumerated().map { index, name -> (key: Double, index: Int, name: String) in
      let above = (sources[name] ?? []).compactMap { places[$0.from] }
      let mean =
        above.isEmpty ? Double(previous.count) : Double(above.reduce(0, +)) / Double(above.count)
      return (mean, index, name)
    }
    return keyed.sorted { ($0.key, $0.index) < ($1.key, $1.index) }.map(\.name)
  }
}
