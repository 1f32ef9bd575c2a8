import Diagnostics
import Scalars

extension Program {
  /// A file of numbers that claims are held in, with the point at which they were computed.
  public struct ClaimFile: Sendable {
    /// The path of the file, as the statement has it.
    public let path: String
    /// Its name in the statement.
    public let range: SourceRange
    /// The values of declared tensors, by name.
    public var point: [String: GivenTensor] = [:]
    /// The claimed numbers, by the name of the constant symbol that stands for them.
    public var values: [String: GivenTensor] = [:]

    public init(path: String, range: SourceRange) {
      self.path = path
      self.range = range
    }
  }

  /// The file that holds the numbers of a claim; nil where the claim is a formula.
  public func claimFile(of claim: Claim) -> ClaimFile? {
    guard case .success(let claimed) = claim.claimed, let name = claimed.name else { return nil }
    return claimFiles.first { $0.values[name] != nil }
  }

  /// Numbers that a file gives for a tensor, in row-major order.
  public struct GivenTensor: Hashable, Sendable {
    /// The extents that the file states.
    public let shape: [Int]
    /// The exact values of the numbers as they are stored.
    public let values: [Rational]
    /// Whether each number is what a computation rounded to a `Double`: a decimal in JSON.
    public let isRounded: [Bool]

    public init(shape: [Int], values: [Rational], isRounded: [Bool]) {
      self.shape = shape
      self.values = values
      self.isRounded = isRounded
    }

    /// Reads nested lists of numbers; nil when they are uneven or hold something else.
    ///
    /// Integers, `"p/q"`, decimals in quotes and hexadecimal floating-point numbers in quotes are exact. A decimal
    /// that is a JSON number is the nearest `Double`.
    public init?(_ json: JSONValue) {
      switch json {
      case .number(let text):
        if text.allSatisfy({ $0.isNumber || $0 == "-" }) {
          guard let value = Rational(parsing: text) else { return nil }
          self.init(shape: [], values: [value], isRounded: [false])
        } else {
          guard let value = Double(text).flatMap(Rational.init(exactly:)) else { return nil }
          self.init(shape: [], values: [value], isRounded: [true])
        }
      case .string(let text):
        guard let value = Rational(parsing: text) ?? Rational(hexadecimal: text) else {
          return nil
        }
        self.init(shape: [], values: [value], isRounded: [false])
      case .array(let elements):
        var parts: [GivenTensor] = []
        for element in elements {
          guard let part = GivenTensor(element) else { return nil }
          parts.append(part)
        }
        let inner = parts.first?.shape ?? []
        guard parts.allSatisfy({ $0.shape == inner }) else { return nil }
        self.init(
          shape: [elements.count] + inner, values: parts.flatMap(\.values),
          isRounded: parts.flatMap(\.isRounded))
      case .object, .bool, .null: return nil
      }
    }
  }
}
