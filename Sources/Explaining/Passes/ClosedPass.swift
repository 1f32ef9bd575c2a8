import Derivation
import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// The gradients of a program, each as one formula of the forward pass alone.
public struct ClosedPass: Sendable {
  private let program: Program
  private let backward: BackwardPass
  private let targets: Set<String>

  /// The most characters that a formula may have.
  public static let limit = 2_000

  /// The closed gradients of a derived pass, made when they are asked for.
  ///
  /// - Parameter targets: the names that were asked for; every differentiable tensor where there are none.
  public init(_ program: Program, _ backward: BackwardPass, targets: [String]) {
    self.program = program
    self.backward = backward.writing(program)
    self.targets = Set(targets)
  }

  /// The gradients, each closed where it fits.
  package var gradients: [ClosedFormulas.Gradient] {
    var formulas = ClosedFormulas(backward, facts: program.facts, limit: Self.limit)
    return formulas.gradients { value in
      if !targets.isEmpty { return targets.contains(value.name ?? "") }
      guard case .symbol(let symbol) = value.kind else { return false }
      return symbol.isDifferentiable
    }
  }

  /// One statement for each gradient; where the formula would be too long, a comment with its length, and
  /// below all the lines that make such gradients up.
  public func text(style: Style = .plain) -> String {
    let passes = PrintedPasses(program: program, backward: backward, readsBack: false)
    var notation = FormulaText(program: program, backward: backward)
    var text = ""
    if passes.namesParts {
      text += style.apply(.gutter, to: "# forward, with names for parts") + "\n"
      text += passes.forward.flatMap(\.statements).map { $0.text + "\n" }.joined() + "\n"
    }
    var long: Set<String> = []
    for gradient in gradients {
      guard let formula = gradient.formula else {
        long.insert(gradient.name)
        let remark = "# \(gradient.name): about \(gradient.length) characters as one formula"
        text += style.apply(.gutter, to: remark) + "\n"
        continue
      }
      let statements = notation.statements(name: gradient.name, formula, declares: false)
      text += statements.map { $0.text + "\n" }.joined()
    }
    if !long.isEmpty {
      text += "\n" + style.apply(.gutter, to: "# what is too long, as lines") + "\n"
      text += lines(of: long, passes).map { $0 + "\n" }.joined()
    }
    return text
  }

  /// The printed lines that some gradients need, in their order.
  private func lines(of names: Set<String>, _ passes: PrintedPasses) -> [String] {
    let wanted = backward.lines.filter { names.contains($0.name) }.map(\.cotangent)
    let needed = Set(TensorExpression.postorder(of: wanted))
    return zip(backward.lines, passes.backward).filter { needed.contains($0.0.cotangent) }
      .flatMap { $0.1.statements.map(\.text) }
  }
}
