import Derivation
import Notation
import TensorExpressions

/// The rules of differentiation in words, one for each step of a path through the forward pass.
package struct RuleSentences {
  let simplifier: Simplifier
  /// Names that the indices of relations must not take.
  let usedNames: Set<String>

  /// What is said of one step, and the index statements that show it.
  package struct Rule: Hashable {
    package var sentence: String
    /// The step forward, and the same with two slots exchanged.
    package var relations: [String] = []
  }

  /// The rules along a path, outermost first; a rule that says what the one before it did is left out.
  func rules(along path: ForwardPath, by value: TensorExpression) -> [Rule] {
    var rules: [Rule] = []
    var result = path.consumer
    for (number, step) in path.steps.enumerated() {
      if let whole = wholeProduct(step.node, by: value) {
        if let rule = rule(of: whole.product, whole.step, result: result, value: value) {
          rules.append(rule)
        }
        break
      }
      let isLast = number == path.steps.count - 1
      let told = rule(of: step, result: result, value: isLast ? value : nil)
      // What reaches a term of a sum is the gradient of the whole line.
      if number + 1 < path.steps.count, told?.sentence != Self.passesOn {
        result = path.steps[number + 1].node
      }
      guard let rule = told else { continue }
      if rule != rules.last { rules.append(rule) }
    }
    if rules.count > 1 { rules.removeAll { $0.sentence == Self.passesOn } }
    return rules
  }

  /// The rest of a path as one product of names in which `value` stands once, where it is one.
  private func wholeProduct(
    _ node: TensorExpression, by value: TensorExpression
  ) -> (product: Contraction, step: ForwardPath.Step)? {
    let whole = simplifier.simplified(node)
    guard let product = whole.asContraction, product.operands.count > 1,
      product.operands.allSatisfy({ $0.value.name != nil }),
      product.operands.count(where: { $0.value === value }) == 1,
      let position = product.operands.firstIndex(where: { $0.value === value })
    else { return nil }
    return (product, ForwardPath.Step(node: whole, position: position))
  }

  static let passesOn = "A sum hands its gradient on unchanged to every term."

  private func rule(
    of step: ForwardPath.Step, result: TensorExpression, value: TensorExpression?
  ) -> Rule? {
    switch step.node.kind {
    case .symbol, .named: return nil
    case .sum: return Rule(sentence: Self.passesOn)
    case .contraction(let contraction):
      return rule(of: contraction, step, result: result, value: value)
    case .elementwise(let function, let operands):
      return Rule(sentence: slope(of: function, operands, step.position, result: result))
    case .extremum(let extremum):
      let word = extremum.kind == .maximum ? "largest" : "smallest"
      let tie =
        extremum.ties == .first ? "in a tie the first of them" : "in a tie equal shares"
      return Rule(
        sentence: "Only the \(word) entry of each window reaches the result, so only it gets the "
          + "gradient (\(tie)); every other entry gets 0.")
    case .selector:
      return Rule(sentence: "Which entry is taken does not change for small steps: no gradient.")
    case .recurrence:
      return Rule(
        sentence:
          "What happens at a step reaches all later ones, so the gradient runs through the steps "
          + "the other way.")
    case .inverse:
      return Rule(
        sentence:
          "From X @ inv(X) = I follows d inv(X) = -inv(X) @ dX @ inv(X): the inverse stands "
          + "on both sides, transposed.")
    case .determinant:
      return Rule(sentence: "The slope of a determinant is det(X) * inv(X).T (Jacobi's formula).")
    case .cholesky:
      return Rule(
        sentence:
          "From L @ L.T = X follows that inv(L) @ dX @ inv(L).T is inv(L) @ dL and its transpose, "
          + "of which the factor takes the lower half: its triangle with half of its diagonal.")
    }
  }

  // MARK: Functions entry by entry

  private func slope(
    of function: Elementwise, _ operands: [TensorExpression], _ position: Int,
    result: TensorExpression
  ) -> String {
    let written = function.name == "reciprocal" ? "1/x" : "`\(function.name)`"
    guard let derivative = function.derivatives(operands, result)[position] else {
      return "\(written) has no slope here."
    }
    let slope = simplifier.simplified(derivative)
    let head =
      "\(written) works entry by entry: entry n of the result sees only entry n of its input."
    guard let text = TextNotation().text(slope), text.count <= 60 else {
      return head + " Its slope multiplies the gradient."
    }
    return head + " Its slope there is `\(text)`."
  }

  // MARK: Relations

  private func rule(
    of contraction: Contraction, _ step: ForwardPath.Step, result: TensorExpression,
    value: TensorExpression?
  ) -> Rule? {
    let form = RelationForm(contraction, at: step.position)
    let text = TextNotation().text(step.node).flatMap { $0.count <= 44 ? "`\($0)`" : nil }
    let name = value?.name ?? "this factor"
    let relations = value == nil ? [] : exchanged(contraction, step, result: result, value: value)
    switch form {
    case .power(let count):
      return Rule(
        sentence:
          "Each of the \(count) equal factors of \(text ?? "the power") moves in turn: the slope "
          + "is \(count) times the product of the others.")
    case .windows:
      return Rule(
        sentence: "A convolution is linear in \(name). Its gradient is the same relation with "
          + "\(name) and the result exchanged:", relations: relations)
    case .matrixProduct:
      return Rule(
        sentence: "\(text ?? "The product") is linear in \(name): hold the other factor still and "
          + "exchange \(name) with the result.", relations: relations)
    case .outerProduct:
      return Rule(
        sentence:
          "Every entry of \(name) meets every entry of the other factor, so its gradient is "
          + "summed against that factor.", relations: relations)
    case .entryByEntry:
      return Rule(
        sentence: "In \(text ?? "a product entry by entry") "
          + (contraction.operands.count == 2
            ? "the other factor is the slope." : "the other factors are the slope.")
          + repeated(contraction, step.position, value?.name ?? "It"))
    case .sum:
      return Rule(
        sentence: "Every entry was added with slope 1, so every entry gets the gradient of its sum."
      )
    case .mean(let share):
      return Rule(sentence: "A mean gives every entry the same share of the gradient, \(share).")
    case .repetition:
      return Rule(
        sentence:
          "What is copied forward is summed backward: each copy sends its own gradient home.")
    case .transposition: return Rule(sentence: "A transpose is undone by a transpose.")
    case .scaling(let factor):
      return Rule(sentence: "A constant factor stays a factor of the gradient: \(factor).")
    case .nothing: return nil
    case .selection:
      return Rule(
        sentence: "Entries only move here: the gradient moves back to where they came from, and an "
          + "entry that was not taken gets 0.")
    }
  }

  /// What is added where a factor has fewer axes than the product.
  private func repeated(_ contraction: Contraction, _ position: Int, _ name: String) -> String {
    let own = Set(contraction.operands[position].access.flatMap(\.terms).map(\.index))
    let missing = contraction.indices.indices.filter {
      !own.contains($0) && !contraction.indices[$0].isOne
    }
    guard !missing.isEmpty else { return "" }
    let axes = missing.map { contraction.indices[$0].description }.joined(separator: ", ")
    return " \(name) is repeated along \(axes), so its gradient is summed over \(axes)."
  }

  /// The step as an index statement, and the one with `value` and the result exchanged.
  private func exchanged(
    _ contraction: Contraction, _ step: ForwardPath.Step, result: TensorExpression,
    value: TensorExpression?
  ) -> [String] {
    guard let value, let valueName = value.name else { return [] }
    let resultName = result.name ?? "y"
    guard contraction.operands.allSatisfy({ $0.value.name != nil }) else { return [] }
    let notation = IndexNotation(usedNames: usedNames)
    let forward = notation.lines(name: resultName, expression: step.node)
    let space = value.space
    let cotangent = space.symbol(
      TensorSymbol("d\(resultName)", role: .cotangent), shape: step.node.shape)
    var operands = contraction.operands
    let access = operands[step.position].access
    operands[step.position] = Contraction.Operand(cotangent, contraction.output)
    let backward = notation.lines(
      name: "d\(valueName)",
      expression: space.contraction(
        Contraction(
          coefficient: contraction.coefficient, indices: contraction.indices, output: access,
          operands: operands, guards: contraction.guards), shape: value.shape))
    guard forward.count == 1, backward.count == 1 else { return [] }
    return [forward[0], backward[0]]
  }
}
