import Diagnostics

extension PropertyReport {
  /// The report as people read it.
  public func text(style: Style = .plain) -> String {
    var lines = [style.apply(.headline, to: file) + "   " + heading]
    if !sizes.isEmpty {
      let drawn = sizes.map {
        $0.smallest == $0.largest
          ? "\($0.name)=\($0.smallest)" : "\($0.name)=\($0.smallest)..\($0.largest)"
      }
      lines += TextWrapping.indented("drawn   " + drawn.joined(separator: " "), by: 2, hanging: 8)
    }
    lines.append("")
    for claim in claims { lines += self.lines(of: claim, style) }
    if claims.isEmpty {
      lines.append("  no claims: the derived gradients were held against dual numbers")
    }
    if !selfChecks.isEmpty {
      if lines.last != "" { lines.append("") }
      lines.append("  derived gradients = dual numbers: " + Self.words(selfChecks))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var heading: String {
    let part =
      shards == [.whole] ? "" : ", part " + shards.map(\.description).joined(separator: " + ")
    return "\(done) of \(runs) runs, seed \(seed)\(part)"
  }

  private static func words(_ counts: [String: Int]) -> String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
      .joined(separator: ", ")
  }

  private func lines(of claim: Claim, _ style: Style) -> [String] {
    let words = Set(claim.verdicts.keys)
    let isWrong = words.contains("wrong")
    let holds = words.isSubset(of: ["proved", "identical", "enclosed"])
    let mark =
      isWrong
      ? style.apply(.error, to: "✗")
      : holds ? style.apply(.success, to: "✓") : style.apply(.warning, to: "~")
    var lines = [
      "  \(mark) \(claim.name.padded(to: 8)) line \(claim.line)   \(Self.words(claim.verdicts))"
    ]
    let own = failures.filter { $0.line == claim.line && $0.claim == claim.name }
    if let first = own.first(where: { $0.counterexample != nil }) ?? own.first {
      lines += self.lines(of: first, style)
    }
    return lines
  }

  private func lines(of failure: Failure, _ style: Style) -> [String] {
    var lines: [String] = []
    if let cause = failure.cause {
      lines += TextWrapping.indented("cause: " + cause, by: 6, hanging: 2)
    }
    if let smallest = failure.counterexample {
      lines += self.lines(of: smallest, style)
    }
    lines += TextWrapping.indented(
      "repeat run \(failure.run): \(command(repeating: failure.run))", by: 6, hanging: 2)
    return lines + [""]
  }

  private func lines(of smallest: Counterexample, _ style: Style) -> [String] {
    var lines: [String] = []
    if let entry = smallest.entry, let exact = smallest.exact, let claimed = smallest.claimed {
      lines.append("      entry \(entry): exact \(exact), claimed \(claimed)")
    }
    lines += ["", "      " + style.apply(.headline, to: "the smallest case that was found")]
    lines += smallest.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map { $0.isEmpty ? "" : "        \($0)" }
    if smallest.entry != nil {
      lines.append("        # at {\"at\": \(smallest.point.text())}")
    }
    return lines + [""]
  }
}
