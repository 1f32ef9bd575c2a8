import ExpressionLanguage
import TensorExpressions

/// What a network is made of: the shape of every value of the forward pass, the parameters that it is the
/// first to use, and the multiplications that it takes.
public struct ModelSummary: Sendable {
  /// The program whose forward pass is summed up.
  public let program: Program
  /// The numbers that the file gives for sizes.
  public let sizes: [String: Int]
  /// The declared tensors, then the values of the forward pass, in order.
  public let rows: [Row]

  /// One tensor: its shape, its parameters and what it takes to compute it.
  public struct Row: Sendable {
    /// The name in the file.
    public let name: String
    /// `input`, `param` or `const` for what is declared, the author's right side for what is computed.
    public let definition: String
    /// The extents of the axes.
    public let shape: [Size]
    /// The entries of the parameters that no earlier value uses; for a declared parameter its own.
    public let parameters: Size
    /// The products of entries that are added up: for every contraction the points of its index box, times the
    /// factors beyond the first. Points in padding count, as they do in every framework's figures.
    public let multiplyAdds: Size
    /// Whether the tensor is declared, and not computed.
    public let isDeclared: Bool
  }

  /// The entries of all declared parameters.
  public var parameters: Size { rows.filter(\.isDeclared).map(\.parameters).reduce(0, +) }
  /// The products of entries that the whole forward pass adds up.
  public var multiplyAdds: Size { rows.map(\.multiplyAdds).reduce(0, +) }

  /// The summary of a program, its sizes being numbers where the file or the caller gives them.
  ///
  /// - Parameter overrides: numbers for sizes, over those of the file.
  public init(_ program: Program, overrides: [String: Int] = [:]) {
    self.program = program
    var sizes = overrides
    for size in program.sizes {
      if case .fixed(let value) = size.extent, sizes[size.name] == nil { sizes[size.name] = value }
    }
    self.sizes = sizes
    var rows = program.declarations.map { Self.declared($0.symbol) }
    let forward = program.values.filter { !$0.isBackward }
    let names = Set(forward.map(\.value))
    var used: Set<TensorExpression> = []
    for value in forward {
      let nodes = Self.nodes(of: value.value, stoppingAt: names)
      let fresh = nodes.filter { $0.isParameter && used.insert($0).inserted }
      let definition = AuthoredDefinition(
        statement: program.source[value.range], name: value.name)
      rows.append(
        Row(
          name: value.name, definition: definition.text, shape: value.value.shape,
          parameters: fresh.map { Size.product($0.shape) }.reduce(0, +),
          multiplyAdds: nodes.map(\.multiplyAdds).reduce(0, +), isDeclared: false))
    }
    self.rows = rows
  }

  private static func declared(_ symbol: TensorExpression) -> Row {
    let parameters = symbol.isParameter ? Size.product(symbol.shape) : Size(0)
    return Row(
      name: symbol.name ?? "", definition: symbol.roleWord, shape: symbol.declaredShape,
      parameters: parameters, multiplyAdds: 0, isDeclared: true)
  }

  /// The nodes that a line adds: those under it, down to other lines.
  static func nodes(
    of line: TensorExpression, stoppingAt names: Set<TensorExpression>
  ) -> [TensorExpression] {
    var seen: Set<TensorExpression> = [line]
    var stack = line.operands
    var found: [TensorExpression] = []
    while let node = stack.popLast() {
      guard seen.insert(node).inserted, !names.contains(node) else { continue }
      found.append(node)
      stack += node.operands
    }
    return found.sorted { $0.id < $1.id }
  }

  /// A size as a number where the file gives enough of them, else as it is.
  public func number(_ size: Size) -> Int? { try? size.evaluated(sizes) }
}

extension TensorExpression {
  var isParameter: Bool {
    if case .symbol(let symbol) = kind { symbol.role == .parameter } else { false }
  }

  fileprivate var roleWord: String {
    guard case .symbol(let symbol) = kind else { return "" }
    return switch symbol.role {
    case .input: "input"
    case .parameter: "param"
    case .constant: "const"
    case .upstream, .cotangent, .direction, .step: symbol.role.rawValue
    }
  }

  fileprivate var multiplyAdds: Size {
    guard case .contraction(let contraction) = kind, contraction.operands.count > 1 else {
      return 0
    }
    return Size.product(contraction.indices) * Size(contraction.operands.count - 1)
  }
}
