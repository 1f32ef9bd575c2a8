import Diagnostics
import Layers
import TensorExpressions

/// −∞ in expressions: as a number it is `-inf`, and what would compute with it is an error.
extension Elaboration {
  /// `inf`. There is no such tensor: only its negative can be said.
  var infinity: TensorExpression { -minusInfinity }

  private var minusInfinity: TensorExpression {
    let number = space.zeros([])
    return number.minusInfinity(where: number.filled(1))
  }

  /// `float("inf")`, `float("-inf")`.
  func infinity(_ function: Identifier, _ arguments: [Argument]) -> Value? {
    guard function.name == "float", arguments.count == 1,
      case .string(let text) = arguments[0].value.kind
    else { return nil }
    switch text.lowercased() {
    case "-inf", "-infinity": return .tensor(minusInfinity)
    case "inf", "+inf", "infinity", "+infinity": return .tensor(infinity)
    default: return nil
    }
  }

  /// Reports an operation that has no value since it would compute with −∞.
  mutating func failInfinity(_ value: Value, _ expression: SyntaxExpression) -> Bool {
    guard case .tensor(let tensor) = value, tensor.takesMinusInfinity, tensor != infinity else {
      return false
    }
    fail(.value(.infinity(text(expression.range))), expression.range)
    return true
  }

  /// Keeps the assumption that a function that takes −∞ finds another entry wherever it needs one, unless the mask's
  /// declaration or its pattern says so.
  mutating func noteEntriesLeft(_ arguments: [Value], _ result: Value, _ range: SourceRange) {
    guard case .tensor(let tensor) = result, !tensor.holdsMinusInfinity else { return }
    for case .tensor(let argument) in arguments {
      guard let mask = argument.minusInfinity?.mask else { continue }
      let symbols = TensorExpression.symbols(of: [mask])
      let isSaid = symbols.allSatisfy { $0.declaredSymbol?.structure.maskAxis != nil }
      let assumption = "`\(text(range))` has entries above −∞ in every row"
      if !isSaid, !program.assumptions.contains(assumption) {
        program.assumptions.append(assumption)
      }
    }
  }

  /// Reports a value that would hold −∞ where every entry must be a number.
  mutating func failMinusInfinity(_ tensor: TensorExpression, _ range: SourceRange) -> Bool {
    guard tensor.takesMinusInfinity || tensor.holdsMinusInfinity else { return false }
    fail(.value(.infinity(text(range))), range)
    return true
  }
}
