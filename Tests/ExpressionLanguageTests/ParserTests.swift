import Diagnostics
import Testing
import ToolkitTestSupport

@testable import ExpressionLanguage

/// What the statements mean, where the printed text does not say it.
@Suite struct ParserTests {
  @Test func rangesHoldTheParenthesesAndOperators() throws {
    let text = "z = (a + b)  @ c.T"
    let (file, _) = parse(text)
    guard case .assignment(let assignment) = file.statements.first?.kind,
      case .chain(let first, let links) = assignment.value.kind
    else {
      Issue.record("not a product")
      return
    }
    let source = file.source
    #expect(source[file.statements[0].range] == text)
    #expect(source[assignment.name.range] == "z")
    #expect(source[assignment.value.range] == "(a + b)  @ c.T")
    #expect(source[first.range] == "(a + b)")
    #expect(source[links[0].operatorRange] == "@")
    #expect(source[links[0].operand.range] == "c.T")
  }

  @Test func statementKeywordsMayBeNames() {
    let (file, diagnostics) = parse(
      "loss = a\ninput: [B]\noutput[i] += a[i]\nloss L = loss(output)")
    #expect(diagnostics.isEmpty)
    #expect(file.statements.count == 4)
    guard case .assignment = file.statements[0].kind, case .shape = file.statements[1].kind,
      case .index = file.statements[2].kind, case .loss = file.statements[3].kind
    else {
      Issue.record("\(file.statements)")
      return
    }
  }

  @Test func lineEndsOfEveryKindAndAByteOrderMarkAreRead() {
    for ending in ["\n", "\r\n", "\r"] {
      let (file, diagnostics) = parse(
        "\u{FEFF}a = b\(ending)\(ending)c = f(d,\(ending)\te) # x\(ending)")
      #expect(diagnostics.isEmpty)
      #expect(file.statements.map(\.description) == ["a = b", "c = f(d, e)"])
    }
  }

  @Test func anEmptyFileHasNoStatements() {
    for text in ["", "\n\n", "  # only a comment", "\u{FEFF}"] {
      let (file, diagnostics) = parse(text)
      #expect(file.statements.isEmpty && diagnostics.isEmpty)
    }
  }

  @Test func dimsHoldConstantArithmeticAndRanges() {
    let (file, diagnostics) = parse("dims n=10**12, H in 5..9, k")
    #expect(diagnostics.isEmpty)
    guard case .dims(let dims) = file.statements.first?.kind else {
      Issue.record("not dims")
      return
    }
    #expect(dims.sizes.map(\.name.name) == ["n", "H", "k"])
    guard case .value(let value) = dims.sizes[0].extent,
      case .range(let lower, let upper) = dims.sizes[1].extent
    else {
      Issue.record("\(dims)")
      return
    }
    #expect(value.description == "10**12")
    #expect(lower.description == "5" && upper.description == "9")
    #expect(dims.sizes[2].extent == .free)
  }

  @Test func aWholeExpressionIsReadAlone() {
    #expect(parseExpression("\n  relu(x)  \n").tree?.description == "relu(x)")
    #expect(parseExpression("").tree == nil)
    #expect(parseExpression("a\nb").tree == nil)
  }

  @Test func anApostropheBeginsAStringWhereNoOperandPrecedes() {
    #expect(parseExpression("einsum('ij->i', x)").tree?.description == "einsum(\"ij->i\", x)")
  }
}
