import Diagnostics
import Scalars
import TensorExpressions

/// What was found of one claim.
public enum Verdict: Sendable {
  /// Equal as formulas, for all sizes and values.
  case proved
  /// Equal at these sizes as rational functions (and whatever exp is), by random evaluation in prime fields.
  case identical(FieldEvidence)
  /// The difference lies in an interval that contains 0 and is narrower than 2⁻¹⁰⁰ of the value.
  case enclosed(IntervalEvidence)
  /// Numbers that are the values at their point.
  case equalAtPoint(PointEvidence)
  /// Rounded numbers that are those nearest to the values at their point.
  case exact(PointEvidence)
  /// Equal with other numbers in place of literals, each within one unit of its literal's last digit.
  case rounded(RoundedEvidence)
  /// Not equal.
  case wrong(Refutation)
  /// Right given the true gradients; wrong in value, since it uses a wrong line.
  case inherited(from: String, line: Int)
  /// Not differentiable at the point.
  case kink(KinkFinding)
  /// None of these, and why.
  case undecided(String)

  /// The word in reports.
  public var word: String {
    switch self {
    case .proved: "proved"
    case .identical: "identical"
    case .enclosed: "enclosed"
    case .equalAtPoint: "equal at this point"
    case .exact: "exact"
    case .rounded: "rounded"
    case .wrong: "wrong"
    case .inherited: "inherited"
    case .kink: "kink"
    case .undecided: "undecided"
    }
  }

  /// The verdict with sizes that were chosen before values were drawn among those that it was found at.
  func naming(_ chosen: [String: Int]) -> Verdict {
    guard case .identical(let evidence) = self, !chosen.isEmpty else { return self }
    let sizes = evidence.sizes.isEmpty ? [[:]] : evidence.sizes
    var named = FieldEvidence(
      trials: evidence.trials, sizes: sizes.map { $0.merging(chosen) { own, _ in own } },
      falseAcceptBits: evidence.falseAcceptBits, masks: evidence.masks)
    named.unseenBorders = evidence.unseenBorders
    return .identical(named)
  }

  /// What is taken to be true since it was not looked at, beside the domain: nil where everything was.
  package var unseen: String? {
    let reason: String? =
      switch self {
      case .identical(let evidence): evidence.unseenBorders
      case .enclosed(let evidence): evidence.unseenBorders
      case .proved, .equalAtPoint, .exact, .rounded, .wrong, .inherited, .kink, .undecided: nil
      }
    return reason.map { _ in "no input lies on the border of a mask" }
  }

  /// Whether the claim is right.
  public var holds: Bool {
    switch self {
    case .proved, .identical, .enclosed, .equalAtPoint, .exact, .rounded: true
    case .wrong, .inherited, .kink, .undecided: false
    }
  }
}

/// Random evaluation in prime fields.
public struct FieldEvidence: Hashable, Sendable {
  /// Independent draws of the values.
  public let trials: Int
  /// The sizes of each draw.
  public let sizes: [[String: Int]]
  /// The base-2 logarithm of a bound on the probability that different formulas agreed in every draw.
  public let falseAcceptBits: Double
  /// How it was decided on all cells; nil where nothing is compared.
  public var masks: MaskEvidence?
  /// Why it was not decided where declared tensors lie on borders of masks that are no kinks; nil where it was.
  public var unseenBorders: String?

  public init(
    trials: Int, sizes: [[String: Int]], falseAcceptBits: Double, masks: MaskEvidence? = nil
  ) {
    self.trials = trials
    self.sizes = sizes
    self.falseAcceptBits = falseAcceptBits
    self.masks = masks
  }
}

extension FieldEvidence {
  /// What draws at some sizes show together with those at others.
  static func + (a: FieldEvidence, b: FieldEvidence) -> FieldEvidence {
    var sum = FieldEvidence(
      trials: a.trials + b.trials, sizes: a.sizes + b.sizes,
      falseAcceptBits: max(a.falseAcceptBits, b.falseAcceptBits), masks: a.masks ?? b.masks)
    if let own = a.masks, let other = b.masks { sum.masks = own.combined(with: other) }
    sum.unseenBorders = a.unseenBorders ?? b.unseenBorders
    return sum
  }
}

/// Evaluation in intervals.
public struct IntervalEvidence: Hashable, Sendable {
  /// At how many points the values were enclosed.
  public let points: Int
  /// The bits of precision that decided it.
  public let precision: Int
  /// The widest difference, relative to the value, as a base-2 logarithm.
  public let widthBits: Int
  /// How it was decided on all cells; nil where nothing is compared.
  public var masks: MaskEvidence?
  /// Why it was not decided where declared tensors lie on borders of masks that are no kinks; nil where it was.
  public var unseenBorders: String?

  public init(points: Int, precision: Int, widthBits: Int, masks: MaskEvidence? = nil) {
    self.points = points
    self.precision = precision
    self.widthBits = widthBits
    self.masks = masks
  }
}

