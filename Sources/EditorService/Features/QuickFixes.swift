import Diagnostics
import ExpressionLanguage
import Reporting

/// Changes that were tried: repairs of wrong claims, and spellings without which an error goes away.
struct QuickFixes {
  private struct Fix {
    let title: String
    let range: SourceRange
    let edits: [(range: SourceRange, text: String)]
  }

  let document: OpenDocument
  let check: FileCheck

  private var source: SourceText { document.source }

  /// The code actions for a range.
  func actions(in range: SourceRange) -> [JSONValue] {
    (repairs + spellings).filter { fix in
      source.line(at: fix.range.start) <= source.line(at: range.end)
        && source.line(at: fix.range.end) >= source.line(at: range.start)
    }.map(action)
  }

  private var repairs: [Fix] {
    (document.report?.claimFindings ?? []).compactMap { finding in
      guard let fix = finding.fix else { return nil }
      return Fix(
        title: "Replace with `\(fix.text)` (\(fix.verdict))", range: finding.range,
        edits: fix.edits)
    }
  }

  /// What a `help` offers in place of the text at fault, where the text has fewer errors with it.
  private var spellings: [Fix] {
    let errors = document.analysis.diagnostics.filter { $0.severity == .error }
    return errors.prefix(8).compactMap { error in
      guard let range = error.range, let offered = error.offeredText,
        Self.errorCount(in: replacing(range, by: offered), check) < errors.count
      else { return nil }
      return Fix(title: "Replace with `\(offered)`", range: range, edits: [(range, offered)])
    }
  }

  private func replacing(_ range: SourceRange, by text: String) -> SourceText {
    let before = source[SourceRange(start: 0, end: range.start)]
    let after = source[SourceRange(start: range.end, end: source.utf8.count)]
    return SourceText(name: source.name, text: before + text + after)
  }

  private static func errorCount(in source: SourceText, _ check: FileCheck) -> Int {
    Analysis(of: source, check).diagnostics.count { $0.severity == .error }
  }

  private func action(_ fix: Fix) -> JSONValue {
    let edits = fix.edits.map { edit -> JSONValue in
      .object(["range": source.editorRange(edit.range), "newText": .string(edit.text)])
    }
    return .object([
      "title": .string(fix.title), "kind": .string("quickfix"), "isPreferred": .bool(true),
      "edit": .object(["changes": .object([document.uri: .array(edits)])]),
    ])
  }
}

extension Diagnostic {
  /// The text that ``help`` asks about: `did you mean …?`
  var offeredText: String? {
    guard let help, help.hasPrefix("did you mean `"), let end = help.lastIndex(of: "`") else {
      return nil
    }
    let start = help.index(help.startIndex, offsetBy: "did you mean `".count)
    guard start < end else { return nil }
    let text = help[start..<end]
    return text.contains("`") ? nil : String(text)
  }
}
