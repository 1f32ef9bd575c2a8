import Derivation
import ExpressionLanguage
import TensorExpressions

/// Programs with recurrences, at a length that is a number.
///
/// At a length a recurrence is its unrolled expression. So values are compared, masks decided and gradients
/// witnessed on an ordinary program; what is proved is proved of the recurrence, by induction, for all
/// lengths.
extension Program {
  /// Whether a value or a claim holds a recurrence.
  package var holdsRecurrences: Bool { !recurrences.isEmpty }

  var recurrences: Set<Recurrence> {
    let claimed = claims.compactMap { try? $0.claimed.get() }
    let nodes = TensorExpression.postorder(of: values.map(\.value) + claimed)
    return Set(nodes.compactMap { $0.asRecurrence?.recurrence })
  }

  /// The names of sizes that say how many steps there are.
  package var stepNames: Set<String> {
    recurrences.reduce(into: []) { $0.formUnion($1.first.names.union($1.count.names)) }
  }

  /// The program with numbers in place of some sizes, its recurrences of those lengths written out.
  func unrolled(_ numbers: [String: Int], _ unrolling: inout Unrolling) -> Program {
    var result = mapped { expression, _ in unrolling(expression) }
    result.sizes.removeAll { numbers[$0.name] != nil }
    let sizes = numbers.mapValues { Size($0) }
    result.shapeConditions = shapeConditions.compactMap { entry in
      switch entry.condition {
      case .atLeast(let size, let bound):
        return (.atLeast(size.substituting(sizes), bound), entry.range)
      case .divisible(let divisibility):
        let names = divisibility.dividend.names.union(divisibility.divisor.names)
        return names.isDisjoint(with: numbers.keys) ? entry : nil
      }
    }
    return result
  }

  /// The program with its forward pass as values that are given, and with claims whose branches that are not chosen
  /// have no say.
  func choosingBranches(_ forward: [TensorExpression: TensorExpression]) -> Program {
    mapped { expression, isClaimed in
      isClaimed ? expression.withChosenBranches : forward[expression] ?? expression
    }
  }

  /// The program with other expressions.
  ///
  /// - Parameter changing: gives the expression for one that is the side of a claim, or is not.
  private func mapped(
    _ changing: (TensorExpression, _ isClaimed: Bool) -> TensorExpression
  ) -> Program {
    func change(_ expression: TensorExpression) -> TensorExpression { changing(expression, false) }
    var result = self
    result.declarations = declarations.map {
      Declaration(symbol: change($0.symbol), range: $0.range)
    }
    result.values = values.map {
      var value = NamedValue(
        name: $0.name, value: change($0.value), isBackward: $0.isBackward,
        isDerivative: $0.isDerivative, range: $0.range)
      value.block = $0.block
      return value
    }
    result.output = output.flatMap { output in
      Output(
        output.results.map { .init(value: change($0.value), upstream: $0.upstream.map(change)) })
    }
    result.cotangentSymbols = cotangentSymbols.mapValues(change)
    result.claims = claims.map { $0.mapped(changing) }
    return result
  }
}

extension Program.Claim {
  fileprivate func mapped(
    _ changing: (TensorExpression, _ isClaimed: Bool) -> TensorExpression
  ) -> Program.Claim {
    let subject: Subject =
      switch self.subject {
      case .gradient(let primal): .gradient(primal: changing(primal, false))
      case .assertion(let left): .assertion(left: changing(left, true))
      }
    return Program.Claim(
      name: name, subject: subject, claimed: claimed.map { changing($0, true) }, range: range,
      claimedRange: claimedRange, note: note)
  }
}

extension TensorExpression {
  /// The value with branches such that those not chosen have no say.
  var withChosenBranches: TensorExpression { ChosenBranches(of: [self])?.values[self] ?? self }

  /// The value with others in place of some of its parts.
  func puttingIn(_ values: [TensorExpression: TensorExpression]) -> TensorExpression {
    var memo: [TensorExpression: TensorExpression] = [:]
    for node in TensorExpression.postorder(of: [self]) {
      memo[node] = values[node] ?? node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
    }
    return memo[self] ?? self
  }
}
