import Derivation
import ExpressionLanguage
import TensorExpressions

/// A program with its recurrences written out step by step, as its values are compared.
package final class WrittenOut {
  /// The program without recurrences; where it has none, the program itself.
  package let program: Program
  /// Whether the lengths are those that the file has, or may have.
  package let isOwnLength: Bool
  /// The lengths of its recurrences; nil where it has none.
  private let lengths: [String: Int]?
  private let original: Program
  private var unrolling: Unrolling

  /// A program without recurrences.
  init(_ program: Program) {
    self.program = program
    original = program
    isOwnLength = true
    lengths = nil
    unrolling = Unrolling(steps: [:])
  }

  /// A program at some lengths of its recurrences.
  init(_ program: Program, at lengths: [String: Int], isOwnLength: Bool) {
    var unrolling = Unrolling(sizes: lengths)
    original = program
    self.program = program.unrolled(lengths, &unrolling)
    self.unrolling = unrolling
    self.lengths = lengths
    self.isOwnLength = isOwnLength
  }

  /// Whether there are recurrences.
  package var hasSteps: Bool { lengths != nil }

  /// An expression as it is evaluated.
  package func callAsFunction(_ expression: TensorExpression) -> TensorExpression {
    hasSteps ? unrolling(expression) : expression
  }

  /// The same program with one more step in each recurrence; nil where it has none.
  package func longer() -> WrittenOut? {
    lengths.map { WrittenOut(original, at: $0.mapValues { $0 + 1 }, isOwnLength: false) }
  }
}

extension Checker {
  /// The program with recurrences that another one has written out.
  struct Origin {
    let program: Program
    let backward: BackwardPass?
    let written: WrittenOut
    /// Which of its claims are proved.
    let proved: [Bool]
    /// The lengths of its recurrences, where they are not the file's own.
    let lengths: [String: Int]?
  }
}
