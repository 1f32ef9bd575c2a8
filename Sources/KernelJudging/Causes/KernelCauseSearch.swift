import Derivation
import Evaluation
import Explaining
import Scalars
import TensorExpressions
import TensorFiles

/// Looks for what explains a wrong tensor at the point.
///
/// Numbers come first: what is not finite, one ratio for all entries, other roundings than declared, entries
/// that changed places. Then slips are made in the formula, one at a time, until one gives the computed
/// numbers within the bound.
struct KernelCauseSearch {
  let group: ResultGroup
  let result: (tensor: StoredTensor, name: String, formula: TensorExpression)
  let compared: ComparedTensor
  let masks: MaskRecord

  func cause() -> String? {
    let numbers = NumberCauses(compared: compared, sizes: group.point.sizes)
    return numbers.notFinite ?? numbers.namedFactor ?? numbers.flushed ?? rounding
      ?? numbers.measuredFactor ?? kink ?? ArrangementCauses(compared: compared).cause
      ?? searchedSlip ?? numbers.zeros
  }

  /// The search within a part of the work that the file may take.
  private var searchedSlip: String? {
    var limits = EvaluationLimits.current
    limits.meter = limits.meter?.part(limit: Self.searchWork)
    return limits.value { formulaSlip }
  }

  /// The multiply-adds that the search for one tensor may take, as work is counted.
  private static let searchWork = 500_000_000

  // MARK: - Roundings

  /// What another declaration would allow.
  private var rounding: String? {
    let storage = compared.storage
    if compared.isTruncated {
      return "rounded towards zero when stored in \(storage.rawValue), not to nearest"
    }
    for format in [BinaryFormat.bfloat16, .binary16, .binary32]
    where format.precision < group.format.precision && format.precision >= storage.precision {
      if fits(result.formula, in: format, declared) {
        return "fits only with sums accumulated in \(format.rawValue)"
      }
    }
    return nil
  }

  /// Declarations that allow more than what was said, the strictest first: what fits one of them fits no slip that
  /// was tried.
  var laxer: String? {
    for format in [ProductFormat.tf32, .bf16]
    where declared.multiplication == nil && group.format == .binary32 {
      var lax = declared
      lax.multiplication = format
      if fits(result.formula, in: group.format, lax) {
        return
          "fits only with factors shortened to \(format.rawValue): `--multiply \(format.rawValue)`"
      }
    }
    for format in [BinaryFormat.binary16, .bfloat16]
    where format.precision < (declared.intermediate ?? group.format).precision {
      var lax = declared
      lax.intermediate = format
      if fits(result.formula, in: group.format, lax) {
        return
          "fits only with values between the lines stored in \(format.rawValue): `--intermediate \(format.rawValue)`"
      }
    }
    return nil
  }

  private var declared: KernelDeclaration { group.judge.declaration }

  private func fits(
    _ formula: TensorExpression, in format: BinaryFormat, _ declared: KernelDeclaration,
    masks: MaskRecord = MaskRecord()
  ) -> Bool {
    guard
      let values = try? group.bounds.values(
        of: [formula], in: format, declared: declared, masks: masks
      ).values
    else { return false }
    let other = group.compare(result.tensor, values[0])
    // A bound that zeros would pass as well explains nothing.
    return other.isWithin && !other.comparisons.allSatisfy(\.wouldPassAsZero)
  }

  // MARK: - Kinks

  /// The other convention at the kinks that the point lies on.
  private var kink: String? {
    guard let first = masks.kinks.first else { return nil }
    guard
      fits(
        result.formula, in: group.format, declared, masks: masks.turning(masks.kinks))
    else { return nil }
    let place = "[\(first.entry.map(String.init).joined(separator: ", "))]"
    switch first.place {
    case .step:
      return
        """
        kink: an argument is 0 at \(place); \
        the gradient has the convention of the right slope there, where the left one is taken
        """
    case .extremum:
      return
        "kink: a window has a tie at \(place); the gradient goes to its last entry, where the first one is taken"
    }
  }

  // MARK: - Slips in formulas

  private var formulaSlip: String? {
    let slips = FormulaSlips(layer: group.judge.layer, name: result.name, formula: result.formula)
    let screen = FormulaScreen(group: group, compared: compared)
    for group in slips.groups {
      for slip in group().prefix(Self.largestSearch) where screen.mayFit(slip.formula) {
        if fits(slip.formula, in: self.group.format, declared) {
          return slip.sentence()
        }
      }
    }
    return nil
  }

  /// How many slips of one group are tried.
  private static let largestSearch = 400
}

/// A quick look at a formula's values in floating point, before they are enclosed.
struct FormulaScreen {
  let group: ResultGroup
  let compared: ComparedTensor

  /// How much farther off than the bound a value in floating point may be.
  private static let slack = 4.0

  func mayFit(_ formula: TensorExpression) -> Bool {
    let point = group.judge.layer.point(group.point.tensors, group.point.sizes) { $0 }
    guard let values = try? Evaluator(DoubleArithmetic(), at: point).evaluate(formula),
      values.count == compared.computed.count
    else { return false }
    let floor = compared.largest * 0x1p-44
    return zip(values.elements, zip(compared.exact.elements, compared.computed)).allSatisfy {
      value, pair in
      let allowed = EntryComparison(
        exact: pair.0, computed: pair.1, storage: compared.storage
      ).allowed
      let step = compared.storage.step(at: min(value.magnitude, compared.storage.greatest))
      return (value - pair.1).magnitude <= Self.slack * (allowed + step) + floor
    }
  }
}
