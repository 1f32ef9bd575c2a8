import Diagnostics
import Evaluation
import ExpressionLanguage
import TensorExpressions

/// A layer to compare gradients with: a text of the expression language, or an expression built in Swift.
public struct GradientLayer {
  let name: String
  let subject: Subject

  enum Subject {
    case file(PropertySubject)
    case program(Program, ranges: [String: ClosedRange<Int>])
  }

  /// A layer in the expression language; claims in it are not looked at.
  ///
  /// - Throws: ``GradientCheckError/layer(_:)``.
  public init(source text: String, named name: String = "the layer") throws(GradientCheckError) {
    self.name = name
    do {
      subject = .file(
        try PropertySubject(
          SourceText(name: name, text: text),
          loading: { throw PropertyRun.FileNotLoaded(name: $0) }))
    } catch {
      switch error {
      case .file(let diagnostics): throw .layer(diagnostics.rendered())
      case .noSizes: throw .noSizes
      case .check(let failure): throw .check(failure)
      }
    }
  }

  /// A layer that was built in Swift.
  ///
  /// - Parameters:
  ///   - output: what is differentiated: a scalar loss, or a tensor, called `y` where it has no name,
  ///     whose upstream gradient is `d` + its name.
  ///   - sizes: ranges of the names in its shapes; 1 to 6 where none is given.
  public init(
    output: TensorExpression, sizes: [String: ClosedRange<Int>] = [:],
    named name: String = "the layer"
  ) {
    self.name = name
    let program = Program(differentiating: output, named: name)
    subject = .program(program, ranges: sizes)
  }

  var draws: SizeDraws {
    switch subject {
    case .file(let file): SizeDraws(bindings: file.bindings)
    case .program(let program, let ranges):
      SizeDraws(
        bindings: SizeBindings(
          for: program.declarations.map(\.symbol) + program.values.map(\.value), ranges: ranges))
    }
  }

  func program(at sizes: [String: Int]) -> (program: Program, sizes: [String: Int])? {
    switch subject {
    case .file(let file): try? file.program(at: sizes)
    case .program(let program, _): (program, sizes)
    }
  }
}
