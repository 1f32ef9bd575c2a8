import Derivation
import Diagnostics
import ExpressionLanguage
import Notation
import TensorExpressions

/// In which notation a derived pass is written.
public enum PassNotation: String, CaseIterable, Hashable, Sendable {
  case text, index, latex, mathml, numpy, pytorch, jax, cpp, swift

  /// What a notation is made of: lines of formulas, or a module of code.
  private enum Form {
    case lines((_ name: String, _ formula: TensorExpression, _ usedNames: Set<String>) -> [String])
    case module(CodeTarget)
  }

  private var form: Form {
    switch self {
    case .text: .lines { TextNotation(usedNames: $2).lines(name: $0, expression: $1) }
    case .index: .lines { IndexNotation(usedNames: $2).lines(name: $0, expression: $1) }
    case .latex: .lines { LaTeXNotation(usedNames: $2).lines(name: $0, expression: $1) }
    case .mathml: .lines { MathMLNotation(usedNames: $2).lines(name: $0, expression: $1) }
    case .numpy: .module(.numpy)
    case .pytorch: .module(.pytorch)
    case .jax: .module(.jax)
    case .cpp: .module(.cpp)
    case .swift: .module(.swift)
    }
  }

  /// In which form statements of the expression language are written; nil for what is not read back.
  ///
  /// Markup is not read, and code is run in tests.
  private var readForm: FormulaText.Form? {
    switch self {
    case .text: .formula
    case .index: .statements
    case .latex, .mathml, .numpy, .pytorch, .jax, .cpp, .swift: nil
    }
  }

  /// A pass as text.
  ///
  /// Formulas are those of the named parts of the forward pass, of the backward pass, and of further derivatives that
  /// the file asks for. Code is a module with functions for both passes and for each further derivative.
  ///
  /// - Parameters:
  ///   - targets: the names to differentiate by; every differentiable tensor where there are none.
  ///   - numbers: numbers for sizes, over those of the file.
  /// - Throws: ``CodeRefusal`` where a target cannot say the layer, or no statements of a line read back as what it
  ///   stands for.
  public func text(
    of program: Program, _ backward: BackwardPass, targets: [String] = [],
    numbers: [String: Int] = [:]
  ) throws(CodeRefusal) -> String {
    switch form {
    case .module(let target):
      let layer: LayerCode
      do {
        layer = try LayerCode(program, targets: targets, numbers: numbers)
      } catch {
        throw .underivable
      }
      return try CodeModule(layer, for: target).text
    case .lines(let write):
      let backward = backward.writing(program)
      let values =
        backward.implicitValues + backward.lines.map(\.cotangent)
        + PrintedPasses.derivatives(of: program, beside: backward)
      var blocks = BlockPrinting(values, backward.forward, program.facts)
      if let readForm {
        var text = FormulaText(program: program, backward: backward, as: readForm)
        return try text.lines(of: values, &blocks).map { $0 + "\n" }.joined()
      }
      let used = FormulaText.names(of: program, backward: backward)
      return values.flatMap { value in
        blocks.lines(of: value, usedNames: used, in: self)
          ?? write(value.name ?? "", value.definition, used)
      }.map { $0 + "\n" }.joined()
    }
  }
}

extension FormulaText {
  /// The statements of some values, the sequences of one recurrence as a block.
  fileprivate mutating func lines(
    of values: [TensorExpression], _ blocks: inout BlockPrinting
  ) throws(CodeRefusal) -> [String] {
    var lines: [PrintedLine] = []
    for value in values {
      lines += blocks.lines(of: value, &self) ?? [PrintedLine(value, &self, declares: false)]
    }
    if let name = unreadable.first { throw .unreadable(name) }
    return lines.flatMap(\.statements).map(\.text)
  }
}

extension PassNotation {
  /// One value's statements, without what code has to import or define.
  package func lines(
    name: String, _ formula: TensorExpression, usedNames: Set<String>
  ) -> [String] {
    switch form {
    case .lines(let write): write(name, formula, usedNames)
    case .module(let target):
      CodeFragment(name: name, formula, for: target, usedNames: usedNames).lines
    }
  }
}

extension DiagnosticCode {
  /// A notation that cannot say a file.
  package static let notation: DiagnosticCode = "notation"
}
