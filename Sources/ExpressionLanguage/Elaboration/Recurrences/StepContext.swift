import Diagnostics
import Layers
import TensorExpressions

/// What names mean inside of a block while its lines are read.
struct StepContext {
  /// The name of the step.
  let index: Identifier
  let direction: Recurrence.Direction
  let first: Size
  let count: Size
  /// The head of the block.
  let header: SourceRange
  var open: OpenRecurrence
  /// The lines that define a sequence or a plain name, as `open.lines` numbers them.
  var lines: [LineState] = []
  var numbers: [String: Int] = [:]
  /// Names that sum over the steps, `dW += …`.
  var sums: Set<String> = []
  /// The gradients that the block claims, with the line of each.
  var claims: [String: ClaimState] = [:]
  /// The starts of the block's head by name.
  var starts: [String: [NamedStart]] = [:]
  /// The place in the block of the line that is read.
  var position = 0
  /// Whether lines are read for their shapes alone.
  var isInferring = false
  /// What of a line may say its shape.
  var shapeWords = ShapeWords.whole
  /// Whether the name of the step is an index, as it is while a coordinate is read.
  var readsCoordinate = false

  /// What says the shape of a line that uses values of unknown shape, the surest first.
  enum ShapeWords {
    /// Nothing: all of them must be known.
    case whole
    /// Its other terms and factors.
    case terms
    /// Numbers beside them as well: `n[t] = n[t-1] + 1` is a number at each step.
    case numbers

    var next: ShapeWords? {
      switch self {
      case .whole: .terms
      case .terms: .numbers
      case .numbers: nil
      }
    }
  }

  struct LineState {
    let name: Identifier
    let range: SourceRange
    /// The last of the lines that define it.
    var position: Int
    /// Where the step stands among the axes.
    var axis: Int
    /// Whether the line is a name without a step.
    let isPlain: Bool
    /// The shape of the value at one step; nil until it is known.
    var shape: [Size]?
    var extent: Size
    /// Whether the name has a value before the block, which is the start.
    var isCarry = false
  }

  struct ClaimState {
    var position: Int
    let isPlain: Bool
  }

  struct NamedStart {
    let step: Size
    let axis: Int
    let value: Value
    let expression: SyntaxExpression
  }

  init(
    index: Identifier, direction: Recurrence.Direction, first: Size, count: Size,
    header: SourceRange
  ) {
    self.header = header
    self.index = index
    self.direction = direction
    self.first = first
    self.count = count
    open = OpenRecurrence(direction: direction, first: first, count: count)
  }

  var steps: StepAxis { StepAxis(first: first, count: count) }

  /// The name of a line whose shape is not known yet.
  func isOpen(_ name: String) -> Bool {
    guard let number = numbers[name] else { return false }
    return lines[number].shape == nil
  }
}

/// The starts of a sequence that a block defined, for blocks below that read it outside.
struct SequenceStarts {
  let axis: Int
  let starts: [(step: Size, value: TensorExpression)]
}

/// A block whose lines were read, as other texts of its lines are read in it.
struct ReadBlock {
  let context: StepContext
  /// The arrays of all steps, by line.
  let values: [Int: TensorExpression]
}
