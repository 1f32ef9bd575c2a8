import Derivation
import ExpressionLanguage
import Notation
import TensorExpressions

/// In which notation a derived pass is written.
public enum PassNotation: String, CaseIterable, Hashable, Sendable {
  case text, index, latex, mathml, numpy, pytorch, jax, cpp, swift

  /// A pass as text: named parts of the forward pass first, then the backward pass.
  ///
  /// Code stands below what it has to import or define; it takes the file's tensors, the values of its forward pass and
  /// its sizes as variables of these names.
  public func text(of program: Program, _ backward: BackwardPass) -> String {
    var used = FormulaText.names(of: program, backward: backward)
    used.formUnion(program.sizes.map(\.name))
    let values = backward.implicitValues + backward.lines.map(\.cotangent)
    var lines = values.flatMap { value in
      self.lines(name: value.name ?? "", value.unnamed, usedNames: used)
    }
    if let target {
      lines = CodeNotation(target, usedNames: used).preamble(for: lines) + [""] + lines
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// One value's statements in the notation, without what code has to import or define.
  package func lines(
    name: String, _ formula: TensorExpression, usedNames: Set<String>
  ) -> [String] {
    switch self {
    case .text: TextNotation(usedNames: usedNames).lines(name: name, expression: formula)
    case .index: IndexNotation(usedNames: usedNames).lines(name: name, expression: formula)
    case .latex: LaTeXNotation(usedNames: usedNames).lines(name: name, expression: formula)
    case .mathml: MathMLNotation(usedNames: usedNames).lines(name: name, expression: formula)
    case .numpy, .pytorch, .jax, .cpp, .swift:
      target.map {
        CodeNotation($0, usedNames: usedNames).lines(name: name, expression: formula)
      } ?? []
    }
  }

  /// The language, where the notation is code.
  private var target: CodeNotation.Target? {
    switch self {
    case .text, .index, .latex, .mathml: nil
    case .numpy: .numpy
    case .pytorch: .pytorch
    case .jax: .jax
    case .cpp: .cxx
    case .swift: .swift
    }
  }
}
