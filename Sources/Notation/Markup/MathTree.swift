/// A formula as it is set in type, before the markup is chosen.
indirect enum MathTree: Hashable, Sendable {
  case identifier(MathSymbol)
  case number(String)
  case sign(MathSign)
  /// An upright word, such as a function's name.
  case word(String)
  case row([MathTree])
  case superscript(MathTree, MathTree)
  case subscripted(MathTree, MathTree)
  case fraction(MathTree, MathTree)
  case root(MathTree)
  case fenced(MathFence, MathTree)
}

/// A letter with its spelling in each markup.
struct MathSymbol: Hashable, Sendable {
  let latex: String
  let unicode: String
}

/// Brackets that grow with what they hold.
enum MathFence: Hashable, Sendable {
  case parentheses, brackets, bars, doubleBars

  /// The opening and closing marks in LaTeX and as characters.
  var marks: (latex: (String, String), unicode: (String, String)) {
    switch self {
    case .parentheses: (("(", ")"), ("(", ")"))
    case .brackets: (("[", "]"), ("[", "]"))
    case .bars: (("\\lvert", "\\rvert"), ("|", "|"))
    case .doubleBars: (("\\lVert", "\\rVert"), ("‖", "‖"))
    }
  }
}

/// Operators and other signs.
enum MathSign: Hashable, Sendable {
  case plus, minus, equals, plusEquals, comma, colon, greater, less
  /// The product entry by entry.
  case entrywise
  case times, transpose, sum, cross, inside
  case thinSpace, ellipsis

  var latex: String {
    switch self {
    case .plus: "+"
    case .minus: "-"
    case .equals: "="
    case .plusEquals: "\\mathrel{+}="
    case .comma: ","
    case .colon: "{:}"
    case .ellipsis: "\\ldots"
    case .greater: ">"
    case .less: "<"
    case .entrywise: "\\odot"
    case .times: "\\cdot"
    case .transpose: "\\top"
    case .sum: "\\sum"
    case .cross: "\\times"
    case .inside: "\\in"
    case .thinSpace: "\\,"
    }
  }

  var unicode: String {
    switch self {
    case .plus: "+"
    case .minus: "−"
    case .equals: "="
    case .plusEquals: "+="
    case .comma: ","
    case .colon: ":"
    case .greater: "&gt;"
    case .less: "&lt;"
    case .entrywise: "⊙"
    case .times: "·"
    case .transpose: "⊤"
    case .sum: "∑"
    case .cross: "×"
    case .inside: "∈"
    case .thinSpace: "\u{2009}"
    case .ellipsis: "…"
    }
  }
}

extension MathTree {
  static func list(_ items: [MathTree]) -> MathTree {
    .row(Array(items.map { [$0] }.joined(separator: [.sign(.comma)])))
  }

  static func call(_ function: MathTree, _ arguments: [MathTree]) -> MathTree {
    .row([function, .fenced(.parentheses, list(arguments))])
  }

  /// The tree as rows: the items of a row, or the tree itself.
  var items: [MathTree] { if case .row(let items) = self { items } else { [self] } }
}
