import Diagnostics
import TensorExpressions

extension DiagnosticCode {
  static let recurrence: DiagnosticCode = "recurrence"
}

/// What can be wrong with a block, `for t in range(T):`.
enum BlockProblem: Sendable {
  /// A statement that has no place in a block.
  case notInBlock
  /// `h[0] = …` where no block is.
  case outsideOfBlock
  case noSteps(Size)
  /// A start of a name that the block does not define.
  case startOfNothing(String)
  case startTwice(String)
  case startPlace(String)
  case startShape(String, expected: [Size], found: [Size])
  /// A step that stands twice in a subscript, or not alone on a left side.
  case stepPlace(String)
  case stepAxis(String, shape: [Size])
  /// A part at a step of what is a part at a step already.
  case stepOfStep(String)
  /// A read of a step that is not computed yet.
  case order(String)
  case tooDeep(String, missing: Size)
  case sequenceWithoutStep(String, index: String)
  case unknownShape(String)
  /// A sum over the steps that its block reads, or sets otherwise.
  case sumInUse(String)

  var words: ElaborationError.Words {
    switch self {
    case .notInBlock:
      (.recurrence, "a block holds lines that define values, and claims", nil)
    case .outsideOfBlock:
      (
        .recurrence, "a part of a value is set in a block alone",
        "`for t in range(T):` and below it, indented, `h[t] = …`"
      )
    case .noSteps(let count): (.recurrence, "the block has \(count) steps", nil)
    case .startOfNothing(let name):
      (.recurrence, "`\(name)` has a start, and no line of the block defines it", nil)
    case .startTwice(let text): (.recurrence, "`\(text)` has two values", nil)
    case .startPlace(let text):
      (.recurrence, "`\(text)` names no single step", "a start is `h[-1] = …`, or `g[T] = …`")
    case .startShape(let name, let expected, let found):
      (
        .recurrence,
        "a step of `\(name)` has the shape \(shapeText(expected)), its start \(shapeText(found))",
        nil
      )
    case .stepPlace(let text):
      (
        .recurrence, "`\(text)` does not say which step",
        "the step stands once, as `t`, `t-1` or `T-1-t`; on a left side as `t`"
      )
    case .stepAxis(let name, let shape):
      (.recurrence, "`\(name)` has no such axis: \(shapeText(shape))", nil)
    case .stepOfStep(let text):
      (
        .recurrence, "`\(text)` is the value of one step already",
        "steps are read from sequences and arrays by their names"
      )
    case .order(let text):
      (
        .recurrence, "`\(text)` is not computed yet",
        "a line reads earlier steps, and of its own step what stands above it"
      )
    case .tooDeep(let text, let missing):
      (
        .recurrence, "`\(text)` reads step \(missing), which has no start",
        "every start that is read is given, or none, when all are zero"
      )
    case .sequenceWithoutStep(let name, let index):
      (
        .recurrence, "`\(name)` is read at a step here, such as `\(name)[\(index)-1]`", nil
      )
    case .sumInUse(let name):
      (
        .recurrence, "`\(name)` adds up over the steps, and is used in its block",
        "what a step leaves to the next is set: `\(name) = \(name) + …`"
      )
    case .unknownShape(let name):
      (
        .recurrence, "the shape of `\(name)` cannot be told from its lines",
        "declare it before the block: `\(name): [T, …]`"
      )
    }
  }
}
