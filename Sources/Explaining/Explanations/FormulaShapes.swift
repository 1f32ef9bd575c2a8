import Derivation
import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// The shapes of the parts of printed formulas, found by reading the formulas back.
struct FormulaShapes {
  private(set) var shapes: [String: [Size]] = [:]
  private let sizeNames: [Size]
  private let numbers: [String: Int]

  init(program: Program, backward: BackwardPass) {
    sizeNames = program.sizes.map { Size($0.name) }
    var numbers: [String: Int] = [:]
    for size in program.sizes {
      if case .fixed(let extent) = size.extent { numbers[size.name] = extent }
    }
    self.numbers = numbers
    let upstream = program.output?.upstreams ?? []
    let values = program.declarations.map(\.symbol) + backward.forward + upstream
    for value in values + backward.lines.map(\.cotangent) {
      if let name = value.name { shapes[name] = value.shape }
    }
  }

  /// Makes a name of a part known.
  mutating func learn(_ name: String, _ shape: [Size]) { shapes[name] = shape }

  /// A formula as syntax, with the source that its ranges are in; nil for what is no expression.
  func syntax(_ formula: String) -> (expression: SyntaxExpression, source: SourceText)? {
    let source = SourceText(name: "formula", text: formula)
    var diagnostics = DiagnosticList(source: source)
    guard let expression = SyntaxFile.parseExpression(source, into: &diagnostics) else {
      return nil
    }
    return (expression, source)
  }

  /// The shape of a formula; nil when it is not a tensor.
  func shape(of formula: String) -> [Size]? {
    if let known = shapes[formula] { return known }
    let (text, renamed) = withoutGradientNames(formula)
    guard let (expression, source) = syntax(text) else { return nil }
    var tensors = renamed.map { Elaborator.OpenTensor($0.key, $0.value) }
    // A tensor that no formula names declares every size.
    tensors.append(Elaborator.OpenTensor("every_size_", sizeNames))
    var diagnostics = DiagnosticList(source: source)
    let program = Elaborator.elaborate(
      expression, in: source, declaring: tensors, into: &diagnostics)
    guard !diagnostics.hasErrors else { return nil }
    return program.values.last?.value.shape
  }

  /// The formula with every name of a tensor spelt so that no name is reserved for the gradient by another, and the
  /// shapes of the new names.
  private func withoutGradientNames(_ formula: String) -> (text: String, shapes: [String: [Size]]) {
    var text = ""
    var found: [String: [Size]] = [:]
    var rest = formula[...]
    while let first = rest.first {
      guard first.isLetter || first == "_" else {
        text.append(first)
        rest.removeFirst()
        continue
      }
      let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      rest = rest[word.endIndex...]
      let isMember = text.hasSuffix(".")
      if let shape = shapes[String(word)], !isMember, rest.first != "(" {
        let name = "value_" + word
        found[name] = shape
        text += name
      } else {
        text += word
      }
    }
    return (text, found)
  }

  /// The dims of a shape as numbers, or by their names where some number is not given: `(7,2)`, `(H,I)`.
  func dims(_ shape: [Size]) -> String {
    let extents = shape.map { size -> String in
      (try? size.evaluated(numbers)).map(String.init) ?? size.description
    }
    return "(" + extents.joined(separator: ",") + ")"
  }

  /// Whether the shape says more by names than by ``dims(_:)``.
  func hasNumbers(_ shape: [Size]) -> Bool {
    shape.contains { !$0.isConstant && (try? $0.evaluated(numbers)) != nil }
  }
}
