import ExpressionLanguage
import Testing
import ToolkitTestSupport

/// Every file of the collections means something, and says what it should.
@Suite struct ElaborationFixtureTests {
  @Test func everyFileElaborates() throws {
    var count = 0
    for folder in ["Fixtures", "Fixtures/Cases", "Fixtures/Faults", "Fixtures/Vectors"] {
      for file in try fixtures(in: folder, withExtension: "expr") where file.name != "language.expr"
      {
        count += 1
        let (program, diagnostics) = elaborate(file.text, name: file.name)
        #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
        #expect(program.output != nil, "\(file.name) computes nothing")
        let checks = file.text.split(separator: "\n").filter {
          $0.hasPrefix("check ") || $0.hasPrefix("assert ")
        }
        #expect(program.claims.count == checks.count, "\(file.name)")
      }
    }
    #expect(count > 250)
  }
}
