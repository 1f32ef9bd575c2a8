import TensorExpressions

extension MaskRecord {
  /// The record in which every mask that is exactly on its border falls to the other side: steps of zero are 1,
  /// and a tie's last entry is taken.
  ///
  /// What holds for both records holds whatever is chosen at a kink, as far as one choice for all of them shows.
  public var withKinksOnTheOtherSide: MaskRecord {
    var result = self
    for kink in kinks {
      switch kink.place {
      case .step(let node): result.setStep(node, at: kink.number, to: true)
      case .extremum(let extremum): result.reverseTie(of: extremum, at: kink.number)
      }
    }
    return result
  }
}
