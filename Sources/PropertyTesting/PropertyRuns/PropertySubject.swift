import Diagnostics
import Evaluation
import ExpressionLanguage
import Judging
import TensorExpressions

/// A file whose program is wanted at many sizes.
///
/// It is understood once where its sizes may stay names; otherwise once for each choice of numbers.
struct PropertySubject {
  let file: SyntaxFile
  /// The program with its sizes as names; nil when some function needs their numbers.
  private let symbolic: Program?
  let names: [Program.NamedSize]
  private let loading: (String) throws -> String

  /// - Throws: the diagnostics of a text that cannot be read at all.
  init(
    _ source: SourceText, loading: @escaping (String) throws -> String
  ) throws(PropertyFailure) {
    var diagnostics = DiagnosticList(source: source)
    file = SyntaxFile.parse(source, into: &diagnostics)
    if diagnostics.hasErrors { throw .file(diagnostics) }
    let program = Elaborator.elaborate(file, loading: loading, into: &diagnostics)
    names = program.sizes
    symbolic = diagnostics.hasErrors ? nil : program
    self.loading = loading
    // Without sizes there is nothing that numbers could mend.
    if diagnostics.hasErrors, names.allSatisfy(\.isFixed) { throw .file(diagnostics) }
  }

  var isSymbolic: Bool { symbolic != nil }

  /// The conditions that sizes must meet, as far as they are known before numbers are put in.
  var bindings: SizeBindings {
    let fixed = names.compactMap { size in
      if case .fixed(let value) = size.extent { (size.name, value) } else { nil }
    }
    let ranges = names.compactMap { size in
      if case .range(let range) = size.extent { (size.name, range) } else { nil }
    }
    let given = Dictionary(fixed) { first, _ in first }
    let allowed = Dictionary(ranges) { first, _ in first }
    guard let symbolic else {
      return SizeBindings(names: names.map(\.name), given: given, ranges: allowed)
    }
    let known = SizeBindings(
      for: symbolic.declarations.map(\.symbol) + symbolic.values.map(\.value), given: given,
      ranges: allowed, conditions: symbolic.shapeConditions.map(\.condition.sizeBinding))
    let declared = names.map(\.name)
    return SizeBindings(
      names: declared + known.names.filter { !declared.contains($0) }, given: given,
      ranges: allowed, conditions: known.conditions)
  }

  /// The program at some sizes, with those that it still has as names.
  ///
  /// - Throws: the diagnostics, when the shapes do not fit at these sizes.
  func program(
    at sizes: [String: Int]
  ) throws(PropertyFailure) -> (program: Program, sizes: [String: Int]) {
    if let symbolic { return (symbolic, sizes) }
    let text = SizeSubstitution(file, sizes: sizes).withNumbers()
    let source = SourceText(name: file.source.name, text: text)
    var diagnostics = DiagnosticList(source: source)
    let syntax = SyntaxFile.parse(source, into: &diagnostics)
    let program = Elaborator.elaborate(syntax, loading: loading, into: &diagnostics)
    if diagnostics.hasErrors { throw .file(diagnostics) }
    return (program, [:])
  }

  /// A file of its own with the sizes fixed and one claim kept.
  func text(at sizes: [String: Int], keeping claim: SourceRange) -> String {
    SizeSubstitution(file, sizes: sizes).keeping(claim: claim) {
      isSymbolic ? $0.withFixedDims() : $0.withNumbers()
    }
  }
}

/// Why there is no property run.
public enum PropertyFailure: Error, Sendable {
  /// The file is wrong.
  case file(DiagnosticList)
  /// No sizes were found that every shape fits.
  case noSizes
  /// A run gave no report.
  case check(CheckFailure)
}

extension Program.NamedSize {
  var isFixed: Bool { if case .fixed = extent { true } else { false } }
}
