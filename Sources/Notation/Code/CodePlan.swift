import Derivation
import TensorExpressions

/// A layer as lines of a module, ready to be written in one target: every name is free there, and every value that the
/// target computes by itself has a name.
struct CodePlan {
  /// A value with the expression that it is defined by.
  struct Line {
    let name: String
    let expression: TensorExpression

    var shape: [Size] { expression.shape }
  }

  /// A tensor that the module's functions take or return.
  struct Tensor {
    let name: String
    let shape: [Size]
  }

  /// A function that computes some values from the arguments.
  struct Function {
    let results: [Tensor]
    let lines: [Line]
  }

  let stem: String
  let arguments: [Tensor]
  /// The upstream gradients, which `backward` takes first; none for a loss.
  let upstreams: [Tensor]
  /// The position of the argument that each of `backward`'s results is the gradient of.
  let gradientPositions: [Int]
  let forward: Function
  let backward: Function
  /// Each under the name that the file gives it.
  let derivatives: [Function]
  let sizes: SizeSources
  /// All sizes in the order of the file.
  let sizeNames: [String]
  /// Every name that is taken, those that the target keeps for itself included.
  let usedNames: Set<String>

  init(_ layer: LayerCode, for target: CodeTarget) throws(CodeRefusal) {
    let outputs = layer.outputs.map { $0.value.named($0.name) }
    let gradients = layer.gradients.map { $0.value.named($0.name) }
    let upstreams = layer.outputs.compactMap(\.upstream)
    var roots = outputs + gradients + layer.derivatives
    if case .loops = target.family { roots = StableForms.applied(to: roots) }
    let reserved = target.reservedNames
    let renaming = CodeRenaming(layer, roots: roots, avoiding: reserved)
    let given = renaming.renamed(layer.arguments + upstreams)
    var parts = NamedParts(for: target, avoiding: renaming.names.union(reserved))
    var rest = parts.applied(to: renaming.renamed(roots))[...]

    if case .loops = target.family,
      TensorExpression.postorder(of: roots).contains(where: { $0.asExtremum?.isRanked == true })
    {
      throw .order
    }

    func tensor(_ node: TensorExpression) -> Tensor {
      Tensor(name: node.name ?? "", shape: node.declaredShape)
    }
    func function(_ count: Int) -> Function {
      let results = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      let lines = Self.lines(of: results, order: renaming.valueNames)
      return Function(results: results.map(tensor), lines: lines)
    }
    stem = layer.stem
    arguments = given.prefix(layer.arguments.count).map(tensor)
    self.upstreams = given.dropFirst(layer.arguments.count).map(tensor)
    gradientPositions = layer.gradients.compactMap { gradient in
      layer.arguments.firstIndex { $0 === gradient.argument }
    }
    forward = function(outputs.count)
    backward = function(gradients.count)
    derivatives = layer.derivatives.map { _ in function(1) }
    let named = layer.sizes.map {
      LayerCode.NamedSize(name: renaming.sizes[$0.name] ?? $0.name, extent: $0.extent)
    }
    sizes = SizeSources(sizes: named, arguments: Array(given.prefix(layer.arguments.count)))
    sizeNames = named.map(\.name)
    usedNames = renaming.names.union(reserved).union(parts.names)
    let used = Self.sizeNames(in: outputs + gradients + layer.derivatives)
    if let open = sizes.constants.first(where: { $0.extent == nil && used.contains($0.name) }) {
      throw .sizeWithoutNumber(open.name)
    }
  }

  /// What the results need, in the order of the file; a part that was given a name stands before the first line that
  /// uses it.
  private static func lines(of results: [TensorExpression], order: [String]) -> [Line] {
    let nodes = TensorExpression.postorder(of: results)
    var byName: [String: TensorExpression] = [:]
    for node in nodes {
      if case .named(let name, _) = node.kind { byName[name] = node }
    }
    let authored = Set(order)
    var placed: Set<TensorExpression> = []
    var result: [Line] = []
    for main in order.compactMap({ byName[$0] }) {
      var parts: [TensorExpression] = [main]
      var seen: Set<TensorExpression> = []
      var stack = main.operands
      while let node = stack.popLast() {
        guard seen.insert(node).inserted else { continue }
        if case .named(let name, _) = node.kind {
          guard !authored.contains(name), placed.insert(node).inserted else { continue }
          parts.append(node)
        }
        stack += node.operands
      }
      // Operands are made before what uses them.
      for part in parts.sorted(by: { $0.id < $1.id }) {
        if case .named(let name, let value) = part.kind {
          result.append(Line(name: name, expression: value))
        }
      }
    }
    return result
  }

  private static func sizeNames(in roots: [TensorExpression]) -> Set<String> {
    TensorExpression.postorder(of: roots).reduce(into: []) { names, node in
      for extent in node.shape { names.formUnion(extent.names) }
    }
  }
}

extension TensorExpression {
  /// The value under this name, which it may have already.
  fileprivate func named(_ name: String) -> TensorExpression {
    if case .named(name, _) = kind { return self }
    return space.named(name, self)
  }
}
