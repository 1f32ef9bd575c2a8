import Diagnostics
import Layers
import TensorExpressions

/// What Python's programs ask of a shape: `x.shape`, `x.size(0)`, `x.ndim`, `len(x)`, `np.size(x)`.
extension Elaboration {
  /// How a question is written.
  enum QuestionForm {
    case attribute, method, function
  }

  private enum Question {
    case shape, extent, rank, count, length
  }

  private static let questions: [QuestionForm: [String: Question]] = [
    .attribute: ["shape": .shape, "size": .count, "ndim": .rank],
    .method: [
      "size": .extent, "dim": .rank, "ndimension": .rank, "numel": .count, "nelement": .count,
    ],
    .function: [
      "shape": .shape, "size": .count, "ndim": .rank, "numel": .count, "len": .length,
    ],
  ]

  /// Whether a name asks something of a shape where it is written so. An attribute that is called asks as well, and is
  /// refused.
  func asksOfShape(_ name: String, _ form: QuestionForm) -> Bool {
    Self.questions[form]?[name] != nil
      || form == .method && Self.questions[.attribute]?[name] != nil
  }

  /// `x.shape`, `x.size(0)`, `x.size`: the second as PyTorch has it, and without parentheses NumPy's count of entries.
  ///
  /// - Parameter arguments: nil where no parentheses stand.
  mutating func shapeValue(
    _ name: Identifier, _ receiver: SyntaxExpression, _ arguments: [Argument]?
  ) -> Value? {
    guard let arguments else {
      return Self.questions[.attribute]?[name.name].flatMap { answer($0, name, receiver, []) }
    }
    if let question = Self.questions[.method]?[name.name] {
      return answer(question, name, receiver, arguments)
    }
    fail(.name(.calledAttribute(name.name)), name.range)
    let attribute = "\(text(receiver.range)).\(name.name)"
    problems[problems.count - 1].advice =
      arguments.isEmpty
      ? "write `\(attribute)`" : "write `\(attribute)[\(text(arguments[0].value.range))]`"
    return nil
  }

  /// `len(x)`, `np.shape(x)`, `torch.numel(x)`.
  mutating func shapeOfArgument(
    _ name: Identifier, _ operand: SyntaxExpression, _ arguments: [Argument]
  ) -> Value? {
    Self.questions[.function]?[name.name].flatMap { answer($0, name, operand, arguments) }
  }

  private mutating func answer(
    _ question: Question, _ name: Identifier, _ operand: SyntaxExpression, _ arguments: [Argument]
  ) -> Value? {
    guard let value = evaluate(operand), let x = tensor(value, operand) else { return nil }
    let extents = x.shape.map { Value.size($0) }
    switch question {
    case .shape: return .list(extents)
    case .rank: return .size(Size(x.rank))
    case .length:
      if extents.isEmpty { fail(.value(.subscriptOfNumber), name.range) }
      return extents.first
    case .count, .extent:
      guard let place = arguments.first else {
        return question == .extent ? .list(extents) : .size(Size.product(x.shape))
      }
      guard let axis = evaluateSize(place.value)?.asInt else {
        fail(.size(.expected(text(place.value.range))), place.value.range)
        return nil
      }
      guard let checked = try? x.normalizedAxis(axis) else {
        fail(.shape(.axis(axis, shape: x.shape), operation: text(operand.range)), name.range)
        return nil
      }
      return .size(x.shape[checked])
    }
  }
}
