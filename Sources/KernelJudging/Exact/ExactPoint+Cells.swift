import Evaluation
import Notation
import TensorExpressions

extension ExactPoint {
  /// The cell that the point lies on, a line for each mask of the layer: how many of its entries are on.
  var cellWords: [String] {
    let steps = masks.steps.sorted { $0.key.id < $1.key.id }.map { node, pattern in
      let on = pattern.count { $0 }
      return "\(words(node.operands[0])): \(on) of \(pattern.count) entries above 0"
    }
    let windows = masks.windows.sorted { $0.key.operand.id < $1.key.operand.id }
    return steps
      + windows.map { extremum, taken in
        let shown = taken.prefix(Self.shownWindows).map { String($0.first ?? 0) }
        let rest = taken.count > shown.count ? ", …" : ""
        return
          "\(words(extremum.operand)): its \(taken.count) windows take entry "
          + shown.joined(separator: ", ") + rest
      }
  }

  private static let shownWindows = 8
  private static let longest = 40

  /// A name where there is one, else the formula.
  private func words(_ node: TensorExpression) -> String {
    if let name = node.name { return "`\(name)`" }
    let text = node.formulaText
    return text.count > Self.longest ? "`\(text.prefix(Self.longest))…`" : "`\(text)`"
  }
}
