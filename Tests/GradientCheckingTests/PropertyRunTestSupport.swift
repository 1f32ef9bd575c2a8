import Diagnostics
import ExpressionLanguage
import Foundation
import GradientChecking
import Testing

/// The program of a text, which must have no error.
func program(
  _ text: String, sizes: [String: Int] = [:],
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> Program {
  let source = SourceText(name: "test.expr", text: text)
  var diagnostics = DiagnosticList(source: source)
  let file = SyntaxFile.parse(source, into: &diagnostics)
  let program = Elaborator.elaborate(
    file, sizes: sizes, loading: { throw UnreadableFile(name: $0) }, into: &diagnostics)
  #expect(
    !diagnostics.hasErrors, "\(diagnostics.rendered(style: .plain))",
    sourceLocation: sourceLocation)
  return program
}

struct UnreadableFile: Error {
  let name: String
}

/// A positive number from the environment, for the long forms of tests.
func environmentNumber(_ name: String) -> Int? {
  ProcessInfo.processInfo.environment[name].flatMap(Int.init)
}
