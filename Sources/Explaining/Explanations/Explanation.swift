import Derivation
import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// A derived backward pass as a teacher would explain it: for each line the forward line that it comes from, the rule,
/// which product it is, and why the shapes allow no other.
///
/// Everything is read off the expressions: uses and rules off the nodes of the forward pass, products off the
/// derived line and the shapes of its factors.
public struct Explanation: Sendable {
  private let program: Program
  private let backward: BackwardPass

  public init(_ program: Program, _ backward: BackwardPass) {
    self.program = program
    self.backward = backward
  }

  /// The most terms of a line that are explained one by one.
  private static let termLimit = 4

  /// The explanations of all lines, in their order.
  package var lines: [LineExplanation] {
    let names = program.output?.names ?? []
    let outputs = names.compactMap { name in backward.forward.last { $0.name == name } }
    if outputs.isEmpty { return [] }
    let passes = PrintedPasses(program: program, backward: backward, readsBack: false)
    let texts = Dictionary(
      passes.forward.map { ($0.name, $0.statements.last?.text ?? "") }
    ) { first, _ in first }
    let uses = ForwardUses(forward: backward.forward, outputs: outputs)
    let rules = RuleSentences(
      simplifier: Simplifier(facts: program.facts),
      usedNames: Set(program.sizes.map(\.name)).union(texts.keys))
    var shapes = FormulaShapes(program: program, backward: backward)
    return zip(backward.lines, passes.backward).map { line, printed in
      for part in printed.statements.dropLast() {
        if let name = part.name, let shape = shapes.shape(of: part.formula) {
          shapes.learn(name, shape)
        }
      }
      return explanation(of: line, printed, uses: uses, rules: rules, texts: texts, shapes: shapes)
    }
  }

  private func explanation(
    of line: BackwardPass.Line, _ printed: PrintedLine, uses: ForwardUses, rules: RuleSentences,
    texts: [String: String], shapes: FormulaShapes
  ) -> LineExplanation {
    let dims = shapes.dims(line.cotangent.shape)
    let name = line.cotangent.shape.isEmpty ? line.name : "\(line.name) \(dims)"
    let last = printed.statements.last
    var headline = last?.text ?? line.name
    var products: [LineExplanation.Product] = []
    if let last, last.isIndexStatement {
      headline = "\(name):  \(last.text)"
      products = [.init(term: nil, argument: ShapeArgument(indexed: line))]
    } else if let last, let formula = AnnotatedFormula(last.formula, shapes: shapes) {
      headline = "\(name) = \(formula.text)"
      products = self.products(of: formula, line)
    }
    let told = line.primal.map { primal in
      uses.consumers(of: primal).map { consumer in
        let (paths, isCut) = uses.paths(of: primal, in: consumer)
        var said: [RuleSentences.Rule] = []
        for rule in paths.flatMap({ rules.rules(along: $0, by: primal) })
        where !said.contains(rule) { said.append(rule) }
        return LineExplanation.Use(
          forwardLine: texts[consumer.name ?? ""] ?? "", rules: said, isCut: isCut)
      }
    }
    return LineExplanation(
      headline: headline, parts: printed.statements.dropLast().map(\.text), uses: told ?? [],
      products: products,
      remark: line.primal == nil ? "A part of the lines below, with a name to be used again." : nil)
  }

  private func products(
    of formula: AnnotatedFormula, _ line: BackwardPass.Line
  ) -> [LineExplanation.Product] {
    let plain: Set<ProductKind> = [.copy, .scaling]
    if formula.terms.count > 1, formula.terms.allSatisfy({ plain.contains($0.kind) }) {
      return [.init(term: nil, argument: ShapeArgument(sumOf: formula.terms, line))]
    }
    var kinds: Set<ProductKind> = []
    return formula.terms.filter { kinds.insert($0.kind).inserted }.prefix(Self.termLimit).map {
      term in
      LineExplanation.Product(
        term: formula.terms.count > 1 ? term.text : nil,
        argument: ShapeArgument(term, name: line.name, shape: line.cotangent.shape))
    }
  }
}

extension ShapeArgument {
  /// A line that is written as a relation of indices.
  fileprivate init(indexed line: BackwardPass.Line) {
    let contraction = line.formula.asContraction
    let accesses = (contraction?.operands ?? []).flatMap(\.access) + (contraction?.output ?? [])
    let isConvolution = accesses.contains { $0.terms.count > 1 }
    let isMask = contraction?.operands.contains { $0.value.isSelector } == true
    let mask = "Mask: the gradient times zeros and ones, put at the places that were taken."
    self.init(
      product: isMask
        ? mask
        : isConvolution
          ? "Convolution: an index such as 2*p+i moves the window; all pairs that meet are summed."
          : "Contraction: entries are multiplied and summed over every index that \(line.name) lacks.",
      reason:
        "\(line.name) must be \(shapeText(line.cotangent.shape)). Its own indices stay, the others "
        + "are summed, and what falls outside a tensor counts as 0.")
  }

  /// A sum of tensors as they are.
  fileprivate init(sumOf terms: [FormulaTerm], _ line: BackwardPass.Line) {
    self.init(
      product: "No product: tensors are added entry by entry.",
      reason: "\(line.name) must be \(shapeText(line.cotangent.shape)), and so is every term.")
  }

  fileprivate init(product: String, reason: String) {
    self.product = product
    self.reason = reason
  }
}
