import Diagnostics
import TensorExpressions

extension DiagnosticCode {
  static let shapeContraction: DiagnosticCode = "shape-contraction"
  static let shapeBroadcast: DiagnosticCode = "shape-broadcast"
  static let shapeRank: DiagnosticCode = "shape-rank"
  static let shapeAxis: DiagnosticCode = "shape-axis"
  static let shapeReshape: DiagnosticCode = "shape-reshape"
  static let shapeExtent: DiagnosticCode = "shape-extent"
  static let shapeSquare: DiagnosticCode = "shape-square"
  static let shapeEmpty: DiagnosticCode = "shape-empty"
  static let shapeWindow: DiagnosticCode = "shape-window"
  static let shapeOutput: DiagnosticCode = "shape-output"
  static let shapeGroups: DiagnosticCode = "shape-groups"
  static let sizeUndecided: DiagnosticCode = "size-undecided"
}

extension ShapeError {
  var code: DiagnosticCode {
    switch self {
    case .contraction: .shapeContraction
    case .broadcast: .shapeBroadcast
    case .rank: .shapeRank
    case .axis: .shapeAxis
    case .reshape: .shapeReshape
    case .extent: .shapeExtent
    case .square: .shapeSquare
    case .emptyExtent: .shapeEmpty
    case .window: .shapeWindow
    case .outputExtent: .shapeOutput
    case .groups: .shapeGroups
    case .undecided: .sizeUndecided
    case .argument: .argument
    }
  }

  /// The error in words.
  ///
  /// - Parameters:
  ///   - operation: the text of the operation that fails.
  ///   - labels: the operands with their shapes.
  ///   - numbers: those of the sizes, which are shown beside them.
  func diagnostic(
    of operation: String, at range: SourceRange, labels: [Diagnostic.Label], help: String?,
    numbers: [String: Int]
  ) -> Diagnostic {
    let (message, label, note) = words(operation, numbers)
    return Diagnostic(
      code: code, message, at: range, label: label, secondary: labels,
      notes: note.map { [$0] } ?? [], help: help)
  }

  private func words(
    _ operation: String, _ numbers: [String: Int]
  ) -> (message: String, label: String, note: String?) {
    switch self {
    case .contraction(let lhs, let lhsAxis, let rhs, let rhsAxis):
      let (a, b) = (axisText(lhs, lhsAxis, numbers), axisText(rhs, rhsAxis, numbers))
      let isProduct = operation.contains("@")
      return (
        "`\(operation)` contracts axes of different extent", "contracts \(a) with \(b)",
        isProduct
          ? "`A @ B` contracts the last axis of A with the \(rhs.count > 1 ? "last but one" : "only one") of B"
          : nil
      )
    case .broadcast(let lhs, let rhs, let axis):
      let a = axisText(lhs, lhs.count - 1 - axis, numbers)
      let b = axisText(rhs, rhs.count - 1 - axis, numbers)
      return (
        "`\(operation)` aligns axes of different extent", "aligns \(a) with \(b)",
        "shapes are aligned at their last axes; two extents fit when they are equal or one is 1"
      )
    case .rank(let function, let expected, let found):
      if function == "subscript" {
        return ("`\(operation)` has more places than \(shapeText(found)) has axes", "", nil)
      }
      return (
        "`\(function)` takes a tensor of rank \(expected), and this is \(shapeText(found))", "", nil
      )
    case .axis(let axis, let shape):
      let isThere = (-shape.count..<shape.count).contains(axis)
      return (
        isThere
          ? "axis \(axis) of \(shapeText(shape)) is named twice"
          : "there is no axis \(axis) in \(shapeText(shape))", "", nil
      )
    case .reshape(let from, let to):
      let target = to.map { $0?.description ?? "-1" }.joined(separator: ", ")
      return (
        "\(shapeText(from)) cannot be read as [\(target)]", "",
        to.contains(nil)
          ? "the other extents do not divide the number of entries, \(Size.product(from))"
          : "they have \(Size.product(from)) and \(Size.product(to.map { $0 ?? 1 })) entries"
      )
    case .extent(let function, let what, let expected, let found):
      return (
        """
        `\(function)` expects the extent \(extentText(expected, numbers)) for \(what), \
        and finds \(extentText(found, numbers))
        """,
        "", nil
      )
    case .square(let function, let found):
      return ("`\(function)` takes a square matrix, and this is \(shapeText(found))", "", nil)
    case .emptyExtent(let function, let axis, let extent):
      return ("`\(function)` leaves axis \(axis) with the extent `\(extent)`", "", nil)
    case .window(let function, let axis, let span, let padded):
      return (
        "the window of `\(function)` spans `\(span)` along axis \(axis), and the padded input has `\(padded)`",
        "", nil
      )
    case .outputExtent(let function, let axis, let requested, let possible):
      let list = possible.map { "`\($0)`" }.joined(separator: ", ")
      return (
        "`\(function)` cannot give axis \(axis) the extent `\(requested)`", "",
        "from this input it has \(list)"
      )
    case .groups(let function, let channels, let groups):
      return (
        "`\(function)` divides `\(channels)` channels into `\(groups)` groups, which does not come out even",
        "", nil
      )
    case .undecided(let function, let name, let size):
      return (
        "`\(function)` needs a number for \(name), and `\(size)` is open", "", nil
      )
    case .argument(let function, let name, let rule):
      return ("the argument `\(name)` of `\(function)` \(rule)", "", nil)
    }
  }

  /// An extent by its name, with its number where it has one: `` `O` (4) ``.
  private func axisText(_ shape: [Size], _ axis: Int, _ numbers: [String: Int]) -> String {
    guard shape.indices.contains(axis) else { return "1" }
    return extentText(shape[axis], numbers)
  }

  private func extentText(_ extent: Size, _ numbers: [String: Int]) -> String {
    guard !extent.isConstant, let number = try? extent.evaluated(numbers) else {
      return "`\(extent)`"
    }
    return "`\(extent)` (\(number))"
  }
}
