import Diagnostics

/// A source file as a list of statements, before any name is looked up.
public struct SyntaxFile: Sendable {
  /// The greatest number of bytes that is read.
  public static let sizeLimit = 2 << 20
  /// After this many errors the rest of a file is not read.
  public static let errorLimit = 100

  /// The text that was read.
  public let source: SourceText
  /// The statements that could be read, in order.
  public let statements: [Statement]

  /// Reads a file, and adds one diagnostic for each statement that cannot be read.
  ///
  /// - Complexity: O(*n*) in the number of bytes.
  public static func parse(
    _ source: SourceText, into diagnostics: inout DiagnosticList
  ) -> SyntaxFile {
    guard source.utf8.count <= sizeLimit else {
      diagnostics.append(SyntaxError(.fileTooLarge, source.emptyStart).diagnostic(in: source))
      return SyntaxFile(source: source, statements: [])
    }
    var parser = Parser(source)
    let statements = parser.parseStatements(into: &diagnostics)
    return SyntaxFile(source: source, statements: statements)
  }

  /// Reads a text that is one expression and nothing else; nil, and a diagnostic, when it is not.
  public static func parseExpression(
    _ source: SourceText, into diagnostics: inout DiagnosticList
  ) -> SyntaxExpression? {
    do throws(SyntaxError) {
      guard source.utf8.count <= sizeLimit else {
        throw SyntaxError(.fileTooLarge, source.emptyStart)
      }
      var parser = Parser(source)
      return try parser.parseWholeExpression()
    } catch {
      diagnostics.append(error.diagnostic(in: source))
      return nil
    }
  }
}

extension SourceText {
  fileprivate var emptyStart: SourceRange { SourceRange(start: 0, end: 0) }
}
