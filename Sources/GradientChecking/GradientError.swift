/// Why there are no gradients, or no judgement.
public enum GradientError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Gradients are asked for by a value that has no name to print.
  case namelessPrimal
  /// The output does not depend on it, or its gradient was not asked for.
  case independent(of: String)
  /// What cannot be differentiated, or whose sizes cannot be drawn: the diagnostics.
  case underivable(String)
  /// What a notation cannot say.
  case notation(String)
  /// Two values of a layer have the same name, which its lines could not tell apart.
  case repeatedName(String)
  /// A claim reads a tensor that the layer does not have.
  case foreignTensor(String)
  /// A claim of another shape than the gradient's.
  case shape(claimed: String, gradient: String)
  /// Two routes of this library disagree: an error of its own.
  case internalError(String)

  public var description: String {
    switch self {
    case .namelessPrimal:
      "gradients are asked for by a value without a name; `space.named(…)` gives it one"
    case .independent(let name):
      "there is no gradient by `\(name)`: the output does not depend on it"
    case .underivable(let text): text
    case .repeatedName(let name): "two values of the layer are called `\(name)`"
    case .foreignTensor(let name): "the claim reads `\(name)`, which is no tensor of the layer"
    case .notation(let sentence): sentence
    case .shape(let claimed, let gradient):
      "the claim has shape \(claimed), the gradient has shape \(gradient)"
    case .internalError(let sentence): "internal error: \(sentence)"
    }
  }
}
