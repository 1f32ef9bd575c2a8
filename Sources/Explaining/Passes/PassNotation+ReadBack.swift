import Derivation
import ExpressionLanguage
import Notation
import TensorExpressions

extension PassNotation {
  /// The names of lines that this notation writes so that they say something else, where it is one that can be read.
  ///
  /// The expression language itself is read back line by line where passes are printed (``PrintedPasses``);
  /// markup is not read, and code is run in tests.
  public func unreadableLines(of program: Program, _ backward: BackwardPass) -> [String] {
    switch self {
    case .text, .latex, .mathml, .numpy, .pytorch, .jax, .cpp, .swift: return []
    case .index: break
    }
    let used = FormulaText.names(of: program, backward: backward)
    var reader = ReadBack(program: program)
    // Blocks are those of the expression language.
    let values = (backward.implicitValues + backward.lines.map(\.cotangent)).filter {
      $0.definition.asRecurrence == nil
    }
    return values.compactMap { value in
      let name = value.name ?? ""
      let statements = IndexNotation(usedNames: used).lines(
        name: name, expression: value.definition
      )
      .map(FormulaText.Statement.init)
      let finding = reader.finding(statements, name: name, formula: value.definition)
      return finding == .different ? name : nil
    }
  }
}
