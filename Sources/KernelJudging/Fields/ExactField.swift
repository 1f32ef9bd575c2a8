import Evaluation
import Scalars
import TensorFiles

/// The fields that a kernel computes in when its numbers are exchanged for residues.
///
/// A file of an exact run holds, beside its tensors, one of words that says which fields they are of:
///
/// ```
/// gradcheck.exact = [1, levels, seed, denominator, p₀ … , g₀ …]
/// ```
///
/// gₖ has the order pₖ₊₁ modulo pₖ, so that `exp` maps a residue modulo pₖ₊₁ to a power of it; there is one less
/// than there are primes. Whatever follows from the seed is derived from it again when a file is read. The
/// denominator is the least common one of the coefficients in the arguments of the exponentials that were taken: 1
/// in a probe.
public struct ExactField: Sendable {
  /// The name of the words that say which fields they are.
  public static let headerName = "gradcheck.exact"
  private static let version: Int64 = 1
  /// The most levels that the numbers in C++ and Python have room for.
  static let largestCount = 4

  let seed: UInt64
  let levels: FieldLevels
  /// What a kernel says of the coefficients in its exponents.
  let denominator: Double

  init(levelCount: Int, seed: UInt64, denominator: Double = 1) {
    self.seed = seed
    self.denominator = denominator
    let chain = PrimeFieldChain(
      count: levelCount, seed: SeededGenerator.mixed(seed &+ 0x6578_6163_74))
    levels = FieldLevels(chain: chain, count: levelCount, seed: seed)
  }

  var levelCount: Int { levels.fields.count }

  /// The fields of a file; nil where it says nothing of any.
  init?(_ file: TensorFile) throws(ExactRunError) {
    guard let header = file[Self.headerName] else { return nil }
    guard case .integers(let words) = header.entries, header.extents.count == 1, words.count >= 4,
      words[0] == Self.version, (1...Int64(Self.largestCount)).contains(words[1]), words[3] >= 1
    else { throw .header }
    self.init(
      levelCount: Int(words[1]), seed: UInt64(bitPattern: words[2]), denominator: Double(words[3]))
    guard words.dropFirst(4).elementsEqual(self.words.dropFirst(4)) else { throw .header }
  }

  private var words: [Int64] {
    let primes = levels.fields.map(\.modulus)
    let bases = levels.fields.dropLast().map { $0.exponential(ofArgument: 1) }
    return [Self.version, Int64(levelCount), Int64(bitPattern: seed), Int64(denominator)]
      + (primes + bases).map { Int64($0) }
  }

  var header: StoredTensor {
    StoredTensor(name: Self.headerName, words: words, extents: [words.count])
  }
}
