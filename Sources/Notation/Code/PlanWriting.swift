import Derivation
import TensorExpressions

/// Takes a layer's values apart into the statements of a module's functions, one function after the other.
struct PlanWriting {
  /// The arguments and then the upstream gradients, under names that are free in the target.
  let given: [TensorExpression]
  let sizes: SizeSources
  let sizeNames: [String]

  private let family: CodeTarget.Family
  private let renaming: CodeRenaming
  private let reserved: Set<String>
  private let sequences: [TensorExpression]
  private let step: String
  /// An argument of numbers, whose type and device new arrays take.
  private let reference: String?
  private var parts: NamedParts
  /// The values that no function computes yet.
  private var rest: ArraySlice<TensorExpression>

  /// - Throws: ``CodeRefusal`` for a size that nothing tells.
  init(_ layer: LayerCode, for target: CodeTarget) throws(CodeRefusal) {
    family = target.family
    reserved = target.reservedNames
    let asked =
      layer.outputs.map { $0.value.named($0.name) }
      + layer.gradients.map { $0.value.named($0.name) } + layer.derivatives
    var roots = asked + Self.held(layer.sequences, in: asked)
    if case .loops = family { roots = StableForms.applied(to: roots) }
    roots = MaskedExponentials.applied(to: roots)
    renaming = CodeRenaming(layer, roots: roots, avoiding: reserved)
    given = renaming.renamed(layer.arguments + layer.outputs.compactMap(\.upstream))
    reference = Self.reference(in: given.prefix(layer.arguments.count))
    parts = NamedParts(for: target, avoiding: renaming.names.union(reserved))
    roots = family.readingPlaces(
      CodeBlock.readingInside(renaming.renamed(roots)), reference: reference)
    rest = parts.applied(to: roots)[...]
    sequences = Array(rest.suffix(roots.count - asked.count))
    step = parts.freeName(of: ["t", "k", "s", "n", "i", "j"])
    let named = Self.sizes(of: layer, renaming)
    sizeNames = named.map(\.name)
    sizes = SizeSources(sizes: named, arguments: Array(given.prefix(layer.arguments.count)))
    let used = Self.sizeNames(in: asked)
    let open = sizes.constants.first { $0.extent == nil && used.contains($0.name) }
    if let open { throw .sizeWithoutNumber(open.name) }
  }

  /// Every name that is taken by now, those that the target keeps for itself included.
  var usedNames: Set<String> { renaming.names.union(reserved).union(parts.names) }

  /// The function that computes so many of the values that are left.
  mutating func function(_ count: Int) -> CodePlan.Function {
    let results = Array(rest.prefix(count))
    rest = rest.dropFirst(count)
    var order = StatementOrder(
      of: results, sequences: sequences, step: step, family: family, reference: reference)
    let statements = order.statements(authored: renaming.valueNames, parts: &parts)
    return CodePlan.Function(
      results: results.map { CodePlan.Tensor($0) }, statements: statements)
  }

  private static func reference(in arguments: ArraySlice<TensorExpression>) -> String? {
    guard let tensor = arguments.first(where: { !$0.isIndexSymbol }) else { return nil }
    return tensor.name
  }

  private static func sizes(
    of layer: LayerCode, _ renaming: CodeRenaming
  ) -> [LayerCode.NamedSize] {
    layer.sizes.map {
      LayerCode.NamedSize(name: renaming.sizes[$0.name] ?? $0.name, extent: $0.extent)
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
