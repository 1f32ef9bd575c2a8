import Diagnostics
import Notation
import TensorExpressions

extension Program {
  /// The program of an expression that was built in Swift: its sizes and tensors, its named values, and the expression
  /// as what is differentiated, under its own name or `y`. Its text is a line for each value and each claim.
  ///
  /// - Parameters:
  ///   - output: a scalar loss, or a tensor of any shape, whose upstream gradient is then `d` + its name.
  ///   - claims: gradients that are claimed by named primals, each of its primal's shape.
  ///   - name: what reports call it.
  public init(
    differentiating output: TensorExpression,
    claims: [(primal: TensorExpression, claimed: TensorExpression)] = [], named name: String
  ) {
    let output = output.name == nil ? output.space.named("y", output) : output
    let nodes = TensorExpression.postorder(of: [output])
    let named = nodes.filter { $0.unnamed !== $0 }
    var text = BuiltText()
    let valueRanges = named.map { text.line($0.name ?? "", $0.unnamed).statement }
    let claimNames = claims.map { "d" + ($0.primal.name ?? "") }
    let claimRanges = zip(claims, claimNames).map { text.line("check " + $1, $0.claimed) }

    self.init(source: SourceText(name: name, text: text.text), space: output.space)
    sizes = Set(nodes.flatMap { $0.shape.flatMap(\.names) }).sorted()
      .map { NamedSize(name: $0, extent: .free, range: SourceRange(start: 0, end: 0)) }
    declarations = TensorExpression.symbols(of: [output])
      .map { Declaration(symbol: $0, range: SourceRange(start: 0, end: 0)) }
    values = zip(named, valueRanges)
      .map { NamedValue(name: $0.name ?? "", value: $0, isBackward: false, range: $1) }
    let upstream = output.space.symbol(
      TensorSymbol("d" + (output.name ?? ""), role: .upstream), shape: output.shape)
    self.output = Output(value: output, upstream: output.isScalar ? nil : upstream)
    self.claims = claims.indices.map {
      Claim(
        name: claimNames[$0], subject: .gradient(primal: claims[$0].primal),
        claimed: .success(claims[$0].claimed), range: claimRanges[$0].statement,
        claimedRange: claimRanges[$0].formula)
    }
  }
}

/// The lines of a program that nobody wrote.
private struct BuiltText {
  var text = ""

  /// Appends `name = formula`, and says where the statement and the formula stand.
  mutating func line(
    _ name: String, _ value: TensorExpression
  ) -> (statement: SourceRange, formula: SourceRange) {
    let start = text.utf8.count
    text += name + " = "
    let formula = text.utf8.count
    text += value.formulaText
    let end = text.utf8.count
    text += "\n"
    return (SourceRange(start: start, end: end), SourceRange(start: formula, end: end))
  }
}
