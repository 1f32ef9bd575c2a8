import Scalars
import TensorExpressions

/// From which sides the masks of data look at the places where their arguments are zero.
///
/// Where all masks of an argument `u` ask whether it is above zero, and none whether it is below, they fall
/// at `u = 0` as they do below: that place belongs to the cell below, and needs no look by itself. Other
/// places are borders.
struct BorderSides: Sendable {
  private struct Sides {
    var above = false
    var below = false
    var isBorder: Bool { above && below }
  }

  /// By argument with the leading coefficient 1.
  private var sides: [ArgumentForm: Sides] = [:]
  private var order: [ArgumentForm] = []
  /// Arguments that are taken as zero: no mask of theirs is 1.
  var zeros: Set<EntryFormula> = []
  /// What a gradient is by, where its tensors are taken as data.
  var own: Set<TensorExpression> = []
  /// Whether masks are met now on whose borders that gradient has kinks.
  var takesKinks = false
  /// Arguments, with the leading coefficient 1, whose zeros are kinks: nothing is looked at there.
  private var kinks: Set<ArgumentForm> = []

  /// The arguments, in the order in which they were met, whose zeros are no part of a cell.
  var borders: [ArgumentForm] { order.filter { sides[$0]?.isBorder ?? false } }

  /// Takes down that a mask asks whether an argument is above zero, or below.
  mutating func note(_ form: ArgumentForm, isAbove: Bool, isBelow: Bool) {
    guard let lead = form.terms.first?.coefficient else { return }
    let scaled = form.scaled(by: lead.reciprocal)
    if kinks.contains(scaled) { return }
    if sides[scaled] == nil { order.append(scaled) }
    let isPositive = lead.signum() > 0
    sides[scaled, default: Sides()].above =
      sides[scaled, default: Sides()].above || (isPositive ? isAbove : isBelow)
    sides[scaled, default: Sides()].below =
      sides[scaled, default: Sides()].below || (isPositive ? isBelow : isAbove)
  }

  /// Takes down an argument whose zeros are kinks.
  mutating func noteKink(_ form: ArgumentForm) {
    guard let lead = form.terms.first?.coefficient else { return }
    kinks.insert(form.scaled(by: lead.reciprocal))
  }

  /// How a condition on an argument with leading coefficient 1 includes the place where it is zero: whether what is
  /// above it, and what is below it, does.
  func inclusion(of form: ArgumentForm) -> (above: Bool, below: Bool) {
    guard let own = sides[form], !own.isBorder else { return (false, false) }
    return (own.below, own.above)
  }

  /// Whether what is known where a form of data is positive holds where it is zero as well: nothing looks at that
  /// place, or all that does takes it for the form's positive side.
  func reachesZero(whereAbove form: ArgumentForm) -> Bool {
    guard let lead = form.terms.first?.coefficient else { return false }
    let scaled = form.scaled(by: lead.reciprocal)
    if kinks.contains(scaled) { return false }
    guard let own = sides[scaled] else { return true }
    return !own.isBorder && (lead.signum() > 0 ? own.below : own.above)
  }

  /// Whether the argument is one that is taken as zero.
  func isZero(_ form: ArgumentForm, _ variables: MaskVariables) -> Bool {
    guard !zeros.isEmpty, let lead = form.terms.first?.coefficient,
      let formula = EntryFormula(form.scaled(by: lead.reciprocal), variables)
    else { return false }
    return zeros.contains(formula)
  }
}

extension MaskTable {
  /// Takes down that it is seen where two values are equal, the later of which exceeds the earlier one by a form.
  ///
  /// - Parameter isShared: whether a tie falls to both; else it falls to the earlier one.
  mutating func noteTie(_ form: ArgumentForm, isShared: Bool) {
    guard !form.isConstant, variables.isData(form), !variables.isNowhereZero(form) else { return }
    note(form, isAbove: true, isBelow: isShared)
  }

  /// Takes down how a mask of a product looks at the zeros of its factors. A product that may be zero in more than
  /// one factor looks at each from both sides.
  mutating func noteBorders(of factors: [ArgumentForm]) {
    let zeros = factors.filter { !$0.isConstant && !variables.isNowhereZero($0) }
    var sign: Int? = 1
    for factor in factors where factor.isConstant || variables.isNowhereZero(factor) {
      sign = sign.flatMap { own in variables.certainSign(of: factor).map { own * $0 } }
    }
    // Where a factor is 0 the whole argument is, whichever of its factors the gradient is by.
    if sides.takesKinks {
      guard zeros.contains(where: { variables.depends($0, on: sides.own) }) else { return }
      for form in zeros { sides.noteKink(form) }
      return
    }
    for form in zeros where variables.isData(form) {
      guard zeros.count == 1, let sign else {
        note(form, isAbove: true, isBelow: true)
        continue
      }
      // Where the domain lies on one side of the zeros, what is there has no cell on the other one.
      let isOutside = variables.certainSign(of: form) == sign
      note(form, isAbove: sign > 0 || isOutside, isBelow: sign < 0 || isOutside)
    }
  }

  private mutating func note(_ form: ArgumentForm, isAbove: Bool, isBelow: Bool) {
    if !sides.takesKinks {
      sides.note(form, isAbove: isAbove, isBelow: isBelow)
    } else if variables.depends(form, on: sides.own) {
      sides.noteKink(form)
    }
  }
}
