/// What the factors of a product are shortened to before they are multiplied, as units for matrices do.
public enum ProductFormat: String, CaseIterable, Hashable, Sendable {
  /// 11 significant bits with the exponents of fp32.
  case tf32
  /// 8 significant bits with the exponents of fp32.
  case bf16
  /// 11 significant bits with exponents of their own, so that factors may underflow.
  case fp16

  /// How many significant bits a factor keeps.
  var precision: Int {
    switch self {
    case .tf32, .fp16: 11
    case .bf16: 8
    }
  }

  /// The largest relative change of a factor. Units that take fp32 for tf32 may drop the bits that they do not
  /// use: a whole step, not half of one.
  var change: Double {
    switch self {
    case .tf32: 0x1p-10
    case .bf16: 0x1p-8
    case .fp16: 0x1p-11
    }
  }

  /// The factor as it is multiplied.
  @usableFromInline
  func shortened(_ a: RoundedNumber) -> RoundedNumber {
    let digits = a.value.high.significandBitPattern
    let isHeld =
      a.error == 0 && a.additions == 0 && a.value.low == 0 && a.value.radius == 0
      && digits.trailingZeroBitCount >= 53 - precision
    if isHeld { return a }
    var result = a
    let change = change * a.magnitude
    result.error = (a.error + change) * PairedNumber.upward
    result.magnitude = (a.magnitude + change) * PairedNumber.upward
    return result
  }
}
