import Derivation
import Diagnostics
import Explaining
import ExpressionLanguage
import Judging
import Reporting

/// The gradients of `output` by `primals`.
///
/// ```swift
/// let exact = try gradients(of: y, by: [x, w])
/// print(exact.text)
/// ```
///
/// - Parameters:
///   - output: a scalar loss, or a tensor of any shape; then its upstream gradient is a symbol, ``Gradients/upstream``.
///     Without a name of its own it is called `y`.
///   - primals: inputs, parameters or named values that `output` depends on; each gradient has its primal's shape.
/// - Throws: ``GradientError``.
public func gradients(
  of output: TensorExpression, by primals: [TensorExpression]
) throws(GradientError) -> Gradients {
  try Gradients(of: output, by: primals)
}

/// The derived backward pass of an expression, held against dual numbers before it is shown.
public struct Gradients: Sendable {
  /// What is differentiated, under its name.
  public let output: TensorExpression
  /// The upstream gradient, of the output's shape; nil for a scalar, whose own gradient is 1.
  public let upstream: TensorExpression?
  /// A statement of the expression language for each gradient, with its shape as a comment; read back before it is
  /// shown.
  public let text: String
  let program: Program
  let backward: BackwardPass
  private let targets: [String]

  init(of output: TensorExpression, by primals: [TensorExpression]) throws(GradientError) {
    targets = primals.compactMap(\.name)
    guard targets.count == primals.count else { throw .namelessPrimal }
    program = Program(differentiating: output, named: "layer")
    let known = Set((program.declarations.map(\.symbol) + program.values.map(\.value)))
    if let name = program.repeatedName { throw .repeatedName(name) }
    for primal in primals where !known.contains(primal) {
      throw .independent(of: primal.name ?? "")
    }
    let pass = DerivedPass(
      program, targets: targets, diagnostics: DiagnosticList(source: program.source))
    if let internalError = pass.internalError { throw .internalError(internalError) }
    guard let backward = pass.backward, let output = program.output, let text = pass.text() else {
      throw .underivable(pass.diagnostics.rendered())
    }
    self.backward = backward
    self.output = output.whole.value
    self.upstream = output.whole.upstream
    self.text = text
  }

  /// The gradient by one of the primals.
  ///
  /// - Throws: ``GradientError/independent(of:)`` for what was not derived.
  public func gradient(by primal: TensorExpression) throws(GradientError) -> Gradient {
    guard let cotangent = backward.cotangents[primal] else {
      throw .independent(of: primal.name ?? "the expression")
    }
    return Gradient(primal: primal, expression: cotangent, pass: self)
  }

  /// The pass in another notation: formulas as LaTeX, MathML or index statements, or a complete module of code.
  ///
  /// - Parameter sizes: numbers for sizes that a notation needs as numbers.
  /// - Throws: ``GradientError/notation(_:)`` for what the notation cannot say.
  public func code(
    _ notation: PassNotation, sizes: [String: Int] = [:]
  ) throws(GradientError) -> String {
    do {
      return try notation.text(of: program, backward, targets: targets, numbers: sizes)
    } catch {
      throw .notation(error.sentence)
    }
  }
}

extension Program {
  /// A name that two of its tensors and values have.
  fileprivate var repeatedName: String? {
    var seen: Set<String> = []
    let names = declarations.compactMap(\.symbol.name) + values.map(\.name)
    return names.first { !seen.insert($0).inserted }
  }
}

/// One derived gradient.
public struct Gradient: Sendable {
  /// What it is the gradient by.
  public let primal: TensorExpression
  /// The gradient, of the primal's shape.
  public let expression: TensorExpression
  let pass: Gradients
}
