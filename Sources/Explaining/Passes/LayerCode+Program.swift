import Derivation
import Diagnostics
import ExpressionLanguage
import Judging
import Notation
import TensorExpressions

extension LayerCode {
  /// A program with its derived pass, in the form that does not overflow where the values do not.
  ///
  /// - Parameters:
  ///   - targets: the names to differentiate by; every differentiable tensor where there are none.
  ///   - numbers: numbers for sizes, over those of the file.
  init(
    _ program: Program, targets: [String], numbers: [String: Int]
  ) throws(DerivationError) {
    let sizes = program.sizes.map { size in
      NamedSize(name: size.name, extent: numbers[size.name] ?? size.extent.number)
    }
    let symbols = program.declarations.map(\.symbol)
    let differentiated = symbols.filter { symbol in
      guard case .symbol(let declared) = symbol.kind, declared.isDifferentiable else {
        return false
      }
      return targets.isEmpty || targets.contains(declared.name)
    }
    var outputs: [Output] = []
    var gradients: [Gradient] = []
    var sequences: [TensorExpression] = []
    if let output = program.output {
      let count = output.results.count
      let values = StableForward.applied(to: output.values + program.formulaNames)
      let backward = try BackwardPass(
        zip(values, output.results).map { ($0, $1.seed) }, targets: differentiated,
        names: Array(values.dropFirst(count)), avoiding: Set(program.numbers.map(\.name)),
        facts: program.facts)
      outputs = zip(values, output.results).map { value, result in
        let name = result.value.name ?? "y"
        let line = backward.forward.last { $0.name == name } ?? value
        return Output(name: name, value: line, upstream: result.upstream)
      }
      sequences = (backward.forward + backward.lines.map(\.cotangent)).filter {
        $0.namedValue?.asRecurrence != nil
      }
      gradients = differentiated.map {
        Gradient(argument: $0, value: backward.cotangents[$0] ?? $0.zero)
      }
    }
    self.init(
      stem: Self.stem(of: program.source.name), sizes: sizes, arguments: symbols,
      outputs: outputs, gradients: gradients, derivatives: program.shortDerivatives,
      sequences: sequences)
  }

  /// A file's name without its folder and its ending.
  private static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let stem = name.hasSuffix(".expr") ? String(name.dropLast(5)) : name
    return stem.contains(where: { $0.isLetter || $0.isNumber }) && stem != "<stdin>" && stem != "-e"
      ? stem : "layer"
  }
}

extension Program.NamedSize.Extent {
  /// The number that the file gives.
  fileprivate var number: Int? {
    switch self {
    case .free: nil
    case .fixed(let extent): extent
    case .range(let range): range.lowerBound
    }
  }
}

extension Program {
  /// The values that are defined by derivatives, as the short formulas that they are.
  fileprivate var shortDerivatives: [TensorExpression] {
    let values = derivativeValues
    if values.isEmpty { return [] }
    return DerivativeLines(of: values, names: formulaNames, facts: facts).valueForms
  }
}
