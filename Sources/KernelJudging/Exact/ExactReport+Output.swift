import Diagnostics
import Scalars

extension ExactReport {
  /// The report as people read it.
  public func text(layer: String, style: Style = .plain) -> String {
    var text = style.apply(.headline, to: layer)
    if !sizes.isEmpty {
      text += "   " + sizes.map { "\($0.name)=\($0.extent)" }.joined(separator: " ")
    }
    text += "   \(fileNames.joined(separator: " "))\n"
    text += "  exact, \(fileNames.count) \(fileNames.count == 1 ? "run" : "runs")\n\n"
    let width = tensors.map { terminalWidth(of: $0.name) }.max() ?? 0
    for tensor in tensors { text += tensor.text(width: width, style: style) }
    text += "\n"
    let identical = tensors.filter { $0.verdict == .identical }
    if !identical.isEmpty {
      text += "  at these sizes"
      text += cells.isEmpty ? "\n" : ", on the cells that occurred:\n"
      for cell in cells { text += "    \(cell)\n" }
    }
    if let least = identical.map(\.falseAcceptBits).min(), least < Self.wantedBits {
      let more = Int((Self.wantedBits / (least / Double(fileNames.count))).rounded(.up))
      text += "  \(more) runs with different seeds bring a false accept below 2^-60\n"
    }
    let words = ExactJudgement.Verdict.allCases.compactMap { verdict -> String? in
      let count = tensors.count { $0.verdict == verdict }
      return count == 0 ? nil : "\(count) \(verdict.rawValue)"
    }
    return text + "  " + words.joined(separator: ", ") + "\n"
  }

  /// The report as `--format json` prints it.
  public var json: JSONValue {
    .object([
      "files": .array([
        .object([
          "file": .string(fileNames.joined(separator: " ")), "runs": .integer(fileNames.count),
          "cells": .array(cells.map(JSONValue.string)), "tensors": .array(tensors.map(\.json)),
        ])
      ])
    ])
  }
}

extension ExactJudgement {
  fileprivate func text(width: Int, style: Style) -> String {
    let (mark, role): (String, TextRole) =
      switch verdict {
      case .identical: ("✓", .success)
      case .wrong: ("✗", .error)
      case .undecided: ("~", .warning)
      }
    let margin = String(repeating: " ", count: 4 + width + 3)
    let padded = name + String(repeating: " ", count: max(0, width - terminalWidth(of: name)))
    var lines = [
      "  \(style.apply(role, to: mark)) \(padded)   \(style.apply(role, to: verdict.rawValue))  \(headline)"
    ]
    if let first {
      let place = first.place.map(String.init).joined(separator: ", ")
      lines.append(
        margin
          + "first [\(place)]: exact \(NumberWords.significant(first.exact, 6)), "
          + "computed \(NumberWords.significant(first.computed, 6))"
      )
    }
    if let cause { lines.append(margin + cause) }
    if let reason { lines.append(margin + reason) }
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    switch verdict {
    case .identical:
      "\(count) entries; false accept below 2^-\(Int(falseAcceptBits.rounded(.down)))"
    case .wrong: "\(differing) of \(count) entries differ" + (pattern.map { ": \($0)" } ?? "")
    case .undecided: "\(count) entries"
    }
  }

  var json: JSONValue {
    var object = JSONObject()
    object["name"] = .string(name)
    object["storage"] = .string("exact")
    object["verdict"] = .string(verdict.rawValue)
    if verdict == .identical {
      object["false_accept_bits"] = .integer(Int(falseAcceptBits.rounded(.down)))
    }
    if let first {
      object["worst"] = .object([
        "entry": .array(first.place.map(JSONValue.integer)),
        "exact": .string(NumberWords.digits(first.exact)),
        "computed": .string(NumberWords.digits(first.computed)),
      ])
    }
    object["beyond"] = .integer(differing)
    object["count"] = .integer(count)
    if let pattern { object["pattern"] = .string(pattern) }
    if let cause { object["cause"] = .string(cause) }
    if let reason { object["reason"] = .string(reason) }
    return .object(object)
  }
}
