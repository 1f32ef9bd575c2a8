/// Why a file is none of an exact run.
public enum ExactRunError: Error, Hashable, Sendable {
  /// A probe without the fields, or a kernel's file without them.
  case notExact
  /// Fields that this program does not draw.
  case header
  /// The fields of another probe.
  case otherProbe
  /// A tensor that has another shape, type or number of planes than an exact run gives it.
  case planes(String, expected: Int)
  /// Residues in a probe that its seed does not give.
  case otherResidues(String)
  /// Exponentials are nested too deeply for the fields.
  case tooDeep(Int)

  var message: String {
    switch self {
    case .notExact:
      "the file lacks `\(ExactField.headerName)`, which says in which fields its numbers are residues"
    case .header:
      "`\(ExactField.headerName)` is none that `gradcheck probe --dtype exact` writes, or a residue is too large"
    case .otherProbe: "the kernel ran at another probe: the fields are not those of this one"
    case .planes(let name, let expected):
      "`\(name)` is no tensor of an exact run, which has \(expected) planes of 64-bit words"
    case .otherResidues(let name):
      "the residues of `\(name)` are not those that the probe's seed gives"
    case .tooDeep(let depth):
      "the layer nests \(depth) exponentials; exact runs have room for \(ExactField.largestCount - 1)"
    }
  }
}
