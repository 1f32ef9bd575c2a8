import ExpressionLanguage
import Judging

extension RepairRule {
  /// Another side of a mask, or another border.
  static let comparisons = RepairRule(name: "comparisons") { site, context in
    guard case .comparison(let comparison, let left, let right) = site.expression.kind else {
      return []
    }
    let a = context.fragment(left).text(atLeast: .sum)
    let b = context.fragment(right).text(atLeast: .sum)
    // A mask that holds at single points alone cuts nothing off.
    let sides = ComparisonOperator.allCases.filter { $0 != .equal && $0 != .notEqual }
    return sides.filter { $0 != comparison }.map { other in
      // Whether the border counts is the smaller question.
      let isSameSide = comparison.rawValue.first == other.rawValue.first
      return Variant(
        site, Fragment("\(a) \(other.rawValue) \(b)", .comparison), .mask,
        cost: isSameSide ? 1 : 2,
        signature: "comparison \(comparison.rawValue) \(other.rawValue)",
        "`\(comparison.rawValue)` stands where `\(other.rawValue)` belongs")
    }
  }
}
