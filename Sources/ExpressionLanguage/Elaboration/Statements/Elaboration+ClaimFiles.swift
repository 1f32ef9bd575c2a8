import Diagnostics
import TensorExpressions

/// Claims held in a file: `check from "grads.json"`.
extension Elaboration {
  mutating func takeClaims(
    from name: SyntaxExpression, of statement: Statement, loading: (String) throws -> String
  ) {
    problems = []
    guard case .string(let path) = name.kind else { return }
    defer { report(problems) }
    guard let text = try? loading(path) else {
      fail(.claim(.unreadable(path, reason: "there is no such file")), name.range)
      return
    }
    let root: JSONValue
    do {
      root = try JSONValue.parse(SourceText(name: path, text: text))
    } catch {
      fail(.claim(.unreadable(path, reason: "it is not JSON")), name.range)
      return
    }
    guard let object = root.objectValue else {
      fail(.claim(.unreadable(path, reason: "it holds no object")), name.range)
      return
    }
    var file = Program.ClaimFile(path: path, range: name.range)
    for (key, value) in object.members {
      if key == "at" {
        takePoint(value, into: &file)
      } else {
        takeClaim(key, value, statement.range, into: &file)
      }
    }
    program.claimFiles.append(file)
  }

  private mutating func takePoint(_ value: JSONValue, into file: inout Program.ClaimFile) {
    guard let object = value.objectValue else {
      fail(.claim(.unreadable(file.path, reason: "`at` is no object")), file.range)
      return
    }
    for (name, entries) in object.members {
      guard let tensor = Program.GivenTensor(entries) else {
        fail(
          .claim(.unreadable(file.path, reason: "`\(name)` is no nested list of numbers")),
          file.range)
        continue
      }
      file.point[name] = tensor
    }
  }

  private mutating func takeClaim(
    _ key: String, _ value: JSONValue, _ statementRange: SourceRange,
    into file: inout Program.ClaimFile
  ) {
    let (path, range) = (file.path, file.range)
    guard let (primalName, primal) = subject(of: Identifier(key, range: range)) else { return }
    guard let given = Program.GivenTensor(value) else {
      fail(.claim(.unreadable(path, reason: "`\(key)` is no nested list of numbers")), range)
      return
    }
    let symbolName = "\(path):\(key)"
    let expected = primal.shape.map { try? $0.evaluated(numbers) }
    let isFitting =
      given.shape.count == expected.count
      && zip(given.shape, expected).allSatisfy { $0 == $1 ?? $0 }
    let claimed: Result<TensorExpression, Program.ClaimError>
    if isFitting {
      file.values[symbolName] = given
      claimed = .success(
        space.symbol(TensorSymbol(symbolName, role: .constant), shape: primal.shape))
    } else {
      let error = ElaborationError(
        problem: .claim(
          .givenShape(
            name: key, primal: primalName, expected: primal.shape, found: given.shape)),
        range: range, numbers: numbers)
      claimed = .failure(Program.ClaimError(diagnostic: error.diagnostic))
    }
    program.claims.append(
      Program.Claim(
        name: key, subject: .gradient(primal: primal), claimed: claimed, range: statementRange,
        claimedRange: range))
  }
}
