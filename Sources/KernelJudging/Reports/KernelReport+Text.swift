import Diagnostics
import Scalars

extension KernelReport {
  /// The report as people read it.
  public func text(layer: String, style: Style = .plain) -> String {
    var text = style.apply(.headline, to: layer)
    if !sizes.isEmpty {
      text += "   " + sizes.map { "\($0.name)=\($0.extent)" }.joined(separator: " ")
    }
    text += "   \(fileName)\n"
    if let first = tensors.first {
      text += "  stored \(first.storage.rawValue), accumulated \(first.accumulation.rawValue)\n"
    }
    text += "\n"
    let width = tensors.map { terminalWidth(of: $0.name) }.max() ?? 0
    for tensor in tensors { text += tensor.text(width: width, style: style) }
    return text + "\n" + summary
  }

  private var summary: String {
    let words = TensorJudgement.Verdict.allCases.compactMap { verdict -> String? in
      let count = tensors.count { $0.verdict == verdict }
      return count == 0 ? nil : "\(count) \(verdict.rawValue)"
    }
    var lines = "  " + words.joined(separator: ", ") + "\n"
    if let worst = tensors.compactMap(\.resolution?.median).max() {
      lines =
        "  this probe shows changes of an entry from about \(NumberWords.significant(worst, 1)) of it on\n"
        + lines
    }
    return lines
  }
}

extension TensorJudgement {
  fileprivate func text(width: Int, style: Style) -> String {
    let (mark, role): (String, TextRole) =
      switch verdict {
      case .exact, .within: ("✓", .success)
      case .wrong: ("✗", .error)
      case .undecided: ("~", .warning)
      }
    let margin = String(repeating: " ", count: 4 + width + 3)
    var lines = [
      """
        \(style.apply(role, to: mark)) \(name.padding(to: width))   \
      \(style.apply(role, to: verdict.rawValue.padding(to: 9)))  \(headline)
      """
    ]
    if verdict == .wrong, let worst {
      lines.append(
        margin
          + """
          worst [\(worst.place.map(String.init).joined(separator: ", "))]: exact \(NumberWords.digits(worst.exact)), \
          computed \(NumberWords.digits(worst.computed)), \
          \(NumberWords.significant(worst.ratio, 2)) × the bound
          """
      )
    }
    if let cause { lines.append(margin + cause) }
    if let reason { lines.append(margin + reason) }
    if self.lines != .derived, verdict != .wrong {
      lines.append(margin + "the bound is that of \(self.lines.words)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    if verdict == .wrong {
      return "\(beyond) of \(count) entries beyond the bound" + (pattern.map { ": \($0)" } ?? "")
    }
    var parts = ["\(count) entries"]
    if verdict != .exact, let worst {
      let place = worst.place.map(String.init).joined(separator: ", ")
      parts.append(
        """
        worst \(NumberWords.significant(worst.steps, 2)) ulp, \
        \(NumberWords.significant(worst.ratio, 2)) of the bound at [\(place)]
        """
      )
    }
    if let bits { parts.append("\(NumberWords.fixed(bits, places: 0)) bits") }
    return parts.joined(separator: "; ")
  }
}

extension TensorJudgement.Lines {
  /// What the lines are, after "of".
  fileprivate var words: String {
    switch self {
    case .derived: "the derived lines"
    case .framework: "the forward pass differentiated line by line"
    case .author: "the file's own claims"
    case .norms: "transforms, by the norms of what they take"
    }
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - terminalWidth(of: self)))
  }
}
