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
    var result = self
    result.sizes.removeAll { numbers[$0.name] != nil }
    result.declarations = declarations.map {
      Declaration(symbol: unrolling($0.symbol), range: $0.range)
    }
    result.values = values.map {
      var value = NamedValue(
        name: $0.name, value: unrolling($0.value), isBackward: $0.isBackward,
        isDerivative: $0.isDerivative, range: $0.range)
      value.block = $0.block
      return value
    }
    result.output = output.flatMap { output in
      Output(
        output.results.map {
          .init(value: unrolling($0.value), upstream: $0.upstream.map { unrolling($0) })
        })
    }
    result.cotangentSymbols = cotangentSymbols.mapValues { unrolling($0) }
    result.claims = claims.map { unrolled($0, &unrolling) }
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

  private func unrolled(_ claim: Claim, _ unrolling: inout Unrolling) -> Claim {
    let subject: Claim.Subject
    switch claim.subject {
    case .gradient(let primal): subject = .gradient(primal: unrolling(primal))
    case .assertion(let left): subject = .assertion(left: unrolling(left))
    }
    let claimed: Result<TensorExpression, ClaimError>
    switch claim.claimed {
    case .success(let value): claimed = .success(unrolling(value))
    case .failure(let error): claimed = .failure(error)
    }
    return Claim(
      name: claim.name, subject: subject, claimed: claimed, range: claim.range,
      claimedRange: claim.claimedRange)
  }
}
