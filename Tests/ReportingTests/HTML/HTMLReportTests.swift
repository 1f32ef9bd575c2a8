import Diagnostics
import Foundation
import Judging
import Testing

@testable import Reporting

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The page: well-formed, whole, and nothing in it but what was put there.
struct HTMLReportTests {
  private func page(_ text: String, name: String = "layer.expr") -> String {
    HTMLReport.text([TextReportTests.report(text, name: name)])
  }

  @Test func textIsEscapedAndMarkupIsNot() {
    let name = "a<b>&\"'\u{1B}"
    let cell: Markup = "<td title=\"\(name)\">\(Markup(verbatim: "<b>x</b>"))\(3)</td>"
    #expect(cell.source == "<td title=\"a&lt;b&gt;&amp;&quot;&#39;␛\"><b>x</b>3</td>")
    #expect(Markup(prose: "`a<b` is").source == "<code>a&lt;b</code> is")
    #expect(Markup(prose: "one ` alone").source == "one ` alone")
  }

  @Test func namesOfFilesAreNoMarkup() {
    let page = page("input x: [3]\ny = q\n", name: "<script>alert(1)</script>.expr")
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script&gt;alert(1)"))
  }

  /// A comment is the one part of a file in which any text may stand; it is in the excerpt of an error.
  @Test func textOfFilesIsNoMarkup() {
    let page = page("input x: [3]\ny = q  # </pre><img src=x>\n")
    #expect(!page.contains("<img"))
    #expect(page.contains("&lt;/pre&gt;&lt;img src=x&gt;"))
  }

  @Test func everyElementIsClosed() throws {
    let texts = [
      TextReportTests.wrongNetwork, "y = x\n", "input x: [2]\ny = relu(x)\ncheck dx = dy\n",
      "input x: [1, 1, 7]\nparam w: [1, 1, 3]\ny = conv_transpose1d(x, w, stride=2, padding=1)\n",
    ]
    for text in texts {
      // A page is HTML; its body is written so that it is XML as well.
      let page = page(text)
      let start = try #require(page.range(of: "<body>"))
      let end = try #require(page.range(of: "</body>"))
      let body = String(page[start.lowerBound..<end.upperBound])
        .replacingOccurrences(of: "<br>", with: "<br/>")
      let parser = XMLParser(data: Data(body.utf8))
      #expect(parser.parse(), "\(String(describing: parser.parserError))")
    }
  }

  @Test func nothingComesFromElsewhere() {
    let page = page(TextReportTests.wrongNetwork)
    let addresses = page.matches(of: /(?:src|href|url)\s*[=(]\s*"?([^")\s>]*)/).map { $0.1 }
    #expect(addresses.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:") }, "\(addresses)")
    #expect(page.contains("default-src 'none'"))
    #expect(!page.contains("<script") && !page.contains("@import"))
  }

  @Test func claimsAreCardsWithTheRepairedLine() {
    let page = page(
      "input x: [2, 3]\nparam W: [3, 2]\ny = x @ W\noutput y\ncheck dW = 2 * x.T @ dy\n")
    #expect(page.contains("<article class=\"claim wrong\">"))
    #expect(page.contains("<del>check dW = 2 * x.T @ dy</del><ins>check dW = x.T @ dy</ins>"))
    #expect(page.contains("<g class=\"node wrong\"><title>W [3, 2]: dW wrong"))
    #expect(page.contains("<code>dW = x.T @ dy</code>"))
    #expect(page.contains("<math xmlns="))
  }

  @Test func theMapHasASquareForEveryEntry() {
    let page = page("input x: [2, 3]\nloss L = sum(x**2)\ncheck dx = 2 * x + eye(3)[:2] * x\n")
    #expect(page.matches(of: /<rect class="differs"/).count == 2)
    #expect(page.matches(of: /<rect class="cell"/).count == 4)
    #expect(page.contains("2 of 6 entries differ"))
  }

  @Test func windowsShowTheirPadding() {
    let page = page(
      "input x: [1, 1, 6]\nparam w: [1, 1, 3]\ny = conv1d(x, w, stride=2, padding=1)\n")
    #expect(page.contains("kernel 3, stride 2, padding 1 and 0"))
    #expect(page.matches(of: /<rect class="pad"/).count == 1)
    #expect(page.matches(of: /<rect class="cell"/).count == 6)
    #expect(page.matches(of: /<rect class="window"/).count == 3)
    #expect(page.matches(of: /<circle class="read"/).count == 9)
  }

  /// No two boxes of a row overlap, and every edge leads down.
  @Test func theGraphIsLaidOut() throws {
    let report = try #require(TextReportTests.report(TextReportTests.wrongNetwork).check)
    let graph = ForwardGraph(report.program)
    let layout = GraphLayout(graph) { $0.count }
    let places = Dictionary(uniqueKeysWithValues: layout.nodes.map { ($0.name, $0) })
    #expect(layout.nodes.count == graph.nodes.count)
    for edge in graph.edges {
      #expect(try #require(places[edge.from]).y < #require(places[edge.to]).y)
    }
    for row in Dictionary(grouping: layout.nodes, by: \.y).values {
      let sorted = row.sorted { $0.x < $1.x }
      for (a, b) in zip(sorted, sorted.dropFirst()) {
        #expect(a.x + a.width / 2 < b.x - b.width / 2)
      }
    }
    for node in layout.nodes {
      #expect(node.x - node.width / 2 >= 0 && node.x + node.width / 2 <= layout.width)
    }
  }
}
