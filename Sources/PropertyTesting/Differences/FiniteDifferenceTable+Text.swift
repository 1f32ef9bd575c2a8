import Diagnostics
import Scalars

extension FiniteDifferenceTable {
  /// The table as people read it, at most 100 columns wide.
  public func text(style: Style = .plain) -> String {
    var lines = [header(style), ""]
    lines += TextWrapping.indented(subject, by: 2, hanging: 2)
    lines.append("  exact value  \(exact)")
    lines += ["", "  " + style.apply(.headline, to: "without rounding")]
    lines += TextWrapping.indented(exactSentence, by: 2, hanging: 0)
    lines += ["", "  " + style.apply(.headline, to: "in Double, (f(h) - f(-h)) / 2h")]
    lines += table(style)
    lines += [""] + bestSentences.map { "  " + $0 } + [""]
    lines += ErrorCurve(marks: marks).lines.map { "  " + $0 }
    lines += kinkLines(style)
    return lines.joined(separator: "\n") + "\n"
  }

  private func header(_ style: Style) -> String {
    let names = program.sizes.compactMap { size in sizes[size.name].map { "\(size.name)=\($0)" } }
    let head = style.apply(.headline, to: program.source.name)
    return names.isEmpty ? head : head + "   " + names.joined(separator: " ")
  }

  private var subject: String {
    let products = (program.output?.results ?? []).compactMap { result in
      result.upstream?.name.map { "\($0) * \(result.value.name ?? "the output")" }
    }
    let value =
      products.isEmpty
      ? program.output?.names.first ?? "the output"
      : "the sum of \(products.joined(separator: " + "))"
    switch direction {
    case .drawn:
      return
        "the derivative of \(value) along a direction drawn for \(targets.joined(separator: ", "))"
        + " (seed \(seed))"
    case .entry(let name, let entry):
      return "the derivative of \(value) by \(name)\(entry) (values drawn with seed \(seed))"
    }
  }

  private var exactSentence: String {
    switch exactComparison {
    case .equality(let degree, let pairs, let step, let isPiecewise):
      let points = pairs == 1 ? "1 pair of points" : "\(pairs) pairs of points"
      return "along the direction a polynomial of degree \(degree)"
        + (isPiecewise ? " between kinks" : "") + ": with \(points), step \(step), the central"
        + " difference over the rationals is an equality, and it holds"
    case .truncated(let reason, let pairs, let step, let difference):
      return "no equality, since \(reason): \(pairs) pairs of points at step \(step) agree to"
        + " \(shortScientific(difference)) of the value, which is truncation"
    case .unavailable(let reason): return "not compared: \(reason)"
    }
  }

  private func table(_ style: Style) -> [String] {
    let best = bestLine
    var rows = ["      step  " + "estimate".padded(to: 26) + "error"]
    for line in lines {
      var row = stepText(line.step).rightAligned(to: 10) + "  "
      row += "\(line.estimate)".padded(to: 26) + shortScientific(line.error).padded(to: 7)
      if let crossing = line.crossing {
        row += style.apply(.warning, to: "  crosses a kink: ") + crossing.sentence
      } else if line == best {
        row += style.apply(.success, to: "  smallest")
      }
      rows.append(row.withoutTrailingSpaces)
    }
    return rows
  }

  private var bestSentences: [String] {
    guard let estimate else { return ["the best step was not estimated"] }
    guard let estimatedBestStep else {
      return ["no truncation along this direction: the larger the step, the smaller the error"]
    }
    return [
      "best step, estimated  \(shortScientific(estimatedBestStep))   from truncation"
        + " \(shortScientific(estimate.thirdDerivative.magnitude / 6)) h^2"
        + " and rounding \(shortScientific(estimate.rounding)) / h"
    ] + (bestLine.map { ["best step, seen       \(stepText($0.step))"] } ?? [])
  }

  private var marks: [ErrorCurve.Mark] {
    lines.map {
      ErrorCurve.Mark(
        stepExponent: ErrorCurve.decimalExponent($0.step), error: $0.error,
        isBroken: $0.crossing != nil)
    }
  }

  private func kinkLines(_ style: Style) -> [String] {
    let crossed = lines.filter { $0.crossing != nil }
    guard let last = crossed.last else { return [] }
    return [
      "",
      "  " + style.apply(.warning, to: "kink")
        + ": steps of \(stepText(last.step)) and more reach over a kink (x), where the difference"
        + " measures",
      "  two different functions; only smaller steps say anything about the gradient",
    ]
  }

  /// `1e-05` for a power of ten, else the fraction.
  func stepText(_ step: Rational) -> String {
    let text = step.decimalString(digits: 3)
    let exponent = ErrorCurve.decimalExponent(step)
    guard step == Rational(10).power(exponent) else { return text }
    return "1e\(exponent)"
  }
}

extension TextWrapping {
  /// A sentence in lines of at most 100 columns, all of them indented.
  static func indented(_ text: String, by margin: Int, hanging: Int) -> [String] {
    lines(of: text, width: 100 - margin, hanging: hanging).map {
      String(repeating: " ", count: margin) + $0
    }
  }
}
