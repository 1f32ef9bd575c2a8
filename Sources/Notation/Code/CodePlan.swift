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
    /// Whether it holds places, which are whole numbers.
    let isIndex: Bool
  }

  /// What a function does at one place.
  enum Statement {
    case line(Line)
    case block(CodeBlock)
  }

  /// A function that computes some values from the arguments.
  struct Function {
    let results: [Tensor]
    let statements: [Statement]
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
    roots += Self.held(layer.sequences, in: roots)
    if case .loops = target.family { roots = StableForms.applied(to: roots) }
    let reserved = target.reservedNames
    let renaming = CodeRenaming(layer, roots: roots, avoiding: reserved)
    let given = renaming.renamed(layer.arguments + upstreams)
    var parts = NamedParts(for: target, avoiding: renaming.names.union(reserved))
    roots = CodeBlock.readingInside(renaming.renamed(roots))
    let reference = given.prefix(layer.arguments.count).first { !$0.isIndexSymbol }?.name
    let family = target.family
    roots = family.readingPlaces(roots, reference: reference)
    var rest = parts.applied(to: roots)[...]
    let sequences = rest.suffix(
      roots.count - outputs.count - gradients.count - layer.derivatives.count)
    let step = parts.freeName(of: ["t", "k", "s", "n", "i", "j"])

    if case .loops = target.family,
      TensorExpression.postorder(of: roots).contains(where: { $0.asExtremum?.isRanked == true })
    {
      throw .order
    }

    func tensor(_ node: TensorExpression) -> Tensor {
      Tensor(name: node.name ?? "", shape: node.declaredShape, isIndex: node.isIndexSymbol)
    }
    func function(_ count: Int) -> Function {
      let results = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      var order = StatementOrder(
        of: results, sequences: sequences, step: step, family: family, reference: reference)
      let statements = order.statements(authored: renaming.valueNames, parts: &parts)
      return Function(results: results.map(tensor), statements: statements)
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

  /// Those of some named sequences that belong to the recurrences of the roots.
  private static func held(
    _ sequences: [TensorExpression], in roots: [TensorExpression]
  ) -> [TensorExpression] {
    let held = Set(
      TensorExpression.postorder(of: roots).compactMap { $0.asRecurrence?.recurrence })
    return sequences.filter { sequence in
      sequence.namedValue?.asRecurrence.map { held.contains($0.recurrence) } ?? false
    }
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
