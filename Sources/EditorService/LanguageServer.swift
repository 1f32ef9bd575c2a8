import Diagnostics
import Judging
import Reporting

/// A server of the Language Server Protocol, as a value: it is given messages and gives those to be sent.
///
/// A text is read and derived from at every change, which takes milliseconds. Its claims are judged in a pause
/// (``checkPending()``), which may take as long as the limits of its options allow.
package struct LanguageServer: Sendable {
  private enum Phase {
    case new, running, shutDown
  }

  private let options: CheckOptions
  /// Reads a file beside the document at a path, which a `check from` names.
  private let loading: @Sendable (_ document: String, _ name: String) throws -> String
  private var documents: [String: OpenDocument] = [:]
  /// The documents whose claims are to be judged, in the order of their changes.
  private var pending: [String] = []
  private var phase = Phase.new
  /// Whether the editor shut the server down before it ended it.
  package private(set) var endedInOrder = false
  package private(set) var isFinished = false

  package init(
    options: CheckOptions,
    loading: @escaping @Sendable (_ document: String, _ name: String) throws -> String
  ) {
    self.options = options
    self.loading = loading
  }

  /// Whether claims wait for a pause.
  package var hasPending: Bool { !pending.isEmpty }

  /// Judges the claims of the documents that were changed.
  package mutating func checkPending() -> [JSONValue] {
    let waiting = pending
    pending = []
    return waiting.compactMap { uri in
      guard var document = documents[uri], document.analysis.program != nil else { return nil }
      document.check(check(of: document.source.name))
      documents[uri] = document
      return PublishedDiagnostics(document: document).message
    }
  }

  /// The messages that answer the text of one.
  package mutating func receive(_ bytes: [UInt8]) -> [JSONValue] {
    let message: JSONValue
    do throws(JSONError) {
      message = try JSONValue.parse(SourceText(name: "message", bytes: bytes))
    } catch {
      return [ServerMessage.error(.parseError, error.diagnostic.message, of: .null)]
    }
    guard let method = message["method"]?.stringValue else {
      // An answer to a request; none is ever sent.
      if message["result"] != nil || message["error"] != nil { return [] }
      return [
        ServerMessage.error(.invalidRequest, "a request has a `method`", of: message["id"] ?? .null)
      ]
    }
    let parameters = message["params"] ?? .null
    guard let id = message["id"] else {
      return notified(method, parameters)
    }
    return [answer(to: method, parameters, id)]
  }

  private mutating func notified(_ method: String, _ parameters: JSONValue) -> [JSONValue] {
    if method == "exit" {
      isFinished = true
      endedInOrder = phase == .shutDown
      return []
    }
    guard phase == .running, let item = parameters["textDocument"],
      let uri = item["uri"]?.stringValue
    else { return [] }
    switch method {
    case "textDocument/didOpen":
      guard let text = item["text"]?.stringValue else { return [] }
      documents[uri] = OpenDocument(
        uri: uri, text: text, version: item["version"]?.intValue,
        check(of: FileURI.path(of: uri) ?? uri))
      return changed(uri)
    case "textDocument/didChange":
      // Whole texts were asked for; the last one counts.
      guard let text = parameters["contentChanges"]?.arrayValue?.last?["text"]?.stringValue,
        var document = documents[uri]
      else { return [] }
      document.replace(text, version: item["version"]?.intValue, check(of: document.source.name))
      documents[uri] = document
      return changed(uri)
    case "textDocument/didClose":
      documents[uri] = nil
      pending.removeAll { $0 == uri }
      let parameters: JSONObject = ["uri": .string(uri), "diagnostics": .array([])]
      return [ServerMessage.notification("textDocument/publishDiagnostics", parameters)]
    default: return []
    }
  }

  private mutating func changed(_ uri: String) -> [JSONValue] {
    pending.removeAll { $0 == uri }
    pending.append(uri)
    return documents[uri].map { [PublishedDiagnostics(document: $0).message] } ?? []
  }

  private func check(of path: String) -> FileCheck {
    let loading = loading
    return FileCheck(options, loading: { try loading(path, $0) })
  }
}

extension LanguageServer {
  private mutating func answer(
    to method: String, _ parameters: JSONValue, _ id: JSONValue
  ) -> JSONValue {
    switch (phase, method) {
    case (.new, "initialize"):
      phase = .running
      return ServerMessage.result(Self.capabilities, of: id)
    case (.new, _):
      return ServerMessage.error(.notInitialized, "`initialize` comes first", of: id)
    case (.shutDown, _), (.running, "initialize"):
      return ServerMessage.error(.invalidRequest, "`\(method)` cannot stand here", of: id)
    case (.running, "shutdown"):
      phase = .shutDown
      return ServerMessage.result(.null, of: id)
    case (.running, "textDocument/hover"):
      return withPlace(parameters, id) { document, offset in Hover(&document).json(at: offset) }
    case (.running, "textDocument/completion"):
      return withPlace(parameters, id) { document, offset in
        Completion(&document).json(at: offset)
      }
    case (.running, "textDocument/codeAction"): return codeActions(parameters, id)
    case (.running, _):
      return ServerMessage.error(.methodNotFound, "there is no `\(method)` here", of: id)
    }
  }

  private static let capabilities: JSONValue = .object([
    "capabilities": .object([
      "positionEncoding": .string("utf-16"),
      "textDocumentSync": .object(["openClose": .bool(true), "change": .integer(1)]),
      "hoverProvider": .bool(true), "completionProvider": .object(JSONObject()),
      "codeActionProvider": .object(["codeActionKinds": .array([.string("quickfix")])]),
    ]),
    "serverInfo": .object([
      "name": .string("gradcheck"), "version": .string(ProgramVersion.text),
    ]),
  ])

  /// The answer that depends on a document and a place in it.
  private mutating func withPlace(
    _ parameters: JSONValue, _ id: JSONValue,
    _ body: (inout OpenDocument, _ offset: Int) -> JSONValue
  ) -> JSONValue {
    guard let uri = parameters["textDocument"]?["uri"]?.stringValue,
      let position = EditorPosition(parameters["position"]), var document = documents[uri]
    else {
      return ServerMessage.error(
        .invalidParameters, "an open document and a position are needed", of: id)
    }
    let result = body(&document, document.source.offset(of: position))
    documents[uri] = document
    return ServerMessage.result(result, of: id)
  }

  private func codeActions(_ parameters: JSONValue, _ id: JSONValue) -> JSONValue {
    guard let uri = parameters["textDocument"]?["uri"]?.stringValue,
      let start = EditorPosition(parameters["range"]?["start"]),
      let end = EditorPosition(parameters["range"]?["end"]), let document = documents[uri]
    else {
      return ServerMessage.error(
        .invalidParameters, "an open document and a range are needed", of: id)
    }
    let source = document.source
    let first = source.offset(of: start)
    let range = SourceRange(start: first, end: max(first, source.offset(of: end)))
    let fixes = QuickFixes(document: document, check: check(of: source.name))
    return ServerMessage.result(.array(fixes.actions(in: range)), of: id)
  }
}
