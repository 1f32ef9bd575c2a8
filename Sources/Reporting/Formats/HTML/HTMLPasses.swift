import Explaining
import Judging
import TensorExpressions

/// Both passes: each line as a formula, beside the text that parses back.
struct HTMLPasses {
  let report: CheckReport
  let passes: PrintedPasses

  init(report: CheckReport, passes: PrintedPasses?) {
    self.report = report
    self.passes =
      passes
      ?? PrintedPasses(program: report.program, backward: report.backward, readsBack: false)
  }

  var markup: Markup {
    [
      table("forward", passes.forward), table("backward", passes.backward),
      table("further derivatives", passes.derivatives),
    ].concatenated()
  }

  private func table(_ title: String, _ lines: [PrintedLine]) -> Markup {
    if lines.isEmpty { return "" }
    let used = FormulaText.names(of: report.program, backward: report.backward)
    let rows = lines.map { line -> Markup in
      let formulas = PassNotation.mathml.lines(
        name: line.name, line.value.definition, usedNames: used)
      let text = line.statements.map(\.text).joined(separator: "\n")
      return """
        <tr><td>\(formulas.map { Markup(verbatim: $0) }.concatenated())</td>\
        <td><code>\(lineBroken(text))</code></td><td class="shape">\(shapeText(line.shape))</td></tr>

        """
    }
    return """
      <h3>\(title)</h3>
      <div class="scroll"><table>
      \(rows.concatenated())</table></div>

      """
  }

  private func lineBroken(_ text: String) -> Markup {
    text.split(separator: "\n").map { "\(String($0))" }.concatenated("<br>")
  }
}
