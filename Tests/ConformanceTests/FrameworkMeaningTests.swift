import Diagnostics
import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

/// Spellings of frameworks mean what these compute: numbers of NumPy, SciPy, PyTorch and JAX, written down by
/// `Scripts/framework-meanings`, which says what the tensors hold.
@Suite struct FrameworkMeaningTests {
  private struct Line {
    let spelling: String
    let extents: [Int]
    let checksum: Double
  }

  @Test func spellingsMeanWhatTheFrameworksCompute() throws {
    let text = try #require(try fixtures(in: "Fixtures", withExtension: "txt").first).text
    let lines = text.split(separator: "\n").map(String.init)
    let declarations = lines.filter { $0.hasPrefix("# input") || $0.hasPrefix("# const") }
      .map { String($0.dropFirst(2)) }
    let table = lines.filter { !$0.hasPrefix("#") }.compactMap(Self.line)
    #expect(table.count > 400)
    for line in table { try Self.expect(line, declarations) }
    // A number that is not the framework's is refused.
    let first = try #require(table.first)
    withKnownIssue {
      try Self.expect(
        Line(spelling: first.spelling, extents: first.extents, checksum: first.checksum + 1),
        declarations)
    }
  }

  private static func line(_ text: String) -> Line? {
    let parts = text.replacing(" ;; ", with: "\t").split(separator: "\t").map(String.init)
    guard parts.count == 3, let checksum = Double(parts[2]) else { return nil }
    return Line(
      spelling: parts[0], extents: parts[1].split(separator: " ").compactMap { Int($0) },
      checksum: checksum)
  }

  private static func expect(_ line: Line, _ declarations: [String]) throws {
    let text =
      (declarations + ["P = A @ A.T + eye(4)", "zz = \(line.spelling)", "output zz"])
      .joined(separator: "\n") + "\n"
    let source = SourceText(name: line.spelling, text: text)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    let program = Elaborator.elaborate(file, loading: { _ in "" }, into: &diagnostics)
    #expect(!diagnostics.hasErrors, "\(line.spelling): \(diagnostics.rendered())")
    guard let value = program.values.last?.value, !diagnostics.hasErrors else { return }
    let result = try Evaluator(DoubleArithmetic(), at: try point(program)).evaluate(value)
    #expect(result.extents == line.extents, "\(line.spelling)")
    var (sum, magnitude) = (0.0, 0.0)
    for (place, entry) in result.elements.enumerated() {
      sum += Double(place + 1) * entry
      magnitude += Double(place + 1) * abs(entry)
    }
    // The number has twelve digits, and some hundred roundings of doubles come to less than that.
    let bound = 1e-11 * (magnitude + abs(line.checksum)) + 1e-12
    #expect(abs(sum - line.checksum) <= bound, "\(line.spelling): \(sum), not \(line.checksum)")
  }

  /// The entries that the script's head says.
  private static func point(_ program: Program) throws -> EvaluationPoint<Double> {
    var point = EvaluationPoint<Double>()
    for (number, declaration) in program.declarations.enumerated() {
      let symbol = declaration.symbol
      let extents = try symbol.shape.map { try $0.evaluated([:]) }
      let count = extents.reduce(1, *)
      let elements: [Double]
      if symbol.isIndexSymbol, let classes = extents.last {
        elements = (0..<count).map { place in
          let entry = place / classes
          return place % classes == (entry * (2 * number + 1) + number) % classes ? 1 : 0
        }
      } else {
        elements = (0..<count).map { place in
          let whole = (place * (2 * number + 3) + 5 * number) % 23 - 11
          let value = Double(whole) / 4 + Double(place) / 2048
          return ["p", "q"].contains(symbol.name) ? abs(value) / 8 + 1 / 32 : value
        }
      }
      point.values[symbol] = Tensor(extents: extents, elements: elements)
    }
    return point
  }
}
