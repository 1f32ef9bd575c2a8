import Diagnostics
import Layers
import TensorExpressions

/// A claim that the current statement makes, before it is known whether its right side fits.
struct OpenClaim {
  let name: String
  let subject: Program.Claim.Subject
  var claimed: TensorExpression?
  let claimedRange: SourceRange
  /// What its author may have meant otherwise.
  var note: String?
}

/// Claims about gradients, and identities.
///
/// What a claim assumes of the sizes holds for it alone: a wrong claim must not be what a later one rests on.
extension Elaboration {
  /// `check dX = value`.
  mutating func makeClaim(_ check: AssignmentStatement, _ range: SourceRange) {
    isolateAssumptions { elaboration in
      guard let (name, primal) = elaboration.subject(of: check.name) else {
        _ = elaboration.evaluate(check.value)
        return
      }
      elaboration.claim = OpenClaim(
        name: check.name.name, subject: .gradient(primal: primal), claimed: nil,
        claimedRange: check.value.range)
      elaboration.claimedName = check.name.name
      let declared = check.shape.map { elaboration.shape($0) }
      guard let value = elaboration.evaluateTensor(check.value),
        !elaboration.failMinusInfinity(value, check.value.range)
      else { return }
      for shape in [primal.shape, (declared ?? nil) ?? primal.shape] {
        guard let fitted = elaboration.fitted(value, to: shape) else {
          elaboration.fail(
            .claim(
              .shape(
                name: check.name.name, primal: name, expected: shape, found: value.shape)),
            check.value.range, repairs: Self.repairs(of: check.value, value))
          return
        }
        if shape == primal.shape { elaboration.claim?.claimed = fitted }
      }
      elaboration.takeConditions(check.value.range)
    }
  }

  /// Changes that often give a claim its shape: the transpose of a matrix.
  private static func repairs(of value: SyntaxExpression, _ x: TensorExpression) -> [Repair] {
    guard x.rank == 2, case .chain(let first, let links) = value.kind, links.count == 1,
      let link = links.first, link.operator == .matrixMultiply
    else {
      guard x.rank == 2 else { return [] }
      let transpose = SyntaxExpression(
        .attribute(value, Identifier("T", range: value.range)), range: value.range)
      return [Repair(value.range, transpose)]
    }
    // (A @ B).T is B.T @ A.T.
    func transposed(_ operand: SyntaxExpression) -> SyntaxExpression {
      if case .attribute(let inner, let name) = operand.kind, name.name == "T" { return inner }
      return SyntaxExpression(
        .attribute(operand, Identifier("T", range: operand.range)), range: operand.range)
    }
    let exchanged = SyntaxExpression(
      .chain(
        transposed(link.operand), [ChainLink(.matrixMultiply, transposed(first))]),
      range: value.range)
    return [Repair(value.range, exchanged)]
  }

  /// The name and value that `dX` is the gradient by; nil and a problem when there is none.
  mutating func subject(of name: Identifier) -> (String, TensorExpression)? {
    guard let primal = gradientSubject(name.name) else {
      fail(.claim(.notGradient(name.name)), name.range)
      let candidates = outline.valueNames.map { "d" + $0 }.sorted()
      problems[problems.count - 1].help = SpellingSuggestion.closest(
        to: name.name, among: candidates)
      return nil
    }
    guard case .tensor? = lookUp(name.name, name.range),
      case .tensor(let value)? = scope.entry(primal)?.meaning
    else {
      if problems.isEmpty, case .number? = scope.entry(primal)?.meaning {
        fail(.claim(.notGradient(name.name)), name.range)
      }
      return nil
    }
    return (primal, value.minusInfinity?.finite ?? value)
  }

  /// `assert left == right`.
  mutating func makeClaim(_ assertion: AssertStatement, _ range: SourceRange) {
    isolateAssumptions { elaboration in
      let left = elaboration.evaluate(assertion.left)
        .flatMap { elaboration.numeric($0, assertion.left) }
      let right = elaboration.evaluate(assertion.right)
        .flatMap { elaboration.numeric($0, assertion.right) }
      let leftTensor = left.flatMap { elaboration.tensor($0, assertion.left) }
      let rightTensor = right.flatMap { elaboration.tensor($0, assertion.right) }
      guard let left, let right, let leftTensor, let rightTensor else {
        guard !elaboration.problems.isEmpty else { return }
        let known = leftTensor ?? rightTensor ?? elaboration.space.zeros([])
        elaboration.claim = OpenClaim(
          name: "assert", subject: .assertion(left: known), claimed: nil,
          claimedRange: assertion.right.range)
        return
      }
      elaboration.makeAssertion(left, leftTensor, right, rightTensor, assertion)
    }
  }

  private mutating func makeAssertion(
    _ left: Value, _ leftTensor: TensorExpression, _ right: Value,
    _ rightTensor: TensorExpression, _ assertion: AssertStatement
  ) {
    // A number stands for a tensor that holds it everywhere.
    let sides: (TensorExpression, TensorExpression?)
    if left.isScalarValue, let number = left.asNumber {
      sides = (space.filled(number, rightTensor.shape), rightTensor)
    } else if right.isScalarValue, let number = right.asNumber {
      sides = (leftTensor, space.filled(number, leftTensor.shape))
    } else {
      sides = (leftTensor, fitted(rightTensor, to: leftTensor.shape))
    }
    if failMinusInfinity(sides.0, assertion.left.range) { return }
    if let right = sides.1, failMinusInfinity(right, assertion.right.range) { return }
    claim = OpenClaim(
      name: "assert", subject: .assertion(left: sides.0), claimed: sides.1,
      claimedRange: assertion.right.range)
    if sides.1 == nil {
      fail(
        .claim(.sides(left: leftTensor.shape, right: rightTensor.shape)), assertion.right.range)
    }
    takeConditions(assertion.right.range)
  }

  /// Runs a body that may assume what it needs of the sizes without telling later statements.
  mutating func isolateAssumptions(_ body: (inout Elaboration) -> Void) {
    let saved = (assumptions, takenConditions, program.shapeConditions.count)
    forkAssumptions()
    body(&self)
    (assumptions, takenConditions) = (saved.0, saved.1)
    if !problems.isEmpty {
      program.shapeConditions.removeLast(program.shapeConditions.count - saved.2)
    }
  }

  /// Gives the program the claim of the current statement, or reports why there is none.
  mutating func settle(_ claim: OpenClaim, of statement: Statement) {
    let claimed: Result<TensorExpression, Program.ClaimError>
    if let misfit = problems.first {
      guard problems.allSatisfy(\.isMisfit) else {
        report(problems)
        return
      }
      claimed = .failure(Program.ClaimError(diagnostic: misfit.diagnostic))
    } else if let value = claim.claimed {
      claimed = .success(value)
    } else {
      return  // It uses a value that failed.
    }
    program.claims.append(
      Program.Claim(
        name: claim.name, subject: claim.subject, claimed: claimed, range: statement.range,
        claimedRange: claim.claimedRange, note: claim.note))
  }
}
