import Diagnostics
import ExpressionLanguage

/// Which product a term of a derived line is.
enum ProductKind: Hashable {
  case matrix
  case elementwise
  /// Entry by entry with a factor of zeros and ones.
  case mask
  case outer
  case contraction(pattern: String)
  case convolution(isTransposed: Bool)
  case sum
  case mean
  /// Entries at other places, or repeated, or with zeros around them.
  case arrangement
  /// The value of a name, as it is.
  case copy
  /// A number times the value of a name.
  case scaling
  case number

  /// The kind of a term, from the way it is written; the notation writes a relation by what it is.
  init(_ term: SyntaxExpression, source: SourceText) {
    switch term.kind {
    case .chain(_, let links) where links.contains { $0.operator == .matrixMultiply }:
      self = .matrix
    case .chain(let first, let links):
      let factors = [first] + links.map(\.operand)
      self = factors.contains(where: Self.isMask) ? .mask : .elementwise
    case .call(let function, let arguments):
      self = Self.kind(ofCall: function.name, arguments, source: source)
    case .methodCall(let receiver, _, _), .attribute(let receiver, _),
      .subscripted(let receiver, _):
      self = Self.arrangement(of: receiver, source: source)
    case .name: self = .copy
    case .power: self = .elementwise
    case .unary(_, let operand): self = ProductKind(operand, source: source)
    case .comparison: self = .mask
    case .number, .string, .boolean, .none, .tuple, .list: self = .number
    }
  }

  /// A rearranged product is the product; a rearranged name is only that.
  private static func arrangement(
    of receiver: SyntaxExpression, source: SourceText
  ) -> ProductKind {
    let inner = ProductKind(receiver, source: source)
    switch inner {
    case .copy, .scaling, .number: return .arrangement
    default: return inner
    }
  }

  private static func kind(
    ofCall name: String, _ arguments: [Argument], source: SourceText
  ) -> ProductKind {
    switch name {
    case "outer", "kron": return .outer
    case "einsum", "tensordot", "trace", "dot":
      if case .string(let pattern)? = arguments.first?.value.kind {
        return .contraction(pattern: pattern)
      }
      return .contraction(pattern: "")
    case "sum": return .sum
    case "mean": return .mean
    case "pad", "flip", "concat", "stack", "broadcast_to", "diag", "tril", "triu", "roll":
      guard let first = arguments.first?.value else { return .arrangement }
      return arrangement(of: first, source: source)
    case "step", "max_pool1d_selector", "max_pool2d_selector": return .mask
    default:
      if name.hasPrefix("conv_transpose") { return .convolution(isTransposed: true) }
      if name.hasPrefix("conv") { return .convolution(isTransposed: false) }
      return .elementwise
    }
  }

  private static func isMask(_ factor: SyntaxExpression) -> Bool {
    switch factor.kind {
    case .call(let function, _):
      function.name == "step" || function.name == "where" || function.name.hasSuffix("selector")
    case .methodCall(let receiver, _, _), .attribute(let receiver, _),
      .subscripted(let receiver, _):
      isMask(receiver)
    case .comparison: true
    default: false
    }
  }
}
