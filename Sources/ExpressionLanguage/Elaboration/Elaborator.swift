import Diagnostics
import TensorExpressions

/// Gives the statements of a file their meaning: names are looked up, shapes are checked for all values of the
/// sizes, functions are put in, and what is left is a ``Program``.
///
/// A statement that fails adds a diagnostic, and the names that it defines have no value: what uses them raises
/// nothing further.
public enum Elaborator {
  /// The program of a file.
  ///
  /// - Parameters:
  ///   - sizes: numbers for sizes, in place of those of the `dims` statements.
  ///   - loading: the text of a file that a `check from` names.
  public static func elaborate(
    _ file: SyntaxFile, sizes overrides: [String: Int] = [:],
    space: ExpressionSpace = ExpressionSpace(), loading: (String) throws -> String,
    into diagnostics: inout DiagnosticList
  ) -> Program {
    var elaboration = Elaboration(
      source: file.source, outline: FileOutline(of: file.statements), overrides: overrides,
      space: space)
    for (order, statement) in file.statements.enumerated() {
      guard elaboration.diagnostics.count < SyntaxFile.errorLimit else {
        elaboration.diagnostics.append(
          Diagnostic(
            .note, code: .tooManyErrors, "the rest of the file is not read", at: statement.range))
        break
      }
      if case .check(.file(let name)) = statement.kind {
        elaboration.takeClaims(from: name, of: statement, loading: loading)
      } else {
        elaboration.process(statement, order: order)
      }
    }
    elaboration.finish()
    diagnostics.append(contentsOf: elaboration.diagnostics)
    return elaboration.program
  }

  /// The program that computes one expression and nothing else, under the name `y`.
  ///
  /// - Parameter declarations: the tensors that the expression names; every name in their shapes is a size.
  public static func elaborate(
    _ expression: SyntaxExpression, in source: SourceText, declaring declarations: [OpenTensor],
    sizes: [String: Int] = [:], space: ExpressionSpace = ExpressionSpace(),
    into diagnostics: inout DiagnosticList
  ) -> Program {
    let name = Identifier("y", range: expression.range)
    let statement = Statement(
      .assignment(AssignmentStatement(name, expression)), range: expression.range)
    var elaboration = Elaboration(
      source: source,
      outline: FileOutline(of: [statement], declared: declarations.map(\.name)),
      overrides: sizes, space: space)
    for declaration in declarations { elaboration.declare(declaration) }
    elaboration.process(statement, order: 1)
    elaboration.finish()
    diagnostics.append(contentsOf: elaboration.diagnostics)
    return elaboration.program
  }

  /// A tensor that an expression outside of a file may name.
  public struct OpenTensor: Hashable, Sendable {
    /// The name by which the expression may use it.
    public let name: String
    /// The extents of its axes.
    public let shape: [Size]
    /// What part it plays; a trained tensor where nothing else is said.
    public let role: TensorSymbol.Role

    public init(_ name: String, _ shape: [Size], role: TensorSymbol.Role = .parameter) {
      self.name = name
      self.shape = shape
      self.role = role
    }
  }
}