/// Comparison with numbers at one point.
public struct PointEvidence: Hashable, Sendable {
  /// How many numbers were compared.
  public let entries: Int
  /// The sizes of the point.
  public let sizes: [String: Int]
}

/// A claim that is right but for literals that their author rounded.
public struct RoundedEvidence: Hashable, Sendable {
  /// A literal and the number that it stands for.
  public struct Literal: Hashable, Sendable {
    /// As it is written.
    public let text: String
    /// What it stands for, in the expression language.
    public let number: String
    /// Its significant digits.
    public let digits: Int

    package init(text: String, number: String, digits: Int) {
      self.text = text
      self.number = number
      self.digits = digits
    }
  }

  /// The literals that stand for other numbers.
  public let literals: [Literal]
  /// The verdict with the numbers put in.
  public let verdict: String
  /// Whether rounded literals count as right, however few digits they have.
  public let isAllowed: Bool

  /// Literals of so many digits need no permission: double precision has no more.
  public static let fullDigits = 15

  package init(literals: [Literal], verdict: String, isAllowed: Bool) {
    self.literals = literals
    self.verdict = verdict
    self.isAllowed = isAllowed
  }

  /// Whether the claim counts as right.
  public var isAccepted: Bool {
    isAllowed || literals.allSatisfy { $0.digits >= Self.fullDigits }
  }

  /// What was rounded, in one sentence.
  public var sentence: String {
    let digits = literals.map(\.digits).min() ?? 0
    let names = literals.map { "\($0.text) is \($0.number) rounded" }
    return "agrees to \(digits) digits; " + names.joined(separator: ", ")
  }
}

/// How a claim was found wrong.
public struct Refutation: Sendable {
  /// The first entry that differs; nil when the shapes already do.
  public let difference: Difference?
  /// The slip that explains the difference; nil when none was found.
  public let cause: Cause?
  /// For a right side that does not fit, why.
  public let diagnostic: Diagnostic?
  /// The derived right side, where no smaller change was found.
  public let derived: Cause.Repair?

  /// What makes the claim right.
  public var repair: Cause.Repair? { cause?.repair ?? derived }

  public init(
    difference: Difference?, cause: Cause?, diagnostic: Diagnostic? = nil,
    derived: Cause.Repair? = nil
  ) {
    self.derived = derived
    self.difference = difference
    self.cause = cause
    self.diagnostic = diagnostic
  }
}

/// Why a claim is wrong: the slip that explains every entry.
public struct Cause: Hashable, Sendable {
  /// The words that a cause begins with.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case shape, transpose, flip, missingSum = "missing sum", meanForSum = "mean for sum"
    case sumForMean = "sum for mean", factor, sign, strideAndDilation = "stride and dilation"
    case outputPadding = "output padding", channel, missingTerm = "missing term"
    case extraTerm = "extra term", mask
    case activationInput = "activation input", eps, edge, entry

    /// The words as one, for programs: `missing-sum`.
    public var code: String { rawValue.split(separator: " ").joined(separator: "-") }
  }

  /// The kind of slip.
  public let kind: Kind
  /// The whole sentence, beginning with the kind's words.
  public let sentence: String
  /// What repairs it, for a `help`; nil when no repair was found.
  public let repair: Repair?

  /// A cause whose sentence is the kind's words, a colon, and the detail.
  public init(_ kind: Kind, _ detail: String, repair: Repair? = nil) {
    self.kind = kind
    self.sentence = "\(kind.rawValue): \(detail)"
    self.repair = repair
  }

  /// The same cause with another repair.
  package func repaired(by repair: Repair?) -> Cause {
    Cause(kind, String(sentence.dropFirst(kind.rawValue.count + 2)), repair: repair)
  }

  /// A right side that stands in place of the wrong one.
  public struct Repair: Hashable, Sendable {
    /// A part of the file with another text in its place.
    public struct Edit: Hashable, Sendable {
      /// What is taken out; empty where something is only put in.
      public let range: SourceRange
      /// What is put in its place.
      public let text: String

      package init(range: SourceRange, text: String) {
        self.range = range
        self.text = text
      }
    }

    /// Its text in the expression language.
    public let text: String
    /// How it was judged: `proved`, `identical` or `enclosed`.
    public let verdict: String
    /// What to change of the author's own text; empty where the whole right side is another one.
    public let edits: [Edit]

    package init(text: String, verdict: String, edits: [Edit] = []) {
      self.text = text
      self.verdict = verdict
      self.edits = edits
    }
  }
}

/// A point at which a function has no derivative.
public struct KinkFinding: Hashable, Sendable {
  /// Whether it is a tie of a largest or smallest entry, and not an argument that is 0.
  public let isTie: Bool
  /// The function, `relu`.
  public let function: String
  /// The argument's text and the entry at which it is 0.
  public let argument: String
  /// The entry of the argument at which the kink is.
  public let entry: [Int]
  /// The one-sided derivatives there.
  public let subgradients: String
  /// The convention that would make the claim right, when there is one.
  public let convention: String?
}
