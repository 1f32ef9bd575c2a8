import Derivation
import ExpressionLanguage
import TensorExpressions

/// The sides of a claim as expressions without open ends: cotangent symbols replaced by what they stand for.
package struct ClaimExpressions {
  package let claim: Program.Claim
  /// The derived gradient, or an assertion's left side.
  package let exact: TensorExpression
  /// The author's right side with the true gradients put in; nil when it does not fit.
  package let claimed: TensorExpression?
  /// The same with the author's own claims put in for the lines above; the same node where there are none.
  package let claimedByAuthor: TensorExpression?
  /// The names of claims above that the right side uses, directly or through other lines.
  package let uses: [String]
  /// Those among them whose own right sides do not fit, so that they have no value of their author's.
  let usesUnfit: [String]
}

extension Program {
  /// The sides of every claim, for a derived backward pass.
  package func claimExpressions(_ cotangents: [TensorExpression: TensorExpression])
    -> [ClaimExpressions]
  {
    let truth = cotangentTruth(cotangents)
    var author = truth
    var claimedSymbols: [TensorExpression: String] = [:]
    var dependencies: [String: [String]] = [:]
    var unfit: Set<String> = []
    var result: [ClaimExpressions] = []
    for claim in claims {
      guard case .success(let right) = claim.claimed else {
        result.append(
          ClaimExpressions(
            claim: claim, exact: exactSide(of: claim, cotangents, truth), claimed: nil,
            claimedByAuthor: nil, uses: [], usesUnfit: []))
        if case .gradient(let primal) = claim.subject, let name = primal.name,
          let symbol = cotangentSymbols[name]
        {
          claimedSymbols[symbol] = claim.name
          unfit.insert(claim.name)
        }
        continue
      }
      let used = TensorExpression.symbols(of: [right]).compactMap { claimedSymbols[$0] }
      let all = Set(used + used.flatMap { dependencies[$0] ?? [] })
      dependencies[claim.name] = Array(all)
      result.append(
        ClaimExpressions(
          claim: claim, exact: exactSide(of: claim, cotangents, truth),
          claimed: right.replacing(truth), claimedByAuthor: right.replacing(author),
          uses: claims.map(\.name).filter { all.contains($0) },
          usesUnfit: claims.map(\.name).filter { all.contains($0) && unfit.contains($0) }))
      if case .gradient(let primal) = claim.subject, let name = primal.name,
        let symbol = cotangentSymbols[name], !isUpstream(symbol)
      {
        author[symbol] = primal.space.named(claim.name, right.replacing(author))
        claimedSymbols[symbol] = claim.name
      }
    }
    return result
  }

  /// What each cotangent symbol stands for in truth; an upstream gradient stands for itself.
  package func cotangentTruth(
    _ cotangents: [TensorExpression: TensorExpression]
  ) -> [TensorExpression: TensorExpression] {
    var truth: [TensorExpression: TensorExpression] = [:]
    for (symbol, primal) in cotangentPrimals where !isUpstream(symbol) {
      truth[symbol] = cotangents[primal] ?? primal.zero
    }
    return truth
  }

  private func isUpstream(_ symbol: TensorExpression) -> Bool {
    output?.upstreams.contains(symbol) ?? false
  }

  private func exactSide(
    of claim: Claim, _ cotangents: [TensorExpression: TensorExpression],
    _ truth: [TensorExpression: TensorExpression]
  ) -> TensorExpression {
    switch claim.subject {
    case .gradient(let primal): cotangents[primal] ?? primal.zero
    case .assertion(let left): left.replacing(truth)
    }
  }

  /// The value that each cotangent symbol is the gradient by.
  private var cotangentPrimals: [(TensorExpression, TensorExpression)] {
    let primals = declarations.map(\.symbol) + values.map(\.value)
    return primals.compactMap { primal in
      guard let name = primal.name, let symbol = cotangentSymbols[name] else { return nil }
      return (symbol, primal)
    }
  }
}

extension TensorExpression {
  /// The expression with symbols replaced.
  package func replacing(_ values: [TensorExpression: TensorExpression]) -> TensorExpression {
    TensorExpression.rebuilding([self]) { values[$0] ?? $0 }[0]
  }
}
