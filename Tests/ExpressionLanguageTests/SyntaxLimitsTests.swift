import Diagnostics
import Testing
import ToolkitTestSupport

@testable import ExpressionLanguage

/// Huge and hostile texts end in a tree or in a diagnostic.
@Suite struct SyntaxLimitsTests {
  private static let many = 100_000

  /// What is repeated, and what stands before and after all of it.
  @Test(arguments: [
    ("(", "", "x"), ("[", "", ""), ("f(", "", ""), ("x[", "", ""), ("f(a=", "", ""), ("-", "", "x"),
    (".T", "x", ""), ("[0]", "x", ""), (".f(1)", "x", ""), ("**a", "a", ""), ("**-a", "a", ""),
    ("(1 < ", "", ""), ("x[a:", "", ""),
  ])
  func deepNestingIsADiagnostic(piece: String, before: String, after: String) {
    let expression = before + String(repeating: piece, count: Self.many) + after
    let (file, diagnostics) = parse("z = \(expression)\ny = x\n")
    #expect(diagnostics.diagnostics.map(\.code) == [.nestingTooDeep])
    #expect(file.statements.map(\.description) == ["y = x"])
  }

  /// Postfixes inside parentheses deepen the tree without deepening the recursion.
  @Test func theTreeItselfIsBounded() {
    var expression = "x"
    for _ in 0..<150 { expression = "(" + expression + String(repeating: ".T", count: 100) + ")" }
    #expect(parseExpression(expression).diagnostics.diagnostics.map(\.code) == [.nestingTooDeep])
  }

  @Test func nestingWithinTheLimitIsRead() {
    let levels = SyntaxExpression.depthLimit - 1
    let brackets =
      String(repeating: "(", count: levels) + "x" + String(repeating: ")", count: levels)
    #expect(parseExpression(brackets).tree?.depth == 1)
    #expect(parseExpression("x" + String(repeating: ".T", count: levels)).tree?.depth == levels + 1)
  }

  @Test func longChainsAreFlat() {
    let limit = SyntaxExpression.chainLimit
    let sum = "a" + String(repeating: "+a", count: limit)
    let product = "a" + String(repeating: "@a", count: limit)
    #expect(parseExpression(sum).tree?.depth == 2)
    #expect(parseExpression(product).tree?.depth == 2)
    #expect(parseExpression(sum + "-a").diagnostics.diagnostics.map(\.code) == [.chainTooLong])
    #expect(
      parseExpression("a" + String(repeating: "*a", count: Self.many)).diagnostics.diagnostics
        .map(\.code) == [.chainTooLong])
  }

  @Test func longListsAreRead() {
    let list = "[" + String(repeating: "1, ", count: Self.many) + "2]"
    guard case .list(let elements) = parseExpression(list).tree?.kind else {
      Issue.record("not a list")
      return
    }
    #expect(elements.count == Self.many + 1)
  }

  @Test func aFileThatIsTooLargeIsRefused() {
    let (file, diagnostics) = parse(String(repeating: "#", count: SyntaxFile.sizeLimit + 1))
    #expect(file.statements.isEmpty)
    #expect(diagnostics.diagnostics.map(\.code) == [.fileTooLarge])
  }

  @Test func aLongCommentIsSkipped() {
    let (file, diagnostics) = parse("#" + String(repeating: "é", count: 1_000_000) + "\ny = x")
    #expect(file.statements.count == 1)
    #expect(diagnostics.isEmpty)
  }

  @Test func numbersHaveALimit() {
    let digits = String(repeating: "9", count: DecimalLiteral.limit)
    #expect(DecimalLiteral(digits) != nil)
    #expect(DecimalLiteral(digits + "9") == nil)
    #expect(DecimalLiteral("1e\(DecimalLiteral.limit + 1)") == nil)
    #expect(DecimalLiteral("1e99999999999999999999") == nil)
  }

  @Test(arguments: [
    ("1e-5", "1", -5, false), ("0.1", "1", -1, false), ("1_000", "1000", 0, true),
    ("2.", "2", 0, false), (".50", "50", -2, false), ("0.0", "0", 0, false),
    ("12.5E+3", "125", 2, false), ("00", "0", 0, true),
  ])
  func numbersAreExact(text: String, significand: String, exponent: Int, isInteger: Bool) {
    let literal = DecimalLiteral(text)
    #expect(literal?.significand == significand)
    #expect(literal?.exponent == exponent)
    #expect(literal?.isInteger == isInteger)
  }
}
