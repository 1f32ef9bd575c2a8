import TensorExpressions

/// Expressions as code of other libraries and languages.
///
/// Sizes are variables of the surrounding program, under their own names.
public struct CodeNotation: Sendable {
  public enum Target: String, CaseIterable, Sendable {
    /// With `import numpy as np`.
    case numpy
    /// With `import torch` and `import torch.nn.functional as F`.
    case pytorch
    /// With `import jax.numpy as jnp`, `from jax import lax, nn`.
    case jax
    /// Loops over flat arrays, row by row; a scalar is an array of one entry.
    case cxx = "c++"
    /// The same in Swift.
    case swift
  }

  public let target: Target
  /// Names that temporaries and indices must not take.
  public var usedNames: Set<String>

  public init(_ target: Target, usedNames: Set<String> = []) {
    self.target = target
    self.usedNames = usedNames
  }

  /// The lines that compute `expression` into `name`.
  public func lines(name: String, expression: TensorExpression) -> [String] {
    switch target {
    case .numpy: python(.numpy, name, expression)
    case .pytorch: python(.torch, name, expression)
    case .jax: python(.jax, name, expression)
    case .cxx: loops(.cxx, name, expression)
    case .swift: loops(.swift, name, expression)
    }
  }

  private func python(
    _ dialect: Dialect, _ name: String, _ expression: TensorExpression
  ) -> [String] {
    let line = RecognisedLine(
      name: name, expression: expression, usedNames: usedNames, allowsStatement: dialect == .numpy,
      allowsConvolutions: dialect != .numpy)
    let printer = PythonPrinter(dialect: dialect)
    let writer = LoopWriter(language: .python(dialect), usedNames: line.usedNames)
    var result: [String] = []
    for temporary in line.temporaries {
      switch temporary {
      case .formula(let name, let formula): result.append("\(name) = \(printer.string(formula))")
      case .statements(let name, let statements, let shape):
        result += writer.lines(of: statements, name: name, shape: shape)
      }
    }
    switch line.body {
    case .formula(let formula): result.append("\(name) = \(printer.string(formula))")
    case .statements(let statements):
      result += writer.lines(of: statements, name: name, shape: line.shape)
    }
    return result
  }

  private func loops(
    _ language: LoopWriter.Language, _ name: String, _ expression: TensorExpression
  ) -> [String] {
    let line = RecognisedLine(
      name: name, statementsOf: expression, usedNames: usedNames, prefersStatements: true)
    let writer = LoopWriter(language: language, usedNames: line.usedNames)
    var result: [String] = []
    for temporary in line.temporaries {
      switch temporary {
      case .formula(let name, let formula):
        // No loop says an inverse or a maximum: a function of the surrounding program has to.
        let text = PythonPrinter(dialect: .language).string(formula)
        result.append(writer.definition(name, text))
      case .statements(let name, let statements, let shape):
        result += writer.lines(of: statements, name: name, shape: shape)
      }
    }
    if case .statements(let statements) = line.body {
      result += writer.lines(of: statements, name: name, shape: line.shape)
    }
    return result
  }
}
