import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

/// A layer whose kernel is judged: what the kernel takes, and what it may compute.
public struct KernelLayer: Sendable {
  /// The program that declares the layer.
  public let program: Program
  /// The derived backward pass, a line for each step.
  public let backward: BackwardPass
  /// The declared tensors, and the upstream gradients last where there are some.
  public let inputs: [TensorExpression]
  /// What a kernel may compute: the gradients under `d` + a name, and named values of the forward pass.
  let results: [(name: String, formula: TensorExpression)]

  /// Derives the gradients of a program, without joining lines along which rounding is followed.
  ///
  /// - Throws: ``CheckFailure`` where there are no gradients to derive.
  public init(_ program: Program) throws(CheckFailure) {
    guard let output = program.output, let backward = try Checker.derive(program, joinsLines: false)
    else {
      throw .sizes("the file computes nothing, so there is no gradient to judge")
    }
    if let index = program.declarations.first(where: { $0.symbol.isIndexSymbol })?.symbol.name {
      throw .sizes("`\(index)` is an index tensor, which probes and kernels do not have yet")
    }
    self.program = program
    self.backward = backward
    inputs = program.declarations.map(\.symbol) + output.upstreams
    var seen: Set<String> = []
    let gradients = backward.cotangents.sorted { $0.key.id < $1.key.id }
      .compactMap { primal, cotangent in primal.name.map { ("d" + $0, cotangent) } }
    let forward = program.formulaNames.compactMap { value in value.name.map { ($0, value) } }
    results = (gradients + forward).filter { seen.insert($0.0).inserted }
      .map { (name: $0.0, formula: $0.1) }
  }

  /// The formula of a result; nil for a name that the layer does not have.
  func formula(_ name: String) -> TensorExpression? {
    results.first { $0.name == name }?.formula
  }

  /// The gradients by declared tensors, in the order of declaration, and the output.
  var mainResults: [(name: String, formula: TensorExpression)] {
    let declared = program.declarations.compactMap(\.symbol.name).map { "d" + $0 }
    let outputs = program.output?.names ?? []
    return declared.compactMap { name in results.first { $0.name == name } }
      + results.filter { outputs.contains($0.name) }
  }

  /// Every value with a name that a computation along the derived lines passes through.
  var lines: [TensorExpression] { backward.forward + backward.lines.map(\.cotangent) }

  /// Whether every value is a polynomial of the inputs wherever no mask changes.
  public var isPolynomial: Bool {
    TensorExpression.postorder(of: lines + mainResults.map(\.formula)).allSatisfy { node in
      switch node.kind {
      case .symbol, .sum, .contraction, .named, .extremum, .selector: true
      case .inverse, .determinant, .cholesky, .recurrence: false
      case .elementwise(let function, let operands): function.isPolynomial(operands)
      }
    }
  }

  /// The shapes of the inputs in their order, for numbers of the sizes.
  ///
  /// - Throws: ``EvaluationError`` for an extent that has no value at these sizes.
  public func symbolExtents(_ sizes: [String: Int]) throws(EvaluationError) -> [[Int]] {
    var extents: [[Int]] = []
    for symbol in inputs { extents.append(try TensorShape.extents(symbol.shape, sizes)) }
    return extents
  }
}

extension Elementwise {
  /// Whether the function is made of sums, products and masks.
  fileprivate func isPolynomial(_ operands: [TensorExpression]) -> Bool {
    switch primitive {
    case .step, .stopped: return true
    case .elementary, .reciprocal, .pi, .floor, .round: return false
    case .power:
      guard let exponent = operands[1].unnamed.asConstant?.asRational?.asInt else { return false }
      return exponent >= 0
    case nil:
      guard let definition else { return false }
      return TensorExpression.postorder(of: [definition(operands)]).allSatisfy { node in
        guard case .elementwise(let function, let inner) = node.kind else { return true }
        return function.isPolynomial(inner)
      }
    }
  }
}

extension TensorSymbol {
  var isUpstream: Bool { role == .upstream }
}

extension TensorExpression {
  var symbol: TensorSymbol? { declaredSymbol }
}
