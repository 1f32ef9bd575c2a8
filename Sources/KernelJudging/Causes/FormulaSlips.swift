import Derivation
import Explaining
import Judging
import Notation
import Scalars
import TensorExpressions

/// Slips made in a gradient's lines, in the forward pass that they use, or before they are derived.
struct FormulaSlips {
  let layer: KernelLayer
  let name: String
  let formula: TensorExpression

  struct Slip {
    let sentence: () -> String
    let formula: TensorExpression
  }

  /// Exchanges and reversals undo themselves, so that made in the true formula they are the slip; offsets go both ways.
  private static let undoing: Set<Cause.Kind> = [
    .transpose, .flip, .channel, .edge, .strideAndDilation,
  ]

  /// The slips in groups, the likeliest first; a group is made when it is asked for.
  var groups: [() -> [Slip]] {
    [
      { ownLine }, { functions }, { numbers }, { signs }, { masks }, { softmaxes }, { steps },
      { epsilons }, { layouts }, { otherLines }, { sums }, { derivedAnew },
    ]
  }

  // MARK: - Functions

  /// A mask the other way round, and a function left out, wherever they occur.
  private var functions: [Slip] {
    TensorExpression.postorder(of: [formula]).flatMap { node -> [Slip] in
      guard let (function, operands) = node.elementwiseFunction, let operand = operands.first,
        operand.shape == node.shape
      else { return [] }
      var slips = [
        Slip(
          sentence: {
            "missing function: \(function.name) is left out of `\(node.formulaText)`"
          }, formula: formula.replacingNamed([node: operand]))
      ]
      if function.primitive == .step {
        slips.append(
          Slip(
            sentence: { "mask: `\(node.formulaText)` is the other way round" },
            formula: formula.replacingNamed([node: node.filled(1) - node])))
      }
      return slips
    }
  }

  // MARK: - In the lines

  private var ownLine: [Slip] { slips(in: formula) { $0 } }

  /// The lines that the formula uses, its nearest first.
  private var otherLines: [Slip] {
    let own = TensorExpression.postorder(of: [formula]).filter {
      $0 !== formula && $0.name != nil && $0.symbol == nil
    }
    return own.reversed().flatMap { line in
      slips(in: line) { formula.replacingNamed([line: $0]) }
    }
  }

  private func slips(
    in line: TensorExpression, _ whole: @escaping (TensorExpression) -> TensorExpression
  ) -> [Slip] {
    let root = line.unnamed
    let region = ClaimRegion(root) { $0.name != nil }
    let text = { (expression: TensorExpression) in expression.formulaText }
    let name = line.name ?? ""
    let candidates =
      FormulaEdits(region: region, text: text).candidates()
      + AccessEdits(region: region, text: text).candidates()
      .filter { Self.undoing.contains($0.kind) }
    return candidates.filter { $0.expression.shape == root.shape }.map { candidate in
      Slip(
        sentence: {
          "\(candidate.kind.rawValue): in `\(name)`, \(candidate.detail())"
        },
        formula: whole(line.space.named(name, candidate.expression)))
    }
  }

  // MARK: - In the forward pass

  /// Another eps, none, or one outside of the root; the backward pass is derived from that.
  private var epsilons: [Slip] {
    guard let outputs = layer.program.output?.values else { return [] }
    let nodes = TensorExpression.postorder(of: outputs + [formula])
    var slips: [Slip] = []
    for node in nodes {
      guard let terms = node.asTerms, let (place, eps) = Self.epsilon(in: terms) else {
        continue
      }
      let rest = node.space.sum(
        terms.enumerated().filter { $0.offset != place }.map(\.element), shape: node.shape)
      for (value, words) in Self.otherEpsilons(eps) {
        let changed = value.isZero ? rest : rest + rest.filled(value)
        slips += derived([node: changed]) { "eps: eps is \(words), not \(eps.doubleValue)" }
      }
      slips += outside(nodes, node, rest, eps)
    }
    return slips
  }

  private static func epsilon(in terms: [TensorExpression]) -> (Int, Rational)? {
    for (place, term) in terms.enumerated() {
      if let value = term.asConstant?.asRational, value.signum() > 0, value < Rational(1, 50) {
        return (place, value)
      }
    }
    return nil
  }

  private static func otherEpsilons(_ eps: Rational) -> [(Rational, String)] {
    let powers = [3, 4, 5, 6, 7, 8, 12].map { (Rational(10).power(-$0), "1e-\($0)") }
    return [(Rational(0), "left out")] + powers.filter { $0.0 != eps }
  }

  /// √v + eps in place of √(v + eps).
  private func outside(
    _ nodes: [TensorExpression], _ node: TensorExpression, _ rest: TensorExpression,
    _ eps: Rational
  ) -> [Slip] {
    var replacements: [TensorExpression: TensorExpression] = [:]
    for root in nodes {
      guard let (function, operands) = root.elementwiseFunction,
        operands[0].unnamed === node || operands[0] === node
      else { continue }
      let sqrt = node.space.elementwise(.row("sqrt"), [rest])
      let moved = sqrt + sqrt.filled(eps)
      switch function.name {
      case "sqrt": replacements[root] = moved
      case "rsqrt": replacements[root] = node.space.elementwise(.row("reciprocal"), [moved])
      default: break
      }
    }
    if replacements.isEmpty { return [] }
    let sentence = { "eps: eps is added to the root, not under it" }
    return derived(replacements, sentence)
      + [Slip(sentence: sentence, formula: formula.replacingNamed(replacements))]
  }

  /// Every slip of the forward pass, with the backward pass derived from that.
  private var derivedAnew: [Slip] {
    let lines = layer.program.formulaNames.filter { $0.symbol == nil }
    return lines.flatMap { line -> [Slip] in
      let root = line.unnamed
      let region = ClaimRegion(root) { $0.name != nil }
      let text = { (expression: TensorExpression) in expression.formulaText }
      let candidates =
        FormulaEdits(region: region, text: text).candidates()
        + AccessEdits(region: region, text: text).candidates()
        .filter { Self.undoing.contains($0.kind) }
      return candidates.filter { $0.expression.shape == root.shape }.prefix(40).flatMap {
        candidate in
        derived([line: line.space.named(line.name ?? "", candidate.expression)]) {
          "\(candidate.kind.rawValue): in the forward pass, \(candidate.detail())"
        }
      }
    }
  }

  /// The gradient of the forward pass with some nodes replaced.
  private func derived(
    _ replacements: [TensorExpression: TensorExpression], _ sentence: @escaping () -> String
  ) -> [Slip] {
    guard let output = layer.program.output, name.hasPrefix("d"),
      let target = layer.program.declarations.map(\.symbol)
        .first(where: { "d" + ($0.name ?? "") == name })
    else { return [] }
    let changed = output.values.map { $0.replacingNamed(replacements) }
    guard zip(changed, output.values).contains(where: { $0 !== $1 }) else { return [] }
    let seeds = zip(changed, output.results).map { ($0, $1.upstream ?? $0.filled(1)) }
    guard
      let cotangent = try? Pullback()(seeds, to: [target])[target],
      cotangent.shape == target.shape
    else { return [] }
    return [Slip(sentence: sentence, formula: cotangent)]
  }
}

extension TensorExpression {
  /// The expression with nodes replaced, all at once, wherever they occur.
  func replacingNamed(_ replacements: [TensorExpression: TensorExpression]) -> TensorExpression {
    var memo = replacements
    for node in TensorExpression.postorder(of: [self]) where memo[node] == nil {
      memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
    }
    return memo[self] ?? self
  }
}
