import Diagnostics
import Judging
import Testing

@testable import Reporting

/// What is printed is what the schema says, and the schema says something.
struct JSONSchemaTests {
  private static let texts = [
    TextReportTests.wrongNetwork,
    """
    dims n
    input x: [n]
    y = x + z
    """,
    """
    input x: [1, 2, 7, 7]
    param w: [3, 2, 3, 3], s: [3] positive
    const t: [3] simplex
    y = relu(conv2d(x, w, stride=2, padding=1))
    loss L = sum(y) * sum(s * t)
    check dw = conv2d_weight_grad(x, dy, stride=2)
    check ds = t
    """,
    """
    input x: [3], y: [3]
    loss L = sum(abs(x - y)) + sum(exp(x))
    check dx = sign(x - y) + exp(x)
    check dy = -sign(y - x)
    assert sum(x * y) == sum(y * x)
    """,
    """
    input x: [2, 3]
    loss L = sum(exp(x)) / 2
    check dx = exp(x) / 3
    """,
  ]

  @Test(arguments: texts.indices)
  func reportsFit(number: Int) throws {
    let report = TextReportTests.report(Self.texts[number])
    let json = JSONReport.json([report], notations: [.latex, .mathml, .index])
    #expect(try JSONSchema.ofReports().problems(of: json) == [])
  }

  /// Every change of a report that fits into one that does not is noticed.
  @Test func whatDoesNotFitIsRefused() throws {
    let schema = try JSONSchema.ofReports()
    let json = JSONReport.json([TextReportTests.report(TextReportTests.wrongNetwork)])
    #expect(schema.problems(of: json) == [])
    var object = try #require(json.objectValue)
    object["version"] = .integer(1)
    #expect(schema.problems(of: .object(object)) == ["$.version: is not 2"])
    object = try #require(json.objectValue)
    object["files"] = nil
    #expect(schema.problems(of: .object(object)) == ["$: has no `files`"])
    object = try #require(json.objectValue)
    object["surprise"] = .null
    #expect(schema.problems(of: .object(object)) == ["$: `surprise` is not described"])
    object = try #require(json.objectValue)
    var file = try #require(json["files"]?.arrayValue?.first?.objectValue)
    file["claims"] = .array([.object(["name": .integer(1), "verdict": .string("fine")])])
    object["files"] = .array([.object(file)])
    let problems = schema.problems(of: .object(object))
    #expect(problems.contains("$.files[0].claims[0].name: is no string"))
    #expect(problems.contains("$.files[0].claims[0].verdict: \"fine\" is not allowed"))
    #expect(problems.contains("$.files[0].claims[0]: has no `line`"))
  }

  @Test func everyVerdictIsInTheSchema() throws {
    let schema = try JSONSchema.ofReports()
    var object = try #require(JSONReport.json([]).objectValue)
    for word in Verdict.words {
      object["verdicts"] = .object([word: .integer(1)])
      #expect(schema.problems(of: .object(object)) == [])
    }
  }
}
