import Diagnostics
import ExpressionLanguage
import Foundation
import Testing

/// The program of a text, which must have no error.
public func program(
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

public struct UnreadableFile: Error {
  public let name: String

  public init(name: String) { self.name = name }
}

/// A positive number from the environment, for the long forms of tests.
public func environmentNumber(_ name: String) -> Int? {
  ProcessInfo.processInfo.environment[name].flatMap(Int.init)
}
