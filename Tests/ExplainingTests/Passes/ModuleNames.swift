import Explaining

/// The functions that a module calls, held against those that it defines or imports, or that its language has.
struct ModuleNames {
  private let code: String
  private let notation: PassNotation

  init(_ module: String, _ notation: PassNotation) {
    code = module.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.split(separator: notation.comment, maxSplits: 1).first ?? "" }
      .filter { !$0.contains("\"\"\"") }.joined(separator: "\n")
    self.notation = notation
  }

  /// Called functions and modules that nothing brings along, in alphabetical order.
  var undefined: [String] {
    let calls = names(#/(?:^|[^\w.:])([A-Za-z_]\w*)(?=\()/#)
    let modules = notation.isPython ? names(#/(?:^|[^\w.\])])([A-Za-z]+)(?=\.[a-z])/#) : []
    let aliases = modules.intersection(["np", "scipy", "torch", "F", "jnp", "jax", "lax", "math"])
    return calls.union(aliases).subtracting(defined).subtracting(notation.known).sorted()
  }

  private var defined: Set<String> {
    switch notation {
    case .cpp:
      // Functions, and arrays that are declared with their number of entries.
      names(#/(?:T|void|long|>) (\w+)\(/#)
    case .swift: names(#/func (\w+)\(/#)
    case .text, .index, .latex, .mathml, .numpy, .pytorch, .jax:
      names(#/(?:def|class|import) (\w+)/#).union(names(#/ as (\w+)/#))
    }
  }

  private func names(_ pattern: Regex<(Substring, Substring)>) -> Set<String> {
    Set(code.matches(of: pattern.anchorsMatchLineEndings()).map { String($0.output.1) })
  }
}

extension PassNotation {
  fileprivate var isPython: Bool { self == .numpy || self == .pytorch || self == .jax }

  fileprivate var comment: String { isPython ? "#" : "//" }

  /// What the language itself has.
  fileprivate var known: Set<String> {
    switch self {
    case .cpp: ["T", "long"]
    case .swift:
      [
        "Double", "stride", "max", "min", "abs", "exp", "log", "log1p", "expm1", "sqrt", "sin",
        "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf", "pow", "floor",
      ]
    case .text, .index, .latex, .mathml, .numpy, .pytorch, .jax:
      ["range", "reversed", "zip", "enumerate", "sum", "slice", "len", "max", "min", "tuple"]
    }
  }
}
