/// A chain of primes, each of which divides the one before it less one.
///
/// It is what makes exponentials exact in a finite field. Let p₁ divide p₀ − 1, and let g have
/// order p₁ modulo p₀. Then
///
/// ```
/// E : ℤ/p₁ → 𝔽ₚ₀,   E(u) = gᵘ
/// ```
///
/// is well defined and E(u + v) = E(u)·E(v), as for the exponential function. So an expression is
/// evaluated modulo p₀ while the arguments of its exponentials are evaluated modulo p₁, the
/// arguments of exponentials inside those modulo p₂, and so on; an input is drawn as an independent
/// residue for each level.
///
/// Every prime here is ≡ 7 modulo 8, so that −1 is no square, 2 is one, and roots have one formula;
/// and none is ≡ 1 modulo 3 or 5, so that every element has one cube root and one fifth root. The
/// first lies between 2⁶⁰ and 2⁶², the second above 2⁵⁸, the last above 2⁴⁰.
public struct PrimeFieldChain: Sendable, Hashable {
  /// From the field that values live in to the innermost exponents.
  public let primes: [UInt64]

  /// The chains there are. No prime occurs in two of them, so that trials over different chains are
  /// independent.
  public static let all: [PrimeFieldChain] = [
    PrimeFieldChain(primes: [
      1_424_389_437_667_726_319, 712_194_718_833_863_159, 9_624_252_957_214_367,
      4_812_126_478_607_183, 49_103_331_414_359, 1_888_589_669_783,
    ]),
    PrimeFieldChain(primes: [
      4_451_527_959_374_129_519, 2_225_763_979_687_064_759, 30_077_891_617_392_767,
      306_917_261_401_967, 153_458_630_700_983, 2_073_765_279_743,
    ]),
    PrimeFieldChain(primes: [
      2_888_940_736_775_049_119, 1_444_470_368_387_524_559, 722_235_184_193_762_279,
      27_778_276_315_144_703, 190_262_166_542_087, 1_559_525_955_263,
    ]),
    PrimeFieldChain(primes: [
      3_890_282_405_276_779_439, 1_945_141_202_638_389_719, 26_285_691_927_545_807,
      268_221_346_199_447, 3_624_612_786_479, 1_812_306_393_239,
    ]),
    PrimeFieldChain(primes: [
      2_257_251_662_528_546_639, 1_128_625_831_264_273_319, 9_251_031_403_805_519,
      4_625_515_701_902_759, 177_904_450_073_183, 1_815_351_531_359,
    ]),
    PrimeFieldChain(primes: [
      3_552_492_138_914_594_159, 1_776_246_069_457_297_079, 24_003_325_262_936_447,
      244_931_890_438_127, 122_465_945_219_063, 1_654_945_205_663,
    ]),
    PrimeFieldChain(primes: [
      2_855_798_532_898_703_999, 1_427_899_266_449_351_999, 9_780_131_961_981_863,
      376_158_921_614_687, 3_838_356_343_007, 1_919_178_171_503,
    ]),
  ]

  /// The chain for the trial with that number; the numbers go round.
  public static func forTrial(_ trial: Int) -> PrimeFieldChain {
    let count = all.count
    return all[((trial % count) + count) % count]
  }
}
