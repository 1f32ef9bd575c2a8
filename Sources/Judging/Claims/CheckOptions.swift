import Evaluation
import Scalars

/// What a person may choose about a check.
public struct CheckOptions: Sendable {
  /// Every random draw follows from it.
  public var seed: UInt64
  /// Independent draws in prime fields for each claim.
  public var trials: Int
  /// Numbers for sizes, over those of the file.
  public var sizes: [String: Int]
  /// The highest precision of intervals, in bits.
  public var precisionLimit: Int
  /// Values given by the user, by the name of the symbol; the others are drawn.
  public var givenValues: [String: Tensor<Rational>]
  /// Whether the given values are claimed numbers and the point at which they were computed, so that no other point
  /// can be asked about.
  package var isAtOnePoint = false
  /// The names to differentiate by; all differentiable ones when empty.
  public var targets: [String]
  /// Whether claims that are right but for rounded literals count as right.
  public var allowsRounded = false
  /// Whether causes of wrong claims are searched for.
  public var searchesCauses: Bool
  /// How many multiply-adds the evaluations of one file may take; where it is nil, what the file's `budget`
  /// says, else ``EvaluationLimits/defaultWork``.
  public var workLimit: Int?
  /// How many bytes the tensors of one evaluation may take; where it is nil, what the file's `budget` says, else
  /// ``EvaluationLimits/defaultMemory``.
  public var memoryLimit: Int?

  public init(
    seed: UInt64 = 17, trials: Int = 3, sizes: [String: Int] = [:], precisionLimit: Int = 4096,
    givenValues: [String: Tensor<Rational>] = [:], targets: [String] = [],
    searchesCauses: Bool = true
  ) {
    self.seed = seed
    self.trials = trials
    self.sizes = sizes
    self.precisionLimit = precisionLimit
    self.givenValues = givenValues
    self.targets = targets
    self.searchesCauses = searchesCauses
  }
}
