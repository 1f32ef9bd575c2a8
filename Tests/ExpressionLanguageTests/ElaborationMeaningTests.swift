import Derivation
import ExpressionLanguage
import TensorExpressions
import Testing
import ToolkitTestSupport

/// Claims of the collections, judged by derivation and normal form alone: what is right is proved nearly always, and
/// what is wrong never is. So a statement that is elaborated to something else than it says is found.
@Suite struct ElaborationMeaningTests {
  @Test func rightClaimsAreProvedAndWrongOnesAreNot() throws {
    var proved = 0
    var open: [String] = []
    for folder in ["Fixtures/Cases", "Fixtures/Faults"] {
      for file in try fixtures(in: folder, withExtension: "expr") {
        let isRight =
          folder == "Fixtures/Cases"
          ? !file.name.contains(".wrong.") : file.name.contains(".right.")
        let (program, _) = elaborate(file.text, name: file.name)
        let results = try program.claims.map { try Self.isProved($0, in: program) }
        if isRight {
          proved += results.count { $0 }
          for (claim, result) in zip(program.claims, results) where !result {
            open.append("\(file.name): \(claim.name)")
          }
        } else {
          #expect(results.contains(false), "\(file.name) is wrong, and everything in it is proved")
        }
      }
    }
    // What is open needs more than a normal form: determinants, roots of squares, masks.
    #expect(proved > 200)
    #expect(open.count < 30, "not proved: \(open)")
  }

  private static func isProved(_ claim: Program.Claim, in program: Program) throws -> Bool {
    guard case .success(let claimed) = claim.claimed else { return false }
    let exact: TensorExpression
    switch claim.subject {
    case .assertion(let left): exact = left
    case .gradient(let primal): exact = try gradient(by: primal, in: program)
    }
    var truth: [TensorExpression: TensorExpression] = [:]
    for value in program.declarations.map(\.symbol) + program.values.map(\.value) {
      guard let name = value.name, let symbol = program.cotangentSymbols[name] else { continue }
      truth[symbol] = try gradient(by: value, in: program)
    }
    let expected = TensorExpression.rebuilding([claimed]) { truth[$0] ?? $0 }[0]
    return Normalizer(facts: program.facts).provesEqual(exact, expected)
  }

  private static func gradient(
    by primal: TensorExpression, in program: Program
  ) throws -> TensorExpression {
    let output = try #require(program.output?.whole)
    if output.value == primal { return output.upstream ?? primal.filled(1) }
    guard let upstream = output.upstream else {
      return try Derivatives.gradient(of: output.value, by: primal)
    }
    return try Derivatives.vectorJacobianProduct(of: output.value, by: primal, with: upstream)
  }
}
