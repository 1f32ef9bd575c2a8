/// A spelling from another language or from mathematics that means something this language writes
/// otherwise.
///
/// The right spelling goes into the diagnostic's help, with `{}` standing for the operand before it.
enum ForeignSpelling: UInt8, Hashable, Sendable, CaseIterable {
  case prime, transposeMark, dottedOperator, dottedPower, caret, elementwiseProduct
  case middleDot, times, divide, minusSign, backslash, and, or, not
  case lessOrEqual, greaterOrEqual, notEqual, strictEquality, identity
  case superscriptTwo, superscriptThree, superscriptInverse, root, sum, product, kronecker
  case infinity, arrow, walrus, augmented, shift, semicolon, braces, typographicQuote
  case typographicEllipsis, invisibleSpace, notUTF8, unknown
  /// `c ? a : b`
  case ternary
  /// `|x|`, which the parser makes of a stroke.
  case magnitude
  /// `\sum`, which the parser makes of a backslash and a name.
  case texCommand
  /// `x^T`, which the parser makes of a caret and a name.
  case transposePower

  /// What is written; the lexer tries the longest first.
  var spellings: [String] {
    switch self {
    case .prime: ["’", "′"]  // the ASCII apostrophe may also begin a string; the lexer decides
    case .transposeMark: ["ᵀ", "⊤", "ᴴ", "†"]
    case .dottedOperator: [".*", "./"]
    case .dottedPower: [".^", ".**"]
    case .caret: ["^"]
    case .elementwiseProduct: ["⊙", "∘", "⊚", "∗"]
    case .middleDot: ["·", "⋅", "•", "∙"]
    case .times: ["×", "✕"]
    case .divide: ["÷", "∕"]
    case .minusSign: ["−", "–", "—"]
    case .backslash: ["\\"]
    case .and: ["&&", "∧"]
    case .or: ["||", "∨"]
    case .not: ["!", "¬"]
    case .lessOrEqual: ["≤", "=<"]
    case .greaterOrEqual: ["≥", "=>"]
    case .notEqual: ["≠", "<>", "/="]
    case .strictEquality: ["==="]
    case .identity: ["≡", "≈", "≔"]
    case .superscriptTwo: ["²"]
    case .superscriptThree: ["³"]
    case .superscriptInverse: ["⁻¹"]
    case .root: ["√"]
    case .sum: ["∑"]
    case .product: ["∏"]
    case .kronecker: ["⊗"]
    case .infinity: ["∞"]
    case .arrow: ["->", "→", "<-"]
    case .walrus: [":="]
    case .augmented: ["-=", "*=", "@=", "**=", "//="]
    case .shift: ["<<", ">>"]
    case .semicolon: [";"]
    case .braces: ["{", "}"]
    case .typographicQuote: ["“", "”", "„", "‘"]
    case .typographicEllipsis: ["…"]
    case .invisibleSpace:
      [
        "\u{A0}", "\u{2007}", "\u{2009}", "\u{200A}", "\u{200B}", "\u{202F}", "\u{3000}",
        "\u{FEFF}",
      ]
    case .notUTF8: ["\u{FFFD}"]
    case .ternary: ["?"]
    case .unknown, .texCommand, .transposePower, .magnitude: []
    }
  }

  /// The right spelling, as a sentence; nil where there is no likeliest one.
  var help: String? {
    switch self {
    case .prime, .transposeMark: "the transpose is `{}.T`, and `{}.mT` for a stack of matrices"
    case .dottedOperator: "`*` and `/` are elementwise as they are; `@` is the matrix product"
    case .dottedPower: "`**` is elementwise as it is"
    case .caret: "a power is `**`"
    case .elementwiseProduct: "the elementwise product is `*`"
    case .middleDot, .times: "the product is `*`, elementwise, or `@`, of matrices"
    case .divide: "a quotient is `/`"
    case .minusSign: "the minus sign is `-`"
    case .backslash: "`A \\ b` is `solve(A, b)`"
    case .and: "of masks, `(a) & (b)` is 1 where both are"
    case .or: "of masks, `(a) | (b)` is 1 where either is"
    case .not: "of a mask, `~(a)` is 1 where it is 0"
    case .lessOrEqual: "write `<=`"
    case .greaterOrEqual: "write `>=`"
    case .notEqual: "write `!=`"
    case .strictEquality: "write `==`"
    case .identity: "a value is defined with `=`, and an identity is claimed with `assert a == b`"
    case .superscriptTwo: "a power is `{}**2`"
    case .superscriptThree: "a power is `{}**3`"
    case .superscriptInverse: "the inverse of a matrix is `inv({})`, of numbers `1 / {}`"
    case .root: "the square root is `sqrt(x)`"
    case .sum: "a sum over all entries is `sum(x)`, over one axis `sum(x, axis=0)`"
    case .product: "a product over all entries is `prod(x)`"
    case .kronecker: "write `kron(a, b)` for matrices, `outer(a, b)` for vectors"
    case .infinity: nil
    case .arrow, .walrus: "a value is defined with `=`"
    case .augmented: "a value is defined once, with `=`; only index statements have `+=`"
    case .shift: nil
    case .semicolon: "write one statement on a line"
    case .braces: "brackets are `[` and `]`: a list is `[a, b]`, and an entry `{}[0]`"
    case .typographicQuote: "a string is written in `\"`"
    case .typographicEllipsis: "write `...`"
    case .invisibleSpace: "write an ordinary space"
    case .notUTF8: "save the file as UTF-8"
    case .texCommand: "no TeX is read here: functions are called, as `{}(x)` is"
    case .transposePower: "the transpose is `.T`, and the matrix product `@`: `{}`"
    case .ternary: "a choice is `where(condition, a, b)`"
    case .magnitude: "a magnitude is `abs({})`"
    case .unknown: nil
    }
  }

  /// Every spelling with its meaning, by its first byte, the longest first.
  static let byFirstByte: [UInt8: [(bytes: [UInt8], meaning: ForeignSpelling)]] = {
    var table: [UInt8: [(bytes: [UInt8], meaning: ForeignSpelling)]] = [:]
    for meaning in allCases {
      for spelling in meaning.spellings {
        let bytes = Array(spelling.utf8)
        if let first = bytes.first { table[first, default: []].append((bytes, meaning)) }
      }
    }
    return table.mapValues { $0.sorted { $0.bytes.count > $1.bytes.count } }
  }()
}
