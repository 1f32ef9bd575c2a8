import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

/// Central differences of a program's output along a direction, held against the exact derivative: over the
/// rationals, where they can be an equality, and in `Double`, step by step.
///
/// ```
/// φ(t) = ⟨ȳ, y(x + t·V)⟩,    φ′(0) = ⟨x̄, V⟩ ≈ (φ(h) − φ(−h)) / 2h
/// ```
///
/// The error falls with h² while the difference is cut off too early, and rises with 1/h when rounding takes
/// over: a V on logarithmic axes. A step that crosses a kink leaves the curve.
public struct FiniteDifferenceTable: Sendable {
  /// The program whose output is followed.
  public let program: Program
  /// The numbers of the sizes.
  public let sizes: [String: Int]
  /// What the point, the upstream gradient and a drawn direction follow from.
  public let seed: UInt64
  /// Along what the tensors move.
  public let direction: DifferenceDirection
  /// The tensors that move.
  public let targets: [String]
  /// φ′(0) by the derived gradients, as a fraction or to 17 digits that are right.
  public let exact: String
  /// What differences without rounding say of the derivative.
  public let exactComparison: ExactComparison
  /// From the largest step to the smallest.
  public let lines: [Line]
  /// The step at which truncation and rounding are estimated to do least harm together; nil where one of them
  /// could not be estimated, or the difference has no truncation.
  public let estimatedBestStep: Double?
  /// The estimates behind it.
  public let estimate: ErrorEstimate?

  /// What differences without rounding say.
  public enum ExactComparison: Hashable, Sendable {
    /// φ is a polynomial, and with that many pairs of points the difference is its derivative: equal, exactly.
    case equality(degree: Int, pairs: Int, step: Rational, isPiecewise: Bool)
    /// φ is no polynomial: a difference of that many pairs of points is off by its truncation only.
    case truncated(reason: String, pairs: Int, step: Rational, relativeDifference: Double)
    /// There is none, and why.
    case unavailable(String)
  }

  /// One step.
  public struct Line: Hashable, Sendable {
    /// The step h.
    public let step: Rational
    /// The central difference (φ(h) − φ(−h)) / 2h, computed in `Double`.
    public let estimate: Double
    /// |estimate − exact|, relative to the exact value where that is not 0.
    public let error: Double
    /// The kink that lies within the step.
    public let crossing: MaskCrossing?
  }

  /// |φ‴|/6·h² for truncation and `rounding`/h for rounding.
  public struct ErrorEstimate: Hashable, Sendable {
    /// An estimate of φ‴ at the point; 0 where it cannot be told from 0.
    public let thirdDerivative: Double
    /// The rounding error of one value of φ: the unit roundoff times the sum of the magnitudes of its terms.
    public let rounding: Double
  }

  /// The line with the smallest error.
  public var bestLine: Line? {
    lines.filter { $0.crossing == nil }.min { $0.error < $1.error }
  }

  /// 10⁻¹, 10⁻², … 10⁻¹⁵.
  public static let defaultSteps: [Rational] = (1...15).map { Rational(10).power(-$0) }

  /// Takes the differences of a program's output at one point, step by step.
  ///
  /// - Throws: ``DifferenceFailure``; an internal error when an exact difference that must be an equality is none.
  public init(
    of program: Program, direction: DifferenceDirection = .drawn,
    steps: [Rational] = defaultSteps, options: CheckOptions = CheckOptions()
  ) throws(DifferenceFailure) {
    let function = try DirectionalFunction(of: program, direction: direction, options: options)
    do throws(EvaluationError) {
      let measurement = DifferenceMeasurement(function: function, options: options)
      let slope = try measurement.exactSlope()
      exact = slope.text
      exactComparison = try measurement.exactComparison(slope)
      lines = try measurement.lines(steps, slope: slope)
      estimate = measurement.errorEstimate()
    } catch {
      throw .evaluation(error)
    }
    self.program = program
    self.direction = direction
    sizes = function.point.sizes
    seed = options.seed
    targets = function.gradients.compactMap(\.symbol.name)
    estimatedBestStep = estimate?.bestStep
    if case .truncated(_, _, _, let difference) = exactComparison, difference > 0x1p-20 {
      throw .check(
        .internalError("the derived gradient differs from differences without rounding"))
    }
    if case .unavailable(Self.differs) = exactComparison {
      throw .check(.internalError("the derived gradient differs from an exact difference"))
    }
  }

  /// What ``DifferenceMeasurement`` reports where an equality fails; it never leaves this module.
  static let differs = "differs"
}

extension FiniteDifferenceTable.ErrorEstimate {
  /// The least of |φ‴|/6·h² + r/h lies at h³ = 3r/|φ‴|.
  var bestStep: Double? {
    guard thirdDerivative != 0, thirdDerivative.isFinite, rounding > 0, rounding.isFinite else {
      return nil
    }
    return (try? DoubleArithmetic().power(3 * rounding / thirdDerivative.magnitude, Rational(1, 3)))
      .flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
  }
}
