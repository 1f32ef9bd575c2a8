import Diagnostics
import Scalars
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
    for (key, value) in object.members {
      if key == "at" {
        takePoint(value, path, name.range)
      } else {
        takeClaim(key, value, path, name.range, statement.range)
      }
    }
  }

  private mutating func takePoint(_ value: JSONValue, _ path: String, _ range: SourceRange) {
    for (name, entries) in value.objectValue?.members ?? [] {
      guard let tensor = Program.GivenTensor(entries) else {
        fail(
          .claim(.unreadable(path, reason: "`\(name)` is no nested list of numbers")), range)
        continue
      }
      program.givenPoint[name] = tensor
    }
  }

  private mutating func takeClaim(
    _ key: String, _ value: JSONValue, _ path: String, _ range: SourceRange,
    _ statementRange: SourceRange
  ) {
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
      program.givenValues[symbolName] = given
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

extension Program {
  /// Numbers that a file gives for a tensor, in row-major order.
  public struct GivenTensor: Hashable, Sendable {
    public let shape: [Int]
    public let values: [Rational]

    public init(shape: [Int], values: [Rational]) {
      self.shape = shape
      self.values = values
    }

    /// Reads nested lists of integers, decimals or `"p/q"`; nil when they are uneven or hold something else.
    public init?(_ json: JSONValue) {
      switch json {
      case .number(let text), .string(let text):
        guard let value = Rational(parsing: text) else { return nil }
        self.init(shape: [], values: [value])
      case .array(let elements):
        var parts: [GivenTensor] = []
        for element in elements {
          guard let part = GivenTensor(element) else { return nil }
          parts.append(part)
        }
        let inner = parts.first?.shape ?? []
        guard parts.allSatisfy({ $0.shape == inner }) else { return nil }
        self.init(shape: [elements.count] + inner, values: parts.flatMap(\.values))
      case .object, .bool, .null: return nil
      }
    }
  }
}
