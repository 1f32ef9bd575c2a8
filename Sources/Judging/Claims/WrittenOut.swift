import Derivation
import ExpressionLanguage
import TensorExpressions

/// A program with its recurrences written out step by step and its branches such that those not chosen have no say, as
/// its values are compared.
package final class WrittenOut {
  /// The program without recurrences; where it has none, the program itself.
  package let program: Program
  /// Whether the lengths are those that the file has, or may have.
  package let isOwnLength: Bool
  /// The lengths of its recurrences; nil where it has none.
  private let lengths: [String: Int]?
  private let original: Program
  private var unrolling: Unrolling
  /// The backward pass of the program with other branches; nil where it is the same.
  let backward: BackwardPass?
  /// The derived gradients by those of the program without recurrences; none where branches are as they are.
  private let gradients: [TensorExpression: TensorExpression]?

  /// A program without recurrences.
  init(_ program: Program) {
    self.program = program
    original = program
    isOwnLength = true
    lengths = nil
    backward = nil
    gradients = nil
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
    backward = nil
    gradients = nil
  }

  /// The same with other branches.
  private init(
    _ other: WrittenOut, _ program: Program, _ backward: BackwardPass?,
    _ gradients: [TensorExpression: TensorExpression]
  ) {
    self.program = program
    self.backward = backward
    self.gradients = gradients
    original = other.original
    unrolling = other.unrolling
    lengths = other.lengths
    isOwnLength = other.isOwnLength
  }

  /// Whether there are recurrences.
  package var hasSteps: Bool { lengths != nil }

  /// An expression as it is evaluated.
  package func callAsFunction(_ expression: TensorExpression) -> TensorExpression {
    let plain = hasSteps ? unrolling(expression) : expression
    guard let gradients else { return plain }
    return plain.puttingIn(gradients).withChosenBranches
  }

  /// The program with branches such that those not chosen have no say; nil where they are so already.
  ///
  /// - Parameter plain: the backward pass of the program as it is.
  func choosingBranches(
    _ plain: BackwardPass?, _ options: CheckOptions
  ) throws(CheckFailure) -> WrittenOut? {
    let forward = ChosenBranches(of: program.output?.values ?? [])?.values ?? [:]
    let changed = program.choosingBranches(forward)
    guard
      !forward.isEmpty
        || changed.claims.indices.contains(where: { number in
          (try? changed.claims[number].claimed.get())
            !== (try? program.claims[number].claimed.get())
        })
    else { return nil }
    let backward = forward.isEmpty ? plain : try Checker.derive(changed, targets: options.targets)
    var gradients: [TensorExpression: TensorExpression] = [:]
    for (primal, gradient) in plain?.cotangents ?? [:]
    where !gradient.isZero && gradient.declaredSymbol == nil {
      gradients[gradient] = backward?.cotangents[forward[primal] ?? primal]
    }
    return WrittenOut(self, changed, backward, gradients)
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
    /// The same without recurrences, and with branches as they are: what is witnessed, and whose domains are looked at.
    let unguarded: (program: Program, backward: BackwardPass?)
  }
}

/// A program's values and gradients as they are evaluated: branches that a selection does not choose have no say.
public struct ValueForms {
  private let written: WrittenOut?

  /// - Throws: ``CheckFailure`` when the gradients cannot be derived.
  public init(
    of program: Program, _ backward: BackwardPass?, _ options: CheckOptions
  ) throws(CheckFailure) {
    written = try WrittenOut(program).choosingBranches(backward, options)
  }

  /// The expression whose value a value or a derived gradient of the program has wherever it has one.
  public func callAsFunction(_ expression: TensorExpression) -> TensorExpression {
    written.map { $0(expression) } ?? expression
  }
}
