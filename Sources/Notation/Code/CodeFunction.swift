import Scalars
import TensorExpressions

/// What a function is called in each target: one row of the table.
///
/// A target without a name gets the function written from its definition, that of the elementwise table or, where that
/// one overflows although the value does not, the row's own.
struct CodeFunction: Sendable {
  let name: String
  /// By target; `nil` for what the target lacks.
  private let names: [CodeTarget: String]
  /// The body of a function that the module brings along, for targets with a syntax of their own for it.
  private let bodies: [CodeTarget: String]
  /// What the last arguments are where a formula leaves them out.
  let defaults: [Rational]
  /// A form of the definition that is finite wherever the value is.
  let stableDefinition: (@Sendable ([TensorExpression]) -> TensorExpression)?
  /// The number of arguments, for what is no function of the elementwise table.
  private let parameters: Int?

  init(
    _ name: String, numpy: String? = nil, pytorch: String? = nil, jax: String? = nil,
    cpp: String? = nil, swift: String? = nil, bodies: [CodeTarget: String] = [:],
    defaults: [Rational] = [], parameters: Int? = nil,
    stableDefinition: (@Sendable ([TensorExpression]) -> TensorExpression)? = nil
  ) {
    self.name = name
    let pairs: [(CodeTarget, String?)] = [
      (.numpy, numpy), (.pytorch, pytorch), (.jax, jax), (.cpp, cpp), (.swift, swift),
    ]
    names = pairs.reduce(into: [:]) { if let name = $1.1 { $0[$1.0] = name } }
    self.bodies = bodies
    self.defaults = defaults
    self.parameters = parameters
    self.stableDefinition = stableDefinition
  }

  /// What a call is written with.
  func callName(in target: CodeTarget) -> String {
    names[target] ?? (target == .swift && ReservedNames.swift.contains(name) ? name + "_" : name)
  }

  /// Whether the module must bring the function along.
  func isOwn(in target: CodeTarget) -> Bool { names[target] == nil }

  /// The right side of the function in the target's syntax, where the row has one.
  func body(in target: CodeTarget) -> String? { bodies[target] }

  static func named(_ name: String) -> CodeFunction? { byName[name] }

  private static let byName = Dictionary(
    table.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// The number of arguments.
  var arity: Int { parameters ?? Elementwise.named(name)?.arity ?? 1 }

  /// The function of scalar arguments, in terms of functions that are in the table.
  func definition(of arguments: [TensorExpression]) -> TensorExpression? {
    if let stableDefinition { return stableDefinition(arguments) }
    return Elementwise.named(name)?.definition?(arguments)
  }
}
