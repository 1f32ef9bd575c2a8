import Derivation
import Diagnostics
import Evaluation
import ExpressionLanguage
import Foundation
import Notation
import Scalars
import TensorExpressions

/// Prints derived formulas and reads them back.
struct RoundTrip {
  enum Outcome: Equatable {
    case proved
    /// Not proved, but of the same values at drawn points.
    case equalInValue
    /// What was printed does not elaborate.
    case unreadable(String)
    /// What was read is not proved equal.
    case different
  }

  struct Result {
    let name: String
    let lines: [String]
    let outcome: Outcome
  }

  /// Every line of the backward pass and every named value of the forward pass of a program, printed and read.
  static func results(of text: String) throws -> [Result] {
    let (facts, lines) = try derived(text)
    return lines.filter { !$0.expression.holdsRecurrences }
      .map { check($0.name, $0.expression, facts) }
  }

  /// The named values and the backward pass of a program.
  static func expressions(of text: String) throws -> [(name: String, expression: TensorExpression)]
  {
    try derived(text).lines
  }

  private static func derived(
    _ text: String
  ) throws -> (facts: SizeFacts, lines: [(name: String, expression: TensorExpression)]) {
    let source = SourceText(name: "sample", text: text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    let program = Elaborator.elaborate(
      file, loading: { _ in "" }, into: &diagnostics)
    guard let output = program.output?.whole else { return (program.facts, []) }
    let differentiable = program.declarations.map(\.symbol).filter {
      if case .symbol(let symbol) = $0.kind { symbol.isDifferentiable } else { false }
    }
    let forward = program.values.filter { !$0.isBackward }
    let pass = try BackwardPass(
      [(output.value, output.upstream ?? output.value.filled(1))], targets: differentiable,
      names: forward.map(\.value), facts: program.facts)
    return (
      program.facts,
      forward.map { ($0.name, $0.value.unnamed) } + pass.lines.map { ($0.name, $0.formula) }
    )
  }

  /// Prints `expression` and reads the lines in a file that declares what they name.
  static func check(
    _ name: String, _ expression: TensorExpression, _ facts: SizeFacts, byStatements: Bool = false
  ) -> Result {
    var names: [String: [Size]] = [:]
    let open = expression.namingConstants(&names)
    let lines =
      byStatements
      ? IndexNotation().lines(name: "result", expression: open)
      : TextNotation().lines(name: "result", expression: open)
    var sizes: Set<String> = []
    for node in TensorExpression.postorder(of: [open]) {
      for size in node.shape { sizes.formUnion(size.names) }
      if let c = node.asContraction {
        for size in c.indices { sizes.formUnion(size.names) }
        for term in c.coefficient.numerator.terms {
          for factor in term.monomial.factors where factor.exponent > 0 {
            if case .name(let name) = factor.atom.meaning { sizes.insert(name) }
          }
        }
        for factor in c.coefficient.denominator { sizes.formUnion(factor.size.names) }
      }
    }
    // Of other matrices a factor is that of their symmetric part.
    let definite = TensorExpression.symbols(of: [open])
      .filter { $0.structure.contains(.positiveDefinite) }.compactMap(\.name)
    var text = sizes.sorted().map { "dims \($0)\n" }.joined()
    for (name, shape) in names.sorted(by: { $0.key < $1.key }) {
      text += "const \(name): \(shapeText(shape))\(definite.contains(name) ? " spd" : "")\n"
    }
    if lines.last?.hasPrefix("result = ") != true {
      text += "result: \(shapeText(open.shape))\n"
    }
    text += lines.joined(separator: "\n") + "\n"
    let source = SourceText(name: "printed", text: text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    let program = Elaborator.elaborate(
      file, space: expression.space, loading: { _ in "" }, into: &diagnostics)
    guard let last = program.values.last(where: { $0.name == "result" }),
      !diagnostics.hasErrors
    else {
      let renderer = DiagnosticRenderer(source: source)
      return Result(
        name: name, lines: lines,
        outcome: .unreadable(
          diagnostics.diagnostics.map { renderer.render($0) }.joined(separator: "\n")))
    }
    let normalizer = Normalizer(facts: facts)
    let isEqual = normalizer.provesEqual(open, last.value)
    if isEqual { return Result(name: name, lines: lines, outcome: .proved) }
    let agrees = Self.agree(open, last.value)
    return Result(name: name, lines: lines, outcome: agrees ? .equalInValue : .different)
  }

  /// Whether both have the same values, up to the rounding of doubles, at a point of both signs or, where a function
  /// is not defined there, at a positive one.
  static func agree(_ a: TensorExpression, _ b: TensorExpression) -> Bool {
    let symbols = TensorExpression.symbols(of: [a, b])
    let bindings = SizeBindings(for: [a, b] + symbols)
    guard let sizes = bindings.chosen() else { return false }
    guard let drawn = try? PointDrawing(seed: 11).point(for: symbols, sizes: sizes) else {
      return false
    }
    for isPositive in [false, true] {
      let values = drawn.values.mapValues { tensor in
        Tensor(
          extents: tensor.extents,
          elements: tensor.elements.map { isPositive ? abs($0.doubleValue) : $0.doubleValue })
      }
      let evaluator = Evaluator(
        DoubleArithmetic(), at: EvaluationPoint(sizes: sizes, values: values))
      guard let both = try? evaluator.evaluate([a, b]),
        both[0].elements.allSatisfy(\.isFinite)
      else { continue }
      // Two formulas of one function, of at most 2¹⁰ operations on values of at most 2¹³ times the result: they are
      // off by at most 2¹⁰·2¹³·2⁻⁵³ = 2⁻³⁰ < 1e-9 of it each. Unequal contractions differ by the size of their
      // drawn entries.
      return zip(both[0].elements, both[1].elements).allSatisfy {
        abs($0 - $1) <= 1e-9 * max(1, abs($0))
      }
    }
    return false
  }
}

extension TensorExpression {
  /// The expression with every name and declared tensor replaced by a constant that is called anew.
  func namingConstants(_ names: inout [String: [Size]]) -> TensorExpression {
    var memo: [TensorExpression: TensorExpression] = [:]
    func visit(_ node: TensorExpression) -> TensorExpression {
      if let known = memo[node] { return known }
      let result: TensorExpression
      if let name = node.name {
        let fresh = name.first == "v" ? name : "v\(name)"
        names[fresh] = node.shape
        let structure = node.structure.intersection(.positiveDefinite)
        result = node.space.constant(fresh, node.shape, structure)
      } else {
        result = node.replacingOperands(node.operands.map(visit))
      }
      memo[node] = result
      return result
    }
    return visit(self)
  }
}
