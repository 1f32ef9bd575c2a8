import Diagnostics
import Explaining
import Reporting

/// A text that is open in an editor, with what was found of it.
struct OpenDocument: Sendable {
  let uri: String
  private(set) var version: Int?
  private(set) var analysis: Analysis
  /// The last analysis of a text without an error, for names while a line is half written.
  private(set) var understood: Analysis?
  /// The report on the text as it is now; nil until it was checked.
  private(set) var report: FileReport?
  /// The derived lines of ``understood``; nil until they were asked for.
  private var derived: [PrintedLine]?

  init(uri: String, text: String, version: Int?, _ check: FileCheck) {
    self.uri = uri
    self.version = version
    analysis = Analysis(of: SourceText(name: FileURI.path(of: uri) ?? uri, text: text), check)
    if analysis.program != nil { understood = analysis }
  }

  var source: SourceText { analysis.source }

  mutating func replace(_ text: String, version: Int?, _ check: FileCheck) {
    self.version = version
    analysis = Analysis(of: SourceText(name: source.name, text: text), check)
    report = nil
    if analysis.program != nil {
      understood = analysis
      derived = nil
    }
  }

  /// Judges every claim.
  mutating func check(_ check: FileCheck) {
    report = check.report(on: source)
  }

  /// The derived lines of the last text that was understood.
  mutating func derivedLines() -> [PrintedLine] {
    if let derived { return derived }
    let lines = understood?.derivedLines() ?? []
    derived = lines
    return lines
  }
}

/// Files as editors name them: `file:///layers/a%20b.expr`.
enum FileURI {
  /// The path; nil for what is no file of this machine.
  static func path(of uri: String) -> String? {
    let scheme = "file://"
    guard uri.lowercased().hasPrefix(scheme) else { return nil }
    let rest = uri.dropFirst(scheme.count)
    guard let slash = rest.firstIndex(of: "/") else { return nil }
    var bytes: [UInt8] = []
    var text = rest[slash...].utf8[...]
    while let byte = text.popFirst() {
      if byte == UInt8(ascii: "%"), text.count >= 2,
        let value = UInt8(String(decoding: text.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        text = text.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
