import Derivation
import Diagnostics
import Explaining
import ExpressionLanguage
import Judging
import Reporting
import TensorExpressions

/// What can be said of a text at once, without comparing any values: what is wrong with it, and what is derived
/// from it.
struct Analysis: Sendable {
  let source: SourceText
  let diagnostics: [Diagnostic]
  /// Nil where the text has an error.
  let program: Program?
  let backward: BackwardPass?

  init(of source: SourceText, _ check: FileCheck) {
    self.source = source
    var list = DiagnosticList(source: source)
    let program = check.program(of: source, into: &list)
    var backward: BackwardPass?
    if let program {
      do throws(CheckFailure) {
        backward = try Checker.derive(program)
      } catch {
        list.append(contentsOf: error.diagnostics)
      }
    }
    self.program = program
    self.backward = backward
    diagnostics = list.inSourceOrder
  }

  /// The derived lines, each read back; none where one says something else.
  func derivedLines() -> [PrintedLine] {
    guard let program, backward != nil else { return [] }
    let passes = PrintedPasses(program: program, backward: backward)
    return passes.unreadable.isEmpty ? passes.backward : []
  }
}
