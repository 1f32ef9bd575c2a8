/// How names are set: letters in italics, Greek letters by name, numbers below, words upright.
enum MathNames {
  private static let greek: [String: String] = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ",
    "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
  ]

  /// `W2` with the 2 below, `dW2` with an upright d before it, `x_hat` with the word below.
  ///
  /// A place, as in `h[t-1]`, stands below, too.
  static func tree(_ name: String) -> MathTree {
    if let bracket = name.firstIndex(of: "["), name.hasSuffix("]") {
      let places = name[name.index(after: bracket)...].dropLast().split(separator: ",").map {
        MathLayout().coordinate(String($0))
      }
      return tree(String(name[..<bracket])).below(places)
    }
    let parts = name.split(separator: "_", maxSplits: 1)
    if parts.count == 2 { return .subscripted(tree(String(parts[0])), .word(String(parts[1]))) }
    let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
    let stem = String(name.dropLast(digits))
    guard digits > 0, !stem.isEmpty else { return stemTree(name) }
    return .subscripted(stemTree(stem), .number(String(name.suffix(digits))))
  }

  private static func stemTree(_ stem: String) -> MathTree {
    if let letter = greek[stem] {
      return .identifier(MathSymbol(latex: "\\\(stem)", unicode: letter))
    }
    if stem.count <= 1 { return .identifier(MathSymbol(latex: stem, unicode: stem)) }
    let rest = String(stem.dropFirst())
    if stem.hasPrefix("d"), rest.count == 1 || greek[rest] != nil {
      return .row([.word("d"), stemTree(rest)])
    }
    return .word(stem)
  }
}
