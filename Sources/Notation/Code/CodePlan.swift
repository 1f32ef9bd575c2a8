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

    init(_ node: TensorExpression) {
      name = node.name ?? ""
      shape = node.declaredShape
      isIndex = node.isIndexSymbol
    }
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
    let counts = (layer.outputs.count, layer.gradients.count, layer.derivatives.count)
    var writing = try PlanWriting(layer, for: target)
    let given = writing.given
    stem = layer.stem
    arguments = given.prefix(layer.arguments.count).map { Tensor($0) }
    upstreams = given.dropFirst(layer.arguments.count).map { Tensor($0) }
    gradientPositions = layer.gradients.compactMap { gradient in
      layer.arguments.firstIndex { $0 === gradient.argument }
    }
    forward = writing.function(counts.0)
    backward = writing.function(counts.1)
    var further: [Function] = []
    for _ in 0..<counts.2 { further.append(writing.function(1)) }
    derivatives = further
    sizes = writing.sizes
    sizeNames = writing.sizeNames
    usedNames = writing.usedNames
  }
}
